#!/bin/bash
# SPDX-License-Identifier: ISC
# Who enters a date is told which of several counts and how one is taken back,
# what a hold keeps whatever the dates say, and what a record still waits for.
. "$(dirname "$0")/../lib.sh"
vault_new
hr() { as hr hrv "$@"; }
must hr subject add --kind employee --name 'Ama Owusu' --number E-1
S=$out
echo text >f
must hr subject event "$S" hired 2010-01-01
must hr record add "$S" --class personnel_file --date 2010-01-01 f
R=$out
err_like 'the rule counts from subject\.ended, which has no date here' \
    "a record without a date says what it waits for"
err_like "hrvault subject event $S ended DATE" "and how that is entered"
must hr record add "$S" --class contract --date 2010-01-01 f --json
json_is '.missing | join(" ")' subject.ended "also in JSON"
R2=$(json .id)

hr subject event "$S" ended 2025-12-31 --json
exit_is 0 "the first date"
json_is .dates null "has no other beside it"
hr subject event "$S" ended 2026-12-31
exit_is 0 "a second one, later"
out_like '2026-12-31 counts now, and none of the 1 other' "counts"
hr subject event "$S" ended 2025-11-30
exit_is 0 "an earlier one"
out_like "2026-12-31 stays in force: 2 records count from it" "does not"
out_like "'hrvault subject event $S ended 2026-12-31 --retract' takes it back" \
    "and the answer has the command"
out_like 'no record counts from 2025-11-30' "for what was meant"
hr subject event "$S" ended 2019-12-31 --json
json_is '[.dates[] | "\(.date) \(.records)"] | join(", ")' \
    '2019-12-31 0, 2025-11-30 0, 2025-12-31 0, 2026-12-31 2' "also in JSON"
must hr record explain "$R" --json
json_is '.keep_until' 2032-12-31 "it is so: the last one counts"
hr subject event "$S" hired 2009-01-01
out_unlike 'stays in force' "nothing is said of what nothing counts from"
hr subject event "$S" ended 2026-12-31 --retract
exit_is 0 "in founding one person takes it back"
out_like '^2025-12-31 counts now' "and is told what counts then"

# Of a record, where the first day counts or each on its own.
must hr record add "$S" --class payslip --event pay_date=2026-03-31 f
PAY=$out
hr record event "$PAY" pay_date 2025-03-31
out_like "2026-03-31 stays in force: 1 record counts from it.*'hrvault record event $PAY pay_date 2026-03-31 --retract'" \
    "the same of a record"

# An event that the class does not know.
hr record add "$S" --class payslip --event pay_date=2026-03-31 \
    --event closed=2026-01-01 f
exit_is 0 "an event that no rule asks for is stored"
err_like 'no rule of this class counts from record\.closed' "and said to be so"
hr record event "$PAY" closed 2026-01-01 --json
json_is '.unused | join(" ")' record.closed "also when it comes later"

# What is held is not said to go.
must hr subject add --kind employee --name 'Zoë Nowak' --number E-2
Z=$out
must hr record add "$Z" --class personnel_file --date 2001-01-01 f
HELD=$out
must hr record add "$Z" --class contract --date 2001-01-01 f
must as dpo hrv hold place --matter M --reason R --record "$HELD"
hr subject event "$Z" ended 2012-01-01 --json
exit_is 0 "a date of somebody of whom a record is held"
json_is '[.moved.dated, .protected] | join(" ")' '2 1' "says how many are kept"
not_ok "and when the other could go" test "$(json .earliest_destruction)" = null
hr subject event "$Z" ended 2011-01-01
hr subject event "$Z" ended 2013-01-01
out_like '1 of them is kept whatever the dates say, by a legal hold or a case' \
    "in words"
out_like 'the first of the others could be destroyed on' "for the rest"
must as dpo hrv hold place --matter M --reason R --subject "$Z"
hr subject event "$Z" ended 2014-01-01 --json
json_is '[.protected, .earliest_destruction] | map(tostring) | join(" ")' \
    '2 null' "where all are held nothing can be destroyed"
hr subject event "$Z" ended 2015-01-01
out_unlike 'could be destroyed' "and nothing says so"
done_testing
