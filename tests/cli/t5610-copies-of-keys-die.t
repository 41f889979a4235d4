#!/bin/bash
# SPDX-License-Identifier: ISC
# Epochs close and die on their day, whatever holds there are; certificate,
# status and attestation say so.
. "$(dirname "$0")/../lib.sh"
vault_new
day() { date -u -d "$1" +%F; }
run_at() { local t=$1; shift; at "$t 12:00:00" "$@"; }
D0=2027-03-01
must as hr run_at 2026-12-01 hrv subject add --kind candidate --name "Ana Ruiz" \
    --json
S=$(json .id)
echo secret >f
must as hr run_at 2026-12-01 hrv record add "$S" --class application f --json
many=()
for ((i = 0; i < 65; i++)); do many+=(--custodian "${FPRS[dpo]}"); done
run as dpo run_at $D0 hrv backup escrow "$T/escrow" "${many[@]}"
exit_is 2 "more custodians than one message has room for are refused"
ok "before anything is made" test ! -e escrow
must as dpo run_at $D0 hrv backup escrow "$T/escrow" \
    --custodian "${FPRS[dpo]}" --custodian "${FPRS[hr]}"
run as dpo run_at $D0 hrv status --json
json_is .uncovered 2 "a record and an identity are in no key backup"
json_is .last_key_backup null "there is none"
like "$out" 'no key backup covers 2 records' "status says so"
run as dpo run_at $D0 hrv backup keys "$T/b" --escrow "$T/escrow" --json
exit_is 6 "by a clock that may have jumped no epoch begins"
is "$(json_err .error.name)" clock "for that reason"
ok "and none waits in the escrow" test -z "$(ls escrow/epoch-* 2>/dev/null)"
must as dpo run_at $D0 hrv purge confirm-clock
must as dpo run_at $D0 hrv backup keys "$T/b" --escrow "$T/escrow" --json
json_is .dies "$(day "$D0 +35 days")" "five weeks later the epoch dies"
run as dpo run_at $D0 hrv status --json
json_is .uncovered 0 "everything is covered"
must as hr run_at $D0 hrv record add "$S" --class interview f --json
run as dpo run_at $D0 hrv status --json
json_is .uncovered 1 "but for what came since"
run as dpo run_at "$(day "$D0 +6 days")" hrv backup keys "$T/b" --json
json_is .epoch 1 "for a week it is the same epoch"
D1=$(day "$D0 +7 days")
run as dpo run_at "$D1" hrv backup keys "$T/b" --json
exit_is 2 "then another one begins, and the escrow folder is needed"
run as dpo run_at "$D1" hrv backup keys "$T/b" --escrow "$T/escrow" --json
json_is .epoch 2 "the second"
is "$(find escrow -name 'epoch-*.pgp' | wc -l)" 2 "two private halves are there"
for f in escrow/epoch-*.pgp; do
	is "$(gpg --homedir "$T/gpg-dpo" --batch --list-only --list-packets "$f" \
	    2>/dev/null | grep -c 'pubkey enc')" 2 "sealed to both custodians"
done
run grep -rlc "$(gpg --homedir "$T/gpg-dpo" -q --batch -d \
    "$(find escrow -name 'epoch-1-*.pgp')" 2>/dev/null |
    sed -n 's/^secret //p')" "$HRVAULT_DIR" "$T/b" "$T/escrow"
exit_is 1 "nowhere in the clear"

# A hold prolongs nothing.
must as dpo run_at "$D1" hrv hold place --matter x --reason y --subject "$S"
run as dpo run_at "$(day "$D0 +34 days")" hrv backup expire \
    --escrow "$T/escrow" --json
json_is '.destroyed | length' 0 "nothing dies before its day"
json_is .next "$(day "$D0 +35 days")" "which is said"
D5=$(day "$D0 +35 days")
run as dpo run_at "$D5" hrv backup expire --escrow "$T/escrow" --json
exit_is 6 "a clock that may have jumped ends nothing"
is "$(json_err .error.name)" clock "for that reason"
err_like 'silent for [0-9]+ days' "in the words of a purge"
err_like 'confirm-clock' "with the next step"
is "$(find escrow -name 'epoch-*.pgp' | wc -l)" 2 "all is there still"
run as auditor run_at "$D5" hrv status --json
json_is .epochs_overdue 1 "an epoch that should be dead is critical"
json_is .state critical "for monitoring too"
run as dpo run_at "$D5" hrv backup expire --json
exit_is 2 "the folder must be named"
mkdir wrong
run as dpo run_at "$D5" hrv backup expire --escrow "$T/wrong" --json
exit_is 5 "and be the registered one"
file=$(find escrow -name 'epoch-1-*.pgp')
must as dpo run_at "$D5" hrv purge confirm-clock
# Of no epoch: one that may be in use, and one that cannot be any more.
cp "$file" escrow/epoch-3-0a0b0c0d.pgp
cp "$file" escrow/epoch-4-0a0b0c0d.pgp
touch -d "$(day "$D5 -1 day")" escrow/epoch-3-0a0b0c0d.pgp
touch -d "$(day "$D0 -1 day")" escrow/epoch-4-0a0b0c0d.pgp
run as dpo run_at "$D5" hrv backup expire --escrow "$T/escrow" --json
exit_is 0 "on its day it is destroyed"
json_is '.destroyed[0]' 1 "the first"
json_is .unreadable 2 "two key backups open no more"
json_is '.orphans[]' epoch-4-0a0b0c0d.pgp "and with it what nobody knows"
json_is '.unknown[]' epoch-3-0a0b0c0d.pgp "but for what is too young for that"
ok "which stays" test -e escrow/epoch-3-0a0b0c0d.pgp
not_ok "the old one is gone" test -e escrow/epoch-4-0a0b0c0d.pgp
must as auditor run_at "$D5" hrv audit log --op backup.expire --json
is "$(jq -rs 'map(select(.payload.orphan).phase) | .[]' .out | xargs)" \
    "intent outcome" "with an entry before and after"
