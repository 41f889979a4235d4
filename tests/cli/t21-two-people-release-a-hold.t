#!/bin/bash
# SPDX-License-Identifier: ISC
# A hold is released by two people, and what takes two people ends in exit 6
# with the proposal and the next command.
. "$(dirname "$0")/../lib.sh"

vault_new
as hr hrv subject add --kind employee --name "Zoë Ødegård" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class personnel_file --date 2020-01-01 \
    --title "A file" doc.txt
must as dpo hrv hold place --matter 2026/17 --reason "a claim" \
    --subject "$S" --json
H=$(json .id)
vault_second counsel legal

as hr hrv hold release "$H" --reason "no longer needed"
exit_is 6 "hr only asks"
err_like 'P-[0-9A-Z]{26} is a request' "the request is named"
err_like "hrvault hold release $H --reason @FILE" "with a command to copy"
as purge hrv hold release "$H" --reason "no longer needed"
exit_is 5 "the purge account may not even ask"
as dpo hrv hold release "$H" --reason "no longer needed"
exit_is 6 "dpo proposes"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
err_like "hrvault proposal approve $P" "the next command is there to copy"
as dpo hrv --json hold release "$H" --reason "no longer needed"
exit_is 6 "repeating it alone changes nothing"
is "$(json_err .error.name)" approval "programs see why"
like "$(json_err .error.message)" "$P" "and the same proposal"

as auditor hrv proposal show "$P"
exit_is 0 "anybody may look"
out_like "$H" "and sees what will happen"
out_unlike 'no longer needed' "not why, which is sealed"
as dpo hrv proposal approve "$P"
exit_is 5 "nobody approves his own"
as hr hrv proposal approve "$P"
exit_is 5 "hr approves no release"
as auditor hrv proposal approve "$P"
exit_is 5 "nor does an auditor"
as counsel hrv proposal approve "${P:0:10}" --json
exit_is 0 "legal approves, by a prefix"
json_is .status approved "it is approved"
as dpo hrv hold list --json
json_is .status active "approving only approves"
as counsel hrv hold release "$H" --reason "no longer needed"
exit_is 6 "an approval is for its proposer"
as dpo hrv hold release "$H" --reason "somebody asked" --json
exit_is 6 "nor for another reason than the one that was approved"
is "$(json_err .error.name)" approval "which waits by itself"
err_unlike "$P waits" "as another proposal"
err_like "$P was approved for something else .what differs: the reason" \
    "and says why the first one does not count"
as dpo hrv hold release "$H" --reason "no longer needed" --json
exit_is 0 "the proposer repeats the command"
json_is .status cooling "and the cooling-off begins"
like "$(json .free_from)" '^20[0-9-]*$' "until a day that is said"
as dpo hrv hold release "$H" --reason again
exit_is 5 "released is released"
as dpo hrv proposal list --json
is "$(jq -r 'select(.id == "'"$P"'") | .status' "$T/.out")" "done" \
    "the proposal is done"
as counsel hrv proposal approve P-000000
exit_is 4 "an unknown proposal is not found"
as counsel hrv proposal reject "$P" --reason late
exit_is 5 "what is done cannot be rejected"
as dpo hrv audit verify
exit_is 0 "the log of all this verifies"
done_testing
