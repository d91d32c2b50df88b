# What these attempts have used: their rows in the books, each followed by those of its steps. Those that were tasks of
# arrays are told first, with their places in lists: "place TOKEN NAME-PLACE".
# Usage: sh -c THIS argosy SINCE TOKEN DIRECTORY ...   (seconds since 1970)
now=$(date +%s)
days=$(((now - $1) / 86400 + 2))
fields=JobID,State,Submit,Start,End,ElapsedRaw,TimelimitRaw,AllocCPUS,NNodes,NTasks,TotalCPU,MaxRSS,ReqMem,AllocTRES
fields=$fields,TRESUsageInTot,TRESUsageInMax,Partition,QOS,Account,NodeList,JobName,AdminComment
shift
count=0 tokens='' tasks=''
while [ $# -gt 0 ]; do
  count=$((count + 1)) task=''
  if [ "${2#/}" = "$2" ]; then task=,${2%%:*} # NUMBER:DIRECTORY of one that was adopted
  elif [ -f "$2/array" ]; then
    while IFS= read -r line; do
      case $line in
        argosy-array-*) printf 'place %s %s\n' "$1" "$line" ;;
        *[!0-9_]*) ;;
        *) task=$task,$line ;;
      esac
    done < "$2/array"
  fi
  if [ -n "$task" ]; then tasks=$tasks$task; else tokens=$tokens,$1; fi
  shift 2
done
books() {
  # shellcheck disable=SC2086
  SLURM_TIME_FORMAT=%s sacct $cluster -n -P -D -u "$(id -u)" -S "now-${days}days" "$@" -o "$fields" 2>&1
}
said='' code=0
[ -z "$tokens" ] || said=$(books --name "${tokens#,}") || code=$?
[ -z "$tasks" ] || said=$said$argosy_newline$(books -j "${tasks#,}") || code=$?
tell "sacct $code" "$said"
printf 'complete %s\n' "$count"
