#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# What a person says about a record stands beside it: of the same class, with
# the same dates and the same protection, shown and handed out with it, filed
# anew with it, and destroyed with it and never before.
. "$(dirname "$0")/../lib.sh"

vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
TODAY=$(date -u +%F)
must as hr hrv subject add --kind employee --name 'Łucja Ødegård' --number E-1
S=$out
must as hr hrv subject add --kind employee --name 'Ana Țepeș' --number E-2
OTHER=$out
echo 'late every day' >wrong
echo 'I was late once' >side
add() # CLASS DATE ARGS...: a record; its id in $R
{
	local class=$1 date=$2
	shift 2
	must as hr hrv record add "$S" --class "$class" --date "$date" "$@" \
	    wrong
	R=$out
}
state() # R: its statement on record and its dates
{
	must as hr hrv record show "$1" --json
	json '"\(.keep_until) \(.purge_from)"'
}
refused() # NAME CMD...: exit 5 by that name
{
	local name=$1
	shift
	as dpo hrv --json "$@"
	is "$rc $(json_err .error.name)" "5 $name" "${*:1:2}: $name"
}

# ---- filed -------------------------------------------------------------------

add claim "$TODAY" --title 'Warning' --event settled="$TODAY"
CLAIM=$R
as hr hrv record statement "$CLAIM" --date 2021-05-06 side --json
exit_is 0 "a statement is filed"
ST=$(json .id)
json_is '"\(.class) \(.compartment) \(.subject) \(.statement_on)"' \
    "claim general $S $CLAIM" "of the same class, compartment and person"
json_is '.recipients | length' 0 "nobody had the record"
is "$(state "$ST")" "$(state "$CLAIM")" "its dates are the record's"
must as auditor hrv audit log --record "$ST" --op record.add --json
json_is '.payload.statement_on' "$CLAIM" "the log says what it is about"
must as hr hrv record show "$CLAIM" --json
json_is '.statements[0] | "\(.id) \(.title) \(.created)"' \
    "$ST Statement 2021-05-06" "it is shown beside the record"
must as hr hrv record show "$CLAIM"
out_like "$ST of 2021-05-06: Statement" "in words as well"
must as hr hrv record list "$S" --json
is "$(json "select(.id == \"$ST\") | .statement_on")" "$CLAIM" \
    "a list says what it is about"
as auditor hrv record show "$CLAIM" --json
json_is '.statements[0] | "\(.id) \(.title)"' "$ST null" \
    "without its title for who holds no key"
as hr hrv record read "$ST" --purpose administration --output -
is "$rc $out" "0 I was late once" "it is read as any record"
run as hr "$HRV" record statement "$CLAIM" - --title 'More' --json <side
exit_is 0 "there may be another one"
ST2=$(json .id)
must as hr hrv record show "$CLAIM" --json
json_is '[.statements[].id] | length' 2 "both are shown"
as hr hrv record statement "$CLAIM" nothere
exit_is 4 "a file that is not there"
as hr hrv record statement R-ZZZZZZ side
exit_is 4 "a record that is not there"
as auditor hrv record statement "$CLAIM" side
exit_is 5 "not by an auditor"

# ---- it follows --------------------------------------------------------------

refused statement record statement "$ST" side
err_like "$CLAIM" "a statement on a statement: the record is named"
refused statement record event "$ST" settled 2024-01-01
refused statement record move "$ST" --to "$OTHER" --reason x
refused statement record reclassify "$ST" --class note --reason x
refused statement record void "$ST" --reason x
refused statement retention review "$ST" --reason x
must as hr hrv record event "$CLAIM" settled "$TODAY" --retract
is "$(state "$ST")" "pending pending" "a fact of the record is one of its own"
is "$(state "$ST2")" "pending pending" "of each of them"
must as hr hrv record event "$CLAIM" settled "$TODAY" --json
json_is '.moved.dated' 3 "all get their date together"
is "$(state "$ST")" "$(state "$CLAIM")" "the same one"
echo 'I was late twice' >side2
must as hr hrv record amend "$ST" side2 --reason 'asked' --json
json_is .version 2 "the person may say it in other words"
must as hr hrv record explain "$ST" --json
json_is '"\(.keep_until) \(.older[0].keep_until)"' \
    "$(json '"\(.keep_until) \(.keep_until)"')" \
    "what was said before ends with the record as well"
must as hr hrv record move "$CLAIM" --to "$OTHER" --reason 'mixed up'
for r in $ST $ST2; do
	must as hr hrv record show "$r" --json
	json_is '"\(.subject) \(.class) \(.statement_on)"' \
	    "$OTHER claim $CLAIM" "moved with the record"
