# shellcheck shell=sh disable=SC2154,SC1091
# Takes one large content into the cache, from where it stopped before: the rest of it on standard input.
# Before this text stand: root, hash, size. Says "stored", "part" (not all of it came), "bad", or "no WHY".
export LC_ALL=C
part=$root/content/.part-$hash block=262144 newline='
'
fail() { printf 'no %s\n' "$(printf '%s' "$1" | tr '\000-\037' ' ')"; exit; }
# On most machines OpenSSL is twice as fast as the others.
if command -v openssl >/dev/null 2>&1; then sum() { openssl dgst -sha256 -r; }
elif command -v sha256sum >/dev/null 2>&1; then sum() { sha256sum; }
elif command -v shasum >/dev/null 2>&1; then sum() { shasum -a 256; }
else fail 'there is no sha256sum, shasum or openssl here to verify it'; fi

# All of the part while it grows, in whole blocks, and at last what is left. Beside it lies a mark as long as more may come:
# taking it away needs no room on the disk.
follow() {
  at=0
  while :; do
    if [ -f "$part.going" ]; then going=1; else going=''; fi
    blocks=$(($(wc -c <"$part") / block))
    if [ "$blocks" -gt "$at" ]; then
      dd if="$part" bs=$block skip="$at" count=$((blocks - at)) 2>/dev/null
      at=$blocks
    elif [ -n "$going" ]; then sleep 0.05 2>/dev/null || sleep 1
    else break; fi
  done
  dd if="$part" bs=$block skip="$at" 2>/dev/null
}

said=$({ : >>"$part" && : >"$part.going"; } 2>&1) || fail "$said"
# It is summed while it comes. What is said of trouble stands before the sum, in lines of its own.
exec 3<&0
said=$({ { cat <&3 >>"$part"; rm -f -- "$part.going"; } & follow | sum 2>/dev/null; } 2>&1)
sum=${said##*"$newline"}
[ "$sum" = "$said" ] || fail "${said%"$newline"*}"
[ "$(($(wc -c <"$part")))" -eq "$size" ] || { printf 'part\n'; exit; }
if [ "${sum%% *}" != "$hash" ]; then rm -f -- "$part"; printf 'bad\n'; exit; fi
said=$(chmod 0444 "$part" 2>&1 && mv -f -- "$part" "$root/content/$hash" 2>&1) || fail "$said"
printf 'stored\n'
