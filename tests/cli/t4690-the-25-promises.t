#!/bin/bash
# SPDX-License-Identifier: ISC
# What a company's privacy policy promises its personnel, promise by promise.
# What shows only when time has passed (4, 5, 10) is in t4693, the sale of the
# business (19) in t4691, whom to turn to (25) in all its ways in t4700.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person asker
gpg_person auditor
export HRVAULT_DIR=$T/vault
sed 's|^    { id = "talent_pool";|    { id = "photo"; title = "Photograph"; \
who = ( "employee" ); compartment = "general"; purpose = "recruitment"; \
purposes = ( "administration", "recruitment", "subject_request" ); \
legal_basis = "consent"; rules = ( "uk.pool" ); },\n&|' \
    "$HRV_TOP/policy/schedules/uk.cfg" >with-photo.cfg
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule with-photo.cfg \
    --law uk-ew
d() { as dpo hrv "$@"; }
add() { must d record add "$@" --json doc; R=$(json .id); }
TODAY=$(date -u +%F) WEEK=$(date -u -d '7 days ago' +%F)
echo 'a document' >doc

# 1: staff and applicants, past and present
must d subject add --kind candidate --name 'Ngozi Okafor' --number E-1 \
    --email ngozi@example.org --born 1990-01-01
S=$out
add "$S" --class application; CV=$R
must d subject event "$S" closed 2026-01-10
must d record show "$CV" --json
WAS=$(json .keep_until)
must d subject event "$S" hired 2026-01-15
must d subject show "$S" --json
json_is '"\(.id) \(.kind)"' "$S employee" "1: who is hired stays who it was"
must d record show "$CV" --json
json_is .keep_until "$WAS" "1: and papers of the application keep their clock"

# 2: for HR purposes
add "$S" --class contract --source 'signed in person'; CONTRACT=$R
d record read "$CV" --purpose marketing --output no
exit_is 5 "2: read for no other purpose than those of the schedule"
must d audit log --op record.read --json
json_is '"\(.result) \(.code)"' 'refused purpose' "2: and that is in the log"

# 4: corrected, and the old text has its own end
add "$S" --class contact; CONTACT=$R
echo 'a corrected document' >right
d record amend "$CONTACT" --reason 'moved house' --json right
exit_is 0 "4: what is wrong is corrected"
json_is .superseded.keep_until "$TODAY" "4: the old text ends by itself"
must d record read "$CONTACT" --purpose administration --output corrected
ok "4: from then on the right one is read" cmp right corrected
must d recipient add --name 'Payroll Ltd' --kind processor --country IE
TO=$out
must d disclose "$CONTACT" --to "$TO" --purpose administration --output copy
must d case open --subject "$S" --right rectification --received "$WEEK" --json
C=$(json .id)
must d case outcome "$C" --json
json_is '.recipients[] | "\(.recipient) \(.told)"' "$TO null" \
    "4: who had it is listed to be told"
must d case told "$C" --recipient "$TO" --json
json_is '.recipients[].told' "$TODAY" "4: and that they were is kept"
must d case identity "$C" --method desk
must d case resolve "$C" --outcome granted
must d case deliver "$C" --method post

# 5: communication preferences
must d subject preference "$S" --channel email --set no
must d subject suppressed ngozi@example.org --json
json_is .suppressed true "5: an address that said no is known as such"
must d subject show "$S" --json
json_is '[.preferences[]? | select(.channel == "email") | .allowed] | last' false \
    "5: it stands with the person"
must d subject add --kind candidate --name 'Lena Ilic' --email lena@example.org
must d subject add --kind candidate --name 'Ngozi O' --email ngozi@example.org
must d subject add --kind candidate --name 'Gone One' --email gone@example.org
must d subject event "$out" died "$WEEK"
must d subject mailing --channel email --json
is "$(json .address)" lena@example.org \
    "5: a mailing leaves it out, also where somebody else has it now"

# 7: by letter as well
must d case open --subject "$S" --right access --received "$WEEK" \
    --channel letter --json
C=$(json .id)
is "$(json .due)" "$(hrv deadline --law uk-ew --received "$WEEK" --json
    json .due)" "7: the clock starts with the receipt, not the entry"
must d case show "$C" --json
json_is '"\(.channel) \(.received)"' "letter $WEEK" "7: whatever way it came"

# 8: what must be kept
must d subject event "$S" ended 2026-02-01
must d record explain "$CONTRACT" --json
json '.reasons[]' >reasons
like "$(cat reasons)" 'Limitation Act 1980' "8: the ground is named"
json_is .keep_until 2032-02-01 "8: and the end"

