#!/bin/bash
# SPDX-License-Identifier: ISC
# Two members who are one person by 'member link' are no two people.
. "$(dirname "$0")/../lib.sh"

gpg_person second
vault_new
must as dpo hrv --yes member add "${FPRS[second]}" --role hr \
    --compartment "$COMPARTMENTS"
vault_second counsel legal
proposal() { printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1; }
must as dpo hrv subject add --kind employee --name "Zoë Ødegård" --json
ME=$(json .id)
must as hr hrv subject add --kind employee --name 'Max Rot' --json
S=$(json .id)
echo x >x.txt
must as hr hrv record add "$S" --class personnel_file x.txt --json
R=$(json .id)
VOID=(record void "$R" --reason 'stored twice')

as hr hrv "${VOID[@]}"
P=$(proposal)
must as second hrv proposal approve "$P"
must as hr hrv member link "${FPRS[hr]}" --subject "$ME"
must as second hrv member link "${FPRS[second]}" --subject "$ME"
as hr hrv "${VOID[@]}"
exit_is 6 "an approval by another key of the same person is none"
P=$(proposal)
as second hrv --json proposal approve "$P"
exit_is 5 "and none is given"
is "$(json_err .error.name)" self-approval "as it is his own proposal"
must as dpo hrv proposal approve "$P"
as hr hrv "${VOID[@]}"
exit_is 0 "somebody else approves"

# Of one who is nobody here, nothing is refused.
must as hr hrv record add "$S" --class personnel_file x.txt --json
R=$(json .id)
as hr hrv record void "$R" --reason again
as dpo hrv proposal approve "$(proposal)"
exit_is 0 "people who are linked to nobody are two"
done_testing
