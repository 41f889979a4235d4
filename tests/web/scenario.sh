# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# A made-up leaver's request, from its arrival to a package for her key, one
# under a passphrase and a ZIP. Sourced after tests/lib.sh by the web tests and
# by tests/cli/t4790*. RECORDS (40 or more) and SCAN_MIB say how big it is.
# Leaves: C (case), S (subject), CONTENT (hash of the content), answer.tar.gpg,
# answer.sym.gpg, answer.zip, opened/$C, and PASS.
# shellcheck disable=SC2034

RECORDS=${RECORDS:-60}
SCAN_MIB=${SCAN_MIB:-1}
PASS='дверь, öffne dich 7'
NAME='Łucja Ødegård-Żółć'
COLLEAGUES=('Ravi Ítalo' 'שרה כהן' 'محمد بن علي')

# add CLASS TITLE FILE [OPTION...]: as the dpo; the id is in R.
add()
{
	must as dpo hrv record add "$S" --class "$1" --title "$2" --json \
	    "${@:4}" "$3"
	R=$(json .id)
}

scenario_people()
{
	gpg_person dpo
	gpg_person hr
	gpg_person hr2
	gpg_person counsel
	gpg_person leaver
	export HRVAULT_DIR=$T/vault
	must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk \
	    --law uk-ew --controller "$CONTROLLER"
	must as dpo hrv policy show --json
	COMPARTMENTS=$(json '.compartments | map(.id? // .) | join(",")')
	like "$COMPARTMENTS" '(^|,)medical,' "the schedule has medical papers"
	# The handler of requests holds everything but medical papers, which
	# the other officer decides about and hands over.
	must as dpo hrv --yes member add "${FPRS[hr]}" --role hr \
	    --compartment "${COMPARTMENTS/medical,/}"
	must as dpo hrv --yes member add "${FPRS[hr2]}" --role hr \
	    --compartment general,medical
	must as dpo hrv subject add --kind employee --name "$NAME" \
	    --number E-1001 --email lucja@example.org --born 1988-02-29 --json
	S=$(json .id)
	must as dpo hrv subject event "$S" hired 2019-03-01
	must as dpo hrv subject event "$S" ended 2026-06-30
}

# Many small papers at once, as an import does it.
scenario_payslips() # N, at most 500
{
	local i year month
	mkdir -p papers
	for ((i = 0; i < $1; i++)); do
		year=$((1980 + i / 12)) month=$((i % 12 + 1))
		printf 'Payslip %d-%02d of %s: %d.%02d\n' "$year" "$month" \
		    "$NAME" $((2000 + i)) $((i % 100)) >papers/p.txt
		printf -v day '%d-%02d-28' "$year" "$month"
		add payslip "Payslip $year-$(printf %02d "$month")" \
		    papers/p.txt --date "$day" --event "pay_date=$day"
	done
}

