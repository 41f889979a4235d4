#!/bin/bash
# SPDX-License-Identifier: ISC
# An objection restricts by itself and is decided; a restriction is granted;
# what is corrected is told to whom it was given.
. "$(dirname "$0")/../lib.sh"

vault_new
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
vault_second counsel legal
TODAY=$(date -u +%F)
must as hr hrv subject add --kind employee --name 'Łucja Ødegård' --number E-1
S=$out
echo wrong >f
must as hr hrv record add "$S" --class personnel_file --json f
R=$(json .id)
must as hr hrv recipient add --name Agency --kind other --country IE
TO=$out
must as hr hrv disclose "$R" --to "$TO" --purpose administration --output copy
case_new() { # RIGHT
	must as hr hrv case open --subject "$S" --right "$1" \
	    --received "$TODAY" --json
	C=$(json .id)
}
restriction() {
	must as hr hrv subject show "$S" --json
	json_is '.restricted // "none"' "$1" "$2"
}

as hr hrv case open --subject "$S" --right vengeance --received "$TODAY"
exit_is 2 "only rights there are"

case_new objection
restriction objection "an objection restricts by itself"
as hr hrv record read "$R" --purpose administration --output no
exit_is 5 "enforced when it is read"
as hr hrv record read "$R" --purpose administration --output no \
    --restricted-for consent
exit_is 5 "consent would have to be in force"
as hr hrv record read "$R" --purpose administration --output no \
    --restricted-for protect-other
exit_is 2 "another person's need is to be said"
as hr hrv record read "$R" --purpose administration --output yes \
    --restricted-for protect-other --reason 'colleague at risk'
exit_is 0 "said, it may be read"
must as dpo hrv audit log --op record.read --json
out_like 'protect-other' "and the log has the ground"
as hr hrv case erase "$C"
exit_is 5 "no erasure before it was granted"
as hr hrv subject lift "$S" --reason test --told "$TODAY"
exit_is 5 "and no lifting before it was decided"
err_like 'case resolve' "which is how"
restriction objection "it restricts still"
as hr hrv case resolve "$C" --outcome rejected --reason 'pay must be run'
exit_is 6 "not before it is known who asks"
must as hr hrv case identity "$C" --method desk
as hr hrv case deliver "$C" --method post
exit_is 5 "nothing to deliver yet"
as hr hrv case resolve "$C" --outcome rejected
exit_is 2 "a rejection has its reason"
as hr hrv case resolve "$C" --outcome rejected --reason 'pay must be run'
exit_is 6 "and takes two people"
must as hr hrv proposal list --json
P=$(json 'select(.status == "open") | .id')
must as counsel hrv proposal approve "$P"
as hr hrv case resolve "$C" --outcome rejected --reason 'pay must be run' \
    --json
exit_is 0 "decided"
json_is .outcome rejected "rejected"
restriction objection "not lifted before the person was told"
must as hr hrv case deliver "$C" --method post
restriction none "lifted when they were"
must as dpo hrv audit log --op subject.lift --json
out_like "$TODAY" "the day of telling is logged"

case_new objection
must as hr hrv case identity "$C" --method desk
must as hr hrv case resolve "$C" --outcome granted
restriction objection "a granted objection stays"
must as hr hrv case collect "$C" --json
json_is .erase 2 "and leads to an erasure"
as hr hrv case erase "$C"
exit_is 6 "which two people order"
must as hr hrv case outcome "$C"
out_like 'granted' "the answer in words"
must as hr hrv case deliver "$C" --method post
must as hr hrv case close "$C"
must as hr hrv subject lift "$S" --reason test --told "$TODAY"

case_new restriction
must as hr hrv case identity "$C" --method desk
as hr hrv case resolve "$C" --outcome granted
exit_is 2 "a restriction has its ground"
must as hr hrv case resolve "$C" --outcome granted --ground accuracy
restriction accuracy "granted, it restricts at once"

case_new rectification
must as hr hrv case outcome "$C" --json
json_is '.recipients | length' 0 "nobody to tell before it is corrected"
echo right >f
amend() { as hr hrv record amend "$R" --reason 'birth place' --json f "$@"; }
amend
exit_is 5 "what is restricted is not changed"
amend --purpose subject_request
if [ "$rc" -eq 6 ]; then # the schedule asks two people for it
	must as dpo hrv proposal list --json
	must as dpo hrv proposal approve \
	    "$(json 'select(.kind == "record.amend") | .id')"
	amend --purpose subject_request
fi
json_is .version 2 "in an open case a correction is a new version"
as hr hrv record read "$R" --version 1 --purpose subject_request --output old
exit_is 0 "the old one keeps its key"
echo 'I never was' >side
as hr hrv record statement "$R" side --case "$C" --json
exit_is 0 "what stays disputed gets a statement, in an open case as well"
json_is '.recipients[0].recipient' "$TO" "which names whom to tell"
ST=$(json .id)
as hr hrv record statement "$R" side --case C-ZZZZZZ
exit_is 4 "of a case that is there"
must as hr hrv subject update "$S" --name 'Lucja Odegard' --reason 'asked'
must as hr hrv case identity "$C" --method desk
must as hr hrv case resolve "$C" --outcome partly --reason 'one of two'
must as hr hrv case told "$C" --recipient "$TO" --json
json_is '.recipients[0] | "\(.recipient) \(.told)"' "$TO $TODAY" \
    "who was given it was told"
as hr hrv case resolve "$C" --outcome granted
exit_is 5 "decided once"
must as hr hrv case deliver "$C" --method post
must as hr hrv case close "$C"
as hr hrv record statement "$R" side --case "$C"
exit_is 5 "nothing comes in by a case that is closed"
must as hr hrv record show "$R" --json
json_is '[.statements[].id] | join(" ")' "$ST" "the one stands beside the record"

# What is only said about it, and not corrected, is told as well.
must as hr hrv subject add --kind employee --name 'Ana Țepeș' --number E-2
S=$out
must as hr hrv record add "$S" --class personnel_file --json f
R=$(json .id)
must as hr hrv disclose "$R" --to "$TO" --purpose administration --output more
case_new rectification
must as hr hrv case outcome "$C" --json
json_is '.recipients | length' 0 "nothing to tell before anything was said"
must as hr hrv record statement "$R" side --case "$C"
must as hr hrv case outcome "$C" --json
json_is '.recipients[0].recipient' "$TO" "a statement is to be told"
must as hr hrv case told "$C" --recipient "$TO" --json
json_is '.recipients[0].told' "$TODAY" "and that it was is noted"
as auditor hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check
exit_is 0 "so are the tables"
done_testing
