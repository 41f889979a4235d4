#!/bin/bash
# SPDX-License-Identifier: ISC
# The row of what is withheld says class, code and ground and nothing else; that
# of what was redacted no date that was taken out; that of a colleague's record
# nothing of when the colleague came, left or had a child. In every file.
. "$(dirname "$0")/../lib.sh"

for p in dpo leaver; do gpg_person $p; done
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ida Ødegård'
S=$out
must d subject event "$S" hired 2019-03-01
must d subject add --kind employee --name 'Ravi Quist'
COLLEAGUE=$out
must d subject event "$COLLEAGUE" ended 2025-05-17
echo 'a text' >f
n=0
add() # SUBJECT CLASS DAY OPTION...
{
	n=$((n + 1))
	echo "text $n" >f
	must d record add "$1" --class "$2" --date "$3" --json "${@:4}" f
	R=$(json .id)
}
add "$S" parental_leave 2022-03-01 --dependant-born 2020-09-11; WHOLE=$R
add "$S" parental_leave 2022-03-02 --dependant-born 2020-09-12 \
    --source 'Registrar' --provided-by third_party; KEPT=$R
add "$S" parental_leave 2022-03-03 --dependant-born 2020-09-13; CUT=$R
add "$S" payslip 2022-03-31 --event pay_date=2022-03-31
add "$COLLEAGUE" parental_leave 2022-03-04 --dependant-born 2020-09-14
LINKED=$R
add "$COLLEAGUE" contract 2022-03-05; LINKED2=$R
add "$COLLEAGUE" contract 2022-03-06; HIDDEN=$R
for r in "$LINKED" "$LINKED2" "$HIDDEN"; do
	must d record link "$r" "$S" --as witness
done
must d case open --subject "$S" --right access --received "$(date -u +%F)" --json
C=$(json .id)
must d case identity "$C" --method desk
must d case collect "$C"
must d case withhold "$C" "$KEPT" --code S2P1-5 --reason 'In court.'
must d case withhold "$C" "$HIDDEN" --code S2P3-16 --reason 'About somebody.'
echo short >short
must d case redact "$C" "$CUT" --replacement short --code S2P3-16
must d case decide "$C" "$LINKED" --disclose
must d case decide "$C" "$LINKED2" --disclose
must d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
cd "$C" || bail "no package"
row() { jq -cS ".records[] | select(.record == \"$1\") | with_entries(select(.value != null and .value != []))" "$2"; }
keys() { row "$1" data.json | jq -r 'keys | join(" ")'; }

is "$(keys "$KEPT")" \
    'class class_title code details_sha256 disposition legal_basis purpose reason record version' \
    "what is withheld has class, code and ground"
is "$(keys "$HIDDEN")" "$(keys "$KEPT")" "of somebody else as well"
is "$(row "$KEPT" data.json | jq -r '.code + " " + .reason')" \
    'S2P1-5 In court.' "told to the person"
row "$WHOLE" data.json >whole
is "$(jq -r '"\(.dependant_born) \(.keep_until) \(.created)"' whole)" \
    '2020-09-11 2038-09-11 2022-03-01' "what is given whole has its dates"
is "$(row "$CUT" data.json | jq -r '"\(.dependant_born) \(.keep_until)"')" \
    'null null' "what was redacted has none that could have been taken out"
for r in "$LINKED" "$LINKED2"; do
	is "$(row "$r" data.json | jq -r '"\(.dependant_born) \(.keep_until) \(.stored) \(.events)"')" \
	    'null null null null' "a colleague's record has no date of theirs"
done
is "$(row "$LINKED2" data.json | jq -r .relation)" witness \
    "but how the person comes into it"
for file in data.json manifest.json records.csv index.html letter.txt \
    letter.html; do
	ok "$file is there" test -s "$file"
	unlike "$(cat "$file")" '20(20|38)-09-1[234]' "$file: nobody's child"
	unlike "$(cat "$file")" '2031-05-17|2025-05-17|2025-05-18' \
	    "$file: not when the colleague left"
	unlike "$(cat "$file")" '2022-03-0[26]|Registrar' \
	    "$file: not when and where from what is withheld is"
done
like "$(tr '\n' ' ' <letter.txt | tr -s ' ')" 'the end of its UK tax year' \
    "the letter has the rule in words"
like "$(grep "$WHOLE" records.csv)" '2038-09-11' "the table has what it may"
cd "$T" || exit
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