scenario_papers()
{
	local i n
	printf '%%PDF-1.4\nAn old CV of nobody real\n' >cv.pdf
	add personnel_file 'Curriculum vitae' cv.pdf --provided-by subject
	CV=$R
	printf '%%PDF-1.4\nA newer CV of nobody real\n' >cv2.pdf
	must as dpo hrv record amend "$R" cv2.pdf --reason 'she sent another'
	printf 'Fit note\n' >note.txt
	add medical 'Fit note' note.txt --provided-by subject
	MEDICAL=$R
	printf 'Opinion of a doctor\n' >opinion.txt
	add medical 'Report of occupational health' opinion.txt \
	    --provided-by third_party --source 'Dr Ahn, occupational health'
	OPINION=$R
	printf 'In confidence: she was always late.\n' >reference.txt
	add reference_received 'Reference by her last employer' reference.txt \
	    --confidential \
	    --provided-by third_party --source 'Clay & Sons <HR>'
	REFERENCE=$R
	printf 'First warning\n' >warning.txt
	add warning '=HYPERLINK("x")' warning.txt
	add warning 'Late;=HYPERLINK("y")' warning.txt
	printf 'Wet floor\n' >book.txt
	add accident_book 'Accident book' book.txt
	printf 'I agree.\n' >contract.txt
	add contract 'عقد العمل' contract.txt
	# E-mails of three colleagues, as an export of a mail box has them, and
	# one as plain text, where names can only be taken out by hand.
	n=0
	for i in "${COLLEAGUES[@]}"; do
		n=$((n + 1))
		jq -n --arg from "$i" --arg to "$NAME" '{$from, $to,
		    text: ("About the rota: " + $from + " swaps with " + $to)}' \
		    >"mail$n.json"
		add personnel_file "E-mail of $i" "mail$n.json" --source "$i"
	done
	printf 'From: %s\nThe rota is wrong again.\n' "${COLLEAGUES[0]}" \
	    >mail.txt
	add personnel_file 'Printed e-mail' mail.txt
	MAIL=$R
	head -c $((SCAN_MIB * 1048576)) /dev/urandom >scan.bin
	add appraisal 'Scan of the whole appraisal file' scan.bin
	SCAN=$R
	must as dpo hrv record read "$MEDICAL" --purpose occupational_health \
	    --output looked.txt
	must as dpo hrv recipient add --name 'Pay & Co' --kind processor \
	    --country US --safeguard scc --until 2099-12-31
	must as dpo hrv disclose "$MEDICAL" --to "$out" \
	    --purpose occupational_health --output seen.txt
}

# Two officers handle it, and what goes out is approved by the dpo: a second
# approver ends the founding.
scenario_case()
{
	must as dpo hrv --yes member add "${FPRS[counsel]}" --role legal
	must as hr hrv case open --subject "$S" --right access --received \
	    "$(date -d '3 days ago' +%F)" --channel email --json
	C=$(json .id)
	must as hr hrv case identity "$C" --method 'passport, seen in person'
	printf '%s\n' "${COLLEAGUES[@]}" >names
	must as hr hrv case collect "$C" --names @names --json
	must as hr hrv case withhold "$C" "$REFERENCE" --code S2P4-24 \
	    --reason 'It was given in confidence.'
	printf 'From: [redacted]\nThe rota is wrong again.\n' >mail-clean.txt
	must as hr hrv case redact "$C" "$MAIL" --replacement mail-clean.txt \
	    --code S2P3-16 --title 'Printed e-mail'
	# Nobody can search these by program; the handler looked at them.
	must as hr hrv case decide "$C" "$CV" --disclose
	must as hr hrv case decide "$C" "$SCAN" --disclose --checked \
	    --reason 'Looked at page by page, nobody else is named.'
	must as hr2 hrv case withhold "$C" "$OPINION" --code S3P2-5 \
	    --opinion 'OH 2026/7' --opinion-date "$(date -d yesterday +%F)" \
	    --reason 'The doctor <advised> against it.'
	must as hr2 hrv case decide "$C" "$MEDICAL" --disclose --already-known
	must as hr2 hrv case contribute "$C"
	must as hr hrv case show "$C" --json
	is "$(json '[.items[] | select(.disposition == "undecided")] | length')" \
	    0 "everything is decided"
}

# export_approved FILE OPTION...: the handler asks, the dpo approves exactly
# this, the handler repeats it.
export_approved()
{
	local p
	run as hr "$HRV" case export "$C" --output "$1" --json "${@:2}" 3<pass
	exit_is 6 "$1 waits for a second member"
	p=$(grep -o 'P-[0-9A-Z]*' .err | head -n 1)
	ok "and is not there" test ! -e "$1"
	must as dpo hrv proposal approve "$p"
	run as hr python3 "$HRV_TOP/tests/tools/peak.py" peak "$HRV" case \
	    export "$C" --output "$1" --json "${@:2}" 3<pass
	exit_is 0 "approved, $1 is made"
	diag "$1: peak memory $(cat peak) KiB"
	[ "$HRV_MODE" != plain ] ||
	    ok "$1 needs less than 64 MiB" test "$(cat peak)" -lt 65536
}

