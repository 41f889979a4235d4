#!/bin/bash
# SPDX-License-Identifier: ISC
# A consent that is withdrawn ends what rests on it for that purpose and nothing
# else, and one that is given again is in force again, on the same day too.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person asker
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind candidate --name 'Łucja Ødegård' --email l@example.org
S=$out
echo text >f
must d record add "$S" --class talent_pool --date 2026-01-05 f
POOL=$out
must d record add "$S" --class equality_monitoring --date 2026-01-05 f
EQUAL=$out
consent() # PURPOSE given|withdrawn DAY
{
	must d subject consent "$S" --purpose "$1" --"$2" "$3" \
	    --text-version 1 --json
}
ends() # RECORD WANT NAME
{
	must d record show "$1" --json
	json_is '"\(.limit_until) \(.purge_from)"' "$2" "$3"
}

consent recruitment given 2026-02-10
consent audit given 2026-02-10
ends "$POOL" '2028-02-10 2028-02-11' "given for two years"
ends "$EQUAL" '2027-01-05 2027-01-06' "or for one, from another day"
consent audit withdrawn 2026-05-04
ends "$EQUAL" '2026-05-04 2026-05-05' "withdrawn, it is to go"
ends "$POOL" '2028-02-10 2028-02-11' "and what is for another purpose is not"
d record read "$POOL" --purpose recruitment --output -
exit_is 0 "which is used as before"
consent audit given 2026-05-04
ends "$EQUAL" '2027-01-05 2027-01-06' "given again on that day it stays"
consent recruitment withdrawn 2026-05-04
ends "$POOL" '2026-05-04 2026-05-05' "the other one on that day goes"
ends "$EQUAL" '2027-01-05 2027-01-06' "alone"
sed '/id = "uk.equality"/,+2 s/P1Y/P2Y/' "$HRV_TOP/policy/schedules/uk.cfg" \
    >longer.cfg
must d policy diff longer.cfg --json
json_is '"\(.earlier) \(.later)"' '0 1' "a comparison of schedules sees that"
consent recruitment given 2026-09-01
ends "$POOL" '2028-09-01 2028-09-02' "given again it counts from the new day"
consent recruitment withdrawn 2026-10-01
ends "$POOL" '2026-10-01 2026-10-02' "and can be withdrawn again"
consent recruitment given 2026-10-01
ends "$POOL" '2028-10-01 2028-10-02' "as often as the person likes"

must d subject show "$S" --json
json_is '.consents | length' 8 "the ledger has every act"
json_is '[.events[] | "\(.event) \(.purpose) \(.date)"] | sort | unique |
    join(",")' "$(printf '%s,' 'subject.consent_given audit 2026-02-10' \
    'subject.consent_given audit 2026-05-04' \
    'subject.consent_given recruitment 2026-02-10' \
    'subject.consent_given recruitment 2026-09-01' |
    sed 's/,$//'),subject.consent_given recruitment 2026-10-01" \
    "the events are those that count, with their purpose"
must d subject show "$S"
out_like 'consent_given 2026-10-01 \(recruitment\)' "readable as well"
must d record explain "$POOL"
out_like '2028-10-01' "an explanation has the day"

# By hand nobody takes back what the ledger has, and what is entered by hand,
# as an import does, is for every purpose until it is given again.
d subject event "$S" consent_given 2026-10-01 --retract
exit_is 4 "an event of the ledger is not taken back by hand"
must d subject event "$S" consent_withdrawn 2026-10-20
ends "$POOL" '2026-10-20 2026-10-21' "withdrawn without a purpose"
ends "$EQUAL" '2026-10-20 2026-10-21' "means all of them"
consent recruitment given 2026-10-21
ends "$POOL" '2028-10-21 2028-10-22' "one of which is given again"
ends "$EQUAL" '2026-10-20 2026-10-21' "and the other is not"

as dpo hrv check
exit_is 0 "dates and states are those of the tables"
as dpo hrv audit verify
exit_is 0 "the log is whole"

# A package says what was consented to, and an import takes that in.
must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method desk
must d case collect "$C"
must d case export "$C" --to "${FPRS[asker]}" --output a.gpg
gpg --homedir "$T/gpg-asker" --batch -q -d a.gpg 2>/dev/null | tar -x
is "$(jq -r '.subject.events[] | select(.day == "2026-05-04") |
    "\(.event) \(.purpose)"' "$C/data.json")" 'subject.consent_given audit' \
    "an event of a package names its purpose"
unlike "$(cat "$C/data.json" "$C/index.html")" 'consent_[a-z]*:' "and is plain"
export HRVAULT_DIR=$T/new
must d init --founder "${FPRS[dpo]}" --schedule uk
jq '.subject.events[0].purpose = "gossip"' "$C/data.json" >bad.json
d import bad.json --documents "$C/documents"
exit_is 3 "a purpose that nobody knows is not taken in"
must d import "$C/data.json" --documents "$C/documents"
must d subject show email:l@example.org --json
json_is '[.events[] | select(.purpose == "audit") | .date] | join(",")' \
    2026-02-10,2026-05-04 "it is the same there"
done_testing
