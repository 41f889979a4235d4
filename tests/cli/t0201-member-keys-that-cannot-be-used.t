#!/bin/bash
# SPDX-License-Identifier: ISC
# Keys that are revoked or have expired are refused before anything is
# written, and a line in gpg.conf gives nobody a copy of a grant.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person clerk
gpg_person nosy
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" \
    --schedule "$HRV_TOP/policy/schedules/uk.cfg"

g=(gpg --homedir "$T/gpg-dpo" --batch --quiet --no-tty --pinentry-mode
    loopback --passphrase '')
key_of() # NAME: the fingerprint of that user id
{
	"${g[@]}" --with-colons --list-keys "=$1" 2>/dev/null |
	    awk -F: '$1 == "fpr" { print $10; exit }'
}
"${g[@]}" --faked-system-time 20200101T000000 \
    --quick-gen-key old future-default default 30d 2>/dev/null
"${g[@]}" --quick-gen-key gone future-default default never 2>/dev/null
"${g[@]}" --quick-gen-key signer ed25519 sign never 2>/dev/null
gone=$(key_of gone)
sed 's/^:-----BEGIN/-----BEGIN/' \
    "$T/gpg-dpo/openpgp-revocs.d/$gone.rev" >"$T/rev"
"${g[@]}" --import "$T/rev" 2>/dev/null

for name in old gone signer; do
	fpr=$(key_of $name)
	as dpo hrv member add "$fpr" --role auditor
	exit_is 8 "the key '$name' is refused"
	err_like "$fpr" 'and named by its fingerprint'
	err_unlike "$name" 'and by nothing else'
done
not_ok 'no slot file was written' test -e "$HRVAULT_DIR/slots.2"

echo "encrypt-to ${FPRS[nosy]}" >>"$T/gpg-dpo/gpg.conf"
echo "default-recipient ${FPRS[nosy]}" >>"$T/gpg-dpo/gpg.conf"
must as dpo hrv member add "${FPRS[clerk]}" --role auditor
awk -v f="${FPRS[clerk]}" '$1 == "grant" && $2 == f { print $4 }' \
    "$HRVAULT_DIR/slots.2" | base64 -d >"$T/grant"
is "$(gpg --homedir "$T/gpg-clerk" --batch --list-only --list-packets \
    "$T/grant" 2>/dev/null | grep -c 'pubkey enc packet')" 1 \
    'the grant has one recipient, whatever gpg.conf says'
ok 'which is the member' gpg --homedir "$T/gpg-clerk" --batch --quiet \
    --decrypt "$T/grant"
not_ok 'and not the one in gpg.conf' gpg --homedir "$T/gpg-nosy" --batch \
    --quiet --decrypt "$T/grant"
as clerk hrv member list
exit_is 0 'the member opens the vault'
done_testing
