#!/bin/bash
# SPDX-License-Identifier: ISC
# A request for access ends in a package that plain gpg, sha256sum and another
# program's verifier of the log accept, and a failure leaves no file.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
SCHEDULE=$HRV_TOP/policy/schedules/uk.cfg
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule "$SCHEDULE" --law uk-ew \
    --controller "$CONTROLLER" --origin hrvault.example.org/staff --json
VKEY=$(json .vkey)

# ---- a made-up leaver ------------------------------------------------------

NAME='Zoë Ødegård-Łukasiewicz <b>"Ólafsdóttir"</b>'
must as dpo hrv subject add --kind employee --name "$NAME" --number E-1001 \
    --email zoe@example.org --born 1988-02-29 --json
S=$(json .id)
must as dpo hrv subject event "$S" hired 2019-03-01
must as dpo hrv subject event "$S" ended 2026-06-30
printf '%%PDF-1.4\nCurriculum of nobody real\n' >cv.pdf
printf 'Payslip April, 1234.56\n' >april.txt
printf 'Payslip May, 1234.56\n' >may.txt
printf 'Opinion of a doctor\n' >opinion.txt
head -c 3000000 /dev/urandom >scan.bin
add() # CLASS TITLE FILE ARGS...
{
	local class=$1 title=$2 file=$3
	shift 3
	must as dpo hrv record add "$S" --class "$class" --title "$title" \
	    --json "$@" "$file"
	R=$(json .id)
}
add payslip '=HYPERLINK("x")' april.txt --event pay_date=2026-04-30
SLIP=$R
add payslip 'Gehaltsabrechnung Mai, "Rest"' may.txt --event pay_date=2026-05-31
add contract 'عقد العمل' scan.bin --source 'Agency "Köhler"' \
    --provided-by third_party
BIN=$R
add medical 'Report' opinion.txt
MED=$R

# A second version, and a grievance of somebody else that names her.
printf 'Payslip April, corrected\n' >april2.txt
must as dpo hrv record amend "$SLIP" april2.txt --reason 'wrong tax code'
must as dpo hrv subject add --kind employee --name 'Ravi Ítalo' \
    --number E-1002 --json
OTHER=$(json .id)
must as dpo hrv record add "$OTHER" --class grievance --title Zankapfel \
    --json may.txt
LINKED=$(json .id)
must as dpo hrv record link "$LINKED" "$S" --as witness

# ---- the clock -------------------------------------------------------------

as dpo hrv case open --subject "$S" --right access --received 2099-01-01
exit_is 2 "a receipt in the future is refused"
as dpo hrv case open --subject "$S" --right vengeance --received 2026-03-02
exit_is 2 "another right than those of the law is refused"
TODAY=$(date +%F)
must as dpo hrv case open --subject number:E-1001 --right access \
    --received "$TODAY" --channel letter --json
C=$(json .id)
json_is '.due | test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")' true \
    "an open case has a due date"
json_is '.awaiting | length' 0 "and awaits nothing"
must as dpo hrv case identity "$C" --asked --json
json_is .due null "asking for identity stops the clock"
json_is '.awaiting[0]' identity "and says what is awaited"

# ---- too early -------------------------------------------------------------

as dpo hrv case close "$C"
exit_is 5 "a case cannot be closed before it was answered"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output early.gpg
exit_is 6 "nothing is exported before anything was collected"
must as dpo hrv case collect "$C" --json
json_is .records 7 "every version is found, the identity and links among them"
json_is .undecided 2 \
    "what has a gate before it, or is about others, is undecided"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output early.gpg
exit_is 6 "an undecided record stops the export"
err_like "$MED" "and is named"
as dpo hrv case withhold "$C" "$MED" --code NO-SUCH --reason x
exit_is 2 "a code that the law does not have is refused"
as dpo hrv case decide "$C" "$MED" --disclose
exit_is 6 "the gate needs an opinion"
as dpo hrv case withhold "$C" "$MED" --code S3P2-5 \
    --reason 'The doctor <advised> against it.'
exit_is 6 "so does keeping back what would do harm"
must as dpo hrv case withhold "$C" "$MED" --code S3P2-5 \
    --opinion 'Dr. Kallas, OH 2026/7' --opinion-date "$TODAY" \
    --reason 'The doctor <advised> against it.'
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output early.gpg
exit_is 6 "so does an identity that nobody checked"
must as dpo hrv case withhold "$C" "$LINKED" --code S2P3-16 \
    --reason 'It is about a colleague.'
must as dpo hrv case identity "$C" --method 'passport, seen'
echo late >late
must as dpo hrv record add "$S" --class personnel_file late --json
LATE=$(json .id)
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output early.gpg
exit_is 6 "nor does what was stored since the collecting stay behind"
err_like 'case collect' "which is to be done again"
must as dpo hrv case collect "$C" --json
json_is .added 1 "and finds it"
as dpo hrv case decide "$C" "$BIN" --disclose --json
exit_is 0 "what is disclosed is so"
json_is .id "$C" "and is told"
ok "none of these left a file" test ! -e early.gpg

