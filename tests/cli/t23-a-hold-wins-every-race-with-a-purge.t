#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# Holds placed beside a purge, from a second process: between the plan and the
# run, and at random moments of a run. HRV_RACES is how many (1000 for a long
# look); every hundred begin in a new vault, because each run reads the whole
# log, and the log of a thousand races is long. Either the hold came first and the record lives, or the destruction
# was committed first and the hold says that it covers nothing.
. "$(dirname "$0")/../lib.sh"

RACES=${HRV_RACES:-$(many 20 10)}

cat >at-once.cfg <<'END'
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
END
# A vault with somebody in it and a record that is not due.
fresh()
{
	rm -rf "$T/v" "$T"/state-*/hrvault
	vault_new "$T/v" "$T/at-once.cfg"
	must as dpo hrv subject add --kind employee --name "Jørgen 王芳" --json
	S=$(json .id)
	kept=$(add 2026-11-01)
	rounds=0
}
# What a vault must be after its races; as many holds as were placed.
account()
{
	as dpo hrv hold list --json
	[ "$(jq -s length .out)" = "$1" ] || odd=$((odd + 1))
	as dpo hrv audit verify --json
	[ "$rc" = 0 ] || broken=$((broken + 1))
	as dpo hrv check --deep --json
	[ "$rc" = 0 ] || broken=$((broken + 1))
	[ "$(state_of "$kept")" = 0 ] || lost=$((lost + 1))
}
echo "keep me" >doc.txt
dpo() { GNUPGHOME="$T/gpg-dpo" XDG_STATE_HOME="$T/state-dpo" "$HRV" "$@" \
    2>/dev/null; }
purge() { GNUPGHOME="$T/gpg-purge" XDG_STATE_HOME="$T/state-purge" \
    "$HRV" "$@" 2>/dev/null; }
add() { dpo record add "$S" --class note --date "$1" doc.txt --json |
    jq -r .id; }
place() { dpo hold place --matter M --reason "a claim" --record "$1" --json |
    jq -r .matched; }
state_of() { dpo record read "$1" --purpose administration --output - \
    >/dev/null; echo $?; }
lost=0 lied=0 held=0 failed=0 odd=0 broken=0
fresh

# Between plan and run.
r=$(add 2020-01-01)
must as purge hrv purge plan --json
json_is .destroy_records 1 "the plan would destroy a record"
is "$(place "$r")" 1 "then a hold covers it"
must as purge hrv purge run --json
json_is '"\(.destroyed) \(.protected)"' "0 1" "the run keeps it"
is "$(state_of "$r")" 0 "and it can be read"

# While a run is in progress. Two records are due, so that a run which spares
# the one that is held still goes on to destroy the other.
more=1
for ((i = 0; i < RACES; i++)); do
	if [ "$rounds" = 100 ]; then
		account $((rounds + more))
		fresh
		more=0
	fi
	rounds=$((rounds + 1))
	r=$(add 2020-01-01)
	other=$(add 2020-01-02)
	purge purge run --json >run.out &
	pid=$!
	sleep "0.$(printf '%03d' $((RANDOM % 120)))"
	matched=$(place "$r")
	wait "$pid"
	case $? in 0 | 3 | 7) ;; *) failed=$((failed + 1)) ;; esac
	lives=$(state_of "$r")
	case "$matched $lives" in
	"1 0") held=$((held + 1)) ;;
	"0 12") ;;
	"1 12") lost=$((lost + 1)) ;;
	"0 0") lied=$((lied + 1)) ;;
	*) odd=$((odd + 1)) ;;
	esac
	# A busy vault may have stopped the run; the next one ends it.
	purge purge run >/dev/null
	[ "$(state_of "$other")" = 12 ] || odd=$((odd + 1))
	[ "$(state_of "$r")" = "$lives" ] || lost=$((lost + 1))
done
diag "$RACES races, $held won by the hold"
is "$lost" 0 "no held record was purged"
is "$lied" 0 "a hold counts what it protects"
is "$failed" 0 "no run took a hold that came in between for damage"
account $((rounds + more))
is "$odd" 0 "what nobody holds goes, and every hold that was placed is there"
is "$broken" 0 "the log verifies and nothing is damaged"
is "$lost" 0 "what is not due stays"
done_testing
