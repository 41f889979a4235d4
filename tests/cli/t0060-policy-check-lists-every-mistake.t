#!/bin/bash
# SPDX-License-Identifier: ISC
# policy check and policy test: all mistakes with line and remedy; exit codes.
# san valgrind
. "$(dirname "$0")/../lib.sh"

good=$HRV_TOP/tests/policy/retention.cfg
hrv policy check "$good"
exit_is 0 'a right schedule'
out_like 'is a valid schedule' 'and it is said'
hrv policy check "$good" --json
json_is '[.ok, .kind, (.errors | length)] | join(" ")' 'true schedule 0' \
    'in JSON'
for kind in law calendar; do
	hrv policy check "$HRV_TOP/policy/${kind}s/uk-ew.cfg" --json
	json_is '"\(.ok) \(.kind)"' "true $kind" "a $kind is told by itself"
done

sed -e '/timezone/d' -e 's/plus = "P3Y"/plus = "3 years"/' \
    -e 's/jurisdiction = /jurisdicton = /' "$good" >"$T/bad.cfg"
hrv policy check "$T/bad.cfg"
exit_is 2 'mistakes: exit 2'
out_like "^$T/bad.cfg:[0-9]+: " 'each with its line'
err_like 'mistakes in the schedule' 'and how many'
like "$out" 'P6Y' 'with what to write instead'
hrv policy check "$T/bad.cfg" --json
exit_is 2 'the same with --json'
json_is .ok false 'not ok'
json_is '.errors | length > 3' true 'all of them'
json_is '.errors[0] | keys_unsorted | join(",")' line,message,remedy 'fields'
json_is '[.errors[].line] == ([.errors[].line] | sort)' true 'by line'
is "$(json_err '.error.code')" 2 'and one error on standard error'

hrv policy check "$T/none.cfg"
exit_is 4 'a file that is not there'
hrv policy check "$T"
exit_is 1 'a folder'
run "$HRV" policy check - <"$good"
exit_is 0 'standard input'
: >"$T/empty.cfg"
hrv policy check "$T/empty.cfg"
exit_is 2 'an empty file'

hrv policy test "$good"
exit_is 0 'a schedule without cases of its own'
{
	sed '$d' "$good"
	echo '  tests = ( { class = "core-6m"; events = ( ( "record.closed",'
	echo '    "2025-08-31" ) ); born = ""; dependant_born = "";'
	echo '    on = "2026-01-01"; keep_until = "2026-02-28";'
	echo '    limit_until = ""; purge_from = "2026-03-01";'
	echo '    state = "live"; } ); };'
} >"$T/tests.cfg"
class=$(sed -n 's/.*id = "\(core[^"]*6m\)".*/\1/p' "$good" | head -n 1)
sed -i "s/class = \"core-6m\"/class = \"$class\"/" "$T/tests.cfg"
hrv policy test "$T/tests.cfg" --json
exit_is 0 'a case that comes out'
json_is '"\(.passed) \(.failed)"' '1 0' 'is counted'
sed -i 's/keep_until = "2026-02-28"/keep_until = "2026-02-27"/' "$T/tests.cfg"
hrv policy test "$T/tests.cfg" --json
exit_is 1 'a case that does not come out: exit 1'
json_is '"\(.passed) \(.failed) \(.failures | length)"' '0 1 1' 'is counted'
hrv policy test "$T/tests.cfg"
out_like ':[0-9]+: .*2026-02-2[78]' 'and shown with both dates'

hrv policy explain "$good" --class nonesuch
exit_is 4 'explain: an unknown class is not found'
hrv policy explain "$good" --class "$class" --event record.closd=2025-08-31
exit_is 2 'explain: an unknown event is refused'
err_like 'did you mean record.closed' 'with the nearest'
hrv policy explain "$good" --class "$class" --event record.closed=2025-08-31 \
    --on 2026-03-01 --json
json_is '[.keep_until, .limit_until, .purge_from, .restrict_from, .state] |
    map(. // "null") | join(" ")' '2026-02-28 null 2026-03-01 null due' \
    'explain: the fixed fields'
json_is '.reasons | length > 0' true 'with reasons'
hrv policy explain "$good" --class "$class" --json
json_is '"\(.keep_until) \(.purge_from) \(.state)"' 'pending pending pending' \
    'explain: pending without its event'
done_testing
