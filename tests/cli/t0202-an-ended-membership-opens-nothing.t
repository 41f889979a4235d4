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

done_testing
