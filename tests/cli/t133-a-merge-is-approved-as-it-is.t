#!/bin/bash
# SPDX-License-Identifier: ISC
# Who approves a merge approves the records and holds of both as they are; and
# what is held stays a record of somebody who is known.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr purge dpo2; do gpg_person $who; done
D=2026-04-06
at "$D 08:00:00" vault_new
at "$D 08:20:00" vault_second dpo2 dpo
hr() { as hr at "$D 09:$1:00" hrv "${@:2}"; }
add() { must hr "$1" record add "${@:2}" --json f; R=$(json .id); }
person() { must hr "$1" subject add --kind candidate --name "$2"; }
echo text >f

# A merge that would move a date earlier.
person 01 'Ines Kurz'; A=$out
person 01 'Inés Kurz'; B=$out
for one in "$A" "$B"; do
	must hr 02 subject consent "$one" --purpose recruitment \
	    --text-version 1 --given 2026-04-01
done
add 03 "$A" --class talent_pool; POOL=$R
must hr 03 subject consent "$B" --purpose recruitment --withdrawn 2026-04-02
merge() { hr "$1" subject merge "$A" "$B" --json; }
approve()
{
	must as hr at "$D 09:$1:30" hrv proposal list --json
	P=$(json 'select(.status == "open") | .id')
	must as dpo2 at "$D 09:$1:50" hrv proposal approve "$P"
}
merge 04
exit_is 6 "it takes two people"
approve 04
add 05 "$B" --class application
merge 06
exit_is 6 "the approval is not for what came to the one that stays"
err_like 'P-' "and another one waits"
approve 06
add 07 "$A" --class application
merge 08
exit_is 6 "nor for what came to the one that goes"
approve 08
must hr 09 record event "$R" closed 2026-04-05
merge 10
exit_is 6 "nor for a record to which something happened"
approve 10
must as dpo at "$D 09:11:00" hrv hold place --matter M --reason r --subject "$B"
merge 12
exit_is 6 "nor under a hold that nobody knew of"
approve 12
must as dpo at "$D 09:13:00" hrv hold place --matter N --reason r \
    --record "$POOL"
merge 14
exit_is 5 "and what is held itself is not merged"
must hr 15 record show "$POOL" --json
json_is .subject "$A" "nothing moved by any of these"

# Of two pairs a record of the one that stays is held, by number, or none.
for i in held free; do
	person 16 "Lea Brandt $i"; from=$out
	person 16 "Lea Brand $i"; into=$out
	add 17 "$from" --class application
	must hr 18 subject merge "$from" "$into"
	[ $i = free ] || must as dpo at "$D 09:19:00" hrv hold place \
	    --matter M --reason r --record "$R"
	eval "FROM_$i=$from"
done
as purge at "2026-04-13 03:00:00" hrv purge confirm-clock
p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
if [ -n "$p" ]; then
	must as dpo2 at "2026-04-13 03:00:20" hrv proposal approve "$p"
	must as purge at "2026-04-13 03:00:30" hrv purge confirm-clock
fi
must as purge at "2026-04-13 03:01:00" hrv purge run
must as purge at "2026-04-20 03:01:00" hrv purge run --json
json_is .identities 1 "who the one was whose record is held is known still"
D=2026-04-21
must as hr at "$D 09:00:00" hrv subject show "${FROM_held:?}" --json
json_is '.merged | length' 1 "and leads to who is left"
as dpo at "$D 09:10:00" hrv check
exit_is 0 "the tables are what the log says"
done_testing
