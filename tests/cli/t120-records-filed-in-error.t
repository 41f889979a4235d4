#!/bin/bash
# SPDX-License-Identifier: ISC
# A record that was filed in error is moved, reclassified or destroyed; what
# is held, in a case or waits for a second person stays as it is.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person hr
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew
gpg_person clerk
must as dpo hrv --yes member add "${FPRS[hr]}" --role hr --compartment general,pay
must as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment general
must as dpo hrv subject add --kind employee --name 'Ada Marmot' --number E-1
WRONG=$out
must as dpo hrv subject add --kind employee --name 'Ada Murmelová' --number E-2
RIGHT=$out
echo 'the marmot sleeps' >doc
SUM=$(sha256sum <doc | cut -d' ' -f1)
add() # CLASS ARGS...: a record of the wrong person; its id is $R
{
	must as dpo hrv record add "$WRONG" --title 'Sleep' --json "$@" doc
	R=$(json .id)
}
is_filed() # SUBJECT CLASS NAME: where $R is, and that its content is the same
{
	must as dpo hrv record show "$R" --json
	is "$(json '.subject + " " + .class')" "$1 $2" "$3"
	as dpo hrv record read "$R" --purpose administration --output -
	is "$(sha256sum <.out | cut -d' ' -f1)" "$SUM" "with the same content"
}

add --class appraisal
as dpo hrv record move "$R" --to number:E-2
exit_is 2 "it needs a reason"
as dpo hrv record move "$R" --to number:E-3 --reason x
exit_is 4 "and a person who is there"
must as dpo hrv record move "$R" --to number:E-2 --reason 'Names were mixed up'
out_like "$R" "says what"
out_like "$RIGHT" "and where it is now"
is_filed "$RIGHT" appraisal "it is the other person's"
must as dpo hrv record list "$WRONG" --json
out_unlike "$R" "and no longer the wrong one's"
must as dpo hrv audit log --json
out_unlike 'mixed up' "the reason is not in the log"

as dpo hrv record reclassify "$R" --class apraisal --reason x
exit_is 2 "no such class"
err_like appraisal "the nearest is named"
must as dpo hrv record reclassify "$R" --class payslip --reason 'A payslip'
is_filed "$RIGHT" payslip "it is of the other class"
as clerk hrv record read "$R" --purpose payroll --output out
exit_is 5 "who holds only the old key cannot open it any more"
as clerk hrv record reclassify "$R" --class appraisal --reason x
exit_is 5 "nor bring it back"
must as dpo hrv subject add --kind candidate --name 'Bo Marmot'
as dpo hrv record move "$R" --to "$out" --reason x
exit_is 5 "a class that is not for candidates"
is_filed "$RIGHT" payslip "it stays where it is"

# An open case: its package has the record only of whose it is, and freezes it.
add --class contract
MOVED=$R
must as dpo hrv record move "$R" --to "$RIGHT" --reason 'Mixed up'
add --class contract
OWN=$R
must as dpo hrv case open --subject "$WRONG" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case collect "$C"
must as dpo hrv case show "$C" --json
out_like "$OWN" "the wrong person's case has what is hers"
out_unlike "$MOVED" "and not what was moved"
for verb in "move $OWN --to $RIGHT" "reclassify $OWN --class appraisal" \
    "void $OWN"; do
	# shellcheck disable=SC2086
	as dpo hrv record $verb --reason 'not now'
	exit_is 5 "${verb%% *}: not while a case is open"
	err_like 'append only' "and says so"
done
is_filed "$WRONG" contract "it stays where it is"

# In founding one member voids alone.
R=$MOVED
must as dpo hrv record void "$R" --reason 'It belongs to nobody' --json
json_is .destroyed 1 "a void record is destroyed"
CERT=$(json .certificate)
as dpo hrv record read "$R" --purpose administration --output out
exit_is 12 "it cannot be read any more"
must as dpo hrv purge show "$CERT"
out_like 'void \(filed in error\)' "the certificate says why"
must as dpo hrv subject show "$RIGHT"
out_like Murmelov "its subject stays"

# After the founding it takes two people, and so does an earlier date.
must as dpo hrv subject event "$RIGHT" hired 2010-01-01
must as dpo hrv subject event "$RIGHT" ended 2024-06-30
must as dpo hrv record add "$RIGHT" --class contract --json doc \
    --event pay_date=2024-06-30
R=$(json .id)
vault_second legal legal
as hr hrv record void "$R" --reason 'It belongs to nobody'
exit_is 6 "after the founding it takes two to void"
err_like 'P-[0-9A-Z]+' "the proposal is named"
is_filed "$RIGHT" contract "it stays where it is"
as hr hrv record reclassify "$R" --class payslip --reason 'A payslip' --json
exit_is 6 "so it does when a known date would come nearer"
P=$(json_err .error.message | grep -Eo 'P-[0-9A-Z]+')
is_filed "$RIGHT" contract "it stays where it is"
must as dpo hrv proposal show "$P"
like "$(tr -s ' \n' ' ' <.out)" 'filed under the class payslip' \
    "the proposal says what will be done"
must as dpo hrv proposal approve "$P"
must as hr hrv record reclassify "$R" --class payslip --reason 'A payslip' --json
json_is .moved.earlier 1 "approved, the date comes nearer"
is_filed "$RIGHT" payslip "and it is of the other class"
must as dpo hrv audit verify
must as dpo hrv check
done_testing