done
as hr hrv record read "$ST" --version 1 --purpose administration --output -
is "$out" "I was late once" "sealed anew, all of it"
must as hr hrv record move "$CLAIM" --to "$S" --reason 'it was right'
must as hr hrv record reclassify "$CLAIM" --class note --reason 'a note'
must as hr hrv record show "$ST2" --json
json_is '"\(.subject) \(.class)"' "$S note" "filed under another class with it"
is "$(state "$ST")" "$(state "$CLAIM")" "with the dates of that"
must as auditor hrv audit verify --full
must as dpo hrv check --deep

# ---- a hold on either --------------------------------------------------------

contested() # a record of 2020 with two statements: $R, $R1, $R2
{
	add note 2020-01-02
	must as hr hrv record statement "$R" side
	R1=$out
	must as hr hrv record statement "$R" side2
	R2=$out
}
look() # NAME: each of $R, $R1, $R2 is held
{
	local r
	for r in $R $R1 $R2; do
		must as hr hrv record show "$r" --json
		json_is .held true "$1"
	done
}
contested
BY_RECORD="$R $R1 $R2"
must as dpo hrv hold preview --record "$R" --json
is "$(json '.records | sort | join(" ")')" \
    "$(printf '%s\n' "$R" "$R1" "$R2" | sort | xargs)" \
    "a hold on a record would cover the statements on it"
must as dpo hrv hold place --matter M --reason T --record "$R" --json
json_is .matched 3 "and does"
look "a hold on the record"
as hr hrv record statement "$R" side --json
exit_is 0 "what is held may be answered"
BY_RECORD="$BY_RECORD $(json .id)"
contested
must as dpo hrv hold place --matter M --reason T --record "$R1" --json
json_is .matched 3 "a hold on a statement covers the record and the others"
look "a hold on a statement"
as hr hrv record void "$R" --reason x
exit_is 5 "so the record is not voided"
as hr hrv record move "$R" --to "$OTHER" --reason x
exit_is 5 "nor moved"
BY_STATEMENT="$R $R1 $R2"

# ---- destroyed together ------------------------------------------------------

contested
GONE="$R $R1 $R2"
must as hr hrv record amend "$R" side --reason 'other wording'
must as hr hrv record amend "$R2" side --reason 'other wording'
must as purge hrv purge plan --json
for r in $BY_RECORD $BY_STATEMENT; do
	json_is "[.protected[] | select(.record == \"$r\") | .why] | unique[0]" \
	    hold "held, so it stays"
