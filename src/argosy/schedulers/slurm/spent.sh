# What jobs of these names have used: their rows in the books, each followed by those of its steps.
# Usage: sh -c THIS argosy SINCE NAMES   (seconds since 1970; names with commas between them)
now=$(date +%s)
days=$(((now - $1) / 86400 + 2))
fields=JobIDRaw,State,Submit,Start,End,ElapsedRaw,TimelimitRaw,AllocCPUS,NNodes,NTasks,TotalCPU,MaxRSS,ReqMem,AllocTRES
fields=$fields,TRESUsageInTot,TRESUsageInMax,Partition,QOS,Account,NodeList,JobName,AdminComment
# shellcheck disable=SC2086
said=$(SLURM_TIME_FORMAT=%s sacct $cluster -n -P -D -u "$(id -u)" -S "now-${days}days" --name "$2" -o "$fields" 2>&1)
tell "sacct $?" "$said"
printf 'complete 1\n'
