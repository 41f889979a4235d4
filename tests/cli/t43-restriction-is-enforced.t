#!/bin/bash
# SPDX-License-Identifier: ISC
# A restriction is enforced when a record is read, also for later records.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård' \
    --number E-1001
S=$out
echo one >one.txt
must as dpo hrv record add "$S" --class personnel_file --json one.txt
R=$(json .id)

as dpo hrv subject restrict "$S" --ground curiosity
exit_is 2 "only for a ground of the law"
as dpo hrv subject lift "$S" --reason 'nothing to lift' --told 2026-01-02
exit_is 5 "nothing to lift yet"
as dpo hrv subject restrict number:E-1001 --ground accuracy --json
exit_is 0 "restricted"
json_is .records 1 "with its record"
as dpo hrv subject restrict "$S" --ground accuracy
out_like 'as before' "twice is once"
as dpo hrv subject show "$S"
out_like 'restriction +accuracy' "shown of the person"
as dpo hrv record show "$R" --json
json_is .restricted accuracy "and of the record"

as dpo hrv record read "$R" --purpose administration --output no.txt
exit_is 5 "not read for the usual purpose"
not_ok "no file" test -e no.txt
as dpo hrv record read "$R" --purpose subject_request --output yes.txt
exit_is 0 "read for the person's own request"
must as dpo hrv record add "$S" --class personnel_file --json one.txt
LATER=$(json .id)
as dpo hrv record read "$LATER" --purpose administration --output -
exit_is 5 "a later record is restricted as well"

as dpo hrv subject lift "$S"
exit_is 2 "lifting needs a reason"
as dpo hrv subject lift "$S" --reason 'the date was right'
exit_is 6 "the person is told first"
as dpo hrv subject lift "$S" --reason 'the date was right' --told 2099-01-01
exit_is 2 "which has happened"
as dpo hrv subject lift "$S" --reason 'the date was right' --told 2026-01-02 \
    --json
exit_is 0 "lifted"
json_is .was accuracy "says what it was"
json_is .records 2 "of both records"
as dpo hrv record read "$LATER" --purpose administration --output -
exit_is 0 "readable again"
as dpo hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv audit log --json
out_like 'not-restricted' "the refusal is in it"
as dpo hrv check
exit_is 0 "and the states are those of the tables"

done_testing
