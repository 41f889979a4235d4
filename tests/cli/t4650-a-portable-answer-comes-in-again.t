#!/bin/bash
# SPDX-License-Identifier: ISC
# Art. 20: what a person provided under consent or a contract goes out, plain
# gpg opens it, and an empty vault takes it in as the same person and records.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person asker
SCHEDULE=$T/uk.cfg
sed '/id = "parental_leave"/,+2 s/legal_obligation/contract/' \
    "$HRV_TOP/policy/schedules/uk.cfg" >"$SCHEDULE"
vault() # FOLDER
{
	export HRVAULT_DIR=$T/$1
	must as dpo hrv init --founder "${FPRS[dpo]}" --schedule "$SCHEDULE" \
	    --law uk-ew --controller "$CONTROLLER"
}
d() { as dpo hrv "$@"; }
add() # CLASS FILE ARGS...
{
	local class=$1 file=$2
	shift 2
	must d record add "$S" --class "$class" --json "$@" "$file"
	R=$(json .id)
}
TODAY=$(date -u +%F)
vault old

# ---- a made-up person ------------------------------------------------------

NAME='Zoë 王小明 Ἀθηνᾶ <ليلى>'
must d subject add --kind employee --name "$NAME" --number E-77 \
    --email zoe@example.org --phone '+44 20 7946 0000' --born 1988-02-29
S=$out
must d subject event "$S" hired 2019-03-01
must d subject event "$S" ended 2026-06-30
printf 'next of kin: आरव\n' >kin.txt
head -c 100000 /dev/urandom >signed.bin
printf 'answers\n' >answers.txt
printf 'first text\n' >first.txt
printf 'payslip\n' >slip.txt
printf 'reference\n' >reference.txt
add contact first.txt --provided-by subject --title 'Контакты' \
    --date 2020-05-06
CONTACT=$R
must d record amend "$CONTACT" kin.txt --reason moved
add contract signed.bin --provided-by subject --title 'عقد العمل' \
    --source 'signed =in person' --date 2019-02-20 \
    --event closed=2026-06-01
CONTRACT=$R
add equality_monitoring answers.txt --provided-by subject --title '回答'
EQUAL=$R
printf 'leave\n' >leave.txt
add parental_leave leave.txt --provided-by subject --title 'إجازة' \
    --dependant-born 2020-09-01 --confidential
LEAVE=$R
must d record read "$LEAVE" --purpose administration --output looked
add contract slip.txt --title 'from us'
OURS=$R
add payroll slip.txt --provided-by subject --title 'by law'
LEGAL=$R
add contract reference.txt --provided-by third_party --title 'from others'
THIRD=$R

# ---- only what was provided, and everything accounted for ------------------

must d case open --subject "$S" --right portability --received "$TODAY" --json
C=$(json .id)
must d case collect "$C" --json
json_is .undecided 0 "nothing is left to decide"
must d case identity "$C" --method desk
d case decide "$C" "$OURS" --disclose --json
exit_is 5 "what the right does not take in goes out by no decision"
err_like 'not-portable' "and that is told apart"
must d case export "$C" --to "${FPRS[asker]}" --output answer.gpg
mkdir out
ok "plain gpg and tar open it" sh -c \
    "gpg --homedir $T/gpg-asker --batch -q -d answer.gpg 2>/dev/null |
    tar -x -C out --strip-components 1"
is "$(jq -r '.records[] | select(.disposition == "withheld") |
    .record + " " + .code' out/manifest.json | sort)" \
    "$(printf '%s not-portable\n' "$OURS" "$LEGAL" "$THIRD" | sort)" \
    "the rest is withheld, with a code"
is "$(jq '[.records[] | select(.code == "not-portable") |
    select(.reason | length > 20)] | length' out/manifest.json)" 3 \
    "and a reason"
is "$(jq -r '.records[] | select(.disposition == "disclosed") | .record' \
    out/manifest.json | sort -u | grep -c .)" 5 \
    "identity and four records are there"
is "$(jq -r '.totals | "\(.records) \(.disclosed) \(.withheld)"' \
    out/manifest.json)" "9 6 3" "every version is accounted for"
is "$(cat out/data.json out/manifest.json | jq -r '.annex + .requests | length')" \
    "$(printf '0\n0')" "who looked at them is no part of it"
ok "the page names the ground" grep -q 'Art. 20(1)(a) (not-portable)' \
    <(tr -d '\n' <out/index.html | sed 's/<[^>]*>//g')
unlike "$(cat out/data.json out/index.html)" 'from us|by law|from others' \
    "nothing more of the rest is told"
