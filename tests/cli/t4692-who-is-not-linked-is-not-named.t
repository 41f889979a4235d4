#!/bin/bash
# SPDX-License-Identifier: ISC
# Many records without names: a document that names somebody else of the vault,
# whom nobody linked to it, stays and is listed. No identity is opened for that.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ngozi Okafor' --number E-77
NGOZI=$out
must d subject add --kind employee --name 'Ana María de la Cruz' \
    --number E-79 --email ana@example.org --phone '+44 20 7946 0001'
ANA=$out
must d recipient add --name 'Buyer plc' --kind other --country IE
TO=$out
names=() goes=()
add() # LIST TEXT
{
	jq -n --arg t "$2" '{said: $t, grade: 7}' >doc.json
	must d record add "$NGOZI" --class contract doc.json
	eval "$1+=('$out')"
}
add names 'asked CRUZ, Ana about it'
add names 'by Ana Maria.'
add names 'mail <mailto:Ana@example.org>, please'
add names 'see (E-79).'
add names 'call +44 (0)20 7946-0001 first'
jq -n '{said: {"Cruz (Maria)": 1}}' >doc.json
must d record add "$NGOZI" --class contract doc.json
names+=("$out")
add goes 'a cruz is a cross; la casa de la playa; Ngozi Okafor, E-77'
add goes $'Ana\nMaria'
add goes '2019 7946 E-790 someone@example.org'

d disclose --pseudonymised --purpose administration --to "$TO" \
    --class contract --output sale.tar --json
exit_is 0 "what names nobody else goes"
is "$(json '.left_out[] | .record + " " + .code' | sort)" \
    "$(printf '%s names-others\n' "${names[@]}" | sort)" \
    "the rest is listed, with the reason"
json_is .records "${#goes[@]}" "and no more than that"
tar xf sale.tar
unlike "$(cat disclosure/data.json)" 'E-77|E-79"|ana@|Ngozi' "nobody is named"
must d audit log --subject "$NGOZI" --json
like "$out" 'disclose.prepare' "his identity was opened"
must d audit log --subject "$ANA" --json
unlike "$out" 'disclose.prepare' "hers was not"

# Once she is linked, a letter stands for her.
for r in "${names[@]}"; do
	must d record link "$r" "$ANA" --as witness
done
d disclose --pseudonymised --purpose administration --to "$TO" \
    --class contract --output linked.tar --json
json_is '"\(.records) \(.left_out | length)"' '9 0' "all go then"
tar xf linked.tar
unlike "$(cat disclosure/data.json)" 'CRUZ|"Cruz|E-79\)|na@|7946-0001' \
    "and nobody is named"
d audit verify
exit_is 0 "the log is whole"
done_testing
