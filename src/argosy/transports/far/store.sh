# shellcheck shell=sh disable=SC2154,SC1091
# Takes contents into the cache: a tar of files named by their hashes, on standard input.
# Before this text stand: root, nonce, and that is all. Says "bad HASH" for what did not arrive whole, then "complete".
export LC_ALL=C
fail() { printf 'no %s\n' "$(printf '%s' "$1" | tr '\000-\037' ' ')"; rm -rf -- "$in"; exit; }
in=$root/.argosy-in-$nonce
said=$(mkdir -p -- "$in/new" "$root/content" 2>&1) || fail "$said"
cd -- "$in/new" || exit
umask 022 # contents are for all who may enter the directory, whatever is usual here
said=$(tar -xof - 2>&1) || fail "$said"
if command -v sha256sum >/dev/null 2>&1; then sum() { sha256sum "$@"; }
elif command -v shasum >/dev/null 2>&1; then sum() { shasum -a 256 "$@"; }
elif command -v openssl >/dev/null 2>&1; then sum() { openssl dgst -sha256 -r "$@"; }
else fail 'there is no sha256sum, shasum or openssl here, so nothing that arrives can be verified'; fi
sum -- * >../sums 2>/dev/null || sum ./* >../sums
while read -r hash name; do
  name=${name#\*} name=${name#./}
  [ "$hash" = "$name" ] || { printf 'bad %s\n' "$name"; rm -f -- "$name"; }
done <../sums
for name in *; do [ -f "$name" ] || continue; said=$(mv -f -- * ../../content/ 2>&1) || fail "$said"; break; done
rm -rf -- "$in"
printf 'complete\n'