is "$(cat out/documents/* | grep -c -e payslip -e reference)" 0 \
    "nor are its contents there"
is "$(python3 -c 'import csv; print(*sorted({r["record"] for r in
    csv.DictReader(open("out/records.csv", encoding="utf-8"))
    if r["file"]}))')" "$(jq -r '[.records[] | select(.file) | .record] |
    unique | join(" ")' out/data.json)" "records.csv has the same files"

is "$(jq -c '.subject.events, .subject.identity.number,
    ([.records[] | .events? // [] | .[]] | length)' out/data.json |
    paste -sd' ')" '[] null 0' "the employer's number and events are no part"
unlike "$(cat out/*.json out/*.csv out/*.html out/*.txt out/documents/*.json)" \
    'E-77|2019-03-01|2026-06-30|2026-06-01' "of any file"

# ---- an empty vault takes it in --------------------------------------------

must d subject show "$S" --json
jq -S '{kind, identity: (.identity // {name, emails, phones, born})}' \
    .out >was
vault new
d import out/data.json
exit_is 2 "without its documents it is not taken"
err_like '--documents' "and what is missing is named"
cp -r out/documents changed
printf x >>"$(find changed -name "$CONTRACT*")"
d import out/data.json --documents changed
exit_is 3 "nor with other documents than it names"
rm -f data.json.rejects.csv
while read -r want edit; do
	jq "$edit" out/data.json >bad.json
	d import bad.json --documents out/documents
	exit_is "$want" "nor with $edit"
	rm -f bad.json.rejects.csv
done <<'EOT'
2 .subject.identity=null
3 .subject.identity.emails=7
3 .subject.events=[{"event":"ended","day":"2026-06-30"}]
3 .subject.events=[{"event":"subject.ended","day":"2026-02-30"}]
3 (.records[]|select(.file)).file="documents/../data.json"
3 (.records[]|select(.file)).file="data.json"
3 (.records[]|select(.file)).sha256=1
3 (.records[]|select(.file)).class="no_such"
3 (.records[]|select(.file)).created="2999-01-01"
3 (.records[]|select(.file)).provided_by=null
2 (.records[]|select(.file)).provided_by="nobody"
3 (.records[]|select(.file)|select(.class=="contract")).events=[1]
EOT
must d subject list --json
is "$(grep -c . .out)" 0 "and nothing of it is stored"
must d import out/data.json --documents out/documents --json
json_is '"\(.format) \(.added) \(.rejected) \(.documents)"' 'portable 1 0 4' \
    "one person and four documents come in"
must d subject show email:zoe@example.org --json
N=$(json .id)
is "$(jq -S '{kind, identity: (.identity //
    {name, emails, phones, born})}' .out)" "$(cat was)" \
    "the same person"
json_is .name "$NAME" "by the same name"
json_is '.events | length' 0 "whose events are for this employer to say"
must d record list "$N" --json
cp .out list
for pair in "contact kin.txt Контакты" "contract signed.bin عقد العمل" \
    "equality_monitoring answers.txt 回答" "parental_leave leave.txt إجازة"; do
	read -r class file title <<<"$pair"
	R=$(jq -r --arg c "$class" 'select(.class == $c) | .id // .record' list)
	must d record show "$R" --json
	json_is '"\(.class) \(.title)"' "$class $title" "$class: its title"
	json_is .provided_by subject "$class: provided by the person"
	must d record read "$R" --purpose subject_request --output "read.$class"
	is "$(sha256sum <"read.$class")" "$(sha256sum <"$file")" \
	    "$class: the same bytes"
done
R=$(jq -r 'select(.class == "contract") | .id // .record' list)
must d record show "$R" --json
json_is '"\(.created) \(.source)"' '2019-02-20 signed =in person' \
    "a document keeps its own date and source"
is "$(grep -c . list)" 4 "and there is no other record"
R=$(jq -r 'select(.class == "parental_leave") | .id // .record' list)
must d record show "$R" --json
json_is '[.. | .keep_until? // empty][0]' 2038-09-01 \
    "a dependant's birth date came with it"
must d case open --subject "$N" --right access --received "$TODAY" --json
C=$(json .id)
must d case collect "$C"
d case withhold "$C" "$R" --code S2P4-24 --reason 'in confidence'
exit_is 0 "and that it was given in confidence"
must d import out/data.json --documents out/documents --json
json_is '"\(.unchanged) \(.documents)"' '1 0' "taken in again it adds nothing"
d audit verify
exit_is 0 "the log of the new vault is whole"
HRVAULT_DIR=$T/old d audit verify
exit_is 0 "and of the old one"
done_testing
