#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirement for holds 12: a member who is, as a person, whom a matter is
# about neither releases, approves, extends nor sees it. Who somebody else is
# takes two people, and no such word stops a hold from being placed.
. "$(dirname "$0")/../lib.sh"

vault_new
vault_second counsel legal
must as hr hrv subject add --kind employee --name "Ìfẹ́ Ọlá" --json
S=$(json .id)
must as hr hrv subject add --kind employee --name "Γιώργος" --json
O=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class contract --date 2020-01-01 doc.txt --json
R=$(json .id)
proposal() { printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1; }
# linked WHO APPROVER ARGS...: both of them say it.
linked()
{
	as "$1" hrv member link "${@:3}"
	must as "$2" hrv proposal approve "$(proposal)"
	as "$1" hrv member link "${@:3}" --json
}
place() { as "$1" hrv hold place --matter M --reason R "${@:2}" --json; }

place counsel --subject "$S"
exit_is 0 "before anybody says who counsel is, counsel places"
H=$(json .id)
as hr hrv member link "${FPRS[counsel]}" --subject "$S" --json
exit_is 6 "nobody says alone who somebody else is"
must as dpo hrv proposal show "$(proposal)"
out_like "$S and decides nothing about holds" \
    "whoever approves reads who and whom"
as hr hrv proposal approve "$(
	as hr hrv member link "${FPRS[counsel]}" --subject "$S" --json
	proposal
)"
exit_is 5 "nor approves it himself"
linked hr dpo "${FPRS[counsel]}" --subject "$S"
exit_is 0 "a member is linked to the person he is"
json_is .linked true "and it is said"
as hr hrv member link "${FPRS[counsel]}" --subject "$S" --json
json_is .unchanged true "once is enough"
as purge hrv member link "${FPRS[dpo]}" --subject "$S"
exit_is 5 "the purge account says nothing of the kind"

for by in "--subject $S" "--record $R" "--query person=$S" \
    "--query record=$R" "--class contract --about $S"; do
	# shellcheck disable=SC2086
	place counsel $by
	[ "$rc" = 0 ] || flunk "it is placed: $by"
	as counsel hrv hold show "$(json .id)"
	[ "$rc" = 5 ] || flunk "and not shown to whom it is about: $by"
done
pass "a hold on himself is placed, whatever the words, and seen by others"
place counsel --subject "$O"
exit_is 0 "12: about others he does"
for v in "show $H" "release $H --reason over" "preview --release $H" \
    "amend $H --reason more --subject $O" "export $H --output x.tar" \
    "notify $H --to ${FPRS[hr]} --text-version v1"; do
	# shellcheck disable=SC2086
	as counsel hrv --json hold $v
	[ "$rc" = 5 ] && [ "$(json_err .error.name)" = conflict ] ||
	    flunk "refused as a conflict: $v"
done
pass "12: nor does he see, release, extend, hand out or announce it"
as counsel hrv audit log --reasons --op hold.place --json
is "$(jq -rs --arg h "$H" '[.[] | select(.hold == $h)] | first |
    "\(.matter) \(.reason_withheld)"' .out)" "null true" \
    "12: nor does he read the matter in the log"
as dpo hrv hold release "$H" --reason over
exit_is 6 "12: somebody else proposes the release"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
as counsel hrv --json proposal approve "$P"
exit_is 5 "12: which he cannot approve"
is "$(json_err .error.name)" conflict "12: for that reason"
as counsel hrv --json member link "${FPRS[counsel]}" --subject "$S" --retract
exit_is 5 "12: nor take the link back"
as auditor hrv audit log --op hold --json
is "$(jq -rs '[.[] | select(.code == "conflict")] | length > 5' .out)" true \
    "12: each attempt is in the log"
as auditor hrv audit log --op subject.member --json
is "$(jq -rs '[.[] | select(.result == "ok")] | length' .out)" 1 \
    "12: and so is the link"
as hr hrv member link "${FPRS[counsel]}" --subject "$S" --retract
exit_is 6 "nor does anybody else alone"
linked hr dpo "${FPRS[counsel]}" --subject "$S" --retract
exit_is 0 "two others take back what was wrong"
as counsel hrv proposal approve "$P"
exit_is 0 "then he approves"
must as counsel hrv member link "${FPRS[counsel]}" --subject "$S"
pass "who he is, he says himself"
as dpo hrv --json hold release "$H" --reason over
exit_is 5 "12: an approval by whom it turns out to be about does not count"
is "$(json_err .error.name)" conflict "12: for that reason"
as hr hrv record show "$R" --json
json_is .held true "12: it holds"
as auditor hrv audit verify
exit_is 0 "the log verifies"
done_testing
