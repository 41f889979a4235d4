#!/bin/bash
# SPDX-License-Identifier: ISC
# Who handles a case gets copies from other compartments and never their keys;
# gates of the law open for opinions that are fresh and for legal's sign-off.
. "$(dirname "$0")/../lib.sh"

for p in dpo hr doctor counsel leaver; do gpg_person $p; done
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk \
    --law uk-ew --controller "$CONTROLLER"
must as dpo hrv --yes member add "${FPRS[hr]}" --role hr \
    --compartment general,pay
must as dpo hrv --yes member add "${FPRS[doctor]}" --role hr \
    --compartment general,medical,legal
must as dpo hrv --yes member add "${FPRS[counsel]}" --role legal
must as hr hrv subject add --kind employee --name 'Ngozi Ødegård' --json
S=$(json .id)
add() # WHO CLASS FILE
{
	must as "$1" hrv record add "$S" --class "$2" --json "$3"
	R=$(json .id)
}
echo 'a contract' >contract.txt
echo '{"fit":"no","code":"Z56","doctor":"Dr. Qu"}' >note.json
echo 'a report' >report.txt
echo 'advice of counsel' >advice.txt
add hr contract contract.txt
add doctor medical note.json
NOTE=$R
add doctor medical report.txt
REPORT=$R
add doctor settlement advice.txt
ADVICE=$R

must as hr hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as hr hrv case identity "$C" --method 'in person'
must as hr hrv case collect "$C" --json
json_is .undecided 3 "what the handler cannot open waits"
as hr hrv case decide "$C" "$NOTE" --disclose --already-known
exit_is 5 "who has no key decides nothing out"
err_like contribute "and is told who does"
as hr hrv case redact "$C" "$NOTE" --field /code --code S2P3-16
exit_is 6 "nor redacts anything"
as hr hrv case contribute "$C"
exit_is 5 "the handler has nothing to hand over"

# ---- gates -----------------------------------------------------------------

day() { date -d "$1" +%F; }
as doctor hrv case decide "$C" "$NOTE" --disclose
exit_is 6 "a medical record needs an opinion"
as doctor hrv case decide "$C" "$NOTE" --disclose --opinion 'OH 2026/7'
exit_is 2 "with its day"
as doctor hrv case decide "$C" "$NOTE" --disclose --opinion 'OH 2026/7' \
    --opinion-date "$(day '7 months ago')"
exit_is 6 "that is not older than six months"
err_like '6 months' "as it is told"
as doctor hrv case decide "$C" "$NOTE" --disclose --opinion 'OH 2026/7' \
    --opinion-date "$(day 'tomorrow')"
exit_is 2 "nor from the future"
must as doctor hrv case redact "$C" "$NOTE" --field /doctor --code S2P3-16 \
    --opinion 'OH 2026/7' --opinion-date "$(day '5 months ago')"
must as doctor hrv case decide "$C" "$REPORT" --disclose --already-known
as doctor hrv case decide "$C" "$ADVICE" --disclose
exit_is 6 "what lies with legal needs a sign-off"
as dpo hrv case signoff "$C" "$ADVICE" --reason x
exit_is 5 "which not everybody gives"
must as counsel hrv case signoff "$C" "$ADVICE" --reason 'not privileged'
must as doctor hrv case decide "$C" "$ADVICE" --disclose

# ---- handing over ----------------------------------------------------------

as hr hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 5 "before it is handed over, the handler cannot export"
as doctor hrv case contribute "$C" --json
exit_is 0 "an officer hands over"
json_is '.copies, .undecided' '2
0' "what is not copied yet, and all is decided"
as doctor hrv case contribute "$C" --json
json_is .copies 0 "once"
must as hr hrv case show "$C" --json
json_is "[.items[] | select(.copy)] | length" 3 "three records go out as copies"
as hr hrv record read "$REPORT" --purpose administration --output r.txt
exit_is 5 "the handler cannot read the record itself"

