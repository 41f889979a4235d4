#!/bin/bash
# SPDX-License-Identifier: ISC
# The whole folder put back to yesterday: everybody who was there since refuses;
# going on takes two people, is logged, and ends the origin.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second dpo2 dpo
next="change nothing; keep .*audit verify --from.*find the newer state"
next="$next; if it is lost, two .*audit accept-rollback"
told() # WHO WHAT: refuses, says what happened and what is to be done
{
	run as "$1" hrv --json status
	exit_is 9 "$2"
	is "$(json_err .error.name)" rollback "because of a rollback"
	like "$(json_err .error.message)" \
	    'does not continue the checkpoint .*: it was rolled back' \
	    "which is said"
	like "$(json_err .error.hint)" "$next" "and what to do, in order"
}
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
must as auditor hrv audit vkey
vkey=$out
cp -a "$HRVAULT_DIR" yesterday
must as auditor hrv audit verify
echo x >f
must as hr hrv record add "$S" --class contract f
must as dpo2 hrv hold place --matter m --reason r --subject "$S"
must as purge hrv purge run
must as dpo hrv hold list
must as dpo hrv subject show "$S"
must as auditor hrv audit verify
seen=$(sed -n 2p "$T"/state-dpo/hrvault/*/checkpoint)

# Today's folder is lost; yesterday's is put back.
rm -rf "$HRVAULT_DIR"
cp -a yesterday "$HRVAULT_DIR"
for who in dpo dpo2 hr purge auditor; do
	told $who "$who refuses"
done
run as purge hrv --json purge run
exit_is 9 "the purge destroys nothing"
is "$(json_err .error.name)" rollback "because of that"

# Two people.
run as auditor hrv audit accept-rollback
exit_is 5 "an auditor cannot give anything up"
run as hr hrv audit accept-rollback --json
exit_is 6 "one person only proposes"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as hr hrv status
exit_is 9 "who proposed still refuses"
run as dpo hrv audit accept-rollback "$P"
exit_is 5 "who remembers more does not approve less"
run as dpo hrv audit accept-rollback --json
exit_is 6 "but proposes to give up what he remembers"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as dpo hrv audit accept-rollback "$P"
exit_is 5 "nobody approves his own"
run as dpo2 hrv audit accept-rollback "$P" --json
exit_is 0 "another member approves"
run as dpo2 hrv status
exit_is 9 "which does nothing yet"
is "$(sed -n 2p "$T"/state-dpo/hrvault/*/checkpoint)" "$seen" \
    "what was seen is not forgotten before"
run as dpo hrv audit accept-rollback --json
exit_is 0 "the proposer carries it out"
like "$(json .origin)" '/log2$' "the log goes on under another origin"
json_is .lost.size "$seen" "and says what was given up"
for who in dpo dpo2 hr purge auditor; do
	run as $who hrv status
	exit_is 0 "$who can work again"
done
run as auditor hrv audit verify --full --json
json_is .ok true "the log verifies over both origins"
must as auditor hrv audit vkey
isnt "$out" "$vkey" "checkpoints have another name"
must as hr hrv record add "$S" --class contract f
run as dpo2 hrv status
exit_is 0 "others follow"
run as purge hrv purge run --json
exit_is 6 "nobody knows what was given up, so nothing is destroyed"
is "$(json_err .error.name)" restored "for that reason"
run as dpo hrv purge confirm-restore
Q=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
must as dpo2 hrv proposal approve "$Q"
must as dpo hrv purge confirm-restore
run as purge hrv purge run --json
exit_is 0 "the purge runs once two people said that nothing is missing"
run as dpo hrv audit accept-rollback
exit_is 5 "there is nothing to give up any more"
run as dpo hrv check --json
json_is .ok true "the vault is sound"
must as auditor hrv audit log --op rollback.accept --json
json_is .proposal "$P" "the acceptance names its approval"

# Put back once more: the new origin is remembered as the old one was.
rm -rf "$HRVAULT_DIR"
cp -a yesterday "$HRVAULT_DIR"
told dpo "the same folder again is refused"
done_testing
