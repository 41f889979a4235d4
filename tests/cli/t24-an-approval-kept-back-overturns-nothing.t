#!/bin/bash
# SPDX-License-Identifier: ISC
# What two people decide later is not undone by one who kept an older approval:
# an approval counts only from what its proposal started from.
. "$(dirname "$0")/../lib.sh"

gpg_person newcomer
gpg_person friend
vault_new
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
vault_second counsel legal
gpg_person third

proposal() { cat "$T/.out" "$T/.err" | grep -o 'P-[0-9A-Z]*' | head -n 1; }
# kept WHO APPROVER ARGS...: proposed, approved, and not carried out yet: $P.
kept()
{
	as "$1" hrv "${@:3}"
	[ "$rc" = 6 ] || flunk "proposed: ${*:3}"
	P=$(proposal)
	must as "$2" hrv proposal approve "$P"
}
# decided WHO APPROVER ARGS...: all of it at once.
decided()
{
	kept "$@"
	must as "$1" hrv "${@:3}"
}
# void WHO WHAT ARGS...: nothing is carried out by what was kept.
void()
{
	as "$1" hrv "${@:3}"
	exit_is 6 "$2 takes two people again"
	isnt "$(proposal)" "$P" "$2: by another proposal"
}

# Members.
ADD=(member add "${FPRS[newcomer]}" --role hr --compartment)
as dpo hrv "${ADD[@]}" general
FIRST=$(proposal)
kept dpo counsel "${ADD[@]}" general,medical
must as dpo hrv proposal show "$P"
out_like "nobody's membership or keys are changed before" \
    "whoever approves reads until when that counts"
must as counsel hrv proposal approve "$FIRST"
must as dpo hrv "${ADD[@]}" general
decided counsel dpo --yes member remove "${FPRS[newcomer]}"
void dpo "bringing back who was removed" "${ADD[@]}" general,medical
as newcomer hrv subject list
exit_is 8 "who was removed stays out"
as counsel hrv proposal approve "$(
	as dpo hrv "${ADD[@]}" general,medical
	proposal
)"
exit_is 0 "one that starts from today is approved"
must as dpo hrv "${ADD[@]}" general,medical
pass "and carried out"

RENEW=(--yes member renew "${FPRS[newcomer]}" --compartment)
as dpo hrv "${RENEW[@]}" general,pay
LATE=$(proposal)
decided dpo counsel "${RENEW[@]}" general,references
as counsel hrv proposal approve "$LATE"
exit_is 5 "what was overtaken is approved no more"
err_like 'starts from what is not so any more' "and the error says why"
err_like 'repeats the command' "and what to do"

# Schedules, and laws for themselves.
for n in 3 4; do
	sed "s/version = \"2026.2\"/version = \"2026.$n\"/" \
	    "$HRV_TOP/policy/schedules/uk.cfg" >$n.cfg
done
cp "$HRV_TOP/policy/laws/uk-ew.cfg" law.cfg
echo '# another text' >>law.cfg
kept dpo counsel policy adopt law.cfg
LAW=$P
kept dpo counsel policy adopt 3.cfg
must as dpo hrv proposal show "$P"
out_like 'what log entry [0-9]+ took into force is not replaced' \
    "a schedule starts from the one in force"
decided counsel dpo policy adopt 4.cfg
void dpo "an older schedule" policy adopt 3.cfg
must as auditor hrv policy show --json
json_is .version 2026.4 "the one of two people stays in force"
as dpo hrv policy adopt law.cfg
exit_is 0 "a schedule replaces no law"
must as dpo hrv proposal show "$LAW" --json
json_is .status "done" "whose approval was good"

# Who keeps the keys of backups.
mkdir one two
kept dpo counsel backup escrow "$T/one" --custodian "${FPRS[friend]}"
decided counsel dpo backup escrow "$T/two" --custodian "${FPRS[third]}"
void dpo "another custodian" backup escrow "$T/one" \
    --custodian "${FPRS[friend]}"

# Among whom keys are divided.
SPLIT=(key split --threshold 2 --output)
mkdir s1 s2
kept dpo counsel "${SPLIT[@]}" s1 "${FPRS[friend]}" "${FPRS[newcomer]}"
decided dpo counsel "${SPLIT[@]}" s2 "${FPRS[third]}" "${FPRS[counsel]}"
void dpo "other custodians of keys" "${SPLIT[@]}" s1 "${FPRS[friend]}" \
    "${FPRS[newcomer]}"

# What was not so when it was approved, is not refused on that ground.
must as hr hrv subject add --kind employee --name 'Þóra Núñez' --json
S=$(json .id)
must as hr hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as hr hrv case identity "$C" --asked
REFUSE=(case refuse "$C" --ground identity --reason 'nobody knows who asks')
kept hr counsel "${REFUSE[@]}"
must as hr hrv proposal show "$P"
out_like 'nothing else happens in the case' "a refusal starts from the case"
must as hr hrv case identity "$C" --method passport
void hr "refusing who showed a passport" "${REFUSE[@]}"
must as hr hrv case show "$C" --json
json_is .status open "the case is open"

# A reason that nobody approved.
echo x >x.txt
must as hr hrv subject add --kind employee --name 'Max Rot' --json
S=$(json .id)
must as hr hrv record add "$S" --class personnel_file x.txt --json
R=$(json .id)
kept hr dpo record void "$R" --reason 'stored twice'
void hr "another reason" record void "$R" --reason 'something else'
done_testing
