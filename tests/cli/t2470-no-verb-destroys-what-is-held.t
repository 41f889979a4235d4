#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirement for holds 30: every verb that could destroy or alter a held
# record is refused alike, leaves key, rows and counts as they were, and adds
# one refusal to the log.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Zoë 王" --json
S=$(json .id)
must as hr hrv subject add --kind employee --name "Ana Țepeș" --json
O=$(json .id)
must as hr hrv subject event "$S" ended 2015-01-31
echo text >doc.txt
must as hr hrv record add "$S" --class contract --date 2010-01-01 doc.txt --json
R=$(json .id)
must as dpo hrv hold place --matter M --reason R --subject "$S" --json

# Everything about the record but the log: its state and the keystore.
picture()
{
	as hr hrv record show "$R" --json
	jq -Sc 'del(.held)' .out
	as hr hrv subject show "$S" --json
	jq -Sc '[.events, .records]' .out
	sha256sum "$HRVAULT_DIR"/keys.*.db | cut -d' ' -f1
}
refusals()
{
	as auditor hrv audit log --json
	jq -rs '[.[] | select(.result == "refused" and .code == "held")] |
	    length' .out
}
before=$(picture) n=$(refusals)
while read -r who verb; do
	# shellcheck disable=SC2086
	as "$who" hrv --yes --json $verb
	name=${verb%%"$R"*}
	name=${name%%"$S"*}
	if [ "$rc" = 5 ] && [ "$(json_err .error.name)" = held ]; then
		pass "30: $who ${name% } is refused as held"
	else
		flunk "30: $who ${name% } is refused as held"
	fi
	m=$(refusals)
	is "$((m - n))" 1 "30: with one refusal in the log"
	n=$m
done <<END
hr record void $R --reason wrong
dpo record void $R --reason wrong
hr record move $R --to $O --reason wrong
hr record reclassify $R --class payslip --reason wrong
hr subject event $S ended 2015-01-31 --retract
END
is "$(picture)" "$before" "30: record, facts and keys are what they were"

as purge hrv purge run --json
exit_is 0 "30: a run goes on"
json_is .destroyed 0 "30: and destroys nothing of it"
as dpo hrv purge plan --propose
is "$(picture)" "$before" "30: nor does a list that somebody proposes"
as hr hrv record amend "$R" doc.txt --reason "a correction" --json
exit_is 0 "7: a correction is a new version"
as hr hrv record read "$R" --version 1 --purpose administration --output -
exit_is 0 "7: the old one stays readable"
as auditor hrv audit verify
exit_is 0 "the log verifies"
done_testing
