#!/bin/bash
# SPDX-License-Identifier: ISC
# Closed descriptors, full disks, closed pipes, core dumps, hostile PATH.
# san
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2188
"$HRV" help >&- 2>"$T/e"
is $? 1 'standard output closed: exit 1'
like "$(cat "$T/e")" 'must be open' 'and it is said'
"$HRV" help <&- >/dev/null 2>&1
is $? 1 'standard input closed: exit 1'
"$HRV" help 2>&- >/dev/null
is $? 1 'standard error closed: exit 1'

"$HRV" help >/dev/full 2>"$T/e"
is $? 1 'no space for the output: exit 1'
like "$(cat "$T/e")" 'standard output: No space' 'and it is said'
"$HRV" deadline --law uk-ew --received 2026-03-02 --json >/dev/full 2>"$T/e"
is $? 1 'the same for JSON'
is "$(jq -r .error.code "$T/e")" 1 'with the error as JSON'
{ "$HRV" help 2>"$T/e"; echo $? >"$T/rc"; } | true
n=$(cat "$T/rc")
if [ "$n" = 0 ]; then
	skip 'a closed pipe' 'written before the reader went away'
else
	is "$n" 1 'a closed pipe: exit 1, not a signal'
fi
mkfifo "$T/pipe"
exec 6<>"$T/pipe"
exec 8>"$T/pipe"
exec 6<&-
"$HRV" help >&8 2>"$T/e"
is $? 1 'nobody reads the pipe: exit 1'
exec 8>&-

# A limit on the size of files is an error, not a death.
(ulimit -f 0; exec "$HRV" help >"$T/limited" 2>/dev/null)
is $? 1 'file size limit: exit 1, not SIGXFSZ'

# What the process has made of itself, seen while it waits for its input.
mkfifo "$T/in"
env --default-signal=INT "$HRV" policy check - <"$T/in" >/dev/null 2>&1 &
pid=$!
exec 7>"$T/in"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q 'Max core file size  *0  *0 ' /proc/$pid/limits 2>/dev/null &&
	    break
	sleep 0.1
done
ok 'no core dumps' grep -q 'Max core file size  *0  *0 ' /proc/$pid/limits
is "$(sed -n 's/^Umask:[[:space:]]*//p' /proc/$pid/status)" 0077 \
    'files are for their owner only'
is "$(stat -c %u /proc/$pid/mem)" 0 'not dumpable: its memory is nobody'\''s'
kill -INT $pid
wait $pid
is $? 130 'SIGINT: exit 130'
exec 7>&-
mkfifo "$T/in2"
"$HRV" policy check - --json <"$T/in2" >/dev/null 2>"$T/e" &
pid=$!
exec 7>"$T/in2"
sleep 0.3
kill -TERM $pid
wait $pid
is $? 130 'SIGTERM: exit 130'
is "$(jq -r .error.name "$T/e")" interrupted 'and it is said'
exec 7>&-

hrv --json policy check "$T/none.cfg"
is "$(json_err '.error | keys_unsorted | join(",")')" code,name,message,hint \
    'fields of an error'
is "$(wc -l <"$T/.err")" 1 'an error in JSON is one line'
printf 'schedule = { id = "\033[31m\342\200\256x"; };\n' >"$T/evil.cfg"
hrv policy check "$T/evil.cfg"
exit_is 2 'a file with terminal escapes'
out_unlike $'\033|\342\200\256' 'is shown without them'
hrv policy check "$T/evil.cfg" --json
out_unlike $'\033|\342\200\256' 'nor does JSON have them raw'
ok 'and it is JSON' jq -e '.ok == false' "$T/.out"
done_testing
