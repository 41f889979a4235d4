#!/bin/bash
# SPDX-License-Identifier: ISC
# What only an entry held that was merged into another one, its name and its
# number, is replaced like those of the one who stays: in a package and in a
# disclosure without names.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
person() { must d subject add --kind employee --name "$1" --number "$2"; }
person 'Ann Known' E-1; S=$out
person 'Marguerite Oldname' E-2002; FIRST=$out
person 'Perpetua Zwischen' E-2003; SECOND=$out
person 'Rita Newname' E-3; LAST=$out

cat >talk.json <<'J'
{"by": "Marguerite Oldname (E-2002)", "then": "Zwischen, Perpetua: E-2003",
 "now": "Ms Newname", "kept": "margarine, old name, E-20021"}
J
echo 'Complaint of Marguerite Oldname (number E-2002) about Ann.' >talk.txt
add() { must d record add "$@" --json; R=$(json .id); }
add "$S" --class personnel_file --title 'Complaint by M Oldname' talk.json
TALK=$R
must d record link "$TALK" "$FIRST" --as author
add "$S" --class personnel_file --source 'P. Zwischen' talk.txt; TEXT=$R
must d record link "$TEXT" "$SECOND" --as witness
add "$FIRST" --class contract talk.json
must d subject merge "$FIRST" "$SECOND"
must d subject merge "$SECOND" "$LAST" --json
json_is '.dropped | join(" ")' 'name number' "nothing of it was taken over"

must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method seen
must d case collect "$C"
must d case decide "$C" "$TALK" --disclose
must d case decide "$C" "$TEXT" --disclose
export_it()
{
	rm -rf a.gpg "$C"
	d case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
}
export_it
exit_is 5 "a text that has a name of an entry before stops it"
err_like "$TEXT" "by the id of the record"
must d case withhold "$C" "$TEXT" --code S2P3-16 \
    --reason 'It is about a witness.'
export_it
exit_is 0 "without the text a package is made"
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
all=$(cat "$C"/*.json "$C"/*.csv "$C"/*.html "$C"/*.txt "$C"/documents/*)
for n in Marguerite Oldname 'E-2002\b' Perpetua Zwischen E-2003 Newname; do
	not_ok "$n is nowhere in it" grep -Eaqi -e "$n" <<<"$all"
done
like "$all" 'margarine, old name, E-20021' "other words are as they were"
is "$(jq -r .pseudonyms[] "$C/manifest.json")" 'Person A' "it is one person"

# Who becomes another one after the collecting.
person 'Hildegard Spaet' E-4; LATE=$out
must d subject merge "$LATE" "$LAST"
export_it
exit_is 6 "an entry that was merged since has no letter yet"
err_like 'case collect' "says what to do"
must d case collect "$C"
export_it
exit_is 0 "and then has"

must d recipient add --name 'Buyer plc' --kind other --country IE
d disclose --pseudonymised --purpose administration --class contract \
    --to "$out" --output sale.tar --json
exit_is 0 "a disclosure without names"
json_is '"\(.records) \(.left_out | length)"' '1 0' "of the contract"
all=$(tar -xOf sale.tar | tr -d '\0')
for n in Marguerite Oldname 'E-2002\b' Perpetua Zwischen E-2003 Newname; do
	not_ok "$n is not in that" grep -Eaqi -e "$n" <<<"$all"
done
like "$all" 'margarine, old name, E-20021' "other words are there as well"
must d audit verify
must d check
ok "the log and the tables agree" true

done_testing
