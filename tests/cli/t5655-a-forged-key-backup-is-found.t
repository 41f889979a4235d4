#!/bin/bash
# SPDX-License-Identifier: ISC
# Whoever can write to the folder of backups seals a slot file of his own to the
# epoch; no restore puts it in force, because the log names every key backup by
# its hash. What no log proves takes two people, who are told.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second dpo2 dpo
approve() # WHO: approves what the last run() proposed
{
	local p
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as "$1" hrv "${@:2}" proposal approve "$p"
}
run as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
approve dpo2
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow" --json
K=$(json .backup)
must as dpo hrv backup log "$T/b"
mkdir was && cp -a state-* was

# A slot file in which eve is a member: one that the vault never had.
gpg_person eve
cp -a vault fork
run as dpo hrv --vault "$T/fork" --yes member add "${FPRS[eve]}" --role dpo \
    --compartment "$COMPARTMENTS"
approve dpo2 --vault "$T/fork"
must as dpo hrv --vault "$T/fork" --yes member add "${FPRS[eve]}" --role dpo \
    --compartment "$COMPARTMENTS"
slots=$(find fork -name 'slots.*' | sort -t . -k 2 -n | tail -n 1)
rm -rf state-dpo state-dpo2 && cp -a was/state-dpo was/state-dpo2 .
forge() # NEW: in a copy of the folder, x
{
	rm -rf x && cp -a b x && mv x/keys/*.hrvk genuine
	must as dpo run "$HRV_B/tools/forge_keys" "$T/genuine" "$T/escrow" \
	    "$T/$slots" "$T/$1"
}
restore() # FOLDER OPTION...
{
	rm -rf new new.restoring
	run as dpo hrv restore "$T/$1" --to "$T/new" --escrow "$T/escrow" \
	    "${@:2}" --json
}
refused() # NAME WHY
{
	exit_is 9 "$1"
	is "$(json_err .error.name)" "$2" "for that reason"
	ok "and leaves nothing" test ! -e new -a ! -e new.restoring
}
back() { rm -rf state-dpo && cp -a was/state-dpo .; }
told() # like|unlike NAME: whoever is to approve what the last run() built is told
{
	local p
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as dpo2 hrv --vault "$T/new" proposal show "$p" --json
	"$1" "$(json '.effects[]')" 'NO ENTRY OF THE LOG PROVES' "$2"
}
export HRVAULT_DIR=$T/new

forge "x/keys/$K.hrvk"
restore x
refused "one that takes the place of a key backup" forged-keys
err_like 'not the one that the log names' "which is said"
err_like 'with --keys FILE' "with the next step"
restore x --accept-loss
refused "not even two people take it" forged-keys
rm -r x/log
restore x --without-log
exit_is 6 "where no entry speaks of it, it waits for them"
told like "who are told"

forge "x/keys/B-00000000000000000000000000.hrvk"
cp genuine "x/keys/$K.hrvk"
restore x --keys "$T/x/keys/B-00000000000000000000000000.hrvk"
refused "one that the log knows nothing of" unknown-keys
run as dpo hrv --vault "$T/vault" restore "$T/x" --drill "$T/scratch" --keys \
    "$T/x/keys/B-00000000000000000000000000.hrvk" --escrow "$T/escrow" --json
exit_is 9 "a drill does not take it either"
is "$(json_err .error.name)" unknown-keys "for that reason"
rm x/keys/B-0000*
back
restore x
exit_is 6 "the genuine one is built"
told unlike "and is proven"

# A key backup that is newer than every backup of the log.
must as dpo hrv --vault "$T/vault" backup keys "$T/b" --escrow "$T/escrow"
run as dpo hrv --vault "$T/vault" restore "$T/b" --drill "$T/scratch" \
    --escrow "$T/escrow" --json
exit_is 0 "in a drill the live log speaks for it"
json_is .keys_unproven null "and proves it"
back
restore b --accept-loss
exit_is 6 "in a restore two people take it as it is"
told like "and are told"
done_testing
