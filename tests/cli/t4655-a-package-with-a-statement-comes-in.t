#!/bin/bash
# SPDX-License-Identifier: ISC
# What a person said about a record is a statement on it in the next vault too,
# where the record comes along; alone it is a document. Events of an access
# package come in as they were.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person asker
TODAY=$(date -u +%F)
d() { as dpo hrv "$@"; }
vault() # FOLDER
{
	export HRVAULT_DIR=$T/$1
	must d init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
	    --controller "$CONTROLLER"
}
package() # FOLDER WITHHELD...: an access package of $S
{
	local r
	must d case open --subject "$S" --right access --received "$TODAY" \
	    --json
	C=$(json .id)
	must d case identity "$C" --method desk
	must d case collect "$C"
	for r in "${@:2}"; do
		must d case withhold "$C" "$r" --code S2P4-22 --reason plans
	done
	must d case export "$C" --to "${FPRS[asker]}" --output "$1.gpg"
	mkdir "$1"
	gpg --homedir "$T/gpg-asker" --batch -q -d "$1.gpg" 2>/dev/null |
	    tar -x -C "$1" --strip-components 1
}
taken() # FOLDER: the records of the one subject of a new vault, in list
{
	must d import "$1/data.json" --documents "$1/documents" --json
	must d record list number:E-1 --json
	cp .out list
}

vault old
must d subject add --kind employee --name 'Łucja Ødegård' --number E-1
S=$out
must d subject event "$S" hired 2019-03-01
must d subject event "$S" ended 2020-03-31
echo 'late every day' >wrong
echo 'I was late once' >side
echo 'I was late once, by a minute' >side2
must d record add "$S" --class warning --title Warning --date 2020-02-03 \
    --event issued=2020-02-03 wrong
R=$out
must d record statement "$R" side --title 'My side' --date 2020-02-10
ST=$out
must d record amend "$ST" side2 --reason asked
must d record statement "$R" side --title 'Once more'
package both
package alone "$R"

vault new
taken both
is "$(grep -c . list)" 3 "the record and both statements come in"
R2=$(jq -r 'select(.title == "Warning") | .id' list)
is "$(jq -r 'select(.statement_on) | "\(.title) \(.statement_on)"' list |
    sort)" "$(printf '%s\n' "My side $R2" "Once more $R2")" \
    "which stand on it, by its new id"
isnt "$R2" "$R" "which is another one"
ST2=$(jq -r 'select(.title == "My side") | .id' list)
d record read "$ST2" --purpose subject_request --output back
ok "in the newest words" cmp back side2
must d record show "$ST2" --json
json_is '"\(.class) \(.created) \(.provided_by)"' 'warning 2020-02-10 subject' \
    "with its own day, as the person's"
STATEMENT=$(json '"\(.keep_until) \(.purge_from)"')
must d record show "$R2" --json
is "$STATEMENT" "$(json '"\(.keep_until) \(.purge_from)"')" \
    "and the dates of the record"
json_is '[.events[] | "\(.event) \(.date // .day)"] | join(",")' \
    'record.issued 2020-02-03' "whose event came along"
json_is '[.statements[].title] | sort | join(",")' 'My side,Once more' \
    "it is shown with both"
must d subject show number:E-1 --json
json_is '[.events[] | "\(.event) \(.date // .day)"] | sort | join(",")' \
    'subject.ended 2020-03-31,subject.hired 2019-03-01' \
    "and so did those of the person"
d --json record void "$ST2" --reason x
exit_is 5 "a statement is not voided alone, here neither"
must d import both/data.json --documents both/documents --json
json_is '"\(.unchanged) \(.documents)"' '1 0' "taken in again it adds nothing"

vault without
taken alone
is "$(grep -c . list)" 2 "without its record"
is "$(jq -r 'select(.statement_on) | .id' list)" "" \
    "a statement is a document like any other"

# Whoever made the file up cannot hang one on somebody else's record.
vault third
mkdir forged
jq --arg to "$R2" '(.records[] | select(.statement_on)).statement_on = $to' \
    both/data.json >forged/data.json
cp -r both/documents forged/documents
taken forged
is "$(jq -r 'select(.statement_on) | .id' list)" "" \
    "what names no record of the package stands on none"
d audit verify
exit_is 0 "the log is whole"
done_testing
