# Which jobs lie below the root $1: one line for each directory with a record, and how many others there are.
# The answer is "absent" where the root or its jobs are not there, "closed" where they cannot be looked into.
others=0
if cd "$1/jobs" 2> /dev/null && [ -r . ]; then
  for name in *; do
    case $name in
      j*[!0-9a-z]* | [!j]*) ;;
      *) if [ ${#name} -eq 22 ] && [ -f "$name/job.json" ]; then
           printf 'job %s\n' "$name"
           continue
         fi ;;
    esac
    if [ -d "$name" ]; then others=$((others + 1)); fi
  done
elif [ -e "$1/jobs" ]; then printf 'closed\n'
else printf 'absent\n'; fi
printf 'complete %s\n' "$others"
