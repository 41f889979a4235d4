#!/bin/bash
# SPDX-License-Identifier: ISC
# A record goes to registered recipients only, and each time is noted.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård'
S=$out
echo 'pay of March' >pay.txt
must as dpo hrv record add "$S" --class payslip --json \
    --event pay_date=2026-03-31 pay.txt
R=$(json .id)
must as dpo hrv recipient add --name 'Lohnbüro' --kind processor --country DE
GOOD=$out
must as dpo hrv recipient add --name 'Old shield' --kind other --country US \
    --safeguard adequacy --until 2020-07-16
LAPSED=$out
must as dpo hrv recipient add --name 'Bare' --kind other --country US
BARE=$out

as dpo hrv disclose "$R" --to T-000000 --purpose payroll --output no
exit_is 5 "nobody outside the register"
err_like 'recipient' "says why"
as dpo hrv disclose "$R" --to "$LAPSED" --purpose payroll --output no
exit_is 5 "nor where the safeguard has lapsed"
err_like '2020-07-16' "says since when"
as dpo hrv disclose "$R" --to "$BARE" --purpose payroll --output no
exit_is 5 "nor where there is none"
as dpo hrv disclose "$R" --to "$GOOD" --purpose marketing --output no
exit_is 5 "nor for a purpose that there is not"
not_ok "no file from any of these" test -e no

as dpo hrv disclose "${R:0:9}" --to "$GOOD" --purpose payroll --output yes \
    --json
exit_is 0 "disclosed"
json_is .recipient "$GOOD" "to that recipient"
ok "the very bytes" cmp pay.txt yes
is "$(stat -c %a yes)" 600 "for the member alone"
as dpo hrv disclose "$R" --to "$GOOD" --purpose payroll --output yes
exit_is 1 "never overwritten"
as dpo hrv record show "$R" --json
json_is '.disclosures | length' 1 "noted once with the record"
json_is '.disclosures[0].purpose' payroll "with the purpose"
as dpo hrv record show "$R"
out_like "to $GOOD \(processor, DE\) on .* for payroll" "readable as well"

as dpo hrv disclose "$R" --to "$GOOD" --purpose payroll --output - --json
exit_is 2 "standard output is for the answer in JSON"
as dpo hrv disclose "$R" --to "$GOOD" --purpose payroll --output -
exit_is 0 "and otherwise for the record"
ok "the very bytes" cmp pay.txt "$T/.out"
not_ok "not a file of that name" test -e ./-
as dpo hrv disclose --pseudonymised --all --to "$GOOD" --purpose payroll \
    --output -
exit_is 2 "many records go into a file"
not_ok "none of that name" test -e ./-

must as dpo hrv subject restrict "$S" --ground objection
as dpo hrv disclose "$R" --to "$GOOD" --purpose payroll --output no
exit_is 5 "a restricted record goes nowhere"
as dpo hrv audit log --json
out_like '"recipient"' "refusals are in the log by their code"
as dpo hrv audit verify
exit_is 0 "which is whole"
done_testing