# ---- refused recipients and outputs ----------------------------------------

hrv_new_home "$T/gpg-old" old || bail "set-up: a key for old"
OLD=$(cat "$T/gpg-old/fpr")
gpg --homedir "$T/gpg-old" --batch --quiet --pinentry-mode loopback \
    --passphrase '' --faked-system-time 20150102T000000 \
    --quick-set-expire "$OLD" 2016-01-01 2>/dev/null
gpg --homedir "$T/gpg-old" --export "$OLD" 2>/dev/null >old.key
hrv_import dpo old.key
as dpo hrv case export "$C" --to "$OLD" --output old.gpg
exit_is 8 "an expired recipient key is refused"
as dpo hrv case export "$C" --to leaver@example.org --output old.gpg
exit_is 2 "so is a recipient by address"
echo mine >taken.gpg
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output taken.gpg
isnt "$rc" 0 "an existing file is not overwritten"
is "$(cat taken.gpg)" mine "and stays as it was"
ln -s nowhere link.gpg
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output link.gpg
isnt "$rc" 0 "a link is not written through"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output no/such/dir.gpg
isnt "$rc" 0 "a folder that is not there is an error"
ok "and nothing was left by any of them" \
    test -z "$(find . -maxdepth 1 -name 'old.gpg*' -o \
    -maxdepth 1 -name nowhere -o -maxdepth 1 -name '*.gpg.*')"

# ---- the package for a key -------------------------------------------------

must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output answer.gpg \
    --json
SHA=$(json .manifest_sha256)
INDEX=$(json .audit_index)
CONTENT=$(json .content_sha256)
is "$(stat -c %a answer.gpg)" 600 "the package is private"
mkdir one
ok "plain gpg and tar open it" sh -c \
    "gpg --homedir $T/gpg-leaver --batch -q -d answer.gpg 2>/dev/null |
    tar -x -C one"
P=one/$C
is "$(ls one)" "$C" "it is one folder"
is "$(sha256sum <"$P/manifest.json" | cut -d' ' -f1)" "$SHA" \
    "its manifest has the hash that was told"
ok "plain gpg verifies the manifest's signature" gpg --homedir "$T/gpg-leaver" \
    --batch --verify "$P/manifest.json.sig" "$P/manifest.json"
sums()
{
	(cd "$1" && jq -r '.records[] | select(.file != null) |
	    .sha256 + "  " + .file' manifest.json | sha256sum -c --quiet)
}
ok "every file is what the manifest says" sums "$P"
is "$(jq -r '.records[] | select(.file != null) | .file' "$P/manifest.json" |
    wc -l)" "$(find "$P/documents" -type f | wc -l)" "and there is no other"
must as dpo hrv record list "$S" --json
is "$(jq -r ".record // .id" .out | sort)" \
    "$(jq -r '.records[] | select(.class != "vault.identity"
	and .class != "grievance") | .record' \
	"$P/manifest.json" | sort -u)" "every record of the person is in it"
is "$(jq -r '.totals | "\(.records) \(.disclosed) \(.withheld)"' \
    "$P/manifest.json")" "8 6 2" "and is counted"
is "$(jq -r --arg r "$SLIP" '.records[] | select(.record == $r) | .version' \
    "$P/manifest.json" | tr '\n' ' ')" "1 2 " "both versions of the amended one"
unlike "$(cat "$P/data.json" "$P/index.html")" 'Ravi|Zankapfel|Kallas' \
    "and nothing of somebody else"
is "$(jq -r '.records[] | select(.code == "S3P2-5") |
    .code + " " + .reason' "$P/manifest.json")" \
    'S3P2-5 The doctor <advised> against it.' "a withheld one has its reason"
