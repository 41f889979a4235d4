#!/bin/bash
# SPDX-License-Identifier: ISC
# Once there are two approvers, one person alone changes no policy, no member
# and no date of destruction to an earlier one.
. "$(dirname "$0")/../lib.sh"

vault_new
as hr hrv subject add --kind employee --name "Ana Souza" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class personnel_file doc.txt
must as hr hrv subject event "$S" ended 2026-06-30
vault_second counsel legal

# proposed NAME: the last run() left a proposal; its id is P.
proposed()
{
	exit_is 6 "$1"
	P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
}

gpg_person clerk
as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment pay
proposed "a member more takes two"
as counsel hrv proposal show "$P"
out_like "${FPRS[clerk]}" "the key is shown"
must as counsel hrv proposal approve "$P"
as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment general
exit_is 6 "an approval for one compartment is none for another"
as dpo hrv --yes member add "${FPRS[clerk]}" --role hr --compartment pay
exit_is 0 "the approved member is added"

as hr hrv subject event "$S" ended 2026-06-30 --retract
proposed "a known date is not taken back alone, to set another as a first one"
as hr hrv subject show "$S" --json
like "$out" "2026-06-30" "it stands"
must as dpo hrv proposal show "$P"
out_like 'pending' "who approves sees that a date would be open again"
must as dpo hrv proposal reject "$P" --reason 'no error'
must as hr hrv subject event "$S" ended 2020-06-30
as dpo hrv subject event "$S" ended 2026-06-30 --retract
exit_is 5 "an earlier date is for hr to propose"
as hr hrv subject event "$S" ended 2026-06-30 --retract
proposed "and takes two"
as counsel hrv proposal approve "$P"
exit_is 5 "legal has no say in it"
as clerk hrv proposal approve "$P"
exit_is 5 "nor has hr without the compartments"
as hr hrv subject show "$S" --json
like "$out" "2026-06-30" "nothing was changed so far"
must as dpo hrv proposal approve "$P"
as hr hrv subject event "$S" ended 2026-06-30 --retract --json
exit_is 0 "once approved it is done"
json_is .moved.earlier 1 "and the date moved"

sed 's/version = "[^"]*"/version = "9999"/' \
    "$HRV_TOP/policy/schedules/uk.cfg" >new.cfg
as hr hrv --yes policy adopt new.cfg
proposed "a schedule takes two"
must as counsel hrv proposal approve "$P"
echo "# something else" >>new.cfg
as hr hrv --yes policy adopt new.cfg
exit_is 6 "another text is another schedule"
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
