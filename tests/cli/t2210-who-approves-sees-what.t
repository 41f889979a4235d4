#!/bin/bash
# SPDX-License-Identifier: ISC
# Whoever is to approve reads in sentences what would happen, how much of it,
# to whom it goes and why; hashes come last.
. "$(dirname "$0")/../lib.sh"

sed 's/dual_control = ( "record.amend" )/dual_control = ( "record.amend", "subject.restrict" )/' \
    "$HRV_TOP/policy/schedules/uk.cfg" >dual.cfg
vault_new "$T/vault" "$T/dual.cfg"
gpg_person leaver
must as dpo hrv --yes policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv --yes policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
as hr hrv subject add --kind employee --name "Ana Souza" --json
S=$(json .id)
echo text >doc.txt
as hr hrv record add "$S" --class personnel_file doc.txt --json
R=$(json .id)
as hr hrv record add "$S" --class personnel_file doc.txt --json
R2=$(json .id)
must as hr hrv subject event "$S" ended 2026-06-30
vault_second counsel legal

# waits COMMAND...: hr's command leaves a proposal, which is P.
waits()
{
	as hr hrv "$@"
	exit_is 6 "$1 $2 waits for a second person"
	P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
	as counsel hrv proposal show "$P"
	exit_is 0 "who shows it to counsel"
	words=${out//$'\n'/ }
	words=$(tr -s ' ' <<<"$words")
}

echo more >more.txt
waits record amend "$R" more.txt --reason 'the signed copy'
like "$words" "version 2 of $R, about $S, is stored" \
    "a new version is told as one"
like "$words" 'no date of destruction moves' "with what becomes of dates"
unlike "$words" 'bound_mac:' "not member by member"
like "$words" 'by these hashes: bound_mac [0-9a-f]{64}' "hashes come last"
like "$words" "proposed by hr <hr@example.org>" "with who proposes, by name"
like "$words" "hrvault proposal show $P --reason" "the reason is pointed to"
unlike "$words" 'signed copy' "and is not opened unasked"
as counsel hrv proposal show "$P" --json
json_is .has_reason true "the document says that there is one"
json_is .proposer_user_id 'hr <hr@example.org>' "and who proposed it"
as counsel hrv proposal show "$P" --reason
exit_is 0 "who may approve opens it"
out_like 'reason: the signed copy' "as it was typed"
as counsel hrv audit log --op proposal.show --json
is "$(jq -rs 'map(select(.phase == "outcome"))[-1].result' .out)" ok \
    "and that is logged as a reading of reasons"
as counsel hrv proposal show "$P" --reason --json
json_is .reason 'the signed copy' "also for programs"
as auditor hrv proposal show "$P" --reason
exit_is 5 "not by an auditor"
as auditor hrv proposal show "$P"
exit_is 0 "who sees the rest"
as counsel hrv proposal list
out_like 'hr <hr@example.org>' "the list names people"

waits subject restrict "$S" --ground accuracy
like "$words" "about $S may only be stored, on the ground 'accuracy'" \
    "a restriction is told"
waits subject event "$S" ended 2026-06-30 --retract
like "$words" "of $S the event subject.ended on 2026-06-30 is retracted" \
    "an event is told"
like "$words" '2 versions of records' "with how many dates move"

must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --law uk-ew --json
C=$(json .id)
must as dpo hrv case collect "$C"
must as dpo hrv case identity "$C" --method 'known in person'
as dpo hrv case withhold "$C" "$R2" --code S2P4-19 --reason 'advice'
[ "$rc" -eq 0 ] || diag "$err"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 6 "an export waits"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
as counsel hrv proposal show "$P" --reason
words=$(tr -s ' \n' ' ' <<<"$out")
like "$words" "for the right 'access' of $S" "what for"
like "$words" '[0-9]+ records, of which [0-9]+ disclosed, [0-9]+ redacted' \
    "how many go out in which way"
like "$words" '1 withheld' "and how many do not"
like "$words" '0 undecided' "nothing is undecided"
like "$words" "reason: to the OpenPGP key ${FPRS[leaver]}" "and to whom"
like "$words" "hrvault case show $C" "and where each is listed"
as counsel hrv proposal show "$P"
out_unlike "${FPRS[leaver]}" "who it goes to is not told unasked"

mkdir -m 700 escrow
as dpo hrv backup escrow escrow --custodian "${FPRS[counsel]}" --days 7 \
    --keep 5
exit_is 6 "an escrow waits"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
as counsel hrv proposal show "$P"
words=$(tr -s ' \n' ' ' <<<"$out")
like "$words" "sealed from now on to 1 custodian.*${FPRS[counsel]}" \
    "who can open the keys"
like "$words" 'every 7 days, of which 5 are kept' "how often, how many"
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