ok "documents are the original bytes" cmp scan.bin "$P"/documents/*.bin
is "$(jq -cS 'del(.generated, .log) | .records |= map(with_entries(
    select(.value != null)))' "$P/manifest.json" | tr -d '\n' | sha256sum |
    cut -d' ' -f1)" "$CONTENT" "the logged hash can be worked out again"

# ---- the log ---------------------------------------------------------------

is "$(jq -r .log.index "$P/manifest.json")" "$INDEX" "the manifest names its entry"
like "$(sed -n 2p "$P/case.tlog-proof")" "^index $INDEX\$" \
    "and the proof is for it"
must as dpo hrv audit export --tiles tiles
python3 - "$INDEX" tiles/tile/entries/000* >leaf <<'EOF'
import os
import sys

index, path = int(sys.argv[1]), sys.argv[2]
if os.path.isdir(path):
    path = os.path.join(path, os.listdir(path)[0])
data = open(path, "rb").read()
for _ in range(index + 1):
    n = int.from_bytes(data[:2], "big")
    leaf, data = data[2:2 + n], data[2 + n:]
sys.stdout.buffer.write(leaf)
EOF
like "$(cat leaf)" "^op case.export$" "its entry is the intent to export"
PAYLOAD=$(jq -cnj --arg m "$CONTENT" \
    '{alone: 1, form: "openpgp-key", manifest: $m}' | python3 -c '
import base64, hashlib, sys
data = sys.stdin.buffer.read()
print(base64.b64encode(hashlib.sha256(data).digest()).decode(), len(data))')
ok "which names the content" grep -qxF "payload $PAYLOAD" leaf
ok "another program verifies the proof" python3 \
    "$HRV_TOP/tests/tools/verify_checkpoint.py" proof --vkey "$VKEY" \
    --leaf leaf "$P/case.tlog-proof"
sed -n '/^$/,$p' "$P/case.tlog-proof" | tail -n +2 >checkpoint
ok "another program verifies its checkpoint" python3 \
    "$HRV_TOP/tests/tools/verify_checkpoint.py" checkpoint --vkey "$VKEY" \
    checkpoint

# ---- what people and spreadsheets see --------------------------------------

like "$(cat "$P/index.html")" '<html lang="en">' "the page says its language"
unlike "$(cat "$P/index.html")" '<script|https?://|<b>"|\{\{' \
    "no script, nothing from elsewhere, no name as markup, no open tag"
like "$(cat "$P/index.html")" \
    'Zoë Ødegård-Łukasiewicz &lt;b&gt;&quot;Ólafsdóttir&quot;&lt;/b&gt;' \
    "names are written as they are"
like "$(cat "$P/records.csv")" "\"'=HYPERLINK\\(\"\"x\"\"\\)\"" \
    "a formula in a cell is defused"
ok "data.json is JSON with the identity" jq -e --arg n "$NAME" \
    '.subject.identity.name == $n' "$P/data.json"

# ---- twice the same --------------------------------------------------------

must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output again.gpg \
    --json
is "$(json .content_sha256)" "$CONTENT" "exported again it is the same"
mkdir two
gpg --homedir "$T/gpg-leaver" --batch -q -d again.gpg 2>/dev/null |
    tar -x -C two
is "$(jq -S 'del(.generated, .log)' "two/$C/manifest.json")" \
    "$(jq -S 'del(.generated, .log)' "$P/manifest.json")" \
    "but for when, and where the log proves it"

# ---- under a passphrase ----------------------------------------------------

PASS='дверь, öffne dich 7'
printf '%s\n' "$PASS" >pass

run as dpo "$HRV" case export "$C" --passphrase-fd 3 --output q.gpg 3<pass
if [ "$rc" -eq 0 ]; then
	mkdir three
	gpg --homedir "$T/gpg-leaver" --batch -q --pinentry-mode loopback \
	    --passphrase-file pass -d q.gpg 2>/dev/null | tar -x -C three
	ok "a package under a passphrase holds the same files" \
	    sums "three/$C"
else
	flunk "a package under a passphrase is made"
fi
run as dpo "$HRV" case export "$C" --passphrase-fd 3 --zip --output a.zip \
    3<pass
exit_is 0 "a ZIP under a passphrase is made"
SEVEN=$(command -v 7z || command -v 7za || command -v 7zz)
if [ -n "$SEVEN" ]; then
	mkdir four
	ok "7-Zip opens it" "$SEVEN" x -y -ofour "-p$PASS" a.zip
	ok "and it holds the same files" sums "four/$C"
	not_ok "another passphrase does not" "$SEVEN" t -y -pwrong a.zip
else
	skip "7-Zip opens it" "7z is not installed"
fi
unlike "$(strings -n 8 a.zip)" 'Zoë|Payslip|Curriculum' \
    "nothing of it can be read in the ZIP"

# ---- a medium that is full -------------------------------------------------

limited()
{
	(ulimit -f 100; exec "$HRV" case export "$C" --to "${FPRS[leaver]}" \
	    --output full.gpg)
}
run as dpo limited
isnt "$rc" 0 "a full disk is an error"
ok "and leaves no file" test -z "$(find . -maxdepth 1 -name 'full*')"

# ---- the end ---------------------------------------------------------------

must as dpo hrv case deliver "$C" --method post
must as dpo hrv case close "$C" --json
json_is .frozen_until "$(date -d "$TODAY + 90 days" +%F)" \
    "a closed case freezes for as long as the law says"
as dpo hrv case collect "$C"
exit_is 5 "a closed case takes no more steps"
err_like 'case reopen' "and says what to do"
must as dpo hrv case show "$C" --json
json_is '[.timeline[].event] | join(" ")' \
    "received identity.asked collected identity.given collected exported exported exported exported delivered closed" \
    "its steps are all there"
must as dpo hrv case list
out_like closed "and it is listed"
must as dpo hrv case reopen "$C" --json
json_is .status open "it can be opened again"
as dpo hrv audit verify
exit_is 0 "the log verifies after all of it"
done_testing
