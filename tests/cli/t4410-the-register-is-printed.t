#!/bin/bash
# SPDX-License-Identifier: ISC
# The record of processing comes from the schedule and the recipients.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk \
    --controller "$CONTROLLER"
must as dpo hrv recipient add --name 'Head office' --kind group --country US \
    --safeguard scc --until 2099-12-31
must as dpo hrv recipient add --name 'Lohnbüro' --kind processor --country DE

must as dpo hrv policy show --json
CLASSES=$(json '[.classes[] | select(.built_in | not)] | length')
as dpo hrv policy register --json
exit_is 0 "printed"
json_is .schedule uk "of the schedule in force"
json_is '[.activities[].classes[]] | length' "$CLASSES" \
    "every class of it is there once"
json_is '[.activities[].classes[] | select(.erasure | length == 0)] | length' \
    0 "each with its limits"
json_is '[.activities[].classes[] | select(.class == "payslip")][0].erasure[0].kept_until' \
    'record.pay_date, then the end of its uk_tax_year, then 3 years' "in words"
json_is '.recipients | map(.country + " " + (.transfer | tostring)) | join(",")' \
    'US true,DE false' "and where data goes"
out_unlike 'Head office' "nobody is named"
as dpo hrv policy register
out_like 'Purpose: payroll' "readable as well"
out_like 'Security measures' "to its end"
out_like 'special category' "with what is delicate marked"

done_testing
