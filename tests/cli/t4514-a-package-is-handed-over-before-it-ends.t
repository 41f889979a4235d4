#!/bin/bash
# SPDX-License-Identifier: ISC
# A case whose package lies ready and was not handed over is not closed; it ends
# by the delivery, or by a refusal where nobody wants it any more.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ngozi Okafor' --number E-1003
S=$out
exported()
{
	must d case open --subject "$S" --right access \
	    --received "$(date +%F)" --json
	C=$(json .id)
	must d case identity "$C" --method 'passport seen'
	must d case collect "$C"
	must d case export "$C" --to "${FPRS[leaver]}" --output "$C.gpg"
}

exported
d case close "$C"
exit_is 5 "an answer that did not go out closes nothing"
err_like "not delivered yet" "which is said"
err_like "'hrvault case deliver $C --method " "with the command that is due"
must d case show "$C" --json
json_is .status exported "and the case stays as it is"
must d case deliver "$C" --method post
d case close "$C"
exit_is 0 "what was handed over is closed"

exported
d case refuse "$C" --ground withdrawn --reason 'No longer wanted.'
exit_is 0 "a package that nobody wants any more is no answer to the request"
d case close "$C"
exit_is 0 "and such a case ends as well"
d audit verify
exit_is 0 "the log is whole"
done_testing
