#!/bin/bash
# SPDX-License-Identifier: ISC
# No answer leaves without saying who gives it and where to complain.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew
must as dpo hrv subject add --kind employee --name 'Þóra Ødegård'
S=$out
echo 'I agree.' >doc.txt
must as dpo hrv record add "$S" --class contract doc.txt
must as dpo hrv case open --subject "$S" --right access --received \
    "$(date -d yesterday +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method 'seen'
must as dpo hrv case collect "$C"

# ---- missing ----------------------------------------------------------------

as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 6 "without a controller no package is made"
err_like 'policy adopt FILE' "and the error says what to type"
ok "nothing was left" test ! -e a.gpg
must as dpo hrv policy register --json
json_is .controller null "the register says that it is missing"
must as dpo hrv policy register
out_like 'nobody has said who' "also to people"
must as dpo hrv status --json
json_is '[.attention[].text | select(test("controller"))] | length' 1 \
    "status reminds of it"

# ---- the file ---------------------------------------------------------------

hrv policy check "$CONTROLLER"
exit_is 0 "a controller's file can be checked without a vault"
out_like 'valid controller' "as what it is"
cat >bad.cfg <<'EOF'
controller = {
  id = "x"; version = "1"; name = "X Ltd"; address = ();
  contact = { name = "Office"; };
  authorities = ();
  automated_desicions = "none";
};
EOF
hrv policy check ./bad.cfg
exit_is 2 "every mistake of it is shown"
for what in 'address is empty' 'cannot be reached' 'authorities is empty' \
    'automated_desicions' 'automated_decisions'; do
	like "$out$err" "$what" "mistake: $what"
done
sed 's/laws = ( "uk-ew", "uk-sc", "uk-ni" )/laws = ( "eu-de" )/' \
    "$CONTROLLER" >elsewhere.cfg
must as dpo hrv policy adopt ./elsewhere.cfg
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 6 "an authority for another law is none"
err_like 'uk-ew' "the error names the law"

# ---- in force ---------------------------------------------------------------

must as dpo hrv policy adopt "$CONTROLLER" --json
json_is .kind controller "it is adopted as what it is"
as dpo hrv policy adopt "$CONTROLLER"
isnt "$rc" 0 "the same again is nothing new"
must as dpo hrv policy register --json
json_is .controller.name 'Northwind Øresund Tools Ltd' "the register has it"
json_is .controller.sha256 "$(sha256sum <"$CONTROLLER" | cut -d' ' -f1)" \
    "by the hash of its text"
must as dpo hrv policy register
out_like 'DPO:.*Data protection officer, dpo@northwind.example' \
    "for people too"
must as dpo hrv status --json
json_is '[.attention[].text | select(test("controller"))] | length' 0 \
    "status is content"
must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
like "$(cat "$C/index.html")" "Information Commissioner&#39;s Office" \
    "the page says where to complain"
unlike "$(cat "$C/index.html")" 'California|cppa' \
    "and names no authority of other laws"
is "$(jq -r .controller "$C/manifest.json")" \
    "$(sha256sum <"$CONTROLLER" | cut -d' ' -f1)" "the manifest is bound to it"
is "$(jq -r .controller.data_protection_officer.email "$C/data.json")" \
    dpo@northwind.example "data.json has it for machines"

# ---- two people -------------------------------------------------------------

vault_second counsel legal
sed 's/version = "2026-11"/version = "2027-01"/' "$CONTROLLER" >next.cfg
as dpo hrv policy adopt ./next.cfg
exit_is 6 "after founding its change takes two people"
must as counsel hrv proposal list --json
P=$(json .id)
must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./next.cfg
must as dpo hrv policy register --json
json_is .controller.version 2027-01 "then it is in force"
must as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
