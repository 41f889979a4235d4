#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# Without its log, or with less of it than somebody remembers, a vault comes
# back only with those who give the rest up; a member who was removed after the
# keys were backed up does not come back with them.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second dpo2 dpo
gpg_person law
run as dpo hrv --yes member add "${FPRS[law]}" --role legal
approve() # WHO: approves what the last run() proposed
{
	local p
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	run as "$1" hrv "${@:2}" proposal approve "$p"
}
# twice CMD...: a step of dpo that dpo2 agrees to
twice()
{
	run as dpo hrv "$@"
	[ "$rc" -eq 6 ] || return 0
	approve dpo2
	must as dpo hrv "$@"
}
[ "$rc" -eq 0 ] || twice --yes member add "${FPRS[law]}" --role legal
must as hr hrv subject add --kind employee --name "Ōe Kenzaburō" --json
S=$(json .id)
echo paper >f
must as hr hrv record add "$S" --class contract f --json
R=$(json .id)
twice backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
must as auditor hrv audit checkpoint
cp .out head
restore() # FOLDER OPTION...
{
	run as "${who:-dpo}" hrv restore "$T/$1" --to "$T/new" \
	    --escrow "$T/escrow" "${@:2}" --json
}
gone() { rm -rf "$T/new" "$T/new.restoring"; }
cp -a b short
keep() { mkdir "$1" && cp -a state-* "$1"; } # what everybody remembers
back() { rm -rf state-* && cp -a "$1"/state-* .; }
keep fresh

# --checkpoint: a head that somebody else remembers.
must as hr hrv record add "$S" --class contract f --json
must as auditor hrv audit checkpoint
cp .out later
for m in dpo dpo2 law; do must as $m hrv audit verify; done
keep knows
export HRVAULT_DIR=$T/new
back fresh
restore short --checkpoint "$T/later"
exit_is 9 "a head that the log does not reach"
is "$(json_err .error.name)" rollback "is a rollback"
ok "and leaves nothing" test ! -e new -a ! -e new.restoring
restore short --checkpoint "$T/f"
exit_is 2 "what is no head is none"

# --accept-loss
restore short --checkpoint "$T/later" --accept-loss
exit_is 6 "given up, it waits for a second person"
approve dpo
exit_is 5 "who is not the first"
restore short --checkpoint "$T/later" --accept-loss
approve dpo2
exit_is 0 "another agrees"
restore short --checkpoint "$T/later" --accept-loss
exit_is 0 "and the vault is back"
json_is .without_log false "with its log"
run as auditor hrv status --json
json_is .without_log false "status agrees"
run as hr hrv record read "$R" --purpose administration --output -
is "$rc $(cat .out)" "0 paper" "what was kept is there"
gone

# The same by people who all remember what is given up.
back knows
restore short
exit_is 9 "who restores remembers more himself"
restore short --accept-loss
exit_is 6 "and gives it up, if another does"
heads() { cat state-*/hrvault/*/checkpoint | sha256sum; }
was=$(heads)
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as dpo2 hrv proposal show "$P"
exit_is 0 "who is asked may look"
out_like 'given up to entry [0-9]+;' "and sees how much it is"
run as dpo2 hrv proposal approve "$P"
exit_is 0 "and agrees"
restore short
exit_is 0 "that finishes it"
run as law hrv status
exit_is 0 "whoever remembers as much goes on"
gone

# Thrown away before it was approved, it leaves nobody behind.
back knows
restore short --accept-loss
approve dpo2
is "$(heads)" "$was" "until it is done nobody remembers the new log"
gone
restore short --accept-loss
exit_is 6 "it can be built again"
gone
export HRVAULT_DIR=$T/vault
run as dpo2 hrv status
exit_is 0 "and the live vault is what it was"
export HRVAULT_DIR=$T/new

# --without-log: two others, and all remember more than comes back.
rm -r short/log
restore short
exit_is 4 "without a log nothing comes back"
err_like 'without-log' "unless that is said"
restore short --without-log
exit_is 6 "then it waits"
approve dpo2
exit_is 0 "one agrees"
restore short --without-log
exit_is 6 "which is not enough"
approve law
exit_is 0 "a second one agrees"
restore short --without-log
exit_is 0 "and the vault is back"
json_is .without_log true "without its log"
run as law hrv status
exit_is 0 "for everybody who remembers more"
run as auditor hrv proposal list --json
is "$(jq -rs 'map(select(.kind == "restore").status) | unique | .[]' .out)" \
    "done" "both approvals are used up"
must as auditor hrv audit log --op restore --json
run as auditor hrv status --json
json_is .without_log true "which status says"
run as auditor hrv status
out_like 'restored without its log' "in words too"
run as auditor hrv audit verify --full --json
json_is .ok true "what it has of the log verifies"
gone

# A member who lost a compartment after the keys were backed up.
back knows
export HRVAULT_DIR=$T/vault
twice --yes member renew "${FPRS[hr]}" --compartment general
must as dpo hrv backup log "$T/b"
export HRVAULT_DIR=$T/new
restore b
exit_is 5 "what was taken from a member is not given back"
is "$(json_err .error.name)" older-keys "by older keys"
err_like 'covers [0-9]+ entries .*[0-9]{4}-[0-9-]{5} or later' \
    "and which are new enough is said"

# A member who went after that.
export HRVAULT_DIR=$T/vault
twice --yes member remove "${FPRS[hr]}"
must as dpo hrv backup log "$T/b"
export HRVAULT_DIR=$T/new
restore b
exit_is 5 "who was removed does not come back with older keys"
is "$(json_err .error.name)" older-keys "which is said"
err_like 'newer key backup' "with the next step"
ok "nothing is left of it" test ! -e new -a ! -e new.restoring
export HRVAULT_DIR=$T/vault
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
export HRVAULT_DIR=$T/new
restore b
exit_is 6 "with newer ones it is built"
approve dpo2
restore b
exit_is 0 "and comes back"
run as dpo hrv key check --json
is "$(jq -r '[.problems[].code] | unique | index("rotation") != null' .out)" \
    true "what both knew is still to be rotated"
run as auditor hrv audit verify --full --json
json_is .ok true "and the log verifies"
done_testing
