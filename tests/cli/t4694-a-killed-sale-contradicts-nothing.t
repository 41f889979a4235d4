#!/bin/bash
# SPDX-License-Identifier: ISC
# A disclosure of many records that was killed leaves no proposal of which the
# database says another thing than the log: it takes another approval.
. "$(dirname "$0")/../lib.sh"

KILLAT=$HRV_B/tools/killat
vault_new
vault_second counsel legal
must as dpo hrv recipient add --name 'Buyer plc' --kind other --country GB
TO=$out
echo '{"a":1}' >x.json
for n in 'Zoë Ødegård' 'Max Rot'; do
	must as hr hrv subject add --kind employee --name "$n" --json
	must as hr hrv record add "$(json .id)" --class personnel_file x.json
done
SALE=(disclose --pseudonymised --purpose administration --all --to "$TO"
    --output)
approved()
{
	as dpo hrv "${SALE[@]}" no
	must as counsel hrv proposal approve \
	    "$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]\{26\}' | head -n 1)"
}
approved
must as dpo run "$KILLAT" -c -n calls 0 "$HRV" "${SALE[@]}" whole
wrong=0 killed=0
for back in 20 40 60 80 100; do
	approved
	as dpo run "$KILLAT" -c $(($(cat calls) - back)) "$HRV" \
	    "${SALE[@]}" $back </dev/null
	[ "$rc" = 137 ] && killed=$((killed + 1))
	as dpo hrv "${SALE[@]}" again.$back
	[ "$rc" = 6 ] || [ "$rc" = 0 ] || wrong=$((wrong + 1))
	[ "$rc" = 0 ] || must as dpo hrv proposal reject \
	    "$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]\{26\}' | head -n 1)" \
	    --reason 'for the next one'
done
ok "some were killed" test "$killed" -gt 2
is "$wrong" 0 "no killed one contradicts the log"
as auditor hrv audit verify
exit_is 0 "which verifies"
done_testing
