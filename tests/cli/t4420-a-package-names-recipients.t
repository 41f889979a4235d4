#!/bin/bash
# SPDX-License-Identifier: ISC
# Who was given a record is named in the package of the person it is about.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård'
S=$out
echo 'pay of March' >pay.txt
must as dpo hrv record add "$S" --class payslip --json \
    --event pay_date=2026-03-31 pay.txt
R=$(json .id)
must as dpo hrv recipient add --name 'Lohnbüro <Müller>' --kind processor \
    --country DE
TO=$out
must as dpo hrv disclose "$R" --to "$TO" --purpose payroll --output one
must as dpo hrv disclose "$R" --to "$TO" --purpose payroll --output two
must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method 'passport, seen'
must as dpo hrv case collect "$C"
must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output answer.gpg
mkdir open
ok "the package opens" sh -c \
    "gpg --homedir $T/gpg-leaver --batch -q -d answer.gpg 2>/dev/null |
    tar -x -C open"
is "$(jq -r '.records[] | select(.class == "payslip") | .recipients | join(";")' \
    "open/$C/manifest.json")" 'Lohnbüro <Müller> (processor, DE)' \
    "the manifest names the recipient once"
like "$(cat "open/$C/index.html")" 'Lohnbüro &lt;Müller&gt;</bdi>, who works for us, in DE' \
    "the page for the person too"
not_ok "the vault itself names nobody" grep -rq 'Lohnb' vault
as dpo hrv audit verify
exit_is 0 "the log is whole"

done_testing
