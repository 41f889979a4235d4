#!/bin/bash
# SPDX-License-Identifier: ISC
# A person who was merged twice: what is left under each of the entries, stubs
# and cases, belongs to the one who is left, and an answer is about one person.
. "$(dirname "$0")/../lib.sh"

D=2026-03-02
gpg_person leaver
at "$D 08:00:00" vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
must as dpo at "$D 08:01:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:02:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
hr() { as hr at "$D 09:$1:00" hrv "${@:2}"; }
add() { must hr "$1" record add "$2" --class note --date "$3" --json f
    R=$(json .id); }
echo text >f
for i in A B C; do
	must hr 00 subject add --kind employee --name "Ada Lund $i" \
	    --email "$i@example.org"
	eval "$i=$out"
done
A=${A:?} B=${B:?} C=${C:?}
add 01 "$A" 2020-01-01; OLD=$R
add 01 "$A" $D; FIRST=$R
add 01 "$B" $D; SECOND=$R
# So that who they are does not go with the last of these.
must hr 01 record add "$A" --class claim f
must hr 01 record add "$B" --class claim f
must hr 02 case open --subject "$A" --right access --received $D --json
K=$(json .id)
must hr 03 case identity "$K" --method desk
must hr 03 case collect "$K" --json
json_is .records 4 "three records and who it is"
must hr 04 case export "$K" --to "${FPRS[leaver]}" --output a.gpg
must hr 05 case deliver "$K" --method post
must hr 05 case close "$K"

# A year later: the record that is due went, and the three are one.
D=2027-06-01
as purge at "$D 03:00:00" hrv purge confirm-clock
must as purge at "$D 03:01:00" hrv purge run --json
json_is .destroyed 3 "what was due is destroyed"
D=2027-06-02
add 01 "$A" $D; NEWA=$R
add 01 "$C" $D; THIRD=$R
must hr 02 subject merge "$A" "$B"
add 03 "$B" $D; NEWB=$R
must hr 04 subject merge "$B" "$C"
must hr 05 subject show "$A" --json
json_is '"\(.id) \(.merged | sort | join(" "))"' \
    "$C $(printf '%s\n' "$A" "$B" | sort | xargs)" \
    "all of the entries lead to the last one"

# The stubs of all three are hers.
must hr 06 case open --subject "$C" --right access --received $D --json
json_is .possibly_excessive null "an answer of a year ago is no repetition"
K2=$(json .id)
must hr 06 case identity "$K2" --method desk
must hr 06 case collect "$K2" --json
is "$(json '.items[] | select(.disposition == "destroyed") | .record' | sort)" \
    "$(printf '%s\n' "$OLD" "$FIRST" "$SECOND" | sort)" \
    "what was destroyed of any of them is told"
is "$(json '.items[] | select(.class == "note" and .disposition == "disclosed")
    | .record' | sort)" "$(printf '%s\n' "$THIRD" "$NEWA" "$NEWB" | sort)" \
    "what there is goes out"
must hr 07 case export "$K2" --to "${FPRS[leaver]}" --output c.gpg
mkdir c
gpg --homedir "$T/gpg-leaver" --batch -q -d c.gpg 2>/dev/null | tar -x -C c
cp "c/$K2/data.json" .out
is "$(json '.records[] | select(.destroyed_on != null) | .record' | sort)" \
    "$(printf '%s\n' "$OLD" "$FIRST" "$SECOND" | sort)" \
    "and stands in the package"
is "$(json '.requests[].case')" "$K" "as does what the first entry asked for"
must hr 08 case deliver "$K2" --method post
must hr 08 case close "$K2"

# The case of the entry that went first, open again.
must hr 10 case reopen "$K" --json
json_is .subject "$C" "a case is about who is left"
must hr 11 case collect "$K" --json
is "$(json '.items[] | select(.class == "note" and .disposition == "disclosed")
    | .record' | sort)" "$(printf '%s\n' "$THIRD" "$NEWA" "$NEWB" | sort)" \
    "and finds everything of hers"
is "$(json '.items[] | select(.disposition == "destroyed") | .record' | sort)" \
    "$(printf '%s\n' "$OLD" "$FIRST" "$SECOND" | sort)" "stubs, too"
json_is .undecided 0 "nobody else is among her entries"
must hr 13 case export "$K" --to "${FPRS[leaver]}" --output a2.gpg
mkdir a2
gpg --homedir "$T/gpg-leaver" --batch -q -d a2.gpg 2>/dev/null | tar -x -C a2
cp "a2/$K/data.json" .out
json_is '[.records[] | select(.destroyed_on == null and .class == "note")] |
    length' 3 "the answer has all of it"
must hr 14 case show "$K" --json
json_is .subject "$C" "whoever looks sees whose it is"
as auditor at "$D 10:00:00" hrv audit verify
exit_is 0 "the log is whole"
as dpo at "$D 10:01:00" hrv check
exit_is 0 "and no state of a case changed without an entry"
done_testing
