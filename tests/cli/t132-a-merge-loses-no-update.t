#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# One member corrects a person while another merges it, from two processes:
# what was acknowledged is there afterwards, under the one who is left; so is a
# wish about mailings.
# HRV_RACES is how many.
. "$(dirname "$0")/../lib.sh"

RACES=${HRV_RACES:-$(many 8 4)}
vault_new
one() { GNUPGHOME="$T/gpg-$1" XDG_STATE_HOME="$T/state-$1" "$HRV" "${@:2}" \
    2>/dev/null; }
nap() { sleep "0.$(printf '%03d' "$1")"; }
add() { one hr subject add --kind employee --name "$1" --json | jq -r .id; }

lost=0 odd=0 both=0 late=0
for ((i = 0; i < RACES; i++)); do
	from=$(add "Mina Okoye $i") into=$(add "Mina Okoyé $i")
	# Whoever goes, or whoever stays, by turns.
	who=$from
	[ $((i % 2)) = 0 ] || who=$into
	one dpo subject merge "$from" "$into" >merge.out &
	pid=$!
	nap $((i * 120 / RACES + RANDOM % 30))
	one hr subject update "$who" --phone "+44 20 7946 0$((100 + i))" \
	    --reason r >/dev/null
	updated=$?
	wait "$pid"
	merged=$?
	case "$merged $updated" in
	"0 0") both=$((both + 1)) ;;
	"7 0") late=$((late + 1)) ;;
	"0 5" | "0 7") ;;
	*) odd=$((odd + 1)); diag "merge $merged, update $updated" ;;
	esac
	if [ "$updated" = 0 ]; then
		# An update that came first is what the merge, repeated, takes over.
		[ "$merged" = 0 ] || one dpo subject merge "$from" "$into" >/dev/null
		one hr subject show "$from" --json >show.out
		[ "$(jq -r .id show.out)" = "$into" ] || odd=$((odd + 1))
		grep -q "0$((100 + i))" show.out || lost=$((lost + 1))
	fi
	# What a person wants is no fact of a state: it is looked at alone.
	from=$(add "Omar Diallo $i") into=$(add "Omar Diallò $i")
	one dpo subject merge "$from" "$into" >merge.out &
	pid=$!
	nap $((i * 120 / RACES + RANDOM % 30))
	one hr subject preference "$from" --channel phone --set no >/dev/null
	wished=$?
	wait "$pid"
	merged=$?
	case "$merged $wished" in
	"0 0" | "7 0" | "0 5" | "0 7") ;;
	*) odd=$((odd + 1)); diag "merge $merged, preference $wished" ;;
	esac
	[ "$wished" = 0 ] || continue
	one hr subject show "$from" --json >show.out
	[ "$(jq -r '.preferences | length' show.out)" = 1 ] ||
	    lost=$((lost + 1))
done
diag "$RACES races, $both times both were done, $late times the merge waited"
is "$lost" 0 "no correction that was acknowledged is lost"
is "$odd" 0 "each was done, or said that it was not"
as dpo hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check
exit_is 0 "and the tables are what it says"
done_testing
