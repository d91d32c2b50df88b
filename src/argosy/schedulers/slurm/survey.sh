# What the cluster offers, in sections: "section NAME CODE COUNT" and so many lines. It reads and changes nothing.
# Usage: sh -c THIS argosy PROGRAM...

# shellcheck disable=SC2086
configuration() { scontrol $cluster show config | grep -E '^(ClusterName|SLURM_VERSION|MaxArraySize) '; }

# What modules say goes to stderr in most versions. A site may have thousands of them.
modules() {
  command -v module > /dev/null 2>&1 || return 0
  { module -t avail < /dev/null; } 2>&1 | head -n 5000
}

programs() {
  for program in "$@"; do
    where=$(command -v "$program" 2> /dev/null) && printf '%s=%s\n' "$program" "$where"
  done
  return 0
}

me=$(id -un)
# shellcheck disable=SC2086
{
  section partitions scontrol $cluster -o show partition
  section nodes sinfo $cluster -h -o '%R|%c|%m|%G|%f|'
  section qos sacctmgr -n -P show qos format=name,maxwall,maxtres
  section user sacctmgr -n -P show user "$me" format=defaultaccount
  section assoc sacctmgr -n -P show assoc "user=$me" format=account,qos,defaultqos
}
section config configuration
section programs programs "$@"
section modules modules
printf 'complete 0\n'
