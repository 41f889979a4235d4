#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirements for holds 16 and 17: who was told, reminded and answered, and
# reviews that are overdue, as counsel and the auditor see them.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Łucja Đorđević" --json
S=$(json .id)
must as dpo hrv hold place --matter M-1 --reason R --subject "$S" \
    --until-review 2030-01-01 --json
H=$(json .id)

as dpo hrv hold notify "$H" --to "${FPRS[hr]}" --name "Żaneta Kowalska" \
    --text-version v1.2 --remind-every 7 --json
exit_is 0 "16: a member and somebody else were told"
json_is .recipients 2 "16: both count"
as dpo hrv hold show "$H" --json
json_is '[.notices[] | "\(.n) \(.member // .name) \(.text)"] | join(" ")' \
    "1 ${FPRS[hr]} v1.2 2 Żaneta Kowalska v1.2" "16: whom, with which text"
json_is .notice sent "16: nobody answered yet"
as auditor hrv audit log --op hold.notice --json
out_unlike Kowalska "16: a name is in no entry"
out_like "${FPRS[hr]}" "16: a member is"
as hr hrv hold notify "$H" --to "${FPRS[hr]}" --text-version v1
exit_is 5 "16: hr tells nobody"
as dpo hrv hold notify "$H" --to "${FPRS[hr]}" --text-version "to Anna!"
exit_is 2 "16: the version of a text is a word"
as dpo hrv hold notify "$H" --text-version v1
exit_is 2 "16: a notice goes to somebody"

as hr hrv hold acknowledge "$H" --json
exit_is 0 "16: a member answers alone"
as hr hrv hold acknowledge "$H"
exit_is 4 "16: once"
as hr hrv hold acknowledge "$H" --recipient 2
exit_is 5 "16: and for nobody else"
as dpo hrv status --json
json_is '"\(.notices_open) \(.reminders_due)"' "1 0" \
    "16: who did not is counted"

next=$(date -u -d '+8 days' '+%Y-%m-%d 12:00:00')
as dpo at "$next" hrv status --json
json_is .reminders_due 1 "16: a week later a reminder is due"
out_like "acknowledged, and a reminder" "16: and said"
as dpo at "$next" hrv status --check
exit_is 1 "16: monitoring says so too"
as dpo at "$next" hrv hold list --json
json_is .notice overdue "16: in the list as well"
as dpo at "$next" hrv hold remind "$H" --json
json_is .reminded 1 "16: who did not answer is reminded"
as dpo at "$next" hrv status --json
json_is '"\(.notices_open) \(.reminders_due)"' "1 0" "16: for a week"
as dpo at "$next" hrv hold acknowledge "$H" --recipient 2 --json
exit_is 0 "16: an answer on paper is noted by legal or dpo"
as dpo at "$next" hrv hold list --json
json_is .notice acknowledged "16: everybody answered"
as dpo at "$next" hrv hold remind "$H"
exit_is 2 "16: then there is nobody to remind"
as dpo at "$next" hrv hold show "$H" --json
json_is '"\(.notices[1].reminders) \(.notices[1].acknowledged)"' \
    "1 ${next%% *}" "16: what happened is shown"
as hr hrv subject show "$S" --json
json_is .protected true "16: it held all the time"

# ---- 17
late='2030-01-02 12:00:00'
as auditor at "$late" hrv status --json
json_is .holds_to_review 1 "17: an overdue review is in the status"
as auditor at "$late" hrv status --check
out_like 'review|more' "17: and in the monitoring line"
as auditor at "$late" hrv audit verify --json
exit_is 0 "17: a late review is no damage"
out_like "$H was to be reviewed on 2030-01-01" \
    "17: the auditor reads it with the verification"
as auditor at "$late" hrv hold list --json
json_is '"\(.status) \(.review_overdue)"' "active true" \
    "17: and it holds still"
as auditor hrv audit verify --json
out_unlike "was to be reviewed" "17: before that day nothing is said"
done_testing
