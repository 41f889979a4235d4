#!/bin/bash
# SPDX-License-Identifier: ISC
# A date that was known moves earlier with two people, also when it was pending
# in between: whoever comes back, or becomes another person, hides no date.
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
# What an approval is for is each date, not how many there are.
proposed() { P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1); }
person employee
event hired 2015-01-01
event ended 2024-01-30
event ended 2024-01-31
must as hr hrv record add "$S" --class personnel_file doc.txt --json
R=$(json .id)
event ended 2024-01-31 --retract
exit_is 6 "one day earlier takes two"
proposed
as dpo hrv proposal show "$P"
out_like '2030-01-31' "who approves sees from which day on"
must as dpo hrv proposal approve "$P"
event ended 2015-06-30
event ended 2024-01-30 --retract
event ended 2024-01-31 --retract
exit_is 6 "and is no approval for eight years"
as hr hrv record show "$R" --json
json_is .purge_from 2030-02-01 "the date stands"

# Another schedule forgets nothing either.
person employee
event hired 2015-01-01
event ended 2024-01-31
must as hr hrv record add "$S" --class personnel_file doc.txt
event hired 2024-02-01
sed 's/version = "[^"]*"/version = "next"/' \
    "$HRV_TOP/policy/schedules/uk.cfg" >next.cfg
as dpo hrv --yes policy adopt next.cfg
exit_is 6 "a schedule takes two"
proposed
must as counsel hrv proposal approve "$P"
must as dpo hrv --yes policy adopt next.cfg
event ended 2024-01-31 --retract
event ended 2015-06-30
event hired 2024-02-01 --retract
exit_is 6 "what a pending date was outlives a schedule"

must as hr hrv subject add --kind employee --name 'Ngozi' --born 1960-01-01 \
    --json
S=$(json .id)
must as hr hrv record add "$S" --class radiation_health \
    --event last_entry=1990-01-01 doc.txt
as hr hrv subject update "$S" --remove born --reason T
exit_is 6 "a birth date that a date counts from is not taken away alone"

# One who holds no key of a compartment sets no dates in it.
gpg_person clerk
as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment general
exit_is 6 "a member more takes two"
proposed
must as counsel hrv proposal approve "$P"
must as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment general
must as hr hrv record add "$S" --class accident_book doc.txt --json
R=$(json .id)
as clerk hrv record event "$R" last_entry 1980-01-01 --json
exit_is 5 "no key, no date"
is "$(json_err .error.name)" key-not-held "which is what the refusal says"
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
