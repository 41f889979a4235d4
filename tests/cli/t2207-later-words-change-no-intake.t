#!/bin/bash
# SPDX-License-Identifier: ISC
# Who was lawfully taken in does not become too young by a schedule of later, a
# held record keeps the dates it had, and a mistyped year is found.
. "$(dirname "$0")/../lib.sh"
at '2026-01-05 09:00:00' vault_new
echo text >doc.txt
day() { at "$1 12:00:00" as "$2" hrv "${@:3}"; }
new() # NAME BORN: its id is S
{
	must day 2026-01-05 hr subject add --kind employee --name "$1" \
	    --born "$2" --json
	S=$(json .id)
}
new 'Kwame Owusu' 2010-06-01
must day 2026-01-05 hr record add "$S" --class payslip \
    --event pay_date=2026-01-05 doc.txt --json
R=$(json .id)
awk '/^  tests = \(/ { print "};"; exit } { print }' \
    "$HRV_TOP/policy/schedules/uk.cfg" |
    sed -e 's/version = "[^"]*"/version = "own"/' \
        -e 's/minimum_age = 13/minimum_age = 16/' >own.cfg
must day 2026-01-07 dpo --yes policy adopt own.cfg
day 2026-01-08 dpo retention review "$S" --destroy under-age --reason T --json
exit_is 5 "who was old enough at intake is not too young later"
is "$(json_err .error.name)" of-age "and the refusal says so"
day 2026-01-08 hr record show "$R" --json
json_is '.versions[0].destroyed' false "the payslip is there"
must day 2026-01-08 hr subject update "$S" --born 2014-06-01 --reason 'typing'
day 2026-01-09 dpo retention review "$S" --destroy under-age --reason T --json
exit_is 0 "who was not old enough then goes"

new 'Łucja Ødegård' 1960-01-01
must day 2026-01-05 hr record add "$S" --class radiation_health \
    --event last_entry=1990-01-01 doc.txt --json
R=$(json .id)
FROM=$(json .purge_from)
must day 2026-01-09 dpo hold place --matter M --reason T --record "$R" --json
H=$(json .id)
for born in 1940-01-01 1990-01-01; do
	day 2026-01-09 dpo subject update "$S" --born $born --reason T
	exit_is 5 "a held record keeps its birth date: $born"
done
err_like 'legal hold' "and why is said"
day 2026-01-09 hr subject show "$S" --json
json_is .born 1960-01-01 "nothing of it was stored"
day 2026-01-09 hr subject update "$S" --name 'Łucja Nowak' --reason 'married'
exit_is 0 "another name is no date"
day 2026-01-09 hr record show "$R" --json
json_is .purge_from "$FROM" "the date stands"

day 2026-01-09 hr subject event "$S" hired 2204-02-01
exit_is 2 "a year that nobody lives to see is a mistake"
err_like 'is the year right' "and is asked about"
day 2026-01-09 hr subject event "$S" ended 2045-02-01
exit_is 0 "what is agreed for later is not"
day 2026-01-09 auditor audit verify
exit_is 0 "the log verifies"
done_testing
