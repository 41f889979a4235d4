#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# kill -9 at random moments of `purge run`: a run destroyed all of its list or
# nothing, the next one finishes it, and what was kept stays readable. Then a
# record stored beside a running purge: its key is never lost.
. "$(dirname "$0")/../lib.sh"

ROUNDS=${HRV_ROUNDS:-$(many 40 16)}

cat >at-once.cfg <<'E2'
schedule = {
  id = "at-once"; version = "1"; title = "No notice"; jurisdiction = "XX";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" );
  purge = { notice = "P0D"; };
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; special_category = false; rules = ( "r" ); } );
  rules = ( { id = "r"; cite = "test"; at_expiry = "purge";
    keep = { on = "record.created"; plus = "P1Y"; }; } );
};
E2
vault_new "$T/v" "$T/at-once.cfg"
must as hr hrv subject add --kind employee --name "Ngũgĩ wa Example" --json
S=$(json .id)
echo "keep me" >doc.txt
hr() { GNUPGHOME="$T/gpg-hr" XDG_STATE_HOME="$T/state-hr" "$HRV" "$@" \
    2>/dev/null; }
purge() { GNUPGHOME="$T/gpg-purge" XDG_STATE_HOME="$T/state-purge" \
    exec "$HRV" "$@" 2>/dev/null; }
add() { hr record add "$S" --class note --date "$1" doc.txt --json |
    jq -r .id; }
state_of() { hr record read "$1" --purpose administration --output - \
    >/dev/null; echo $?; }
kept=$(add 2026-11-01)

halves=0 strange=0 unfinished=0 killed=0
for ((i = 0; i < ROUNDS; i++)); do
	a=$(add 2020-01-01)
	b=$(add 2020-01-02)
	(purge purge run) >/dev/null &
	pid=$!
	sleep "0.$(printf '%03d' $((RANDOM % 250)))"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null || killed=$((killed + 1))
	ra=$(state_of "$a") rb=$(state_of "$b")
	[ "$ra" = "$rb" ] || halves=$((halves + 1))
	case "$ra$rb" in *[!012]*) strange=$((strange + 1)) ;; esac
	(purge purge run) >/dev/null || unfinished=$((unfinished + 1))
	[ "$(state_of "$a")$(state_of "$b")" = 1212 ] ||
	    unfinished=$((unfinished + 1))
done
diag "$killed of $ROUNDS runs were killed"
ok "some were killed" test "$killed" -gt 0
is "$halves" 0 "no run destroyed half of its list"
is "$strange" 0 "a due record is readable or purged, nothing else"
is "$unfinished" 0 "the next run finishes the work, without an unlock"
is "$(state_of "$kept")" 0 "what is kept stays readable"

lost=0
for ((i = 0; i < ROUNDS / 2; i++)); do
	add 2020-01-03 >/dev/null
	(purge purge run) >/dev/null &
	pid=$!
	id=$(add 2026-11-02)
	wait "$pid"
	[ "$(state_of "$id")" = 0 ] || lost=$((lost + 1))
done
is "$lost" 0 "a record stored beside a purge keeps its key"

(purge purge run) >/dev/null
as purge hrv audit verify --json
exit_is 0 "the log verifies"
as hr hrv check --deep --json
exit_is 0 "nothing is damaged"
set -- "$HRVAULT_DIR"/anchor.*
is $# 1 "one anchor is left"
set -- "$HRVAULT_DIR"/keys.*.db
is $# 1 "one keystore is left"

done_testing
