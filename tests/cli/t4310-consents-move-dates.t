#!/bin/bash
# SPDX-License-Identifier: ISC
# Consents are kept in a ledger, and the dates of records follow from them.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind candidate --name 'Łucja Ødegård'
S=$out
echo cv >cv.txt
must as dpo hrv record add "$S" --class talent_pool --json cv.txt
R=$(json .id)
must as dpo hrv recipient add --name 'Agency' --kind other --country IE
TO=$out

as dpo hrv subject consent "$S" --purpose recruitment --withdrawn 2026-02-01
exit_is 5 "nothing to withdraw yet"
as dpo hrv disclose "$R" --to "$TO" --purpose recruitment --output no
exit_is 5 "nor to rest a disclosure on"
err_like 'consent' "says so"
as dpo hrv subject consent "$S" --purpose recruitment --given 2026-02-10
exit_is 2 "which text was agreed to?"
as dpo hrv subject consent "$S" --purpose gossip --text-version 1 \
    --given 2026-02-10
exit_is 2 "only purposes of the schedule"
as dpo hrv subject consent "$S" --purpose recruitment --text-version 2026.1 \
    --given 2099-02-10
exit_is 2 "not in the future"
as dpo hrv subject consent "$S" --purpose recruitment --text-version 2026.1 \
    --given 2026-02-10 --json
exit_is 0 "given"
json_is .moved.dated 1 "the record has a date now"
as dpo hrv record show "$R" --json
json_is .limit_until 2028-02-10 "the one of the rule"
as dpo hrv disclose "$R" --to "$TO" --purpose recruitment --output yes
exit_is 0 "a disclosure may rest on it"
as dpo hrv subject consent "$S" --purpose recruitment --text-version 2026.1 \
    --given 2026-02-10
out_like 'as before' "twice is once"
as dpo hrv subject consent "$S" --purpose recruitment --withdrawn 2026-01-01
exit_is 2 "not withdrawn before it was given"
as dpo hrv subject consent "$S" --purpose recruitment --withdrawn 2026-05-04 \
    --json
exit_is 0 "withdrawn"
json_is .text_version 2026.1 "of the text that was agreed to"
as dpo hrv record show "$R" --json
json_is .purge_from 2026-05-05 "the record is to go"
as dpo hrv disclose "$R" --to "$TO" --purpose recruitment --output no
exit_is 5 "no further disclosure"
as dpo hrv subject show "$S" --json
json_is '.consents | length' 2 "both acts stay in the ledger"
json_is '.consents[0].act' given "in their order"
as dpo hrv subject show "$S"
out_like 'recruitment withdrawn 2026-05-04' "readable as well"
as dpo hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check
exit_is 0 "so are the states"

done_testing
