#!/bin/bash
# SPDX-License-Identifier: ISC
# The due date of a case follows from its dated steps, and a step that its
# state does not allow is refused with the next one to take.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person auditor
export HRVAULT_DIR=$T/vault
SCHEDULE=$HRV_TOP/policy/schedules/uk-hr.cfg
[ -f "$SCHEDULE" ] || SCHEDULE=$HRV_TOP/policy/schedules/uk.cfg
must as dpo at '2026-02-01 10:00:00' hrv init --founder "${FPRS[dpo]}" \
    --schedule "$SCHEDULE" --law uk-ew --controller "$CONTROLLER"
must as dpo at '2026-02-01 10:01:00' hrv --yes member add "${FPRS[auditor]}" \
    --role auditor
must as dpo at '2026-02-01 10:02:00' hrv subject add --kind candidate \
    --name 'Ngũgĩ Đặng' --email ngugi@example.org --json
S=$(json .id)
day() # DATE ARGS...
{
	local d=$1
	shift
	as dpo at "$d 12:00:00" hrv case "$@" --json
}

day 2026-02-10 open --subject email:ngugi@example.org --right access \
    --received 2026-01-31T23:30:00-05:00
exit_is 0 "a case opens for an instant of receipt"
json_is .received 2026-02-01 "which counts as the local day of the law"
json_is .due 2026-03-02 "a Sunday rolls to the next working day"
json_is .safe_target 2026-02-27 "and the safe target lies before it"
C=$(json .id)
day 2026-02-10 open --subject "$S" --right access --received 2026-02-11
exit_is 2 "tomorrow is no day of receipt"
day 2026-02-10 open --subject "$S" --right access --received 2026-02-01 \
    --law nowhere
exit_is 4 "a law that was not adopted is not found"
day 2026-02-10 open --subject "$S" --right access --received 2026-02-01 \
    --channel 'by letter of N. D.'
exit_is 2 "the channel is a word, because it stands in the log"

day 2026-02-10 answer "$C"
exit_is 5 "an answer needs a question"
day 2026-02-10 ask "$C" --question 'which years?'
json_is '.due, .awaiting[0]' 'null
answer' "a question stops the clock"
day 2026-02-10 ask "$C" --question 'and which sites?'
exit_is 5 "one question is open at a time"
day 2026-02-14 answer "$C" --on 2026-02-16
exit_is 2 "an answer cannot come from the future"
day 2026-02-14 answer "$C" --on 2026-01-31
exit_is 2 "nor from before the request"
day 2026-02-14 answer "$C" --on 2026-02-13
json_is .due 2026-03-04 "the days between do not count"
day 2026-02-15 ask "$C" --question 'which sites?' --on 2026-02-11
exit_is 2 "no question is asked inside an earlier pause"
err_like 'lies in the pause' "which no answer could end"
day 2026-02-15 list
json_is .due 2026-03-04 "and the clock goes on"
day 2026-02-15 identity "$C" --asked
json_is .awaiting[0] identity "identity that was asked for is awaited"
day 2026-02-15 identity "$C" --asked --method x
exit_is 2 "asked and checked are two things"
day 2026-02-20 identity "$C" --method 'video call' --on 2026-02-18
json_is .due 2026-03-18 "the clock starts when it came"
day 2026-02-20 identity "$C" --asked
exit_is 5 "what came is not asked for again"
day 2026-02-21 fee "$C"
exit_is 0 "a fee may come unasked"
day 2026-03-16 extend "$C" --reason 'many records'
json_is '.extended, .due' 'true
2026-05-18' "an extension counts from the same start"

day 2026-03-16 close "$C"
exit_is 5 "a case that was not answered cannot be closed"
err_like 'case export' "and the hint is the next step"
day 2026-03-16 deliver "$C" --method post
exit_is 5 "nor delivered"
day 2026-03-17 refuse "$C" --ground because --reason x
exit_is 2 "a ground is one of a list"
day 2026-03-17 refuse "$C" --ground withdrawn --reason 'by telephone'
json_is .status refused "a request that was withdrawn is refused so"
day 2026-03-17 collect "$C"
exit_is 5 "a refused case takes no step"
err_like reopen "but can be opened again"
day 2026-03-18 close "$C"
json_is .frozen_until 2026-06-16 "closing starts the freeze"

day 2026-03-18 open --subject "$S" --right access --received 2026-01-02
LATE=$(json .id)
json_is .due 2026-02-02 "a case may be overdue when it is opened"
day 2026-03-18 extend "$LATE" --reason 'too late'
exit_is 5 "and cannot be extended any more"
day 2026-03-19 list
json_is .id "$LATE
$C" "what is due comes first"
json_is .days_left "-45
null" "with the days that are left"

as auditor at '2026-03-20 10:00:00' hrv case open --subject "$S" \
    --right access --received 2026-03-19
exit_is 5 "an auditor opens no case"
as dpo at '2026-03-20 11:00:00' hrv audit verify
exit_is 0 "the log verifies after all of it"
as auditor at '2026-03-20 11:30:00' hrv audit log --json
unlike "$out" 'video|years|telephone|many records' \
    "and holds nothing that was typed"
done_testing
