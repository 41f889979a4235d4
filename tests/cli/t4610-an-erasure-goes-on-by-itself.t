#!/bin/bash
# SPDX-License-Identifier: ISC
# An erasure is ordered once, by two people; each record goes when nothing
# keeps it, and the answer says honestly what stays until when.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr auditor purge dpo2; do gpg_person $who; done
D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
at "$D 08:20:00" vault_second dpo2 dpo
hr() { as hr at "$D 09:0$1:00" hrv "${@:2}"; }
must hr 0 subject add --kind employee --name 'Ama Owusu' --number E-1
S=$out
must hr 0 subject add --kind employee --name 'Zoë Nowak' --number E-2
OTHER=$out
echo text >f
add() { # CLASS DATE EVENT...
	must hr 1 record add "$S" --class "$1" --date "$2" "${@:3}" --json f
	R=$(json .id)
}
add equality_monitoring 2026-02-01; FREE=$R
add equality_monitoring 2026-02-02; HELD=$R
add payslip 2023-01-31 --event pay_date=2023-01-31; PAY=$R
add contract 2020-01-01; CONTRACT=$R
add equality_monitoring 2026-02-03; CLAIM=$R
add equality_monitoring 2026-02-04; SHOWN=$R
must hr 2 record link "$SHOWN" "$OTHER" --as witness
must as dpo at "$D 09:02:30" hrv hold place --matter 'Claim 7' --reason x \
    --record "$HELD" --json
H=$(json .id)
must hr 3 recipient add --name Agency --kind other --country IE
TO=$out
must hr 3 subject consent "$S" --purpose audit --text-version 1 \
    --given 2026-02-01
must hr 3 disclose "$FREE" --to "$TO" --purpose audit --output copy

must hr 4 case open --subject "$S" --right erasure --received $D --json
C=$(json .id)
json_is .due 2026-04-02 "the clock is the one of every request"
as hr at "$D 09:04:00" hrv case erase "$C"
exit_is 6 "not before it is known who asks"
must hr 4 case identity "$C" --method 'known in person'
must hr 4 case collect "$C" --json
json_is .erase 7 "everything of the person stands to be erased"
as hr at "$D 09:05:00" hrv case keep "$C" "$CLAIM" --ground whim --reason r
exit_is 2 "kept only on a ground of the law"
must hr 5 case keep "$C" "$CLAIM" --ground claims --reason 'tribunal'
as hr at "$D 09:05:00" hrv case export "$C" --to "${FPRS[hr]}" --output x
exit_is 5 "an erasure hands out no package"
as hr at "$D 09:06:00" hrv case erase "$C"
exit_is 6 "it takes two people"
must as hr at "$D 09:06:00" hrv proposal list --json
P=$(json 'select(.status == "open") | .id')
as hr at "$D 09:06:00" hrv proposal approve "$P"
exit_is 5 "not the same one"
must as dpo2 at "$D 09:06:30" hrv proposal show "$P"
out_like "$FREE" "who approves sees what would go"
must as dpo2 at "$D 09:06:30" hrv proposal approve "$P"
as hr at "$D 09:07:00" hrv case erase "$C" --json
exit_is 0 "ordered"
of() { json ".records[] | select(.record == \"$1\") | \"\(.becomes) \(.ground) \(.until)\""; }
is "$(of "$FREE")" 'erased null 2026-03-16' "what nothing keeps, after notice"
is "$(of "$PAY")" 'deferred legal-obligation 2026-04-05' "the rest later"
is "$(of "$CONTRACT")" 'deferred legal-obligation null' "or at no known day"
is "$(of "$CLAIM")" 'refused claims null' "or not, on its ground"
is "$(of "$HELD")" 'deferred protected null' "a hold is not told"
json '.sentences[]' >said
unlike "$(cat said)" 'hold|Claim 7' "not a word of it"
like "$(cat said)" 'destroyed afterwards without another request' "resumes"
json_is '.recipients[0] | "\(.recipient) \(.told)"' "$TO null" \
    "who had it is to be told"
must hr 8 case told "$C" --recipient "$TO" --json
json_is '.recipients[0].told' $D "and that is noted"
as hr at "$D 09:08:00" hrv case told "$C" --recipient "$TO"
exit_is 5 "once"

as hr at "$D 09:08:00" hrv case withhold "$C" "$FREE" --code S2P1-5 \
    --reason x
exit_is 5 "nobody takes a record out of the order by withholding it"
err_like 'case keep' "there is another verb for that"
as hr at "$D 09:08:00" hrv case decide "$C" "$FREE" --disclose
exit_is 5 "or by handing it out"
as hr at "$D 09:08:00" hrv case outcome "$C" --json
is "$(of "$FREE")" 'erased null 2026-03-16' "it is ordered still"

