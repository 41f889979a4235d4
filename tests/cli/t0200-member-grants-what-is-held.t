#!/bin/bash
# SPDX-License-Identifier: ISC
# A member gets exactly the keys of the role, and nobody grants what he does
# not hold.
. "$(dirname "$0")/../lib.sh"

schedule=$HRV_TOP/policy/schedules/uk.cfg
for who in dpo hr purge auditor legal clerk; do gpg_person $who; done
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule "$schedule"

# What the grant of somebody holds, opened by nobody but its owner's gpg.
grant_of() # NAME
{
	local newest
	newest=$(find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1)
	awk -v f="${FPRS[$1]}" '$1 == "grant" && $2 == f { print $4 }' \
	    "$newest" | base64 -d >"$T/grant"
	gpg --homedir "$T/gpg-$1" --batch --quiet --decrypt "$T/grant" \
	    2>/dev/null | awk 'NR > 1 { print $1 }' | paste -sd ' '
}

as dpo hrv member add "${FPRS[hr]}" --role hr --compartment pay,general --json
exit_is 0 'the founder adds an hr member'
json_is .fingerprint "${FPRS[hr]}" 'the result names the fingerprint'
json_is '.compartments | join(",")' general,pay \
    'compartments stand in the order of the schedule'
json_is .status active 'the member is active'
json_is .founding true 'one approver: still in founding'
must as dpo hrv member add "${FPRS[purge]}" --role purge
must as dpo hrv member add "${FPRS[auditor]}" --role auditor
must as dpo hrv member add "${FPRS[legal]}" --role legal --json
json_is .founding false 'the second approver ends the founding'

is "$(grant_of hr)" "meta.1 write.1 index.1 suppress.1 kek/identity.1 \
kek/detail.1 kek/casework.1 kek/general.1 kek/pay.1" \
    'hr holds its compartments and no key of holds'
is "$(grant_of legal)" "meta.1 write.1 index.1 kek/identity.1 kek/detail.1 \
kek/hold.1 kek/casework.1" 'legal holds no compartment'
is "$(grant_of purge)" 'meta.1 write.1' 'purge holds no KEK at all'
is "$(grant_of auditor)" meta.1 'an auditor holds the database key alone'

for role in legal purge auditor; do
	as dpo hrv member add "${FPRS[clerk]}" --role $role --compartment pay
	exit_is 5 "$role is never given a compartment"
done
as hr hrv member add "${FPRS[clerk]}" --role hr --compartment general,medical
exit_is 5 'hr cannot grant a compartment that hr does not hold'
err_like 'kek/medical|medical' 'and is told which'
as hr hrv member add "${FPRS[clerk]}" --role dpo
exit_is 5 'hr cannot make somebody dpo: the key of holds is missing'
as auditor hrv member add "${FPRS[clerk]}" --role auditor
exit_is 5 'an auditor adds nobody'
as dpo hrv member add "${FPRS[clerk]}" --role hr --compartment nowhere
exit_is 2 'a compartment that does not exist is a slip'
as dpo hrv member add "${FPRS[hr]}" --role hr
exit_is 1 'a member already'
as dpo hrv member add 0123456789ABCDEF0123456789ABCDEF01234567 --role hr
exit_is 8 'a key that is not in the keyring'
as dpo hrv member add "${FPRS[clerk]}" --role hr --until 2001-01-01
exit_is 2 'a membership that would be over already'

as auditor hrv member list --json
exit_is 0 'an auditor sees who is a member'
is "$(json .role | paste -sd ' ')" 'dpo hr purge auditor legal' \
    'nobody was added by what was refused'
as hr hrv member show "${FPRS[legal]:24}" --json
json_is '.keys | index("kek/hold.1") != null' true \
    'show tells which keys were granted'
as hr hrv member show 0123456789ABCDEF
exit_is 4 'no such member'
done_testing