not_ok "the file is gone" test -e "$file"
a=${file%.pgp}.attestation.json
ok "the attestation is there" test -s "$a"
ok "signed" gpg --homedir "$T/gpg-dpo" --batch -q --verify "$a.sig" "$a"
is "$(jq -r '"\(.epoch) \(.found) \(.member)"' "$a")" "1 1 ${FPRS[dpo]}" \
    "it names epoch and member"
ok "the vault has it too" cmp "$a" \
    "$HRVAULT_DIR/certificates/$(basename "$a")"
b=$HRVAULT_DIR/certificates/$(basename "$a")
mkdir was && cp "$a" "$a.sig" was
rm "$a.sig" "$b" "$b.sig"
must as dpo run_at "$D5" hrv backup expire --escrow "$T/escrow" --json
ok "written again where a killed run did not come to it" \
    cmp "$a.sig" "was/$(basename "$a").sig"
ok "in the vault too" test -s "$b" -a -s "$b.sig"
ok "as it was signed" cmp "$b" "was/$(basename "$a")"
must as auditor run_at "$D5" hrv audit log --op backup.expire --json
n=$(jq -s 'map(select(.result == "ok"))[0].index' "$T/.out")
must as auditor run_at "$D5" hrv audit prove "$n" --json
pass "and the log proves it"
run as auditor run_at "$D5" hrv backup list --json
is "$(jq -r .opens "$T/.out" | tr '\n' ' ')" "false false true " \
    "the list knows which still open"

# Killed right after the file went: the next run says what it knows.
rm escrow/epoch-3-0a0b0c0d.pgp
D6=$(day "$D0 +42 days") half=$(find escrow -name 'epoch-2-*.pgp')
mkdir kept && cp -a "$HRVAULT_DIR" escrow state-* kept
back() { rm -rf "$HRVAULT_DIR" escrow state-* && cp -a kept/* .; }
killed() # N: at the N-th call that changes something
{
	as dpo run_at "$D6" "$HRV_B/tools/killat" -c -n "$T/n" "$1" \
	    "$HRV" backup expire --escrow "$T/escrow" >/dev/null 2>&1
}
killed 0
low=1 high=$(cat n)
while back && [ $((high - low)) -gt 1 ]; do
	mid=$(((low + high) / 2))
	killed $mid
	if [ -e "$half" ]; then low=$mid; else high=$mid; fi
done
killed "$high"
is "$? $(find escrow -name 'epoch-2-*')" "137 " \
    "it is gone, and nothing attests it"
run as dpo run_at "$D6" hrv backup expire --escrow "$T/escrow" --json
is "$rc $(json '"\(.destroyed) \(.missing)"')" "0 [2] []" \
    "the next run knows that it was found"
is "$(jq .found "${half%.pgp}.attestation.json")" 1 "which it attests"
must as auditor run_at "$D6" hrv audit log --op backup.expire --json
n=$(jq .announced "${half%.pgp}.attestation.json")
is "$(jq -r "select(.index == $n) | .phase" .out)" intent \
    "by the entry of the run that died"
run as auditor run_at "$D6" hrv audit verify --full --json
json_is .ok true "the log verifies"
back

# Gone before its time: said, not attested as destroyed.
rm "$(find escrow -name 'epoch-2-*.pgp')"
run as dpo run_at "$(day "$D0 +42 days")" hrv backup expire \
    --escrow "$T/escrow" --json
exit_is 3 "a missing private half is no success"
json_is '.missing[0]' 2 "and named"
run as dpo run_at "$(day "$D0 +42 days")" hrv status --json
json_is .uncovered 3 "no key backup that lives is left"
run as auditor run_at "$(day "$D0 +42 days")" hrv audit verify --full --json
json_is .ok true "the log verifies"
run as dpo run_at "$(day "$D0 +42 days")" hrv check --json
json_is .ok true "and the vault is sound"
done_testing
