#!/bin/bash
# SPDX-License-Identifier: ISC
# An error names the word it is about and what there is instead; what help
# points to is there.
. "$(dirname "$0")/../lib.sh"
hrv --vault "$T/none" status
exit_is 10 "no folder"
err_like "there is no vault in $T/none" "names it"
hrv help quickstart
out_like 'init' "and the hint leads to how one is made"
vault_new
vault_second counsel legal

hrv init --founder "${FPRS[dpo]}" --schedule en --vault "$T/other"
exit_is 4 "a schedule that is none"
err_like "no file 'en'" "names the word"
err_like 'one of.* fr .*uk' "and those that there are"
hrv init --founder "${FPRS[dpo]}" --schedule uk --law ukew --vault "$T/other"
exit_is 4 "a law that is none"
err_like "no file 'ukew'.*laws" "likewise"
as hr hrv import "$HRV_TOP/README.md" --map bambo
err_like "no file 'bambo'.*maps" "and a map"

as dpo hrv member add "${FPRS[counsel]}" --role hr
exit_is 1 "a member twice"
err_like "member show.*member renew" "says what there is for one"

hrv policy explain uk --class payslip --event ended=2020-01-01
exit_is 2 "an event without its prefix"
err_like "no event 'ended'" "is named"
err_like "did you mean subject.ended" "and gets it"
hrv policy explain uk --class payslip --event subject.retired=2020-01-01
err_like 'there are: .*subject\.ended' "an event that is none gets all"
hrv help exit
err_like "did you mean 'hrvault help exit-codes'" "a word begun is ended"

must as hr hrv subject add --kind employee --name 'Ama Owusu' --number E-1
S=$out
as hr hrv subject event "$S" retired 2026-01-01
exit_is 2 "an event of a subject that is none"
err_unlike 'did you mean' "is not guessed at"
err_like 'there are: .*hired, ended' "but told those that there are"
as hr hrv policy show
out_like 'subject\.ended' "policy show has the events"
out_like 'two people also for +record\.amend' "the steps for two"
out_like 'occupational_health' "and the purposes"
as hr hrv policy show --class payslip
out_like 'counts from +record\.pay_date' "and of a class what it counts from"
as hr hrv policy show --class payslip --json
json_is '.classes[0].events | join(" ")' record.pay_date "also in JSON"

echo a >a; echo b >b
must as hr hrv record add "$S" --class contract a
R=$out
as hr hrv record amend "$R" b --reason why
exit_is 6 "a new version takes two people"
err_like 'two people to store a new version of a record \(the schedule in force asks' \
    "and the message says for what, and why"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
as counsel hrv proposal approve "$P"
exit_is 5 "legal does not approve it"
err_like 'not be the one who approves: to store a new version' "in good English"

# An address is not how a member is named, but there is a way from one to it.
for command in 'member show a@example.org' \
    'audit log --actor someone.longer@example.org'; do
	# shellcheck disable=SC2086 # words
	as dpo hrv $command
	exit_is 2 "an address in $command"
	err_like "hrvault member list.*gpg --list-keys" "has a hint"
	err_unlike 'example' "and is not repeated"
done

as dpo hrv hold place --matter M --reason R --record "$R" \
    --until-review 2020-01-01
exit_is 0 "a review that is over already does not keep a hold from being placed"
err_like 'the day of its review is over already' "but is said"
as dpo hrv hold place --matter M --reason R --record "$R" \
    --until-review 2020-01-01 --json
json_is .review_overdue true "also in JSON"
as dpo hrv hold amend "$(json .id)" --reason r --until-review 2099-01-01
err_unlike 'is over already' "until it gets another"

# A class that is none: as an argument a mistake, as what is asked for not found.
for command in 'record add --class nonsense' 'hold preview --class nonsense'; do
	who=dpo
	# shellcheck disable=SC2086 # words
	case $command in
	record*) as $who hrv --json $command "$S" a ;;
	*) as $who hrv --json $command ;;
	esac
	exit_is 2 "$command"
	is "$(json_err .error.name)" unknown-class "says so to programs"
	is "$(json_err '.error.hint | test("policy show")')" true "and what there is"
done
as dpo hrv policy show --class nonsense
exit_is 4 "nothing of that name"
err_like 'policy show' "with the list"
done_testing
