#!/bin/bash
# SPDX-License-Identifier: ISC
# Who does not hold the key of a compartment cannot read it, whatever is tried.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person hr
gpg_person auditor
gpg_person purge
gpg_person counsel
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv member add "${FPRS[hr]}" --role hr --compartment general
must as dpo hrv member add "${FPRS[auditor]}" --role auditor
must as dpo hrv member add "${FPRS[purge]}" --role purge
must as dpo hrv member add "${FPRS[counsel]}" --role legal
must as dpo hrv subject add --kind employee --name 'Ada Marmot' --number E-7
S=$out
echo 'the marmot sleeps' >doc
must as dpo hrv record add "$S" --class payslip --title 'Marmot pay' doc
PAY=$out
must as dpo hrv record add "$S" --class personnel_file --title 'Marmot file' doc
FILE=$out

as hr hrv record read "$FILE" --purpose administration --output -
out_is 'the marmot sleeps' "hr reads what it holds the key for"
as hr hrv record read "$PAY" --purpose payroll --output pay
exit_is 5 "and not pay"
err_like "compartment 'pay'" "the compartment is named"
as hr hrv record add "$S" --class payslip doc
exit_is 5 "nor stores it there"
as hr hrv record amend "$PAY" doc --reason x
exit_is 5 "nor amends it"
as hr hrv record list "$S" --json
exit_is 0 "hr lists both"
out_like "$PAY" "with the id of the pay record"
out_unlike 'Marmot pay' "without its title"
out_like 'Marmot file' "with the other's"
as hr hrv record show "$PAY" --json
exit_is 0 "hr sees what is not sealed"
json_is .class payslip "as the class"
json_is .title null "and no more"

for who in auditor purge counsel; do
	as "$who" hrv record read "$FILE" --purpose administration --output got
	exit_is 5 "$who may not read"
	as "$who" hrv record show "$FILE" --json
	exit_is 0 "$who sees what is not sealed"
	json_is .title null "$who sees no title"
	as "$who" hrv record explain "$FILE"
	exit_is 0 "$who may ask why it is kept"
	as "$who" hrv record event "$FILE" last_entry 2026-01-02
	exit_is 5 "$who dates nothing"
done
not_ok "nobody got a file" test -e got
not_ok "of either kind" test -e pay

# What was refused is in the log, by an opaque id.
as auditor hrv audit log --record "$PAY" --json
out_like '"refused","code":"key-not-held"' "the refusal is in the log"
out_unlike 'Marmot' "which names nobody"

# A hold forbids to take a fact back, not to add one.
must as dpo hrv record event "$FILE" last_entry 2026-01-02
must as dpo hrv hold place --matter M-1 --reason claim --record "$FILE"
as dpo hrv record event "$FILE" last_entry 2026-01-03
exit_is 0 "a held record may get a fact"
as dpo hrv record event "$FILE" last_entry 2026-01-02 --retract
exit_is 5 "and loses none"
as dpo hrv record amend "$FILE" doc --reason 'better scan'
exit_is 6 "the schedule asks two people for a new version"
must as hr hrv proposal approve "$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)"
as dpo hrv record amend "$FILE" doc --reason 'better scan'
exit_is 0 "it may get a version"
as dpo hrv record read "$FILE" --purpose administration --version 1 --output -
out_is 'the marmot sleeps' "and keeps the old one"
as hr hrv record explain "$FILE"
out_like 'legal hold' "explain tells hr of a hold"
out_unlike 'H-[0-9A-Z]' "and not of which"
as dpo hrv record explain "$FILE"
out_like 'H-[0-9A-Z]' "the dpo sees which"
as dpo hrv record show "$FILE" --json
json_is .held true "show says held"

as auditor hrv audit verify --json
exit_is 0 "and all of the log verifies"
done_testing
