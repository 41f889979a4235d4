#!/bin/bash
# SPDX-License-Identifier: ISC
# An approval for another state of things is neither used nor passed over in
# silence, and status says what waits for whom.
. "$(dirname "$0")/../lib.sh"

vault_new
as hr hrv subject add --kind employee --name "Ana Souza" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class personnel_file doc.txt
must as hr hrv subject event "$S" ended 2026-06-30
vault_second counsel legal

# asked COMMAND...: hr's command waits for P.
asked()
{
	as hr hrv "$@"
	exit_is 6 "$1 $2 waits"
	P=$(printf '%s\n' "$err" | grep -o 'and P-[0-9A-Z]*' | cut -c5-)
}

as dpo hrv status --json
json_is .proposals_open 0 "nothing is open"
asked subject event "$S" ended 2026-06-30 --retract
FIRST=$P
err_unlike 'does not count' "nothing was approved before"
as dpo hrv status --json
json_is .proposals_open 1 "one is open"
json_is '.proposals_for_you[0].proposal' "$P" "and waits for the dpo"
json_is .state warning "who should look"
as dpo hrv status
out_like "a proposal waits for you.*hrvault proposal show $P" \
    "with the command that shows it"
for who in hr counsel auditor purge; do
	as $who hrv status --json
	json_is '.proposals_for_you | length' 0 "it does not wait for $who"
	json_is .proposals_open 1 "who sees that it is open"
done
must as dpo hrv proposal approve "$P"
as hr hrv status --json
json_is '.proposals_to_repeat[0].proposal' "$P" "approved, it waits for hr"
as hr hrv status
out_like "$P of yours was approved" "in words too"

# Another record: the step would move two dates by now.
must as hr hrv record add "$S" --class personnel_file doc.txt
asked subject event "$S" ended 2026-06-30 --retract
isnt "$P" "$FIRST" "another state of it is another proposal"
err_like "$FIRST was approved for another state of it" "the first is named"
err_like 'changed since: which dates move' "with what changed"
as hr hrv subject event "$S" ended 2026-06-30 --retract
err_like "$FIRST was approved for another state of it" "as long as it waits"
as dpo hrv proposal list
like "$(grep "$FIRST" .out)" ' outdated ' "the list does not call it approved"
as dpo hrv proposal list --json
is "$(jq -r "select(.id == \"$FIRST\") | \"\(.status) \(.outdated_by)\"" .out)" \
    "approved $P" "programs are told what took its place"
as dpo hrv proposal show "$FIRST"
out_like "Approved for another state of things" "so does the whole of it"
as hr hrv status --json
json_is '.proposals_to_repeat | length' 0 "it waits for nobody"
must as dpo hrv proposal approve "$P"
as hr hrv subject event "$S" ended 2026-06-30 --retract
exit_is 0 "the second one counts"

as hr hrv subject event "$S" ended 2026-06-30
asked subject event "$S" ended 2026-06-30 --retract
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
