#!/bin/bash
# SPDX-License-Identifier: ISC
# A key backup cannot be restored without a log that knows of it: status says
# when none was backed up behind it.
. "$(dirname "$0")/../lib.sh"
HRV_AT=$(date -u -d '-3 days' '+%F %H:%M:%S')
vault_new
must as hr hrv subject add --kind employee --name 'Ngozi Adichie'
WORDS='no log backup behind it'
as dpo hrv status --json
json_is .log_behind_keys null 'without a key backup there is nothing to say'
must as dpo hrv backup log "$T/b"
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
as dpo hrv status --json
json_is .log_behind_keys true 'a log backup of before does not count'
unlike "$(json '.attention[].text')" "$WORDS" 'but on the same day there is time'
HRV_AT=$(date -u '+%F %H:%M:%S')
as dpo hrv status --json
like "$(json '.attention[].text')" "$WORDS.*hrvault backup log DIR" \
    'three days later it is a warning'
must as dpo hrv backup log "$T/b"
as dpo hrv status --json
json_is .log_behind_keys false 'and a log backup'
unlike "$(json '.attention[].text')" "$WORDS" 'ends it'
done_testing
