#!/bin/bash
# SPDX-License-Identifier: ISC
# Fields that a law never lets out, and people who are linked late.
. "$(dirname "$0")/../lib.sh"

for p in dpo leaver; do gpg_person $p; done
export HRVAULT_DIR=$T/vault
cat >us-test.cfg <<'L'
law = { id = "us-test"; version = "1"; title = "Test"; timezone = "UTC";
  calendar = "us-ca"; cite = "none"; clock_starts = ( "received" );
  identity = "ignored"; period = "P45D"; extended = "P90D";
  extension_notice = "P45D"; pause = "none"; roll = "none";
  freeze_after_close = "P10D";
  codes = ( { id = "X-1"; title = "Ground"; cite = "none"; },
            { id = "X-2"; title = "Ref"; cite = "none"; only = "confidential"; } );
  gates = ( { compartment = "medical"; needs = "opinion"; within = "P30D"; } );
  never_export = ( "/national_id", "/born", "/pay/account", "/ids/0" ); };
L
sed 's/only = "confidential"/only = "secret"/' us-test.cfg >wrong.cfg
hrv policy check wrong.cfg
exit_is 2 "a law with an unknown kind of ground is refused"
sed 's/P30D/P0D/' us-test.cfg >wrong.cfg
hrv policy check us-test.cfg
exit_is 0 "the law itself is right"
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk \
    --controller "$CONTROLLER"
must as dpo hrv policy adopt "$HRV_TOP"/policy/calendars/us-ca.cfg
must as dpo hrv policy adopt us-test.cfg
sed 's/uk-ew/us-test/g' "$CONTROLLER" >controller.cfg
must as dpo hrv policy adopt controller.cfg

must as dpo hrv subject add --kind employee --name 'Iðunn Çelik' \
    --number E-7 --born 1990-03-04 --json
S=$(json .id)
must as dpo hrv subject add --kind employee --name 'Wanjiru Ó Briain' --json
OTHER=$(json .id)
add()
{
	must as dpo hrv record add "$S" --class "$1" --json "$2"
	R=$(json .id)
}
echo '{"national_id":"078-05-1120","pay":{"account":"998877","net":1234.50,"big":12345678901234567890},"ids":["pelican","b"]}' >slip.json
add payslip slip.json
SLIP=$R
echo '{"national_id":"078-05-1120","national_id":"078-05-1121"}' >twice.json
add payslip twice.json
TWICE=$R
echo '{"by":"Wanjiru"}' >note.json
add personnel_file note.json
NOTE=$R
# What cannot be cleaned by itself.
echo 'Swapped with wanjiru o briain.' >swap.txt
add personnel_file swap.txt
SWAP=$R
printf 'National ID;Note\nnone;x\n' >table.csv
add payslip table.csv
TABLE=$R
{ head -c 70000 /dev/zero | tr '\0' x | sed 's/xxxxxxxxx/xxxxxxxx /g'
    echo 'His number is 078-05-1120.'
    head -c 70000 /dev/zero | tr '\0' y; } >number.txt
add payslip number.txt
NUMBER=$R
printf '%%PDF-1.4\nseen by nobody\n' >scan.pdf
add personnel_file scan.pdf
SCAN=$R
echo 'fit' >fit.txt
add medical fit.txt
FIT=$R

must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method seen
must as dpo hrv case collect "$C" --json
as dpo hrv case decide "$C" "$FIT" --disclose --opinion a \
    --opinion-date "$(date -d '40 days ago' +%F)"
exit_is 6 "the law says how old an opinion may be"
must as dpo hrv case decide "$C" "$FIT" --disclose --opinion a \
    --opinion-date "$(date -d '20 days ago' +%F)"
export_it() { as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg; }
export_it
exit_is 6 "a document that cannot be searched for banned fields is not let out"
err_like "$TWICE" "and is named"
ok "and leaves no file" test ! -e a.gpg
must as dpo hrv case withhold "$C" "$TWICE" --code X-1 --reason 'twice'

must as dpo hrv record link "$NOTE" "$OTHER" --as author
export_it
exit_is 6 "somebody who was linked since has no letter"
err_like 'case collect' "until it is collected again"
must as dpo hrv case collect "$C" --json
json_is ".items[] | select(.record == \"$NOTE\") | .disposition" undecided \
    "which takes back what nobody decided"
must as dpo hrv case decide "$C" "$NOTE" --disclose
must as dpo hrv case collect "$C" --json
json_is ".items[] | select(.record == \"$NOTE\") | .disposition" disclosed \
    "and not what somebody did"

# Names and banned fields in what is no JSON: nothing goes out unseen.
waits() { # IDS NAME
	export_it
	exit_is 5 "$2"
	is "$(grep -o 'R-[0-9A-Z]*' "$T/.err" | sort -u | tr '\n' ' ')" \
	    "$(printf '%s\n' $1 | sort | tr '\n' ' ')" "and exactly these"
	err_unlike '[Ww]anjiru|078-05' "without saying whose"
	ok "no file" test ! -e a.gpg
}
waits "$SWAP $TABLE $NUMBER" "texts that name somebody or a banned field wait"
must as dpo hrv case decide "$C" "$SWAP" --disclose
must as dpo hrv case withhold "$C" "$NUMBER" --code X-1 --reason 'number'
as dpo hrv case decide "$C" "$TABLE" --disclose --checked
exit_is 2 "that it was checked is said with a reason"
must as dpo hrv case decide "$C" "$TABLE" --disclose --checked \
    --reason 'a heading without a number'
waits "$SWAP" "a decision does not say that it was looked through"
echo 'Swapped with WANJIRU.' >swap2.txt
must as dpo hrv case redact "$C" "$SWAP" --replacement swap2.txt --code X-1
waits "$SWAP" "nor does a replacement that has the name still"
echo 'Swapped.' >swap3.txt
must as dpo hrv case redact "$C" "$SWAP" --replacement swap3.txt --code X-1
waits "$SCAN" "a document that cannot be searched waits for somebody"
must as dpo hrv case decide "$C" "$SCAN" --disclose
export_it
exit_is 0 "then it goes out"
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
row() { jq -r ".records[] | select(.record == \"$1\") | $2" "$C/manifest.json"; }
is "$(row "$SLIP" .disposition) $(row "$SLIP" .code)" 'redacted never-export' \
    "the manifest says that fields were left out"
is "$(tr -d ' \n' <"$C/$(row "$SLIP" .file)")" \
    '{"pay":{"net":1234.50,"big":12345678901234567890},"ids":["[redacted]","b"]}' \
    "of the document, whose numbers are as they were"
is "$(jq -r '.subject.identity.born' "$C/data.json")" null \
    "and of the identity"
unlike "$(cat "$C"/*.json "$C"/*.csv "$C"/*.html "$C"/documents/* | tr -d '\0')" \
    '078-05|998877|pelican|1990-03-04|[Ww]anjiru' "none of it is anywhere"
as dpo hrv check
exit_is 0 "the case is what the log says"
done_testing
