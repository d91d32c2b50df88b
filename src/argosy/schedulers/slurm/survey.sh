# What the cluster offers, in sections: "section NAME CODE COUNT" and so many lines. It reads and changes nothing.
# Usage: sh -c THIS argosy PROGRAM...

# shellcheck disable=SC2086
configuration() { scontrol $cluster show config | grep -E '^(ClusterName|SLURM_VERSION|MaxArraySize) '; }

# What modules say goes to stderr in most versions. A site may have thousands of them. Where they build on each other,
# "avail" shows those that can be loaded at once, and "spider" all.
modules() {
  have_modules || return 0
  {
    module -t avail < /dev/null
    ! is_lmod || module -t spider < /dev/null
  } 2>&1 | head -n 5000
}

mpi() { srun --mpi=list < /dev/null; }

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
section mpi mpi
section modules modules
printf 'complete 0\n'
