#!/bin/bash
# SPDX-License-Identifier: ISC
# How often a command asks for the member's private key, by the agent's own
# record: with a card or a confirmation each use is a touch. One decryption to
# open; one signature for what is written to the log; one more for what is
# signed itself: a slot file, an approval, a certificate, a package.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr purge auditor second; do gpg_person $who; done
watch() # NAME: the agent of NAME notes what it is asked
{
	gpgconf --homedir "$T/gpg-$1" --kill gpg-agent
	printf 'log-file %s\ndebug ipc\n' "$T/log-$1" \
	    >>"$T/gpg-$1/gpg-agent.conf"
	: >"$T/log-$1"
}
for who in dpo hr purge auditor second; do watch $who; done
vault_new

# uses NAME DECRYPTIONS SIGNATURES WHAT CMD...
uses()
{
	local who=$1 dec=$2 sig=$3 what=$4 from
	shift 4
	from=$(wc -l <"$T/log-$who")
	as "$who" hrv "$@"
	tail -n +$((from + 1)) "$T/log-$who" >asked
	is "$(grep -c '<- PKDECRYPT' asked) $(grep -c '<- PKSIGN' asked)" \
	    "$dec $sig" "$what: $dec to open, $sig to sign"
}

uses dpo 1 0 'status' status
uses auditor 1 0 'audit verify' audit verify
uses dpo 1 0 'key check' key check
uses dpo 1 0 'purge plan' purge plan
uses hr 1 1 'subject add' subject add --kind employee --name 'Ида Öz' \
    --number E-1 --json
S=$(json .id)
echo text >doc.txt
uses hr 1 1 'record add' record add "$S" --class contract doc.txt --json
R=$(json .id)
uses hr 1 1 'record read' record read "$R" --purpose administration --output -
uses hr 1 1 'subject find' subject find ида
uses hr 1 1 'subject list' subject list
uses hr 1 1 'subject event' subject event "$S" ended 2010-01-31
uses hr 1 1 'a refusal' record read "$R" --purpose nonsense --output -
exit_is 5 "which it is"
uses dpo 1 1 'hold place' hold place --matter m --reason r --subject "$S" --json
H=$(json .id)
uses dpo 1 1 'hold release' hold release "$H" --reason r
uses dpo 1 2 'member add (log and slot file)' \
    member add "${FPRS[second]}" --role dpo
uses dpo 1 1 'proposal made' policy adopt "$HRV_TOP/policy/schedules/de.cfg"
as dpo hrv proposal list --json
P=$(json 'select(.status == "open") | .id' | head -n 1)
uses second 1 2 'proposal approve (log and approval)' proposal approve "$P"
uses purge 1 1 'purge run, nothing due' purge run
uses dpo 1 1 'key split (proposed)' key split --threshold 2 \
    "${FPRS[hr]}" "${FPRS[second]}"
as dpo hrv proposal list --json
P=$(json 'select(.status == "open" and .kind == "key.split") | .id')
uses second 1 2 'proposal approve' proposal approve "$P"
uses dpo 1 1 'key split' key split --threshold 2 "${FPRS[hr]}" "${FPRS[second]}"
for who in hr second; do
	uses $who 1 1 'key share --confirm' key share \
	    "$(echo share-"${FPRS[$who]:32}"-*)" --confirm --output "word-$who"
done
uses dpo 1 1 'key split --confirm' key split --confirm word-hr
uses dpo 1 1 'backup records' backup records "$T/backup"
uses dpo 1 0 'backup list' backup list

done_testing
