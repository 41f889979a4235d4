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
gpg_person dpo2
gpg_person law
day() { date -u -d "+$1 days" +%F; }
approver=law
twice() # CMD...: a step of dpo that the approver agrees to
{
	local p
	run as dpo hrv --yes "$@"
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	[ "$rc" -eq 6 ] || return 0
	must as "$approver" hrv proposal approve "$p"
	run as dpo hrv --yes "$@"
}
refused() # DAY WHAT CMD...
{
	run as dpo hrv --yes "${@:3}" --json
	exit_is 5 "$2"
	is "$(json_err .error.name)" approvers "for that reason"
	err_like "from $(day "$1") on" "from that day on"
}
must as dpo hrv --yes member add "${FPRS[law]}" --role legal \
    --until "$(day 10)"
run as dpo hrv status --json
json_is '.attention[] | select(.text | test("1 member .* to approve")) | .level' \
    critical "where the second stays for a while it is said"
twice member add "${FPRS[dpo2]}" --role dpo
exit_is 0 "a third comes for good"
run as dpo hrv status --json
json_is '[.attention[].text | select(test("to approve"))] | length' 0 \
    "with two who stay nothing is said"
refused 11 "nobody's last day leaves one who approves" \
    member renew "${FPRS[dpo2]}" --until "$(day 10)"
refused 21 "nor does one that comes after another's" \
    member renew "${FPRS[dpo2]}" --until "$(day 20)"
twice member renew "${FPRS[law]}" --until "$(day 40)"
exit_is 0 "a longer time is given"
refused 41 "nor does one before another's" \
    member renew "${FPRS[dpo2]}" --until "$(day 20)"
refused 41 "nor is one who stays removed" member remove "${FPRS[dpo2]}"
approver=dpo2
twice member remove "${FPRS[law]}"
exit_is 0 "one whose going leaves two goes"

done_testing
