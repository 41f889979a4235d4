#!/bin/bash
# SPDX-License-Identifier: ISC
# Promise 19: on the sale of a business many records go at once without names,
# approved and noted; the keys go to the new owner, and the old ones are revoked.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person counsel
gpg_person buyer
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew
d() { as dpo hrv "$@"; }
add() { must d record add "$@" --json; R=$(json .id); }
# approved CMD...: by counsel, and carried out by who runs it.
approved()
{
	local who=$1 p
	shift
	as "$who" hrv "$@"
	p=$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]\{26\}' | head -1)
	must as counsel hrv proposal approve "$p"
	as "$who" hrv "$@"
}

must d subject add --kind employee --name 'Ngozi Okafor' --number E-77 \
    --email ngozi@example.org
NGOZI=$out
must d subject add --kind employee --name 'Søren Åkesson' --number E-78
SOREN=$out
must d subject event "$NGOZI" hired 2019-05-01
cat >a.json <<-'END'
	{"name": "Ngozi Okafor", "salary": 51234.5,
	"team": {"lead": "Søren Åkesson", "e-mail": "x@example.org"},
	"note": "Okafor, Ngozi (E-77) for Soren Akesson: ngozi@example.org"}
END
echo '{"grade": 7, "salary": 48000.50, "Date of birth": "1980-02-01"}' >b.json
echo 'Ngozi Okafor signs' >scan.txt
echo 'a page with names blackened' >black.txt
add "$NGOZI" --class contract --title 'Contract of Ngozi' a.json; ONE=$R
must d record link "$ONE" "$SOREN" --as witness
add "$SOREN" --class contract b.json; TWO=$R
add "$NGOZI" --class contract scan.txt; SCAN=$R
add "$SOREN" --class equality_monitoring b.json; SPECIAL=$R
must d recipient add --name 'Buyer plc' --kind other --country IE
TO=$out
must d recipient add --name 'Far' --kind other --country US
FAR=$out
many() { d disclose --pseudonymised --purpose administration "$@"; }

many --all --to "$FAR" --output no
exit_is 5 "nothing goes to whom a single record could not"
many --all --to "$TO" --class contrakt --output no
exit_is 2 "said in two ways"
many --to "$TO" --class contrakt --output no
exit_is 2 "a class that there is not chooses nothing"
d disclose "$ONE" "$TWO" --to "$TO" --purpose administration --output no
exit_is 2 "many are never disclosed as they are"
many "$SCAN" --to "$TO" --replacement "$SCAN=scan.txt" --output no
exit_is 2 "a replacement is another file"
many "$SCAN" --to "$TO" --output no
exit_is 4 "a document cannot go without names"
not_ok "no file from any of these" test -e no

# Two people, once there are two.
must d member add "${FPRS[counsel]}" --role legal
many --all --to "$TO" --output sale.tar
exit_is 6 "19: many records take two people"
not_ok "19: and nothing goes before" test -e sale.tar
P=$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]*' | head -1)
must as counsel hrv proposal show "$P" --json
like "$(json '.effects[]')" "2 records of 2 people .* $TO .* 2 are left out" \
    "19: the second is told what goes to whom"
must as counsel hrv proposal approve "$P"
must d recipient add --name 'Other plc' --kind other --country IE
many --all --to "$out" --output no
exit_is 6 "19: what was approved for one is not for another"
many --all --to "$TO" --output sale.tar --json
exit_is 0 "19: and then it goes"
cp .out result
json_is '[.left_out[] | "\(.record) \(.code)"] | sort | join(",")' \
    "$(printf '%s\n' "$SCAN document" "$SPECIAL special-category" | sort |
	paste -sd,)" "19: what cannot be pseudonymised stays and is listed"
A=$(json ".letters[\"$NGOZI\"]") B=$(json ".letters[\"$SOREN\"]")
tar xf sale.tar
is "$(stat -c %a sale.tar)" 600 "for the member alone"
unlike "$(cat disclosure/data.json)" \
    'Ngozi|Okafor|ren|kesson|E-77|example|1980|[SR]-[0-9A-Z]{26}' \
    "19: nobody is named, and no id of ours is in it"
ok "19: a number is as it was stored" grep -q '48000\.50' disclosure/data.json
cp disclosure/data.json .out
json_is ".people[] | select(.person == \"$A\") | .records[0].document |
    \"\(.salary) \(.note | test(\"$A.*$B\"))\"" '51234.5 true' \
    "19: what it says is there, of letters"
json_is ".people[] | select(.person == \"$A\") | .events[0].date" 2019-05-01 \
    "19: and what happened"
is "$(sha256sum <disclosure/data.json | cut -c1-64)" \
    "$(jq -r .content_sha256 result)" "19: exactly what was approved"
ok "19: signed by who took it out" gpg --homedir "$T/gpg-dpo" --batch -q \
    --verify disclosure/manifest.json.sig disclosure/manifest.json
for r in "$ONE" "$TWO"; do
	must d record show "$r" --json
	json_is '[.disclosures[] | "\(.recipient) \(.purpose)"] | join(",")' \
	    "$TO administration" "19: in the disclosure log of each record"
done
must d record show "$SPECIAL" --json
json_is '.disclosures | length' 0 "19: and of no other"
rm -r disclosure

must d subject restrict "$SOREN" --ground accuracy
approved dpo disclose --pseudonymised --purpose administration --to "$TO" \
    --class contract --field /salary --replacement "$SCAN=black.txt" \
    --output second.tar --json
exit_is 0 "minimised, with a replacement"
json_is '[.records, (.left_out | map(.code) | join(","))] | join(" ")' \
    '2 restricted' "what is restricted stays"
tar xf second.tar
is "$(jq -cS '[.people[].records[].document // empty]' disclosure/data.json)" \
    '[{"/salary":51234.5}]' "only the fields that were asked for"
ok "the replacement goes" cmp black.txt disclosure/documents/*.txt

# The vault goes to the new owner.
approved dpo member add "${FPRS[buyer]}" --role dpo --compartment \
    "$(as dpo hrv policy show --json; json '.compartments | join(",")')"
exit_is 0 "19: the buyer becomes a member"
approved buyer member remove "${FPRS[dpo]}"
exit_is 0 "19: who sold it is none any more"
d status
exit_is 8 "19: and opens nothing"
as buyer hrv key check
exit_is 1 "19: what he knew is to be replaced"
must as buyer hrv key rotate
must as buyer hrv key check
exit_is 0 "19: until every key is a new one"
must as buyer hrv record read "$ONE" --purpose administration --output own
ok "19: which opens all there is" cmp a.json own
must as buyer hrv audit log --json
is "$(json 'select(.result == "ok") | .op' | grep -c \
    -e '^disclose$' -e '^member.add$' -e '^member.remove$')" 5 \
    "19: and all of it is in the log"
as buyer hrv audit verify
exit_is 0 "which is whole"
done_testing