done
for r in $GONE; do
	is "$(json "[.destroy[] | select(.record == \"$r\")] | length > 0")" \
	    true "due, so it goes"
done
must as purge hrv purge run --json
json_is .destroyed 3 "one record and two statements go in one run"
for r in $GONE; do
	as hr hrv record read "$r" --purpose administration --output -
	exit_is 12 "each is gone"
done
for r in $BY_RECORD $BY_STATEMENT; do
	as hr hrv record read "$r" --purpose administration --output -
	exit_is 0 "what is held is not"
done
as hr hrv record statement "$R" side
exit_is 12 "nothing is said about what is gone"
as hr hrv record statement "$R1" side
exit_is 12 "nor about what was said about it"
as hr hrv record void "$R1" --reason x
exit_is 12 "and it is not voided either"
must as auditor hrv audit verify --full
must as dpo hrv check --deep

# ---- voided together ---------------------------------------------------------

add note "$TODAY"
must as hr hrv record statement "$R" side
R1=$out
vault_second counsel legal
as hr hrv record void "$R" --reason 'not hers' --json
exit_is 6 "it takes two people to void"
P=$(json_err .error.message | grep -Eo 'P-[0-9A-Z]+')
must as dpo hrv proposal show "$P"
out_like "statements filed on it: $R1" "who are told of the statement"
must as hr hrv record statement "$R" side2
R2=$out
must as dpo hrv proposal approve "$P"
as hr hrv record void "$R" --reason 'not hers' --json
exit_is 6 "one that came since takes another approval"
P=$(json_err .error.message | grep -Eo 'P-[0-9A-Z]+' |
    head -n 1)
must as dpo hrv proposal approve "$P"
as hr hrv record void "$R" --reason 'not hers' --json
json_is .destroyed 3 "then all go together"
as hr hrv record read "$R2" --purpose administration --output -
exit_is 12 "nothing is left of what nobody asked about"

# ---- given out before the record ---------------------------------------------

must as hr hrv recipient add --name Agency --kind other --country IE
TO=$out
add note "$TODAY"
out() # R FILE: to the agency
{
	as hr hrv disclose "$1" --to "$TO" --purpose administration \
	    --output "$2" --json
}
out "$R" first
exit_is 0 "a record goes out"
as hr hrv record statement "$R" side
R1=$out
err_like "$TO was given $R and is to be told" "who had it is to be told"
err_like "'hrvault disclose R-[0-9A-Z]* --to $TO --purpose P --output FILE'" \
    "with all that the command needs"
as hr hrv record statement "$R" side2 --json
json_is '.recipients[0] | "\(.recipient) \(.on)"' "$TO $TODAY" "as JSON too"
R2=$(json .id)
for s in $R1 $R2; do
	out "$R" again
	is "$rc $(json_err .error.name)" "5 statement-first" \
	    "the record does not go out without what is said about it"
	err_like "$s|$R2" "which is named"
	ok "and nothing left" test ! -e again
	out "$s" "said-$s"
	exit_is 0 "a statement does"
done
out "$R" again
exit_is 0 "and then the record"
must as hr hrv record amend "$R1" side2 --reason 'asked'
out "$R" third
exit_is 5 "a newer wording goes first again"

# ---- an answer to the person, and to whoever is named in the record ----------

must as hr hrv record link "$R" "$OTHER" --as witness
must as hr hrv case open --subject "$OTHER" --right access \
    --received "$TODAY" --json
C=$(json .id)
must as hr hrv case collect "$C" --json
is "$(json "[.items[] | select(.via == \"witness\") | .record] | unique |
    contains([\"$R\", \"$R1\", \"$R2\"])")" true \
    "who is named in a record is told of the statements on it"
as hr hrv record statement "$R" side --case "$C" --json
is "$rc $(json_err .error.name)" "5 other-person" "a case of somebody else"

must as hr hrv case open --subject "$S" --right rectification \
    --received "$TODAY" --json
C=$(json .id)
as hr hrv record statement "$R" side --case "$C" --json
exit_is 0 "filed in a case"
R3=$(json .id)
must as auditor hrv audit log --record "$R3" --op record.add --json
json_is .payload.case "$C" "the log says in which"
must as hr hrv case outcome "$C" --json
json_is '[.recipients[].recipient] | join(" ")' "$TO" \
    "who had what is contested is on the case's list"
must as hr hrv case told "$C" --recipient "$TO" --json
json_is '.recipients[0].told' "$TODAY" "and can be noted as told"

must as hr hrv case open --subject "$S" --right access \
    --received "$TODAY" --json
C=$(json .id)
must as hr hrv case identity "$C" --method desk
must as hr hrv case collect "$C" --json
for r in $R $R1 $R2 $R3; do
	must as hr hrv case decide "$C" "$r" --disclose
done
printf 'eight words nobody knows\n' >pass
export_it()
{
	run as hr "$HRV" case export "$C" --passphrase-fd 3 --output a.gpg \
	    --json 3<pass
}
export_it
if [ "$rc" -eq 6 ]; then
	must as dpo hrv proposal approve \
	    "$(json_err .error.message | grep -Eo 'P-[0-9A-Z]+' | head -n 1)"
	export_it
fi
exit_is 0 "the answer is made"
gpg --homedir "$T/gpg-dpo" --batch -q --pinentry-mode loopback \
    --passphrase-file pass -d a.gpg 2>/dev/null | tar -x
D=$C
is "$(jq -r ".records[] | select(.record == \"$R1\" and .version == 2) |
    .statement_on" "$D/manifest.json")" "$R" "the manifest says what is what"
is "$(jq -r "[.records[] | select(.record == \"$R\") | .statements[]] |
    sort | join(\" \")" "$D/data.json")" \
    "$(printf '%s\n' "$R1" "$R2" "$R3" | sort | xargs)" \
    "and the record what stands on it"
like "$(head -n 1 "$D/records.csv")" 'statement_on' "so does the table"
# On the page a record is followed by what is said about it.
grep -oE 'documents/R-[0-9A-Z]+' "$D/index.html" | cut -d/ -f2 | uniq >order
is "$(grep -A3 "^$R$" order | sort | xargs)" \
    "$(printf '%s\n' "$R" "$R1" "$R2" "$R3" | sort | xargs)" \
    "on the page they follow the record"
like "$(tr -d '\n' <"$D/index.html")" 'statement</span>.*on: <bdi>' \
    "and say so"
must as auditor hrv audit verify --full
must as dpo hrv check --deep
done_testing
