#!/bin/bash
# SPDX-License-Identifier: ISC
# Everybody's gpg.conf names a stranger's key to be encrypted to: it is a
# recipient of nothing that there is, in the vault, its copies or its outputs.
. "$(dirname "$0")/../lib.sh"
people=(dpo hr auditor purge kim lee asker)
for who in stranger lurker "${people[@]}"; do gpg_person $who; done
for who in "${people[@]}"; do
	cat >"gpg-$who/gpg.conf" <<-E2
	encrypt-to ${FPRS[stranger]}
	hidden-encrypt-to ${FPRS[lurker]}
	default-recipient ${FPRS[stranger]}
	E2
done
mkdir out

vault_new
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
echo paper >paper
must as hr hrv record add "$S" --class contract paper --json
R=$(json .id)
must as dpo hrv member renew "${FPRS[hr]}" --compartment general
must as dpo hrv key rotate --compartment general
must as dpo hrv key split --threshold 2 "${FPRS[kim]}" "${FPRS[lee]}" \
    --output out
for who in kim lee; do
	share=$(echo out/share-"${FPRS[$who]:32}"-*)
	HRVAULT_DIR='' must as $who hrv key share "$share" --confirm \
	    --output "out/word-$who"
	HRVAULT_DIR='' must as $who hrv key share "$share" \
	    --to "${FPRS[hr]}" --output "out/pass-$who"
done
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}" \
    --custodian "${FPRS[kim]}"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup log "$T/b"
must as dpo hrv recipient add --name "Ministry" --kind authority --country GB \
    --safeguard none --json
must as dpo hrv disclose "$R" --to "$(json .id)" --purpose administration \
    --output out/disclosed
must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method 'passport, seen'
must as dpo hrv case collect "$C"
must as dpo hrv case export "$C" --to "${FPRS[asker]}" --output out/package.pgp
run as dpo "$HRV" case export "$C" --passphrase-fd 7 \
    --output out/passphrase.pgp 7<<<'correct horse battery staple'
exit_is 0 "a package under a passphrase"

# Whoever can list them opens what there is: all keys but the stranger's.
mkdir -m 700 gpg-thief
for who in "${people[@]}"; do
	gpg --homedir "gpg-$who" --batch --quiet --pinentry-mode loopback \
	    --passphrase '' --export-secret-keys 2>/dev/null
done | gpg --homedir gpg-thief --batch --quiet --import 2>/dev/null
hunt() { run python3 "$HRV_TOP/tests/tools/hunt.py" -l gpg-thief "$@"; }
subkey() { gpg --homedir "gpg-$1" --batch --with-colons -K 2>/dev/null |
	awk -F: '$1 == "ssb" { print $5 }'; }
# to PATTERN: whose keys open what lies there, by name
to()
{
	local who ids=
	for who in stranger "${people[@]}"; do
		! grep -Eq "^to $(subkey $who) $1" "$T/.out" || ids+="$who "
	done
	! grep -Eq "^to passphrase $1" "$T/.out" || ids+=passphrase
	echo "$ids"
}
hunt "$HRVAULT_DIR" b escrow out
slots=$(cd "$HRVAULT_DIR" && printf '%s\n' slots.[0-9]* | sort -V | tail -n 1)
is "$(to ".*/$slots")" "dpo hr auditor purge " "grants: the members"
is "$(to 'b/keys/.*: opened')" "dpo hr auditor purge " \
    "and the same in a key backup"
is "$(to escrow/epoch)" "dpo kim " "an epoch: its custodians"
for who in kim lee; do
	is "$(to "out/share-${FPRS[$who]:32}")" "$who " "a share: its custodian"
	is "$(to "out/pass-$who")" "hr " "a share handed on: its member"
done
is "$(to out/package)" "asker " "a package: the one it is for"
is "$(to out/passphrase)" "passphrase" "or a passphrase and nobody"
is "$(to out/disclosed)" "" "what is disclosed is no message"
is "$(to '')" "dpo hr auditor purge kim lee asker passphrase" \
    "of all there is, the stranger opens nothing"
is "$(grep -c '^to 0000000000000000' "$T/.out")" 0 "nor anybody hidden"

echo x | gpg --homedir gpg-dpo --batch --quiet --trust-model always \
    --encrypt --recipient "${FPRS[asker]}" >out/by-hand
hunt out
like "$(to out/by-hand)" "stranger" "gpg alone seals to it"
is "$(grep -c '^to 0000000000000000' "$T/.out")" 1 "and to the hidden one"
done_testing
