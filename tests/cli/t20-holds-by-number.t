#!/bin/bash
# SPDX-License-Identifier: ISC
# Holds from outside, and which requirements of the table of holds the program
# does not meet yet. What it meets is tested by number in test_hold_scope.c and
# test_hold_rules.c. Number 24 does not apply: a hold protects the live key.
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

# 1, 2, 4, 26, 28, 31 and 32 are in t2410, 12 in t2420, 16 and 17 in t2430,
# 18 in t2440, 25 and 29 in t2450, 27 in t2460, 30 in t2470.
skip "6, 19: an erasure request about held records" "requests for access only"
skip "23: keys of held records through a rotation" "no rotation yet"
done_testing
