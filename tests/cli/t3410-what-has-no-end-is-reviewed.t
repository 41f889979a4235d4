#!/bin/bash
# SPDX-License-Identifier: ISC
# `retention review`: puts off what has no trigger, says so in the log, and
# destroys only a person who should not be here.
# san
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Ñusta Example" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class contract doc.txt --json
R=$(json .id)
as auditor hrv retention review "$R" --reason T
exit_is 5 "an auditor reviews nothing"
as hr hrv retention review "$R" --again P90D --reason "still employed" --json
exit_is 0 "hr looks at a record without a trigger"
json_is '.next | test("^20..-..-..$")' true "and is asked again later"
json_is .record "$R" "about that record"
as hr hrv retention review "$R" --destroy no-record --reason T
exit_is 2 "a record is never destroyed by a review"
err_like "record void" "and the way that there is is named"
must as hr hrv retention orphans --json
is "$(jq -r "select(.record == \"$R\") | .review_on != null" .out)" true \
    "the list says when"
must as auditor hrv audit log --op record.review --json
like "$(cat .out)" '"next"' "the log says so"
unlike "$(cat .out)" "still employed" "without the words"
as hr hrv retention review "$S" --destroy under-age --reason T
exit_is 5 "nobody is called a child without a birth date"
as hr hrv retention review "$S" --destroy no-record --reason T
exit_is 5 "nor without records who has one"
must as hr hrv subject add --kind employee --name "Nobody Example" --json
N=$(json .id)
as hr hrv retention review "$N" --destroy no-record --reason "entered twice" \
    --json
exit_is 0 "who has none goes, in founding by one"
json_is .identity true "with its name"
as hr hrv subject show "$N"
exit_is 12 "and is gone on purpose"
must as purge hrv purge plan --json
json_is '.to_review | length' 0 "a plan lists what waits to be looked at"
as auditor hrv audit verify
exit_is 0 "the log verifies"
done_testing
