#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A folder put back to before the log got another key or another origin is
# refused with the way on, and two people can give up what is lost all the same.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second law legal
gpg_person dpo2
twice() # WHO CMD...: by dpo, with the approval of WHO
{
	run as dpo hrv "${@:2}"
	exit_is 6 "${*:2:3} takes two"
	must as "$1" hrv proposal approve "$(grep -o 'P-[0-9A-Z]*' \
	    "$T/.err" | head -n 1)"
	must as dpo hrv "${@:2}"
}
twice law --yes member add "${FPRS[dpo2]}" --role dpo
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
echo x >f
put_back() # FOLDER: today's folder is lost, that one takes its place
{
	rm -rf "$HRVAULT_DIR"
	cp -a "$1" "$HRVAULT_DIR"
}
refused() # WHO...: each of them, with the next step
{
	local who
	for who in "$@"; do
		run as "$who" hrv --json status
		exit_is 9 "$who refuses"
		is "$(json_err .error.name)" rollback "because of that"
		like "$(json_err .error.message)" 'rolled back|given up' \
		    "which is said"
		like "$(json_err .error.hint)" \
		    'change nothing.*audit accept-rollback' \
		    "and what to do"
	done
}
give_up() # PROPOSER OTHER
{
	run as "$1" hrv audit accept-rollback --json
	exit_is 6 "$1 proposes to give it up"
	P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as "$2" hrv audit accept-rollback "$P"
	run as "$1" hrv audit accept-rollback --json
	exit_is 0 "with the approval of $2 it is done"
}
entered() # two people say so of each rollback
{
	for _ in 1 2 3; do
		twice dpo2 purge confirm-restore
		run as dpo hrv status --json
		[ "$(json .held_back)" = true ] || return 0
	done
}
works() # NUMBER: all work again, and the log has that generation
{
	like "$(json .origin)" "/log$1\$" "the log goes on as log$1"
	for who in dpo dpo2 hr purge auditor; do
		run as $who hrv status
		exit_is 0 "$who can work again"
	done
	run as auditor hrv audit verify --full --json
	json_is '"\(.ok) \(.problems)"' 'true []' "the log verifies"
	must as hr hrv record add "$S" --class contract f
	entered
	run as purge hrv purge run --json
	exit_is 0 "the purge runs, once two people say that nothing is missing"
	run as dpo hrv check --json
	json_is .ok true "the vault is sound"
}
everybody() # does something, so that all remember it
{
	must as hr hrv record add "$S" --class contract f
	must as dpo2 hrv hold place --matter m --reason r --subject "$S"
	must as purge hrv purge run
	must as dpo hrv subject show "$S"
	must as auditor hrv audit verify
}

# Before the key of the log was replaced.
cp -a "$HRVAULT_DIR" sunday
must as dpo hrv key rotate --key write
must as dpo hrv key rotate --key meta
everybody
must as auditor hrv audit checkpoint
printf '%s\n' "$out" >monday.note
put_back sunday
refused dpo dpo2 hr purge auditor
run as purge hrv --json purge run
exit_is 9 "the purge destroys nothing"
rm -rf fresh && mkdir fresh
XDG_STATE_HOME=$T/fresh GNUPGHOME=$T/gpg-auditor run hrv --json audit verify \
    --from monday.note
exit_is 9 "an auditor with a checkpoint finds it"
is "$(json_err .error.name)" rollback "for what it is"
give_up dpo dpo2
works 2

# Before that: the log gets no origin that it had.
cp -a "$HRVAULT_DIR" tuesday
everybody
cp -a state-hr hr-of-log2
put_back sunday
refused dpo dpo2 hr purge auditor
give_up dpo dpo2
json_is '.lost.origin | test("log2$")' true "what is given up is log2"
works 3
everybody

# Who remembers more than others gave up is not passed over.
must as hr hrv record add "$S" --class contract f
size=$(sed -n 2p state-hr/hrvault/*/checkpoint)
put_back tuesday
give_up dpo dpo2
json_is '.lost.size < '"$size" true "who knows less gives up less"
like "$(json .origin)" '/log4$' "under an origin that nobody has seen"
run as dpo hrv status
exit_is 0 "they can work"
refused hr
run as hr hrv audit accept-rollback --json
exit_is 6 "he proposes what he remembers"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as dpo hrv proposal show "$P"
out_like "log3" "of which origin is shown"
must as dpo hrv audit accept-rollback "$P"
run as hr hrv audit accept-rollback --json
exit_is 0 "and is followed"
json_is '"\(.lost.size) \(.lost.origin | test("log3$"))"' "$size true" \
    "in giving up that"
works 5
run as dpo hrv audit accept-rollback
exit_is 5 "there is nothing to give up any more"

# Who left is a member again in what was put back, but not for who saw him go.
rm -rf tuesday && cp -a "$HRVAULT_DIR" tuesday
twice dpo2 --yes member remove "${FPRS[law]}"
must as dpo hrv key rotate --key write
everybody
must as dpo2 hrv audit verify
put_back tuesday
run as dpo hrv audit accept-rollback --json
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
must as law hrv audit accept-rollback "$P"
run as dpo hrv audit accept-rollback --json
exit_is 9 "his approval counts for nobody who saw him go"
err_like 'no member any more' "which is said"
rm state-dpo/hrvault/*/former
run as dpo hrv audit accept-rollback --json
exit_is 0 "and who does not care"
refused dpo2 hr
err_like 'no member any more' "is not followed"
give_up dpo2 dpo
works 7

# Who left after he gave something up did it rightly, also where somebody has
# not been there since.
everybody
rm -rf tuesday && cp -a "$HRVAULT_DIR" tuesday
must as hr hrv record add "$S" --class contract f
rm -rf lost && cp -a "$HRVAULT_DIR/seen" lost
put_back tuesday
cp lost/"${FPRS[hr]}" "$HRVAULT_DIR"/seen/
give_up dpo law
twice dpo2 --yes member remove "${FPRS[law]}"
must as dpo hrv key rotate --key write
entered
for _ in 1 2; do
	run as purge hrv purge run
	exit_is 0 "the purge believes who gave it up and left later"
done
run as hr hrv status
exit_is 0 "so does who was away"

# Who left and is let in again in what was put back is a member.
must as hr hrv record add "$S" --class contract f
rm -rf tuesday && cp -a "$HRVAULT_DIR" tuesday
must as hr hrv record add "$S" --class contract f
put_back tuesday
twice dpo2 --yes member add "${FPRS[law]}" --role legal
run as hr hrv audit accept-rollback
must as law hrv audit accept-rollback "$(grep -o 'P-[0-9A-Z]*' "$T/.err" |
    head -n 1)"
run as hr hrv audit accept-rollback
exit_is 0 "he counts also for who last saw him gone"
done_testing
