# How full the cluster is, in sections: "section NAME CODE COUNT" and so many lines. It reads and changes nothing.

me=$(id -un)
printf 'me %s\n' "$me"
# shellcheck disable=SC2086
{
  section partitions sinfo $cluster -h -o '%R|%a|'
  section nodes sinfo $cluster -h -N -O 'Partition:80,NodeHost:80,StateLong:40,CPUsState:60,Gres:200,GresUsed:200'
  section queue squeue $cluster -h -r -o '%P|%T|%u|'
  section qos sacctmgr -n -P show qos format=name,maxjobspu,maxsubmitpu,maxtrespu,grptres
  section assoc sacctmgr -n -P show assoc "user=$me" format=account,qos,maxjobs,maxsubmit,grptres
  section shares sshare $cluster -n -U -P
}
printf 'complete 0\n'
