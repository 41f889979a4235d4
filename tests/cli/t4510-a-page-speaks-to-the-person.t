#!/bin/bash
# SPDX-License-Identifier: ISC
# What a package says to the person: only letters that stand somewhere, no word
# to translators, a check that can be made, numbers of what they say they count,
# and in German days as they are written there.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Anna Smith' --number E-1004
ANNA=$out
must d subject add --kind employee --name 'Bert Ndiaye' --number E-1005
BERT=$out
must d subject add --kind employee --name 'Ngozi Okafor' --number E-1003
S=$out
echo '{"note": "a talk", "witness": "Anna Smith", "on": 1}' >talk.json
must d record add "$S" --class appraisal --date 2026-01-08 talk.json
TALK=$out
must d record link "$TALK" "$ANNA" --as witness
echo '{"by": "Ndiaye, Bert"}' >by.json
must d record add "$S" --class appraisal by.json
BY=$out
must d record link "$BY" "$BERT" --as author
printf 'Contract\n' >contract.txt
must d record add "$S" --class contract contract.txt
CONTRACT=$out
printf 'Contract, corrected\n' >contract.txt
must d record amend "$CONTRACT" contract.txt --reason 'a wrong figure'
must d case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method 'passport seen'
must d case collect "$C"
must d case redact "$C" "$TALK" --field /witness --code S2P3-16
must d case decide "$C" "$BY" --disclose
# LANG
open_package()
{
	must d case export "$C" --to "${FPRS[leaver]}" --lang "$1" \
	    --output "$1.gpg"
	mkdir "$1"
	as leaver gpg --batch --quiet -d "$1.gpg" 2>/dev/null |
	    tar x -C "$1" || bail "set-up: a package is opened"
	PAGE=$(cat "$1/$C/index.html")
	FOLDER=$1/$C
}

open_package en
# Which letter Bert has depends on ids.
LETTER=$(grep -o 'Person [AB]' "$FOLDER/documents/$BY.json" | head -n 1)
is "$(jq -r '.pseudonyms | join(" ")' "$FOLDER/manifest.json")" "$LETTER" \
    "a letter that stands nowhere is not listed"
is "$(grep -o 'Person [AB]' <<<"$PAGE" | sort -u)" "$LETTER" "nor on the page"
unlike "$PAGE" '<!--|translate' "translators are told nothing in it"
like "$PAGE" "$(printf '%s' "${FPRS[dpo]}")" "the key of the signature is named"
like "$PAGE" '<b>5</b> documents and entries found about you, 1 of them earlier' \
    "what is counted twice is said to be"
like "$(cat "$FOLDER/letter.txt")" 'found about you: 5 \(1 of them' \
    "in the letter as well"
like "$PAGE" 'data-label="From"><span>you and us<' \
    "the identity is said to be of both"
(cd "$FOLDER" && grep -A9 '<pre' index.html | sed -n '/^jq/s/<.*//p' |
    sed 's/&#39;/'"'"'/g' | bash) >checked.txt 2>&1
is "$(grep -c ': OK$' checked.txt)" "$(find "$FOLDER/documents" -type f |
    wc -l)" "the command on the page checks every document"
like "$PAGE" '2026-01-08' "English days are written as they were"

open_package de
like "$PAGE" '>08\.01\.2026<' "German days are written in their order"
unlike "$PAGE" '>2026-01-08' "and in no other"
like "$(cat "$FOLDER/letter.txt")" "vom $(date +%d.%m.%Y)" \
    "in the letter as well"
is "$(jq -r '.records[] | select(.record == "'"$TALK"'") | .created' \
    "$FOLDER/data.json")" 2026-01-08 "data for machines keep theirs"
unlike "$PAGE$(cat "$FOLDER/letter.html" "$FOLDER/letter.txt")" '\{\{|%dates' \
    "no tag is left"
done_testing