log() { as dpo hrv audit log --op "$1" --json; }
log case.export
before=$(jq -s length .out)
as hr hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 6 "the export waits for approval"
ok "and leaves no file" test ! -e a.gpg
log case.export
is "$(($(jq -s length .out) - before))" 1 "with one entry in the log"
is "$(jq -rs 'last | .result + " " + .code' .out)" 'refused approval' \
    "that says why"
pending()
{
	must as dpo hrv proposal list --json
	P=$(jq -rs 'map(select(.kind == "case.export" and .status == "open"))
	    | last.id' .out)
}
pending
must as counsel hrv proposal approve "$P"
must as hr hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
ok "the package opens" sh -c "gpg --homedir $T/gpg-leaver --batch -q -d \
    a.gpg 2>/dev/null | tar -x"
file() { jq -r ".records[] | select(.record == \"$1\") | .file" \
    "$C/manifest.json"; }
ok "a contributed record is what it was" cmp report.txt "$C/$(file "$REPORT")"
ok "so is another" cmp advice.txt "$C/$(file "$ADVICE")"
is "$(jq -c . "$C/$(file "$NOTE")")" '{"fit":"no","code":"Z56"}' \
    "and the redacted one what was left"
as doctor hrv case contribute "$C"
exit_is 5 "an exported case takes no copies"
for field in code nosuch; do
	as hr hrv --json case redact "$C" "$NOTE" --field /$field --code S2P3-16
	exit_is 5 "the handler redacts no copy of others: $field"
	is "$(json_err .error.name)" key-not-held "and learns no field: $field"
	unlike "$err" '[0-9a-f]{64}' "and no hash: $field"
done

# ---- an approval is for exactly one content --------------------------------

changed() # NAME
{
	as hr hrv case export "$C" --to "${FPRS[leaver]}" --output b.gpg
	exit_is 6 "$1 after the approval stops the export"
	ok "and leaves no file" test ! -e b.gpg
	pending
	must as counsel hrv proposal approve "$P"
}
changed "having been used"
must as doctor hrv case redact "$C" "$NOTE" --field /code --code S2P3-16
changed "another redacted copy"
echo 'only this may be seen' >short.txt
short() { # OPTION...
	must as doctor hrv case redact "$C" "$REPORT" --replacement short.txt \
	    --code S2P3-16 --already-known "$@"
}
short --title 'What was approved'
changed "a replacement"
short --title 'What nobody approved'
changed "another title of the same copy"
must as doctor hrv case withhold "$C" "$REPORT" --code S3P2-5 --reason 'harm' \
    --opinion 'OH 2026/8' --opinion-date "$(day yesterday)"
changed "another disposition"
must as doctor hrv case withhold "$C" "$REPORT" --code S2P3-16 --reason 'harm'
changed "another ground"
must as hr hrv case collect "$C" --names 'Qu Ömer'
changed "another letter"
must as doctor hrv record read "$NOTE" --purpose administration \
    --output seen.json
must as hr hrv case collect "$C"
changed "a longer history of access"
must as hr hrv case export "$C" --to "${FPRS[leaver]}" --output b.gpg
rm -rf "$C"
ok "what was approved opens" sh -c "gpg --homedir $T/gpg-leaver --batch -q \
    -d b.gpg 2>/dev/null | tar -x"
is "$(jq -r '.annex[] | select(.act == "record.read") |
    .purpose + " " + .role' "$C/manifest.json")" 'administration hr' \
    "the history tells what for and in which role"
unlike "$(cat "$C"/*.json "$C"/*.html)" "${FPRS[doctor]}" \
    "and names no member"
unlike "$(cat "$C"/*.json "$C"/letter.html)" "${FPRS[hr]}" \
    "nor the one who exported"
is "$(grep -c "${FPRS[hr]}" "$C/index.html")" 1 \
    "but for the key with which the signature is checked"
as dpo hrv audit verify
exit_is 0 "the log verifies"
as dpo hrv check
exit_is 0 "and the vault is whole"
done_testing
