#!/bin/bash
# SPDX-License-Identifier: ISC
# A membership with a last day: that day counts whole, the next opens nothing.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person temp
export HRVAULT_DIR=$T/v
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv --yes member add "${FPRS[temp]}" --role auditor \
    --until "$(date -u +%F)"
as temp hrv audit verify
exit_is 0 "on its last day it opens the vault"
at "$(date -u -d tomorrow '+%F %H:%M:%S')" as temp hrv audit verify
exit_is 8 "a day later it does not"
err_like 'ended on' "and says why"

# Two who approve are two for as long as anybody can see.
vault_second dpo2 dpo
gpg_person law
soon=$(date -u -d '+10 days' +%F)
twice() # CMD...: a step of dpo that dpo2 agrees to
{
	local p
	run as dpo hrv --yes "$@"
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	[ "$rc" -eq 6 ] || return 0
	must as dpo2 hrv proposal approve "$p"
	run as dpo hrv --yes "$@"
}
run as dpo hrv --yes member renew "${FPRS[dpo2]}" --until "$soon" --json
exit_is 5 "nobody's last day leaves one who approves"
is "$(json_err .error.name)" approvers "for that reason"
err_like "$(date -u -d '+11 days' +%F)" "from that day on"
twice member add "${FPRS[law]}" --role legal --until "$soon"
exit_is 0 "a third comes for a while"
run as dpo hrv status --json
json_is '[.attention[].text | select(test("to approve"))] | length' 0 \
    "with two who stay nothing is said"
twice member remove "${FPRS[dpo2]}"
exit_is 0 "one of them goes"
run as dpo hrv status --json
json_is '.attention[] | select(.text | test("1 member .* to approve")) | .level' \
    critical "then it is said that one will be left"
run as dpo hrv --yes member renew "${FPRS[law]}" --until \
    "$(date -u -d '+90 days' +%F)"
exit_is 6 "and a longer time can be proposed"

done_testing
