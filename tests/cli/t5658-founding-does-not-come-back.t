#!/bin/bash
# SPDX-License-Identifier: ISC
# A snapshot from founding does not bring founding back: once two people could
# approve, the vault that comes back takes two.
. "$(dirname "$0")/../lib.sh"
vault_new
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
cp -a b founding
vault_second dpo2 dpo
must as hr hrv subject add --kind employee --name "Tove Ditlevsen"
must as dpo hrv backup log "$T/b"
mkdir knows && cp -a state-* knows
restore() # FOLDER OPTION...: by a client that remembers nothing
{
	rm -rf new new.restoring state-*
	again "$@"
}
again()
{
	run as dpo hrv restore "$T/$1" --to "$T/new" --escrow "$T/escrow" \
	    "${@:2}" --json
}
export HRVAULT_DIR=$T/new

restore founding
exit_is 0 "while it was never over, one person restores alone"
restore b
exit_is 5 "keys from founding do not open what two people decide by now"
is "$(json_err .error.name)" older-keys "for that reason"
err_like 'newer key backup' "with the next step"
ok "and leave nothing" test ! -e new -a ! -e new.restoring

rm -rf state-* && cp -a knows/state-* .
must as dpo hrv --vault "$T/vault" backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv --vault "$T/vault" backup log "$T/b"
restore b
exit_is 6 "with newer keys it waits for a second person"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
again b
exit_is 6 "and goes on waiting"
run as dpo hrv proposal approve "$P"
exit_is 5 "who proposed does not approve"
must as dpo2 hrv proposal approve "$P"
again b
exit_is 0 "a second one does, and the vault is back"
run as dpo hrv status --json
json_is .founding false "out of founding"
run as dpo hrv --yes member remove "${FPRS[hr]}"
exit_is 6 "what takes two people takes them"
run as auditor hrv audit verify --full --json
json_is .ok true "and the log verifies"

# Only the slot file says that there were two.
restore b --log "$T/founding" --accept-loss
exit_is 6 "two who approve are enough to end it"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
must as dpo2 hrv proposal approve "$P"
again b --log "$T/founding" --accept-loss
exit_is 0 "and to restore it"
run as dpo hrv status --json
json_is .founding false "it is over there too"

# Where neither keys nor log tell, those who were there do: whoever gives up all
# that he remembers, alone, is not followed.
rm -r founding/log
rm -rf new state-* && cp -a knows/state-* .
again founding --without-log
exit_is 0 "without a log one person alone has founding back"
run as hr hrv status --json
exit_is 9 "whoever knows that it was over does not follow"
is "$(json_err .error.name)" rollback "for that reason"
rm state-hr/hrvault/*/founded
run as hr hrv status
exit_is 0 "and only because of that"
done_testing
