#!/bin/bash
# SPDX-License-Identifier: ISC
# A date that was known moves earlier with two people, also when it was pending
# in between: whoever comes back, or becomes another person, hides no date.
# san
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second counsel legal
echo text >doc.txt
person() # KIND: its id is S
{
	as hr hrv subject add --kind "$1" --name 'Łucja Ødegård' --json
	exit_is 0 "somebody new"
	S=$(json .id)
}
event() { as hr hrv subject event "$S" "$@" --json; }

person employee
event hired 2015-01-01
event ended 2024-01-31
must as hr hrv record add "$S" --class personnel_file doc.txt --json
R=$(json .id)
json_is .purge_from 2030-02-01 "the date there is"
event hired 2024-02-01
exit_is 0 "coming back is nobody's to approve"
json_is .moved.pending 1 "and opens the date"
event ended 2024-01-31 --retract
event ended 2015-06-30
exit_is 0 "what moves no date takes one person"
event hired 2024-02-01 --retract
exit_is 6 "to take back that somebody came back takes two, if that is earlier"
as dpo hrv proposal list --json
json_is .kind event.earlier "it is proposed as an earlier date"
as hr hrv record show "$R" --json
json_is .purge_from pending "nothing has moved"
event ended 2030-06-30
exit_is 0 "a later end takes one"
json_is .moved.dated 1 "as a first date does"

person candidate
event applied 2025-10-01
event closed 2026-11-01
must as hr hrv record add "$S" --class application doc.txt
event applied 2026-11-02
event closed 2026-11-01 --retract
event closed 2025-10-02
event applied 2026-11-02 --retract
exit_is 6 "so with somebody who applies again"

person employee
event hired 2015-01-01
event ended 2024-01-31
must as hr hrv record add "$S" --class personnel_file doc.txt
old=$S
person employee
event hired 2024-02-01
as hr hrv subject merge "$S" "$old" --json
exit_is 0 "a merge with somebody who is employed opens the date"
S=$(json .id)
event ended 2024-01-31 --retract
event ended 2015-06-30
event hired 2024-02-01 --retract
exit_is 6 "and hides none"

person employee
must as hr hrv record add "$S" --class personnel_file doc.txt --json
R=$(json .id)
as hr hrv record reclassify "$R" --class working_time --reason 'typing error' \
    --json
exit_is 6 "to file a record where it ends at once takes two as well"
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
