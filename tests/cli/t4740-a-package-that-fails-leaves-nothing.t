#!/bin/bash
# SPDX-License-Identifier: ISC
# A revoked key, one that cannot be encrypted to, a full disk, a page that
# cannot be made: in every form the export fails and leaves no file.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
gpg_person other
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must as dpo hrv subject add --kind employee --name 'Nguyễn Thị Ánh'
S=$out
head -c 400000 /dev/urandom >scan
must as dpo hrv record add "$S" --class contract scan
must as dpo hrv case open --subject "$S" --right access --received \
    "$(date -d yesterday +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method seen
must as dpo hrv case collect "$C"
echo 'open sesame' >pass
mkdir out

# fails CODE WHAT ARGS...
fails()
{
	local code=$1 what=$2
	shift 2
	run as dpo "$HRV" case export "$C" --output out/answer "$@" 3<pass
	exit_is "$code" "$what is refused"
	is "$(ls -A out)" '' "and leaves nothing"
}

# ---- keys -------------------------------------------------------------------

sed 's/^:--/--/' "$T/gpg-leaver/openpgp-revocs.d/${FPRS[leaver]}.rev" >rev
gpg --homedir "$T/gpg-dpo" --batch --quiet --import rev 2>/dev/null
fails 8 "a revoked key" --to "${FPRS[leaver]}"
err_like 'was revoked' "with what is wrong"
err_like 'passphrase-fd' "and what else can be done"
gpg --homedir "$T/gpg-dpo" --batch --quiet --no-tty --pinentry-mode loopback \
    --passphrase '' --quick-gen-key 'signer <signer@example.org>' ed25519 \
    sign never 2>/dev/null
SIGNER=$(gpg --homedir "$T/gpg-dpo" --batch --with-colons -k \
    signer@example.org 2>/dev/null | awk -F: '/^fpr/ { print $10; exit }')
fails 8 "a key that can only sign" --to "$SIGNER"
fails 8 "a key that is not here" --to 0123456789012345678901234567890123456789
fails 2 "a short key id" --to "${FPRS[other]: -16}"

# ---- pages that cannot be made ----------------------------------------------

echo '{{#open' >bad.html
fails 2 "a template with a mistake" --to "${FPRS[other]}" --page ./bad.html
err_like 'line 1 of the template' "with its line"
echo 'no language' >bad.txt
fails 2 "a letter without a language" --to "${FPRS[other]}" --letter ./bad.txt
fails 2 "a language there is none of" --to "${FPRS[other]}" --lang tlh
: >empty
run as dpo "$HRV" case export "$C" --output out/answer --passphrase-fd 3 3<empty
isnt "$rc" 0 "an empty passphrase is refused"
is "$(ls -A out)" '' "and leaves nothing"

# ---- a full disk, in each form ----------------------------------------------

limited() { (ulimit -f 200; exec "$HRV" case export "$C" --output out/answer "$@" 3<pass); }
for form in "--to ${FPRS[other]}" '--passphrase-fd 3' '--passphrase-fd 3 --zip'; do
	# shellcheck disable=SC2086
	run as dpo limited $form
	isnt "$rc" 0 "a full disk is an error (${form%% [0-9A-F]*})"
	is "$(ls -A out)" '' "and leaves nothing"
done

# ---- and after all that it still works --------------------------------------

as dpo hrv case export "$C" --to "${FPRS[other]}" --output out/answer
exit_is 0 "then the package is made"
as dpo hrv case export "$C" --to "${FPRS[other]}" --output out/answer
isnt "$rc" 0 "and is not overwritten"
as dpo hrv audit verify
exit_is 0 "the log verifies"
done_testing
