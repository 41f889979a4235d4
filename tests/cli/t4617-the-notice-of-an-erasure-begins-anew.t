#!/bin/bash
# SPDX-License-Identifier: ISC
# An erasure that waits for the end of keeping has its notice from what ended
# it: a fact that was taken back, a consent, another schedule.
. "$(dirname "$0")/../lib.sh"
vault_at() # SCHEDULE
{
	export HRVAULT_DIR=$T/vault-$((++vaults))
	HRV_AT='2026-01-05 12:00:00'
	vault_new "$HRVAULT_DIR" "$1"
	must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
	must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
	unset HRV_AT
}
vaults=0
on() { at "$1 12:00:00" "${@:2}"; }
# The vault lay still, and the clock is looked at.
still() { must on "$1" as dpo hrv purge confirm-clock; }
# The erasure of everything about S is ordered and answered.
erased()
{
	must on 2026-01-06 as hr hrv case open --subject "$S" --right erasure \
	    --received 2026-01-06 --json
	C=$(json .id)
	must on 2026-01-06 as hr hrv case identity "$C" --method passport
	must on 2026-01-06 as hr hrv case collect "$C"
	must on 2026-01-06 as hr hrv case erase "$C"
	must on 2026-01-07 as hr hrv case deliver "$C" --method post
	must on 2026-01-07 as hr hrv case close "$C"
}
# goes DAY-NOT DAY-YET NAME: R is there after the run of one day, and gone
# after that of the other.
goes()
{
	on "$1" as hr hrv case outcome "$C" --json
	json_is '.records[] | select(.class != "vault.identity") | .until' \
	    "$2" "$3: the answer names the day"
	must on "$1" as purge hrv purge run
	on "$1" as hr hrv record show "$R" --json
	json_is '.versions[0].destroyed' false "$3: not before the notice is over"
	must on "$(date -d "$1 + 7 days" +%F)" as purge hrv purge run
	must on "$(date -d "$2 - 1 day" +%F)" as purge hrv purge run
	on "$2" as hr hrv record show "$R" --json
	json_is '.versions[0].destroyed' false "$3: nor until the day"
	must on "$2" as purge hrv purge run
	on "$2" as hr hrv record read "$R" --purpose subject_request
	exit_is 12 "$3: and then it goes"
}

vault_at uk
must on 2026-01-05 as hr hrv subject add --kind employee --name 'Ngozi 山' --json
S=$(json .id)
must on 2026-01-05 as hr hrv subject event "$S" hired 2010-01-01
must on 2026-01-05 as hr hrv subject event "$S" ended 2015-06-30
must on 2026-01-05 as hr hrv subject event "$S" hired 2024-02-01
echo text >doc.txt
must on 2026-01-05 as hr hrv record add "$S" --class personnel_file doc.txt \
    --json
R=$(json .id)
erased
still 2026-05-01
must on 2026-05-01 as hr hrv subject event "$S" hired 2024-02-01 --retract --json
json_is .earliest_destruction 2026-05-15 'a retraction names the first day'
goes 2026-05-02 2026-05-15 'a retraction'

awk '/^  tests = \(/ { print "};"; exit } { print }' \
    "$HRV_TOP/policy/schedules/uk.cfg" |
    sed -e 's/version = "[^"]*"/version = "own"/' >own.cfg
python3 - <<'PY'
import re
text = open("own.cfg").read()
text, n = re.subn(r'limit = \{ min = \( \{ on = "subject.consent_given"; plus'
                  r' = "P24M"; \},\s*\{ on = "subject.consent_withdrawn"; \} '
                  r'\); \};', 'keep = { on = "subject.consent_withdrawn"; };',
                  text)
assert n == 1
open("own.cfg", "w").write(text)
PY
vault_at "$T/own.cfg"
must on 2026-01-05 as hr hrv subject add --kind candidate --name 'Ötzi' --json
S=$(json .id)
must on 2026-01-05 as hr hrv record add "$S" --class talent_pool doc.txt --json
R=$(json .id)
must on 2026-01-05 as hr hrv subject consent "$S" --purpose recruitment \
    --given 2026-01-05 --text-version v1
erased
still 2026-05-01
must on 2026-05-01 as hr hrv subject consent "$S" --purpose recruitment \
    --withdrawn 2026-04-30
goes 2026-05-02 2026-05-15 'a withdrawal'

vault_at uk
must on 2026-01-05 as hr hrv subject add --kind employee --name 'Ana' --json
S=$(json .id)
must on 2026-01-05 as hr hrv subject event "$S" ended 2024-06-30
must on 2026-01-05 as hr hrv record add "$S" --class personnel_file doc.txt \
    --json
R=$(json .id)
erased
awk '/^  tests = \(/ { print "};"; exit } { print }' \
    "$HRV_TOP/policy/schedules/uk.cfg" |
    sed -e 's/version = "[^"]*"/version = "weak"/' \
        -e 's/notice = "P14D"/notice = "P0D"/' \
        -e '/uk.file6"; cite/,/keep/s/P6Y/P1Y/' >weak.cfg
still 2026-05-01
must on 2026-05-01 as dpo hrv --yes policy adopt weak.cfg
goes 2026-05-02 2026-05-15 'a schedule without a notice'

# Nobody alone ends the keeping of what is ordered to go.
vault_at uk
on 2026-01-05 vault_second counsel legal
HR() { on "$1" as hr hrv "${@:2}"; }
two() # WHAT...: hr proposes, the dpo approves
{
	HR 2026-01-06 "$@"
	exit_is 6 "two people: $1 $2"
	P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
	must on 2026-01-06 as dpo hrv proposal approve "$P"
	must HR 2026-01-06 "$@"
}
must HR 2026-01-05 subject add --kind candidate --name 'Łucja' --json
S=$(json .id)
must HR 2026-01-05 subject event "$S" applied 2026-01-01
must HR 2026-01-05 subject event "$S" closed 2026-01-04
must HR 2026-01-05 subject consent "$S" --purpose recruitment \
    --given 2026-01-04 --text-version v1
must HR 2026-01-05 record add "$S" --class application doc.txt --json
R=$(json .id)
must HR 2026-01-06 case open --subject "$S" --right erasure \
    --received 2026-01-06 --json
C=$(json .id)
must HR 2026-01-06 case identity "$C" --method passport
must HR 2026-01-06 case collect "$C"
two case erase "$C"
must HR 2026-01-07 case deliver "$C" --method post
must HR 2026-01-07 case close "$C"
HR 2026-05-01 record reclassify "$R" --class talent_pool --reason T
exit_is 6 'a class that keeps it no longer takes two'
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
on 2026-05-01 as dpo hrv proposal show "$P"
out_like 'its notice is over' 'and who approves is told what it means'
must on 2026-05-01 as dpo hrv proposal approve "$P"
HR 2026-05-02 record reclassify "$R" --class talent_pool --reason T --json
exit_is 0 'with two it is filed there, also on another day'
json_is .earliest_destruction 2026-05-16 'and the day is the one on which it goes'
done_testing
