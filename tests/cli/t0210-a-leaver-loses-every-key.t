#!/bin/bash
# SPDX-License-Identifier: ISC
# Who is removed opens nothing any more; what he knew stays to be rotated until
# it was; a vault never loses its second approver or the last holder of a key.
. "$(dirname "$0")/../lib.sh"

vault_new
gpg_person clerk
tail_of() { echo "${FPRS[$1]:24}"; }

# In founding one person decides, but never against himself.
as dpo hrv member remove "$(tail_of dpo)"
exit_is 5 'the only approver stays'
err_like 'takes 1 to approve' 'and is told why'
must as dpo hrv member add "${FPRS[clerk]}" --role hr --compartment general
as hr hrv member remove "$(tail_of clerk)" --json
exit_is 0 'in founding one member removes another'
json_is .status former 'who is then a former member'
json_is '.rotations | map(.key) | index("kek/general.1") != null' true \
    'what he knew is listed'
json_is '.rotations | map(.key) | index("kek/pay.1") != null' false \
    'what he did not know is not'
json_is '.rotations[] | select(.key == "kek/general.1") | .command' \
    'hrvault key rotate --compartment general' 'with the command'
json_is '.rotations[] | select(.key == "kek/general.1") | .by | sort | join(" ")' \
    "$(printf '%s\n' "${FPRS[dpo]}" "${FPRS[hr]}" | sort | paste -sd ' ')" \
    'and who can do it'
as clerk hrv status
exit_is 8 'the leaver opens nothing'
newest=$(find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1)
not_ok 'no grant of his is left' grep -q "^grant ${FPRS[clerk]}" "$newest"
ok 'his certificate is, for the entries he made' \
    grep -q "^cert ${FPRS[clerk]}" "$newest"
as auditor hrv member show "$(tail_of clerk)" --json
json_is .status former 'an auditor sees the former member'
as hr hrv member remove "$(tail_of clerk)"
exit_is 4 'nobody leaves twice'
as auditor hrv member remove "$(tail_of hr)"
exit_is 5 'an auditor removes nobody'

# The pressure stays.
as dpo hrv status --check
exit_is 2 'monitoring is critical while a rotation is due'
out_like 'rotate' 'and says so'

# After founding it takes two; what the leaver proposed lapses with him.
vault_second legal legal
as dpo hrv member remove "$(tail_of legal)"
exit_is 5 'two approvers stay two'
must as hr hrv subject add --kind employee --name 'Zoë Example' --json
S=$(json .id)
must as hr hrv record add "$S" --class payslip --date 2020-01-31 \
    "$HRV_TOP/README.md" --json
R=$(json .id)
as hr hrv record void "$R" --reason 'wrong person'
exit_is 6 'the officer proposes something'
as dpo hrv member remove "$(tail_of hr)"
exit_is 6 'a removal takes two'
as dpo hrv proposal list --json
P=$(json 'select(.kind == "member.change" and .status == "open") | .id')
as legal hrv proposal show "$P"
like "${out//$'\n'/ }" 'loses all keys at once' 'the second person reads what it comes to'
must as legal hrv proposal approve "$P"
as dpo hrv member remove "$(tail_of hr)" --json
exit_is 0 'then he is removed'
as hr hrv record list "$S"
exit_is 8 'at once'
as dpo hrv proposal list --json
is "$(json 'select(.kind == "record.void") | .status')" expired \
    'what he proposed has lapsed'

# Back again, with other compartments.
again() # as WHO CMD...: proposes, is approved, repeats
{
	as "$@"
	exit_is 6 "${*:3:3}: proposed"
	as dpo hrv proposal list --json
	P=$(json 'select(.status == "open") | .id')
	must as legal hrv proposal approve "$P"
	as "$@"
}
again dpo hrv member add "${FPRS[hr]}" --role hr --compartment pay,general
exit_is 0 'a former member comes back'
as hr hrv record list "$S" --json
exit_is 0 'and works again'
again dpo hrv member renew "$(tail_of hr)" --compartment pay --json
exit_is 0 'a compartment is taken away'
json_is '.rotations | map(.key) | index("kek/general.1") != null' true \
    'which is then to be rotated'
as hr hrv member show "$(tail_of hr)" --json
json_is '.keys | index("kek/general.1") == null' true 'the key is gone'
as dpo hrv member renew "$(tail_of hr)"
exit_is 1 'nothing new to take in'
as auditor hrv audit verify --json
exit_is 0 'the log verifies'
json_is '.problems | length' 0 'without a problem'
done_testing