# 3, 6, 17, 23, 25: the answer
must d case collect "$C"
must d case identity "$C" --method desk
d case export "$C" --to "${FPRS[asker]}" --output a.gpg
exit_is 6 "25: no package without somebody to turn to"
err_like 'controller' "25: says so"
must d policy adopt "$CONTROLLER"
must d case authority "$C" --asked
d case export "$C" --to "${FPRS[asker]}" --output a.gpg
exit_is 6 "23: nor while a representative has shown no authority"
err_like 'authority' "23: says so"
must d case authority "$C"
must d case export "$C" --to "${FPRS[asker]}" --output a.gpg
mkdir out
gpg --homedir "$T/gpg-asker" --batch -q -d a.gpg 2>/dev/null |
    tar -x -C out --strip-components 1
cp out/manifest.json .out 2>/dev/null
json '[.records[] | select(.class != "vault.identity") | .record] | unique[]' \
    >accounted
must d record list "$S" --json
is "$(cat accounted)" "$(json '.record // .id' | sort)" \
    "6: every record of the person is accounted for"
is "$(sort accounted)" "$(printf '%s\n' "$CV" "$CONTRACT" "$CONTACT" | sort)" \
    "6: none of those that were stored is missing"
cp out/manifest.json .out
json_is '[.records[] | select(.class == "vault.identity")] | length' 1 \
    "6: nor who the person is"
json_is ".records[] | select(.record == \"$CONTRACT\") | .source" \
    'signed in person' "3: with where it came from"
like "$(json ".records[] | select(.record == \"$CONTACT\") |
    .recipients | tostring")" 'Payroll Ltd' "17: and to whom it went"
for file in index.html letter.txt; do
	like "$(cat out/$file)" 'personnel@northwind.example' \
	    "25: $file names whom to turn to"
	like "$(cat out/$file)" 'Nordvind Repræsentation' \
	    "25: $file names the representative in the EU"
done
must d case deliver "$C" --method post
must d audit log --op case.deliver --json
is "$(jq -rs --arg c "$C" '.[] | select(.case == $c) | .payload.method' .out)" \
    post "7: that it went by letter is in the log"

# 9, 10: deletion, as far as the law lets it
must d subject add --kind employee --name 'Iñaki Etxeberria'
GOING=$out
must d subject event "$GOING" ended 2026-02-01
add "$GOING" --class contract; CONTRACT2=$R
add "$GOING" --class equality_monitoring; FREE=$R
must d case open --subject "$GOING" --right erasure --received "$TODAY" --json
C=$(json .id)
must d case identity "$C" --method desk
must d case collect "$C"
must d case erase "$C" --json
json_is ".records[] | select(.record == \"$CONTRACT2\") |
    \"\(.becomes) \(.ground) \(.until)\"" \
    'deferred legal-obligation 2032-02-01' "9: what must be kept waits"
json_is ".records[] | select(.record == \"$FREE\") | .becomes" erased \
    "9: and blocks nothing else; 10: the rest goes by the next runs"
must d audit log --op case.erase --json
is "$(jq -rs --arg r "$FREE" '[.[].payload.records[]? | select(.[0] == $r)] |
    length' .out)" 1 "10: its erasure is ordered, in the log"

# 11, 12: objection and restriction
must d case open --subject "$S" --right objection --received "$TODAY" --json
C=$(json .id)
must d subject show "$S" --json
json_is .restricted objection "12: an objection restricts by itself"
d record read "$CONTRACT" --purpose administration --output no
exit_is 5 "11: restricted records are not used"
d record read "$CONTRACT" --purpose subject_request --output own
exit_is 0 "11: but for what the law allows"
must d case identity "$C" --method desk
must d case resolve "$C" --outcome rejected --reason 'contract to be run'
must d case deliver "$C" --method post

# 13, 14: consent
add "$S" --class photo; PHOTO=$R
d disclose "$PHOTO" --to "$TO" --purpose recruitment --output photo
exit_is 5 "14: no photograph goes out without consent"
must d subject consent "$S" --purpose recruitment --text-version 7 \
    --given "$WEEK"
d disclose "$PHOTO" --to "$TO" --purpose recruitment --output photo
exit_is 0 "14: with it, it does"
must d subject consent "$S" --purpose recruitment --withdrawn "$TODAY"
must d record show "$PHOTO" --json
json_is .purge_from "$(date -u -d "$TODAY + 1 day" +%F)" \
    "13: withdrawn, it is to go"
json_is '.disclosures | length' 1 "13: what was lawful before stays shown"

# 15: portability (that another vault takes in the same: t4650)
must d subject add --kind employee --name 'Ása Þórsdóttir' --number E-15
P=$out
must d record add "$P" --class contact --provided-by subject --title own \
    --json doc
OWN=$(json .id)
must d record add "$P" --class contact --title ours --json doc
must d case open --subject "$P" --right portability --received "$TODAY" --json
C=$(json .id)
must d case collect "$C"
must d case identity "$C" --method desk
must d case export "$C" --to "${FPRS[asker]}" --output p.gpg
mkdir portable
gpg --homedir "$T/gpg-asker" --batch -q -d p.gpg 2>/dev/null |
    tar -x -C portable --strip-components 1
is "$(jq -r '.records[] | select(.file and .class != "vault.identity") |
    .record' portable/manifest.json)" "$OWN" "15: what the person provided"
HRVAULT_DIR=$T/other must as dpo hrv init --founder "${FPRS[dpo]}" \
    --schedule with-photo.cfg --law uk-ew
HRVAULT_DIR=$T/other must as dpo hrv import portable/data.json \
    --documents portable/documents --json
json_is '"\(.added) \(.documents)"' '1 1' "15: is taken in by another vault"

# 16: only lawful grounds
sed 's/legal_basis = "consent"; rules = ( "uk.pool" )/rules = ( "uk.pool" )/' \
    with-photo.cfg >none.cfg
hrv policy check none.cfg
exit_is 2 "16: a class without a legal basis is no class"

# 17, 18: recipients
d disclose "$CONTRACT" --to T-000000 --purpose administration --output no
exit_is 5 "17: nothing goes to whom nobody registered"
must d recipient add --name 'Shield' --kind other --country US \
    --safeguard adequacy --until 2020-07-16
d disclose "$CONTRACT" --to "$out" --purpose administration --output no
exit_is 5 "18: nor abroad under a safeguard that has lapsed"
# 19, a sale of the business, has a vault of its own: t4691

# 20: evidence
must d member add "${FPRS[auditor]}" --role auditor
must d audit log --json
BEFORE=$(json .index | wc -l)
must d status --report --json
json_is '"\(.encryption[] | select(.compartment == "general") | .members) \(
    .steps[] | select(.step == "case.export") | .approved_by)"' \
    '1 dpo or legal' "20: who could open what, and which steps take two"