scenario_export()
{
	printf '%s\n' "$PASS" >pass
	export_approved answer.tar.gpg --to "${FPRS[leaver]}"
	CONTENT=$(json .content_sha256)
	export_approved answer.sym.gpg --passphrase-fd 3
	export_approved answer.zip --passphrase-fd 3 --zip
	mkdir -p opened
	gpg --homedir "$T/gpg-leaver" --batch -q -d answer.tar.gpg \
	    2>/dev/null | tar -x -C opened
}

scenario()
{
	scenario_people
	scenario_papers
	scenario_payslips $((RECORDS - 13))
	scenario_case
	scenario_export
}

# What is true of a package whatever its size.
scenario_checks()
{
	local p=opened/$C seven
	sums() { (cd "$1" && jq -r '.records[] | select(.file) |
	    .sha256 + "  " + .file' manifest.json | sha256sum -c --quiet); }
	ok "every file is what the manifest says" sums "$p"
	is "$(find "$p/documents" -type f | wc -l)" \
	    "$(jq '[.records[] | select(.file)] | length' "$p/manifest.json")" \
	    "and there is no other"
	must as dpo hrv record list "$S" --json
	is "$(jq -r '.record // .id' .out | sort)" "$(jq -r '.records[] |
	    select(.class != "vault.identity") | .record' \
	    "$p/manifest.json" | sort -u)" "every record is accounted for"
	is "$(jq -r '.totals | .records - .disclosed - .redacted - .withheld
	    - .destroyed' "$p/manifest.json")" 0 "and counted once"
	ok "the signature is good" gpg --homedir "$T/gpg-leaver" --batch \
	    --verify "$p/manifest.json.sig" "$p/manifest.json"
	ok "the big scan is as it was" cmp scan.bin "$p/documents/$SCAN.bin"
	is "$(head -1 "$p/records.csv" | tr , '\n' | wc -l)" \
	    "$(python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8", newline="")))
assert all(len(r) == len(rows[0]) for r in rows)
for by in ",;\t|":
    cells = csv.reader(open(sys.argv[1], encoding="utf-8", newline=""), delimiter=by)
    assert not [c for r in cells for c in r if c.strip()[:1] in tuple("=+-@")]
print(len(rows[0]))' "$p/records.csv")" "the table is one, without formulas"
	unlike "$(cat "$p"/*.html "$p/letter.txt")" \
	    '<script|https?://|<link|<img|\{\{|src=|always late' \
	    "pages have nothing active, from elsewhere, or withheld"
	like "$(cat "$p/index.html")" "<bdi>$NAME</bdi>" "they name her"
	for seven in "${COLLEAGUES[@]}"; do
		not_ok "no file has the name of a colleague: $seven" \
		    grep -rqF "$seven" "$p"
	done
	# Nor a part of one, however it is written; the scan is chance.
	for seven in Ravi Ítalo Italo שרה כהן محمد علي; do
		not_ok "nor a word of it: $seven" \
		    grep -rqiwF --exclude "$SCAN.bin" -e "$seven" "$p"
	done
	is "$(jq -r '.pseudonyms | join(", ")' "$p/manifest.json")" \
	    'Person A, Person B, Person C' "three letters stand for them"
	like "$(cat "$p/index.html")" '<bdi class="tag">Person A</bdi>' "the page says so"
	like "$(cat "$p/index.html")" 'a document was opened' \
	    "and who looked at her data"
	mkdir -p sym zip
	ok "gpg opens the one under a passphrase" sh -c "gpg --homedir \
	    $T/gpg-leaver --batch -q --pinentry-mode loopback \
	    --passphrase-file pass -d answer.sym.gpg 2>/dev/null |
	    tar -x -C sym"
	ok "it holds the same" sums "sym/$C"
	seven=$(command -v 7z || command -v 7zz || command -v 7za)
	if [ -n "$seven" ]; then
		ok "7-Zip opens the ZIP" "$seven" x -y -ozip "-p$PASS" answer.zip
		ok "it holds the same" sums "zip/$C"
	else
		skip "7-Zip opens the ZIP" "7z is not installed"
	fi
	is "$(stat -c %a answer.tar.gpg answer.sym.gpg answer.zip | sort -u)" \
	    600 "all three are private"
}
