#!/bin/bash
# SPDX-License-Identifier: ISC
# A member goes while the keys are backed up: the copy with the slot file from
# before is not finished, not named by the log, and not left in the folder.
. "$(dirname "$0")/../lib.sh"
vault_new
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
rm b/keys/*
mkdir kept && cp -a vault state-* b kept
back() { rm -rf vault state-* b && cp -a kept/* .; }
at_call() # N WORDS OF killat: the backup, with something at its N-th call
{
	as dpo "$HRV_B/tools/killat" -c -n n "${@:2}" "$1" "$HRV" \
	    backup keys "$T/b" >.out 2>.err
}
# The first call at which the copy has begun: its place in the log is known.
at_call 0
low=1 high=$(cat n)
while back && [ $((high - low)) -gt 1 ]; do
	mid=$(((low + high) / 2))
	at_call $mid
	if [ -n "$(ls b/keys)" ]; then high=$mid; else low=$mid; fi
done
cat >leave <<E
$HRV --yes member remove ${FPRS[auditor]} >left 2>&1
echo \$? >went
E
at_call "$high" -x "sh $T/leave"
is "$? $(cat went)" "7 0" "who was removed meanwhile makes it busy"
like "$(cat .err)" 'run the command again' "which says what to do"
is "$(ls b/keys)" "" "the copy is not left"
run as dpo hrv backup keys "$T/b"
exit_is 0 "the next one is made"
is "$(find b/keys -type f | wc -l)" 1 "and is the only one"
run as dpo hrv audit verify
exit_is 0 "the log verifies"

# What an interrupted change leaves beside the slot file in force is told.
run as dpo hrv check --json
json_is '.remarks | map(select(test("slots"))) | length' 0 \
    "nothing is to be said of slot files"
slots=$(find vault -name 'slots.[0-9]*' | sort -V | tail -n 1)
n=$((${slots##*.} + 1))
sed "s/^gen .*/gen $n/" "$slots" >"vault/slots.$n"
run as dpo hrv check --json
exit_is 0 "one that the log never named hinders nobody"
json_is '.remarks[] | select(test("slots"))' \
    "slots.$n is not in force: a change that was interrupted left it, or \
somebody put it there; the next change of members or keys takes its place" \
    "and is told"
done_testing