# Somebody of whom this is all there is.
must hr 8 subject add --kind employee --name 'Ines Kurz' --number E-3
LAST=$out
must hr 8 record add "$LAST" --class equality_monitoring --date 2026-02-05 f
must hr 8 case open --subject "$LAST" --right erasure --received $D --json
ALL=$(json .id)
must hr 8 case identity "$ALL" --method 'known in person'
must hr 8 case collect "$ALL"
as hr at "$D 09:08:30" hrv case erase "$ALL"
must as hr at "$D 09:08:40" hrv proposal list --json
P2=$(json 'select(.status == "open") | .id')
must as dpo2 at "$D 09:08:50" hrv proposal approve "$P2"
must hr 9 case erase "$ALL"

run_on() { must as purge at "$1 03:00:00" hrv purge run --json; }
run_on 2026-03-09
json_is .destroyed 0 "nothing inside the notice"
must as hr at "2026-03-15 10:00:00" hrv record link "$FREE" "$OTHER" --as witness
must as hr at "2026-03-15 10:01:00" hrv subject preference "$S" \
    --channel post --set no
must as hr at "2026-03-15 10:02:00" hrv case outcome "$C" --json
is "$(of "$FREE")" 'erased null 2026-03-16' "writing to it puts nothing off"
run_on 2026-03-16
json_is '"\(.destroyed) \(.identities)"' '3 0' "then what is free goes"
RUN=$(json .run)
must as purge at "2026-03-16 03:01:00" hrv purge show "$RUN" --json
is "$(json .json | jq -r --arg id "$FREE" '.facts.records[] |
    select(.id == $id) | "\(.basis.rule) \(.approvals[0])"')" \
    "erasure $P" "certified, with its approval"
as hr at "2026-03-16 10:00:00" hrv record read "$FREE" --purpose audit \
    --output no
exit_is 12 "the key is gone"
as hr at "2026-03-16 10:00:00" hrv record read "$HELD" --purpose audit \
    --output held
exit_is 0 "a held record is not touched"
must as hr at "2026-03-16 10:01:00" hrv case outcome "$C" --json
is "$(of "$FREE")" 'destroyed null 2026-03-16' "the answer follows"
must as hr at "2026-03-16 10:02:00" hrv case deliver "$C" --method post
must as hr at "2026-03-16 10:03:00" hrv case close "$C"
as hr at "2026-03-16 10:04:00" hrv subject show "$LAST"
exit_is 0 "who somebody is stays while the case is open"
must as hr at "2026-03-16 10:04:00" hrv case deliver "$ALL" --method post
must as hr at "2026-03-16 10:05:00" hrv case close "$ALL"
must as hr at "2026-03-16 10:06:00" hrv case show "$ALL" --json
UNTIL=$(json .frozen_until)

# Nobody does anything any more.
run_on 2026-03-24
run_on 2026-03-31
run_on 2026-04-05
json_is .destroyed 0 "on the last day of keeping it is kept"
run_on 2026-04-06
json_is .destroyed 1 "the day after it goes, though the case is not long over"
as hr at "2026-04-06 10:00:00" hrv record read "$PAY" --purpose payroll \
    --output no
exit_is 12 "it was the payslip"

LATER=$(date -u -d "$UNTIL + 1 day" +%F)
must_not() { as dpo at "$1" hrv hold release "$H" --reason over; }
must_not "2026-04-06 11:00:00"
must as dpo at "2026-04-06 11:00:00" hrv proposal list --json
P=$(json 'select(.kind == "hold.release") | .id')
must as dpo2 at "2026-04-06 11:01:00" hrv proposal approve "$P"
must as dpo at "2026-04-06 11:02:00" hrv hold release "$H" --reason over
for day in 04-13 04-20 04-27 05-04 05-05; do run_on 2026-$day; done
json_is .destroyed 0 "not while the released hold cools off"
run_on 2026-05-06
json_is .destroyed 1 "then what was held goes too, by itself"
must as hr at "2026-05-06 10:00:00" hrv case outcome "$C" --json
is "$(of "$HELD")" 'destroyed null 2026-05-06' "and the case says so"
is "$(of "$CLAIM")" 'refused claims null' "what was refused is there"
must as hr at "2026-05-06 10:30:00" hrv subject event "$S" ended 2010-01-31
run_on 2026-05-07
json_is .destroyed 0 "a first date that was typed yesterday destroys nothing"
run_on 2026-05-13
run_on 2026-05-20
json_is .destroyed 1 "but after its own notice"

# Nobody does anything about the other one either.
for day in 05-27 06-03 06-10; do run_on 2026-$day; done
run_on "$UNTIL"
json_is .identities 0 "who somebody was stays until the case is long over"
run_on "$LATER"
json_is '"\(.destroyed) \(.identities)"' '0 1' \
    "then it goes by itself, long after the last record"
RUN=$(json .run)
must as purge at "$LATER 04:00:00" hrv purge show "$RUN" --json
is "$(json .json | jq -r '.facts.identities[]')" "$LAST" "certified as well"
as hr at "$LATER 10:00:00" hrv subject show "$LAST"
exit_is 12 "and nobody knows"
as auditor at "$LATER 11:00:00" hrv audit verify
exit_is 0 "the log is whole"
as dpo at "$LATER 12:00:00" hrv check
exit_is 0 "so are the tables"
done_testing
