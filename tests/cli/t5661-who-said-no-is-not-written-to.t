#!/bin/bash
# SPDX-License-Identifier: ISC
# Who said after the backup that they want no mail is written to by no vault
# that comes back.
. "$(dirname "$0")/../lib.sh"
vault_new
today=$(date -u +%F)
person() # NAME: in S, with an address
{
	must as hr hrv subject add --kind employee --name "$1" \
	    --email "${1%% *}@example.org" --phone '+44 20 7946 0000'
	S=$out
}
no() { must as dpo hrv subject preference "$1" --channel email --set "${2:-no}"; }
person 'Ada Byron'; NO=$S
person 'Grace Hopper'; YES=$S
person 'Emmy Noether'; BACK=$S
person 'Maria Agnesi'; BEFORE=$S
person 'Sofia Kovalevskaya'; BECAME=$S
person 'Sonja Kowalewski'; STAYS=$S
no "$BEFORE"
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
no "$NO"
must as dpo hrv subject preference "$NO" --channel post --set no
no "$BACK"
no "$BACK" yes
no "$BEFORE" yes
must as hr hrv subject merge "$BECAME" "$STAYS"
no "$STAYS"
must as dpo hrv backup log "$T/b"

rm -rf vault
must as dpo hrv restore "$T/b" --to "$T/vault" --escrow "$T/escrow" --json
json_is .preferences 4 "what was not wanted is not wanted again"
mailed() { must as dpo hrv subject mailing --channel email --json
    jq -rs 'map(.address) | sort | join(",")' .out; }
is "$(mailed)" 'Emmy@example.org,Grace@example.org' \
    "nobody who said no is written to, nor whom it was said for"
must as dpo hrv subject show "$NO" --json
json_is '.preferences | map("\(.channel) \(.allowed) \(.date)") | join(",")' \
    "email false $today,post false $today" "by channel, with its day"
must as dpo hrv subject show "$YES" --json
json_is '.preferences // [] | length' 0 "of nobody else"
must as auditor hrv audit log --op subject.preference --json
is "$(json 'select(.payload.again == 1) | .subject' | sort -u | wc -l)" 3 \
    "it is in the log"
no "$NO"
must as dpo hrv subject suppressed Ada@example.org --json
json_is .suppressed true "said again, the address is on the list as well"
must as dpo hrv check
must as auditor hrv audit verify
done_testing
