# What lies below the root $1: the directories of jobs, and the cache of contents.
# Says "job ID NUMBERS" for each job's directory that has a record and attempts, "size KIB ID" of each of them,
# "content NAME BYTES CHANGED LINKS" for each file in the cache, and at the end "complete".
LC_ALL=C
export LC_ALL

# with_files: the names of those that have more than their record
with_files() {
  for name in j*; do
    if [ -L "$name" ] || [ ! -f "$name/job.json" ]; then continue; fi
    for attempt in "$name"/attempt-*; do
      [ -d "$attempt" ] && printf '%s\n' "$name"
      break
    done
  done
}

numbers() {
  while read -r name; do
    all=
    for attempt in "$name"/attempt-*; do all=$all,${attempt##*-}; done
    printf 'job %s %s\n' "$name" "${all#,}"
  done
}

if (cd -- "$1/jobs") 2> /dev/null; then
  cd -- "$1/jobs" || exit
  names=$(with_files)
  if [ -n "$names" ]; then
    printf '%s\n' "$names" | numbers
    printf '%s\n' "$names" | xargs du -sk 2> /dev/null | while read -r kib name; do printf 'size %s %s\n' "$kib" "$name"; done
  fi
fi
if (cd -- "$1/content") 2> /dev/null; then
  cd -- "$1/content" || exit
  if find . -maxdepth 0 -printf '' > /dev/null 2>&1; then
    find . -type f -printf 'content %f %s %C@ %n\n' 2> /dev/null
  else
    find . -type f -exec sh -c 'for file; do
      facts=$(stat -c "%s %Z %h" -- "$file" 2> /dev/null || stat -f "%z %c %l" -- "$file" 2> /dev/null) || continue
      printf "content %s %s\n" "${file##*/}" "$facts"
    done' sh {} + 2> /dev/null
  fi
fi
printf 'complete\n'