json_is '[.log.entries, .destruction.runs, (.backups | length), .keys.ok] |
    tostring' "[$BEFORE,0,0,true]" "20: log, destruction, backups, keys"
as auditor hrv status --report
exit_is 0 "20: who holds no key of a record can make it"
out_like 'evidence|measures' "20: for people too"
unlike "$out" 'Okafor|ngozi|Payroll' "20: and nobody is named in it"
must d audit log --json
is "$(json .index | wc -l)" "$BEFORE" "20: opening nothing at all"

# 21: what nobody confirmed for long
d subject unconfirmed --for P30D --json
out_is '' "21: what was just taken in is as good as confirmed"
d subject confirm "$S" --on 2030-01-01
exit_is 2 "21: nobody confirms anything in the future"
must d subject confirm "$S" --on "$(date -u -d '40 days ago' +%F)"
must d subject confirm "$P" --on "$(date -u -d '20 days ago' +%F)"
d subject unconfirmed --for P30D --json
is "$(json '"\(.id) \(.due)"')" "$S $(date -u -d '10 days ago' +%F)" \
    "21: overdue confirmations are listed"
must d subject confirm "$S"
d subject unconfirmed --for P30D
err_like 'recent enough' "21: until somebody confirmed again"
must d audit log --op subject.confirm --json
is "$(json .subject | sort -u | wc -l)" 2 "21: each is in the log"

# 22: which notice they know
d subject untold --json
exit_is 4 "22: nobody was told of any notice yet"
must d subject notice --all --text-version 2026.9
must d subject notice "$S" --text-version 2026.10 --json
json_is '"\(.version) \(.subjects)"' '2026.10 1' "22: a newer one, to one"
must d subject add --kind employee --name 'Came Later'
LATER=$out
must d subject list --json
json .id | grep -vx "$S" | sort >older
must d subject untold --json
is "$(json .id | sort)" "$(cat older)" \
    "22: the list is the subjects with an older version, or none"
is "$(json 'select(.version == null) | .id')" "$LATER" "22: who knows none"
must d subject untold --text-version 2026.9 --json
is "$(json .id)" "$LATER" "22: or with one older than that which is named"
must d subject show "$S" --json
json_is .notice.version 2026.10 "22: it stands with the person"
must d check

# 24: children
d subject add --kind candidate --name 'Young Person' \
    --born "$(date -u -d '12 years ago' +%F)"
exit_is 5 "24: nobody under the age of the schedule is taken in"
must d subject add --kind candidate --name 'Kim Lee' --born 1999-01-01
YOUNG=$out
must d subject update "$YOUNG" --born "$(date -u -d '12 years ago' +%F)" \
    --reason 'birth certificate' --json
json_is .under_age true "24: found later, it is said"
must d retention review "$YOUNG" --destroy under-age --reason 'too young'
d subject show "$YOUNG"
exit_is 12 "24: and they go out of their turn"
d audit verify
exit_is 0 "the log of all of it is whole"
done_testing
