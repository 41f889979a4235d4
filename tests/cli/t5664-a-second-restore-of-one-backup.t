#!/bin/bash
# SPDX-License-Identifier: ISC
# A vault that was restored is lost again before there was a new backup of the
# records: it comes back from the same one, but never under an origin twice.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second dpo2 dpo
approve() # WHO: approves what the last run() proposed
{
	must as "$1" hrv proposal approve "$(grep -o 'P-[0-9A-Z]*' \
	    "$T/.err" | head -n 1)"
}
restore() # OPTION...
{
	run as dpo hrv restore "$T/b" --to "$T/$new" --escrow "$T/escrow" \
	    --json "$@"
}
refused() # WHAT
{
	exit_is 9 "$1"
	is "$(json_err .error.name)" rollback "for that reason"
	err_like 'has been .*/log2 since' "which is said"
	like "$(json_err .error.hint)" '--log FILE.*--accept-loss' \
	    "and what to do"
	ok "and leaves nothing" test ! -e "$new" -a ! -e "$new.restoring"
}
must as hr hrv subject add --kind employee --name "Ama Ata Aidoo" --json
S=$(json .id)
run as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
approve dpo2
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
LOG=$(echo "$T"/b/log/*.hrvl)
export HRVAULT_DIR=$T/new
new=new
restore
approve dpo2
restore
exit_is 0 "it comes back"
like "$(json .origin)" '/log2$' "as log2"
must as hr hrv subject restrict "$S" --ground accuracy
must as auditor hrv audit verify
must as dpo hrv status
must as hr hrv status

# Lost again; this machine remembers.
mv new lost
export HRVAULT_DIR=$T/again
new=again
restore
refused "a log that was restored since is not forgotten"
mkdir memory && cp -a state-* memory

# One that does not, where a backup of the later log is left.
must as dpo hrv --vault "$T/lost" backup log "$T/b"
rm -rf state-*
restore
refused "records and log of different origins do not go together"
restore --log "$LOG"
refused "nor is the later log passed over"
restore --accept-loss
exit_is 9 "the later log is of no use for these records"
like "$(json_err .error.hint)" 'still was .*/log1 \(--log FILE' "which is said"
restore --log "$LOG" --accept-loss
exit_is 6 "given up, it waits for a second person"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
must as dpo2 hrv proposal show "$P" --json
json_is '.what.lost.origin | test("/log2$")' true "who reads what is given up"
out_like 'given up to entry [0-9]+ of [^ ]*/log2;' "in words, too"
rm -rf again state-* && cp -a memory/state-* .
restore --log "$LOG" --accept-loss
exit_is 6 "so it does where the log is remembered"
approve dpo2
restore --log "$LOG" --accept-loss
exit_is 0 "the other agrees"
like "$(json .origin)" '/log3$' "and no origin comes twice"
json_is '"\(.held_back) \(.lost.origin | test("/log2$"))"' "1 true" \
    "what nobody has may have kept something"
for who in dpo dpo2 hr purge auditor; do
	run as $who hrv status
	exit_is 0 "$who goes on"
done
run as auditor hrv audit verify --full --json
json_is '"\(.ok) \(.problems)"' 'true []' "the log verifies"
run as dpo hrv --vault "$T/lost" status
exit_is 9 "the lost one is not taken for it"
done_testing
