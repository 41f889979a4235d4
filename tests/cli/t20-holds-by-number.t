#!/bin/bash
# SPDX-License-Identifier: ISC
# Holds from outside, by the numbers of the table of requirements for holds; also
# tested by number in test_hold_scope.c, test_hold_rules.c and
# test_hold_reports.c. Number 24 does not apply: a hold protects the live key.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Siân Đặng" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class contract --date 2020-01-01 doc.txt --json
R=$(json .id)

as hr hrv hold place --matter M --reason T --record "$R"
exit_is 5 "12: hr places no hold"
as dpo hrv hold preview --subject "$S" --json
json_is .matched 2 "26: what a hold would cover is shown before"
as dpo hrv hold place --matter M-secret --reason T --subject "$S" --json
exit_is 0 "13: a hold is in force when the command ends"
H=$(json .id)
as auditor hrv hold list --json
json_is '"\(.id) \(.status)"' "$H active" "15: others see that it exists"
out_unlike M-secret "15: and not why"
as hr hrv hold show "$H"
exit_is 5 "15: nor can they ask"
as dpo hrv hold release "$H" --reason T --json
json_is .status cooling "10: released, it cools off"
as dpo hrv hold release "$H" --reason T
exit_is 5 "5: and is released once"
as dpo hrv audit verify
exit_is 0 "28: the log of it verifies"

# ---- 23
as dpo hrv hold place --matter M --reason T --record "$R" --json
H=$(json .id)
as hr hrv record read "$R" --purpose administration --output before.txt
as dpo hrv key rotate --compartment general --json
exit_is 0 "23: the key of a compartment is rotated under a hold"
as hr hrv record read "$R" --purpose administration --output after.txt
exit_is 0 "23: what is held can be read as before"
ok "23: byte by byte" cmp before.txt after.txt
as auditor hrv audit log --op key.rotate --json
ok "23: and the log says that keys were wrapped anew" test -s .out
as hr hrv record show "$R" --json
json_is .held true "23: it is held still"
as dpo hrv hold show "$H" --json
exit_is 0 "23: nor is the matter lost"

# ---- 6, 19; what becomes of it after the release is in t4610.
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
must as hr hrv case open --subject "$S" --right erasure \
    --received "$(date -u +%Y-%m-%d)" --json
C=$(json .id)
must as hr hrv case identity "$C" --method "passport seen"
must as hr hrv case collect "$C"
as hr hrv case erase "$C" --json
exit_is 0 "19: an erasure of held data is ordered"
json_is ".records[] | select(.record == \"$R\") | .becomes" deferred \
    "19: and deferred for what is held"
out_unlike "$H|hold" "19: the person is not told of the hold"
as purge hrv purge run --json
exit_is 0 "6: a run goes on"
as hr hrv record read "$R" --purpose subject_request --output -
[ "$rc" = 0 ] || as hr hrv record read "$R" --purpose administration --output -
exit_is 0 "6: an erasure request destroys nothing that is held"
as auditor hrv audit verify
exit_is 0 "28: the log of all this verifies"
# 1, 2, 4, 26, 28, 31 and 32 are in t2410, 12 in t2420, 16 and 17 in t2430,
# 18 in t2440, 25 and 29 in t2450, 27 in t2460, 30 in t2470, 13 on a full disk
# in t2480.
done_testing
