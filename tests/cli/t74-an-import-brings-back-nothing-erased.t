#!/bin/bash
# SPDX-License-Identifier: ISC
# What was erased at somebody's request does not come back with the next file:
# the row is rejected until a person stores such a record again on purpose.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr purge dpo2; do gpg_person $who; done
D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
at "$D 08:20:00" vault_second dpo2 dpo
sed 's/personnel_file/equality_monitoring/' \
    "$HRV_TOP/policy/maps/bamboohr.cfg" >map.cfg
cat >staff.csv <<'END'
Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary
1,Ama,Owusu,1980-01-01,2010-01-01,,ama@example.org,1
2,Zoë,Nowak,1981-01-01,2011-01-01,,zoe@example.org,2
END
hr() { as hr at "$1" hrv "${@:2}"; }
# import WHEN [FILE [OPTION...]]
import() { hr "$1" import "${2:-staff.csv}" --map ./map.cfg --json "${@:3}"; }
counts='[.added, .updated, .unchanged, .rejected, .waiting, .records] | join(" ")'

must import "$D 09:00:00"
json_is "$counts" '2 0 0 0 0 2' "two people come in from a file"
must hr "$D 09:01:00" subject show number:1 --json
S=$(json .id)
must hr "$D 09:01:00" record add "$S" --class contract --date 2010-01-01 \
    staff.csv
must hr "$D 09:02:00" case open --subject "$S" --right erasure --received $D \
    --json
C=$(json .id)
must hr "$D 09:02:00" case identity "$C" --method 'known in person'
must hr "$D 09:02:00" case collect "$C"
hr "$D 09:03:00" case erase "$C"
must hr "$D 09:03:00" proposal list --json
P=$(json 'select(.status == "open") | .id')
must as dpo2 at "$D 09:04:00" hrv proposal approve "$P"
must hr "$D 09:05:00" case erase "$C"

# Ordered, and not yet gone.
import "$D 09:06:00"
exit_is 0 "a file that brings nothing is no matter"
sed 's/,1$/,5/' staff.csv >raise.csv
import "$D 09:07:00" raise.csv --check
exit_is 3 "but no new version of what is to be erased"
json_is '.errors[0].reason | test("is to be erased at the person.s request")' \
    true "and that is why"

for day in 09 16; do
	must as purge at "2026-03-$day 03:00:00" hrv purge run --json
done
json_is .destroyed 1 "the run erases the record"
T1='2026-03-17'
import "$T1 09:00:00" staff.csv --check
exit_is 3 "a check finds that the file would bring it back"
json_is "$counts" '0 0 1 1 0 0' "and counts the row"
import "$T1 09:01:00" staff.csv --rejects r1
exit_is 3 "the import leaves it"
json_is "$counts" '0 0 1 1 0 0' "as the check said"
json_is '.errors[0] | "\(.row) \(.about)"' '2 record' "the row and the thing"
json_is '.errors[0].reason | test("was erased at the person.s request.*record add")' \
    true "with the way to do it on purpose"
err_unlike 'Owusu|ama@' "nobody is named"
must hr "$T1 09:02:00" record list "$S" --json
is "$(jq -rs 'map(select(.class == "equality_monitoring" and .status == "live")) |
    length' .out)" 0 "nothing came back"

echo '{}' >new.json
must hr "$T1 09:03:00" record add "$S" --class equality_monitoring new.json
import "$T1 09:04:00" staff.csv --rejects r2
exit_is 0 "where somebody stored one again on purpose, imports go on"
json_is "$counts" '0 1 1 0 0 1' "with that class too"
as dpo at "$T1 10:00:00" hrv audit verify
exit_is 0 "the log is whole"
done_testing
