#!/bin/bash
# SPDX-License-Identifier: ISC
# A member's key that cannot be sealed to stops a rotation before anything is
# written, by name; a slot file that is damaged or foreign is told apart from
# the one in force; nobody's gpg.conf adds a recipient.
. "$(dirname "$0")/../lib.sh"

vault_new
gpg_person short
gpg_person stranger
expire() # WHEN: the key of "short", as everybody then knows it
{
	gpg --homedir "$T/gpg-short" --batch --quiet --pinentry-mode loopback \
	    --passphrase '' --quick-set-expire "${FPRS[short]}" "$1" 2>/dev/null
	gpg --homedir "$T/gpg-short" --batch --quiet --pinentry-mode loopback \
	    --passphrase '' --quick-set-expire "${FPRS[short]}" "$1" '*' \
	    2>/dev/null
	gpg --homedir "$T/gpg-short" --batch --quiet --export \
	    "${FPRS[short]}" >short.pgp
	hrv_import dpo short.pgp
}
newest() { find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1; }
later=$(date -u -d '40 days' '+%F %H:%M:%S')

expire 20d
must as dpo hrv member add "${FPRS[short]}" --role hr --compartment pay
as dpo hrv key check --json
exit_is 1 'a key that ends within 30 days fails the check'
json_is '.problems[0] | "\(.code) \(.member)"' "expiring ${FPRS[short]}" \
    'by name'
before=$(newest)
at "$later" as dpo hrv key rotate --compartment pay
exit_is 8 'an expired one stops a rotation'
err_like "${FPRS[short]}" 'by name'
is "$(newest)" "$before" 'before anything is written'
at "$later" as dpo hrv key check --json
json_is '.problems[0].code' expired 'the check says so'
at "$later" as dpo hrv status --check
exit_is 2 'and monitoring is critical'
at "$later" as dpo hrv key rotate --compartment general
exit_is 0 'a key that he does not get is rotated all the same'
expire 5y
at "$later" as dpo hrv member renew "${FPRS[short]:24}" --json
exit_is 0 'the extended certificate is taken in'
at "$later" as dpo hrv key rotate --compartment pay
exit_is 0 'and the rotation goes on'
at "$later" as dpo hrv key check
exit_is 0 'nothing is left to say'

# gpg.conf of whoever seals, and of whoever is sealed to.
hrv_import dpo "$T/gpg-stranger/public.asc"
for who in dpo hr; do
	echo "encrypt-to ${FPRS[stranger]}" >>"$T/gpg-$who/gpg.conf"
done
at "$later" as dpo hrv key rotate --compartment pay
exit_is 0 'a foreign encrypt-to does not matter'
extra=$(awk '$1 == "grant" { print $4 }' "$(newest)" | while read -r g; do
	base64 -d <<<"$g" | gpg --homedir "$T/gpg-stranger" --batch \
	    --list-packets 2>/dev/null | grep -c '^:pubkey enc'
done | sort -u)
is "$extra" 1 'every grant is for exactly one key'

# What lies beside the slot file in force.
good=$(newest)
cp "$good" "$HRVAULT_DIR/slots.98"
at "$later" as auditor hrv audit verify --json
json_is .ok true 'a copy under another number is passed over'
rm "$HRVAULT_DIR/slots.98"
must as dpo hrv --vault "$T/other" init --founder "${FPRS[dpo]}" --schedule uk
cp "$T/other/slots.1" "$HRVAULT_DIR/slots.99"
at "$later" as dpo hrv audit verify --json
json_is .ok true 'so is one of another vault'
rm "$HRVAULT_DIR/slots.99"
cp "$good" keep
sed -i 's/^key kek\/pay\.[0-9]* enabled/&x/' "$good"
find "$HRVAULT_DIR" -type f ! -name 'slots.*' -exec sha256sum {} + |
    sort >sums
at "$later" as dpo hrv subject list
exit_is 9 'a damaged one is damage'
err_like 'line|damaged|names' 'and says what'
find "$HRVAULT_DIR" -type f ! -name 'slots.*' -exec sha256sum {} + |
    sort | cmp -s - sums
is "$?" 0 'the vault is untouched'
cp keep "$good"
gen=$(basename "$HRVAULT_DIR"/anchor.* | sed 's/anchor\.//')
cp "$HRVAULT_DIR/anchor.$gen" keep
cp "$T/other/anchor.1" "$HRVAULT_DIR/anchor.$gen"
at "$later" as dpo hrv key rotate --compartment pay
exit_is 9 'an anchor of another generation is damage'
cp keep "$HRVAULT_DIR/anchor.$gen"
at "$later" as dpo hrv key rotate --compartment pay
exit_is 0 'put right, it works'
at "$later" as dpo hrv check --deep
exit_is 0 'and nothing is damaged'
done_testing
