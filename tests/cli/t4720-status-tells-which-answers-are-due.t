#!/bin/bash
# SPDX-License-Identifier: ISC
# An answer that is nearly due is a warning, one that is late is critical, for
# people and for monitoring; one that was given is neither.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
on() { as dpo at "$1 10:00:00" hrv "${@:2}"; }
must on 2026-03-01 init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must on 2026-03-01 subject add --kind employee --name 'Đặng Thị Bích'
S=$out
must on 2026-03-02 case open --subject "$S" --right access --received \
    2026-03-02 --json
C=$(json .id)
json_is .due 2026-04-02 "the answer is due in a month"
# attention DAY: level and sentence of what status says of the case.
attention()
{
	on "$1" status --json
	said=$(json ".attention[] | select(.text | contains(\"$C\")) |
	    .level + \" \" + .text")
}

attention 2026-03-10
is "$said" '' "with weeks to go status says nothing of it"
json_is .cases_open 1 "but counts it"
attention 2026-03-27
is "$said" "warning $C is due on 2026-04-02: 6 days left" \
    "with a week to go it warns"
on 2026-03-27 status --check
exit_is 1 "and monitoring with it"
on 2026-04-02 status
out_like '0 days left' "so it does on the last day"
on 2026-04-03 status --check
exit_is 2 "a day later it is critical"
out_like "CRITICAL - $C is late: its answer was due on 2026-04-02" \
    "and says since when"
on 2026-04-03 status
out_like 'critical: .*is late' "for people too"
on 2026-04-03 status --json
json_is '.cases[0] | "\(.due) \(.days_left)"' '2026-04-02 -1' "and programs"

# While the requester is asked for something, nothing is due.
must on 2026-04-03 case open --subject "$S" --right access --received \
    2026-03-03 --json
D=$(json .id)
must on 2026-04-03 case identity "$D" --asked
on 2026-04-03 status --json
json_is ".cases[] | select(.case == \"$D\") | .due" null \
    "a clock that stands has no due date"
unlike "$(json '.attention[].text')" "$D" "and no warning"

# Answered.
must on 2026-04-03 case identity "$C" --method seen
must on 2026-04-03 case collect "$C"
must on 2026-04-03 case export "$C" --to "${FPRS[leaver]}" --output a.gpg
on 2026-04-03 status
out_like "$C is late" "a package that lies on the desk is no answer"
must on 2026-04-03 case deliver "$C" --method post
on 2026-04-03 status
out_unlike "$C is late" "one that was handed over is"
done_testing
