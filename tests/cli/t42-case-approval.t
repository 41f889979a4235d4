#!/bin/bash
# SPDX-License-Identifier: ISC
# Where there are two approvers, an export and a refusal wait for the other.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person counsel
gpg_person leaver
gpg_person other
export HRVAULT_DIR=$T/vault
SCHEDULE=$HRV_TOP/policy/schedules/uk-hr.cfg
[ -f "$SCHEDULE" ] || SCHEDULE=$HRV_TOP/policy/schedules/uk.cfg
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule "$SCHEDULE" \
    --law uk-ew --controller "$CONTROLLER"
must as dpo hrv --yes member add "${FPRS[counsel]}" --role legal
must as dpo hrv subject add --kind candidate --name 'Þóra Núñez' --json
S=$(json .id)
must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case collect "$C"
must as dpo hrv case identity "$C" --method 'known in person'

as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
exit_is 6 "an export waits for a second member"
ok "and leaves no file" test ! -e a.gpg
must as dpo hrv proposal list --json
P=$(json .id)
json_is .kind case.export "its proposal is open"
as dpo hrv proposal approve "$P"
exit_is 5 "which nobody approves for himself"
as dpo hrv proposal show "$P" --json
out_like 'to one OpenPGP key alone' "it says to whom in general"
out_unlike "${FPRS[leaver]}" "and has no fingerprint of the person"
must as counsel hrv audit log --reasons --op proposal.open --json
out_like "to the OpenPGP key ${FPRS[leaver]}" "which the approver reads"
must as counsel hrv audit log --op case.export --json
json_is '"\(.subject) \(.case)"' "$S $C" "the refusal is logged with both"
must as counsel hrv proposal approve "$P"

# open_for WHAT OPTION...: something else than was approved is a proposal of
# its own, and nothing goes out.
open_for()
{
	local before
	as dpo hrv proposal list --json
	before=$(wc -l <.out)
	run as dpo "$HRV" case export "$C" --output other "${@:2}" 3<pass
	exit_is 6 "approved is not: $1"
	ok "no file: $1" test ! -e other
	as dpo hrv proposal list --json
	is "$(wc -l <.out)" $((before + 1)) "a new proposal: $1"
}
echo 'a passphrase' >pass
open_for 'another key' --to "${FPRS[other]}"
open_for 'under a passphrase' --passphrase-fd 3
open_for 'a ZIP' --passphrase-fd 3 --zip
open_for 'another language' --to "${FPRS[leaver]}" --lang de
cp "$HRV_TOP/policy/templates/en.html" page.html
cp "$HRV_TOP/policy/templates/letters/en-cover.txt" letter.txt
sed -i 's/<body[^>]*>/&<p>You will get nothing.<\/p>/' page.html
echo 'You will get nothing.' >>letter.txt
open_for 'another page' --to "${FPRS[leaver]}" --page page.html
open_for 'another letter' --to "${FPRS[leaver]}" --letter letter.txt
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
exit_is 0 "approved, the same command makes the package"
ok "which opens" sh -c "gpg --homedir $T/gpg-leaver --batch -q -d a.gpg \
    2>/dev/null | tar -t >/dev/null"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output b.gpg
exit_is 6 "once"
must as counsel hrv proposal approve \
    "$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]\{26\}' | head -n 1)"
must as dpo hrv subject event "$S" applied 2020-01-02
open_for 'an event more' --to "${FPRS[leaver]}"

# Under a passphrase it is good for one try: whoever is stopped when the file has
# its name does not make a second one with another passphrase.
echo 'another passphrase' >pass2
made() # FILE PASS
{
	GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo "$HRV" case export \
	    "$C" --passphrase-fd 3 --output "$1" 3<"$2" </dev/null \
	    >made.out 2>&1
}
made p0.gpg pass
is $? 6 "a package under a passphrase waits"
must as counsel hrv proposal approve "$(grep -o 'P-[0-9A-Z]\{26\}' made.out |
    head -n 1)"
(GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo exec "$HRV" case export "$C" \
    --passphrase-fd 3 --output p1.gpg 3<pass </dev/null >/dev/null 2>&1) &
pid=$!
while [ ! -e p1.gpg ] && kill -0 "$pid" 2>/dev/null; do :; done
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
ok "killed or not, the package is there" test -s p1.gpg
made p2.gpg pass2
is $? 6 "another one takes another approval"
ok "and is not there" test ! -e p2.gpg
as dpo hrv proposal list --json
exit_is 0 "and no proposal contradicts the log"

must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
D=$(json .id)
as dpo hrv case refuse "$D" --ground excessive --reason 'the ninth this week'
exit_is 6 "a refusal waits as well"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "case.refuse" and .status == "open"))[0].id' \
    .out)
must as counsel hrv proposal approve "$P"
as dpo hrv case refuse "$D" --ground excessive --reason 'words nobody approved'
exit_is 6 "and is approved with its words, which the person reads"
as dpo hrv case refuse "$D" --ground excessive --reason 'the ninth this week'
exit_is 0 "and is carried out when approved"
as dpo hrv audit verify
exit_is 0 "the log verifies after all of it"
done_testing
