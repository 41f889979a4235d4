#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# kill -9 at random moments of `import`: batches that were committed stay, no
# half of a row does, and importing the same file again completes it without
# taking anybody in twice.
. "$(dirname "$0")/../lib.sh"

KILLS=${HRV_KILLS:-$(many 50 20)}
ROWS=12

vault_new "$T/v" uk
cat >map.cfg <<'E2'
map = { format = "hrvault-map/1"; id = "t"; version = "1"; title = "t";
  kind = "employee";
  columns = ( { column = "No"; to = "subject.number"; required = true; },
    { column = "Name"; to = "subject.name"; required = true; },
    { column = "Left"; to = "subject.ended"; dates = ( "YYYY-MM-DD" ); } );
  rest = "record"; record = { class = "personnel_file"; title = "File";
    source = "test"; provided_by = "employer"; }; };
E2
hr() { GNUPGHOME="$T/gpg-hr" XDG_STATE_HOME="$T/state-hr" exec "$HRV" "$@" \
    2>/dev/null; }

killed=0 acked=0 failed=0
for ((i = 0; i < KILLS; i++)); do
	{
		echo "No,Name,Left,Desk"
		for ((r = 0; r < ROWS; r++)); do
			echo "N-$i-$r,Zoë Ødegård $i $r,2024-05-0$((r % 9 + 1)),D$r"
		done
	} >people.csv
	(hr import people.csv --map map.cfg --json) >import.out &
	pid=$!
	sleep "0.$(printf '%03d' $((RANDOM % 200)))"
	kill -9 "$pid" 2>/dev/null
	if wait "$pid" 2>/dev/null; then
		acked=$((acked + 1))
	else
		killed=$((killed + 1))
		(hr import people.csv --map map.cfg --json) >import.out ||
		    failed=$((failed + 1))
	fi
	want=$(((i + 1) * ROWS))
	n=$( (hr subject list --json) | grep -c '"id"')
	[ "$n" = "$want" ] || failed=$((failed + 1))
done
diag "$killed killed, $acked acknowledged"
ok "some were killed" test "$killed" -gt 0
is "$failed" 0 "after a second import everybody is there once"

as hr hrv subject find "number:N-0-3" --json
json_is .number N-0-3 "they are found"
as hr hrv check --deep --json
exit_is 0 "nothing is damaged"
as hr hrv audit verify --json
exit_is 0 "the log verifies"

done_testing
