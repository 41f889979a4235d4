#!/bin/bash
# SPDX-License-Identifier: ISC
# Promises of t4690 that show only when time has passed: what was corrected is
# out of reach, what was deleted is gone with a certificate and from backups,
# and who wants no mail gets none from a vault that came back.
. "$(dirname "$0")/../lib.sh"

D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
NOW="$D 09:00:00"
hr() { as hr at "$NOW" hrv "$@"; }
dpo() { as dpo at "$NOW" hrv "$@"; }
run_on() { must as purge at "$1 03:00:00" hrv purge run --json; }
echo 'old street 1' >old
echo 'new street 2' >new
must hr subject add --kind employee --name 'Ngozi Okafor' \
    --email ngozi@example.org
S=$out
must hr record add "$S" --class contact --json old
CONTACT=$(json .id)
must hr recipient add --name 'Payroll Ltd' --kind processor --country IE
TO=$out
must hr disclose "$CONTACT" --to "$TO" --purpose administration --output copy
must hr record amend "$CONTACT" new --reason 'moved house'
must hr subject preference "$S" --channel email --set no
must hr subject add --kind candidate --name 'Lena Ilic' \
    --email lena@example.org
must hr subject add --kind employee --name 'Ida Gone'
S=$out
echo answers >f
must hr record add "$S" --class equality_monitoring --date $D --json f
GONE=$(json .id)

must dpo backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must dpo backup records "$T/b"
must dpo backup keys "$T/b" --escrow "$T/escrow"
must dpo backup log "$T/b"
hr record read "$CONTACT" --version 1 --purpose administration --output v1
exit_is 0 "4: at first the old text is there"
hr record read "$GONE" --purpose audit --output g1
exit_is 0 "10: so is what is to be deleted"

must hr case open --subject "$S" --right erasure --received $D --json
C=$(json .id)
must hr case identity "$C" --method desk
must hr case collect "$C"
must hr case erase "$C"
must hr case deliver "$C" --method post
for day in 03-09 03-15; do run_on 2026-$day; done
json_is .destroyed 0 "4, 10: not before the day that was told"
run_on 2026-03-17
RUN=$(json .run)
NOW="2026-03-17 09:00:00"

# ---- 4 -----------------------------------------------------------------------

hr record read "$CONTACT" --version 1 --purpose administration --output no
exit_is 12 "4: the old text is out of reach"
must hr record read "$CONTACT" --purpose administration --output now
is "$(cat now)" 'new street 2' "4: the new one is read"

# ---- 10 ----------------------------------------------------------------------

hr record read "$GONE" --purpose audit --output no
exit_is 12 "10: what was to be deleted cannot be read by anybody"
mkdir certs
must as purge at "$NOW" hrv purge show "$RUN" --output certs
CERT=$(ls certs/D-*.json)
ok "10: a certificate names it" jq -e --arg r "$GONE" \
    '[.. | .id? // empty] | index($r) != null' "$CERT"
export HRVAULT_DIR=$T/nowhere
as auditor hrv purge verify "$CERT"
exit_is 0 "10: which verifies without the vault"
sed -i "s/$GONE/$CONTACT/" "$CERT"
as auditor hrv purge verify "$CERT"
exit_is 9 "10: and not when somebody changed it"
export HRVAULT_DIR=$T/vault

# ---- 5 and 10, from a backup that was made before ------------------------------

must dpo backup log "$T/b"
dpo restore "$T/b" --to "$T/back" --escrow "$T/escrow" --json
exit_is 0 "10: a backup from before comes back"
export HRVAULT_DIR=$T/back
hr record read "$GONE" --purpose audit --output no
exit_is 12 "10: without what was deleted since"
hr record read "$CONTACT" --version 1 --purpose administration --output no
exit_is 12 "4: and without the old text"
must hr subject suppressed ngozi@example.org --json
json_is .suppressed true "5: who wanted no mail still wants none"
must hr subject mailing --channel email --json
is "$(json .address)" lena@example.org "5: and no mailing has the address"
as auditor at "$NOW" hrv audit verify
exit_is 0 "the log goes on"
done_testing
