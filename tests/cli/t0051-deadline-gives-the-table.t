#!/bin/bash
# SPDX-License-Identifier: ISC
# Every known due date, through the program, and what else it says.
# san
. "$(dirname "$0")/../lib.sh"

n=0
while IFS=$'\t' read -r id law options due; do
	n=$((n + 1))
	# shellcheck disable=SC2086
	run "$HRV" deadline --law "$law" $options --json </dev/null
	got=$(jq -r '.due // ""' "$T/.out")
	if [ "$rc" -eq 0 ] && [ "$got" = "$due" ]; then
		pass "$id $law $options"
	else
		flunk "$id $law $options" "got:    $got" "wanted: $due"
	fi
done < <(grep -v '^#' "$HRV_TOP/tests/policy/deadlines.tsv" | grep -v '^id	')
ok 'the table has cases' test $n -gt 30

d() { hrv deadline --law "$@" --json; }
d uk-ew --received 2026-03-02
json_is 'keys_unsorted | map(select(. == ("due","weekday","safe_target",
    "internal_target","extended","reasons"))) | length' 6 'the fixed fields'
json_is '.extended' false 'not extended'
json_is '.reasons | length > 0' true 'with reasons'
json_is .weekday Thursday 'the weekday of the due date'
d us-ca --received 2026-03-02T04:00:00Z
json_is .received 2026-03-01 'an instant is a local day of the law'
d uk-ew --received 2026-03-02 --identity asked
json_is .due null 'no due date while identity is awaited'
json_is '.awaiting[0]' identity 'and what is awaited'
exit_is 0 'which is an answer, not an error'
d uk-ew --received 2026-03-02 --pause 2026-03-05..
json_is '.due, .awaiting[0]' $'null\nanswer' 'nor while a question is open'
d eu-de --received 2026-03-02 --identity 2026-03-10..2026-03-12
json_is .pause_days 2 'identity asked later pauses for less'

d uk-ew --received 2026-03-02T08:00:00
exit_is 2 'an instant without offset is refused'
d uk-ew --received yesterday
exit_is 2 'and what is no date'
d uk-ew --received 2026-03-02 --pause 2026-03-09..2026-03-05
exit_is 2 'a question answered before it was asked'
d uk-eww --received 2026-03-02
like "$(json_err .error.hint)" '^did you mean uk-ew[?]' 'a mistyped law'

mkdir "$T/own"
sed 's/calendar = "uk-ew"/calendar = "mine"/' \
    "$HRV_TOP/policy/laws/uk-ew.cfg" >"$T/own/law.cfg"
hrv deadline --law "$T/own/law.cfg" --received 2026-03-02
exit_is 4 'a law of my own whose calendar is missing'
err_like 'put mine.cfg beside' 'says where to put it'
sed 's/id = "uk-ew"/id = "mine"/' \
    "$HRV_TOP/policy/calendars/uk-ew.cfg" >"$T/own/mine.cfg"
hrv deadline --law "$T/own/law.cfg" --received 2026-03-02
exit_is 0 'a law of my own with its calendar beside it'
out_like '^due +2026-04-02$' 'as text'
done_testing
