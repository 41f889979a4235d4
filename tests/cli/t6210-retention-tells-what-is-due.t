#!/bin/bash
# SPDX-License-Identifier: ISC
# What is due, on any day; what never will be; and how much comes when.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person auditor
gpg_person purge
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" \
    --schedule "$HRV_TOP/policy/schedules/uk.cfg"
must as dpo hrv member add "${FPRS[auditor]}" --role auditor
must as dpo hrv member add "${FPRS[purge]}" --role purge

must as dpo hrv subject add --kind employee --name '王小明' --json
s=$(json .id)
echo payslip >p.txt
must as dpo hrv record add "$s" --class payslip \
    --event record.pay_date=2020-04-06 p.txt --json
paid=$(json .id)
must as dpo hrv record add "$s" --class payslip p.txt --json
open=$(json .id)

as auditor hrv retention due --json
exit_is 0 'an auditor sees what is due'
json_is '"\(.record) \(.subject)"' "$paid $s" 'by ids'
json_is '"\(.class) \(.rule) \(.purge_from) \(.state)"' \
    'payslip uk.paye 2024-04-06 due' 'class, rule, date and state'
json_is .protected false 'nothing protects it'
as purge hrv retention due
out_like 'payslip.*uk\.paye' 'people get a table'
out_unlike '王' 'without names'
as dpo hrv retention due --as-of 2024-04-05
out_is '' 'not due the day before'
err_like 'nothing is due' 'and it says so'
as dpo hrv retention due --as-of 2024-04-05 --within P1D --json
json_is '"\(.record) \(.state)"' "$paid live" 'but within a day'
as dpo hrv retention due --within 90
exit_is 2 'a period has a unit'
as dpo hrv hold place --matter M-1 --reason 'tribunal' --record "$paid"
as auditor hrv retention due --json
json_is '"\(.protected) \(.why[0])"' 'true hold' 'a hold shows that it protects'

as auditor hrv retention orphans --json
is "$(json 'select(.finding == "no-trigger") | .record')" "$open" \
    'a record without its event is an orphan'
is "$(json 'select(.finding == "no-trigger") | .missing | join(" ")')" \
    record.pay_date 'and the event is named'
is "$(json 'select(.finding == "no-start") | .subject')" "$s" \
    'an employee without a date of hire as well'

as auditor hrv retention forecast --months 3 --json
is "$(json 'select(.period == "due" or .period == "pending") | .records' |
    paste -sd ' ')" '1 1' 'the forecast counts both'
is "$(json .period | wc -l)" 7 'one line per month, and the rest'
as auditor hrv retention forecast
out_like '^due +1  #+$' 'people get a chart'
done_testing
