#!/bin/bash
# SPDX-License-Identifier: ISC
# Anybody can see in the slot file, without a key and in another language, that
# no auditor and no purge account was ever granted a compartment.
. "$(dirname "$0")/../lib.sh"

vault_new
slots() { run python3 "$HRV_TOP/tests/tools/slots.py" "$@"; }
newest() { find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1; }

slots "$HRVAULT_DIR"/slots.*
exit_is 0 "no file gives an auditor or purge account more than it may have"
out_like "^auditor ${FPRS[auditor]} meta.1\$" "an auditor has the database"
out_like "^purge ${FPRS[purge]} meta.1,write.1\$" \
    "the purge account has the log and the keystore besides"
out_like "^hr ${FPRS[hr]} .*kek/pay.1" "an officer has compartments"

# And at no time: each change of grants is in the log.
run as auditor hrv audit log --json
is "$(json 'select((.op | test("^member\\.")) and .result == "ok" and
    (.payload.role == "auditor" or .payload.role == "purge")) |
    .payload.ids[]' | sort -u | paste -sd ' ')" 'meta.1 write.1' \
    "the log knows of no other grant to them"

as dpo hrv member add "${FPRS[dpo]}" --role auditor --compartment pay
isnt "$rc" 0 "nobody can be made an auditor with a compartment"
gpg_person other
as dpo hrv member add "${FPRS[other]}" --role auditor --compartment pay
exit_is 5 "it is refused"
as dpo hrv member add "${FPRS[other]}" --role purge --compartment pay
exit_is 5 "also to a purge account"

# A file that says otherwise: found by both.
cp "$(newest)" honest
awk -v f="${FPRS[auditor]}" '$1 == "grant" && $2 == f { $3 = $3 ",kek/pay.1" }
    { print }' honest >forged
slots forged
exit_is 1 "a forged grant is seen from outside"
cp forged "$(newest)"
as hr hrv status
exit_is 9 "and the program opens no vault by such a file"
err_like 'a key that the role has not' "whoever signed it"
cp honest "$(newest)"
as hr hrv status
exit_is 0 "with the honest file it opens"

done_testing
