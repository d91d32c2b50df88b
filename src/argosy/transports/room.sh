# shellcheck shell=sh
# What is known of the room in a directory: its free space, and what quotas say of it, each in the words of its program.

argosy_brief() {
  if command -v timeout >/dev/null 2>&1; then timeout 10 "$@" 2>/dev/null; else "$@" 2>/dev/null; fi
}

# argosy_quotas DIRECTORY: "device NAME", and what the programs say that know of quotas there, behind "quota" or "lustre" (file
# system, KiB, soft and hard limit, grace, files, soft and hard limit, grace) or "beegfs"; nothing where nobody knows of any
argosy_quotas() {
  if ! command -v quota >/dev/null 2>&1 && ! command -v lfs >/dev/null 2>&1 && ! command -v beegfs-ctl >/dev/null 2>&1; then
    return
  fi
  device=$(df -Pk "$1" 2>/dev/null | { read -r _; read -r device _; printf '%s' "$device"; })
  printf 'device %s\n' "$device"
  case $device in
    beegfs*)
      argosy_brief beegfs-ctl --getquota --csv --uid "$(id -u)" | sed 's/^/beegfs /'
      argosy_brief beegfs-ctl --getquota --csv --gid "$(id -g)" | sed 's/^/beegfs /' ;;
    *:/*)
      for who in "-u $(id -un)" "-g $(id -gn)"; do
        # shellcheck disable=SC2086
        said=$(argosy_brief lfs quota -q $who "$1" | tr '\n' ' ')
        [ -z "$said" ] || printf 'lustre %s\n' "$said"
      done ;;
  esac
  for whose in u g; do argosy_brief quota -pw "-$whose" | sed 's/^/quota /'; done
}
