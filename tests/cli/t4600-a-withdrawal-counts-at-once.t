#!/bin/bash
# SPDX-License-Identifier: ISC
# One member notes a withdrawal and it counts; what would go sooner waits for
# a second one, and nobody else can make it go.
. "$(dirname "$0")/../lib.sh"

vault_new
vault_second dpo2 dpo
must as hr hrv subject add --kind candidate --name 'Mbali Ndlovu'
S=$out
echo cv >cv.txt
must as hr hrv record add "$S" --class talent_pool --json cv.txt
R=$(json .id)
must as hr hrv recipient add --name 'Agency' --kind other --country IE
TO=$out
must as hr hrv subject consent "$S" --purpose recruitment \
    --text-version 2026.1 --given 2026-02-10
as hr hrv disclose "$R" --to "$TO" --purpose recruitment --output yes
exit_is 0 "while it is in force a disclosure may rest on it"

as hr hrv subject consent "$S" --purpose recruitment --withdrawn 2026-05-04 \
    --json
exit_is 0 "the withdrawal is noted by one member"
json_is .waits true "its effect on the dates waits"
json_is .moved.earlier 0 "no date moved so far"
P=$(json .proposal)
as hr hrv disclose "$R" --to "$TO" --purpose recruitment --output no
exit_is 5 "no further disclosure from now on"
as hr hrv record read "$R" --purpose recruitment --output no
exit_is 5 "nor use"
err_like 'withdrawn' "says why"
as hr hrv record read "$R" --purpose subject_request --output own
exit_is 0 "but for the person's own request"
must as hr hrv record show "$R" --json
json_is .limit_until 2028-02-10 "the date of destruction stands"
must as hr hrv subject show "$S" --json
json_is '.consents[1].act' withdrawn "the ledger has it"

as hr hrv proposal approve "$P"
exit_is 5 "not approved by the same member"
must as hr hrv subject consent "$S" --purpose recruitment \
    --withdrawn 2026-05-04 --json
json_is .waits true "said twice it waits still"
must as dpo hrv proposal approve "$P"
as hr hrv subject consent "$S" --purpose recruitment --withdrawn 2026-05-04 \
    --json
exit_is 0 "approved, the same command enters the event"
json_is '"\(.waits) \(.moved.earlier)"' 'false 1' "and the date moves"
must as hr hrv record show "$R" --json
json_is .purge_from 2026-05-05 "to the one of the rule"
must as hr hrv subject show "$S" --json
json_is '.consents | length' 2 "it was one withdrawal"
must as dpo hrv purge plan --json
json_is '.protected[0].why' notice "the notice begins"
as auditor hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check
exit_is 0 "so are the states"
done_testing
