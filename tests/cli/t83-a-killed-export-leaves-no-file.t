#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# kill -9 at random moments of `case export`: a package is there whole or not
# at all, no plaintext lies about, what was read is in the log, and the same
# export works afterwards without an unlock.
. "$(dirname "$0")/../lib.sh"

KILLS=${HRV_KILLS:-$(many 40 20)}
MARK=marker-of-a-made-up-document

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/v
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must as dpo hrv subject add --kind employee --name "Łukasz Example" \
    --number E-1 --json
S=$(json .id)
echo "$MARK" >doc.txt
for c in contract training; do
	must as dpo hrv record add "$S" --class "$c" doc.txt --json
done
must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --asked
must as dpo hrv case identity "$C" --method passport
must as dpo hrv case collect "$C" --json
rm doc.txt
mkdir out tmp
export TMPDIR=$T/tmp
dpo() { GNUPGHOME="$T/gpg-dpo" XDG_STATE_HOME="$T/state-dpo" exec "$HRV" "$@" \
    2>/dev/null; }

killed=0 acked=0 broken=0
for ((i = 0; i < KILLS; i++)); do
	(dpo case export "$C" --to "${FPRS[leaver]}" --output "out/$i.gpg") \
	    >/dev/null &
	pid=$!
	sleep "0.$(printf '%03d' $((RANDOM % 300)))"
	kill -9 "$pid" 2>/dev/null
	if wait "$pid" 2>/dev/null; then
		acked=$((acked + 1))
		[ -s "out/$i.gpg" ] || broken=$((broken + 1))
	else
		killed=$((killed + 1))
	fi
	[ ! -e "out/$i.gpg" ] ||
	    gpg --homedir "$T/gpg-leaver" --batch -q -d "out/$i.gpg" \
	    2>/dev/null | tar t >/dev/null 2>&1 || broken=$((broken + 1))
done
diag "$killed killed, $acked acknowledged"
ok "some were killed" test "$killed" -gt 0
is "$broken" 0 "a package that is there is whole"
is "$(grep -rl "$MARK" out tmp "$HRVAULT_DIR" | wc -l)" 0 \
    "no plaintext lies about"

as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output out/last.gpg
exit_is 0 "the same export works without an unlock"
as dpo hrv audit log --op case.export --json
grep -c '"phase":"intent"' "$T/.out" >intents
as dpo hrv audit log --json
open=$(jq -s 'map(select(.phase == "intent") | .index) -
    map(select(.phase == "outcome") | .ref) | length' "$T/.out")
is "$open" 0 "every intent has an outcome, also of the killed"
ok "each that was acknowledged is in the log" \
    test "$(cat intents)" -ge $((acked + 1))
as dpo hrv audit verify --json
exit_is 0 "the log verifies"
as dpo hrv check --deep --json
exit_is 0 "nothing is damaged"

done_testing
