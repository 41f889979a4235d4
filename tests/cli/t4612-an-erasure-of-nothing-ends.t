#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# An erasure in which nothing is left to order is answered, delivered and closed
# like any other, and its letters do not contradict each other.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr auditor purge dpo2; do gpg_person $who; done
D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
at "$D 08:20:00" vault_second dpo2 dpo
NOW="$D 09:00:00"
hr() { as hr at "$NOW" hrv "$@"; }
echo text >f
person() # NAME
{
	must hr subject add --kind employee --name "$1"
	S=$out
}
record() # [DATE]
{
	must hr record add "$S" --class equality_monitoring \
	    --date "${1:-2026-02-01}" --json f
	R=$(json .id)
}
asked()
{
	must hr case open --subject "$S" --right erasure --received $D --json
	C=$(json .id)
	must hr case identity "$C" --method 'known in person'
	must hr case collect "$C"
}
one_line() { tr '\n' ' ' | tr -s ' '; }
# Two people: the command, the approval, the command again.
two() # CMD...
{
	hr "$@" --json
	[ "$rc" -eq 6 ] || bail "it takes two people: $*"
	P=$(grep -o 'P-[0-9A-Z]*' .err | head -n 1)
	must as dpo2 at "$NOW" hrv proposal approve "$P"
	must hr "$@" --json
}
ends() # NAME
{
	hr case deliver "$C" --method post
	exit_is 5 "$1: nothing is delivered before two people decided"
	two case erase "$C"
	json_is .status decided "$1: answered"
	hr case letter "$C" --kind outcome --output "letter-$C.txt"
	exit_is 0 "$1: the letter"
	LETTER=$(one_line <"letter-$C.txt")
	like "$LETTER" 'nothing that we could erase now' "$1: says so"
	unlike "$LETTER" 'not decided yet|will be destroyed by' \
	    "$1: and promises nothing"
	hr case deliver "$C" --method post
	exit_is 0 "$1: delivered"
	hr case close "$C"
	exit_is 0 "$1: closed"
}

# Only who it is: that is ordered, and goes when the case is long over.
person 'Ida Lone'
LONE=$S
asked
hr case erase "$C"
two case erase "$C"
json_is '.records[0] | "\(.becomes) \(.ground)"' 'deferred request' \
    "only an identity: it stays for the answer"
must hr case letter "$C" --kind outcome --output lone.txt
like "$(one_line <lone.txt)" 'nothing that we could erase now' \
    "only an identity: nothing can go yet"
like "$(one_line <lone.txt)" 'kept until your request can no longer' \
    "only an identity: as the letter says"
must hr case deliver "$C" --method post
must hr case close "$C" --json
UNTIL=$(json .frozen_until)

# Every record kept on a ground.
person 'Kay Kept'
record; ONE=$R
asked
must hr case keep "$C" "$ONE" --ground claims --reason 'tribunal' --json
json_is ".records[] | select(.record == \"$ONE\") | .becomes" open \
    "kept by one person: nothing is decided yet"
hr case letter "$C" --kind outcome --output early.txt
isnt "$rc" 0 "and no letter says so"
hr case erase "$C"
exit_is 6 "that takes two"
must as dpo2 at "$NOW" hrv proposal show "$(grep -o 'P-[0-9A-Z]*' .err |
    head -n 1)"
like "$(one_line <.out)" "$ONE.*claims" "who approves sees what is kept, and why"
ends 'all kept'
like "$LETTER" 'kept: legal claims' "all kept: on which ground"

# Only somebody else's records.
person 'Otto Owner'
record; OTHERS=$R
person 'Lin Linked'
must hr record link "$OTHERS" "$S" --as witness
asked
ends 'only linked'
like "$LETTER" "somebody else's and only mentions you" "only linked: why"
like "$LETTER" 'kept as long as a record of somebody else' \
    "only linked: who it is stays for that"

# Everything destroyed before it was decided.
person 'Pia Purged'
record 2026-02-02; GONE=$R
asked
two case erase "$C"
FIRST=$C
must hr case deliver "$C" --method post
must hr case close "$C"
must as purge at "2026-03-09 03:00:00" hrv purge run --json
must as purge at "2026-03-16 03:00:00" hrv purge run --json
json_is .destroyed 1 "the first request destroyed it"
NOW="2026-03-16 09:00:00"
must hr case reopen "$FIRST"
C=$FIRST

# Opened again after everything was done.
hr case deliver "$C" --method post
exit_is 5 "opened again it is to be answered again"
hr case letter "$C" --kind outcome --output again.txt
exit_is 6 "and the old answer is told no more"
two case erase "$C"
must hr case letter "$C" --kind outcome --output again.txt
like "$(one_line <again.txt)" "$GONE\): destroyed on 2026-03-16" \
    "opened again: what was done"
hr case deliver "$C" --method post
exit_is 0 "opened again: delivered"
hr case close "$C"
exit_is 0 "opened again: closed"
must hr case reopen "$C"
two case refuse "$C" --ground withdrawn --reason 'she wrote again'
must hr case letter "$C" --kind refusal --output late.txt
like "$(one_line <late.txt)" \
    "by then cannot come back: .*$GONE\): destroyed on 2026-03-16" \
    "refused after it was done, the letter says what is gone"
unlike "$(cat late.txt)" 'Nothing was destroyed' "and nothing else"
must hr case letter "$C" --kind refusal --lang de --output late-de.txt
like "$(one_line <late-de.txt)" "$GONE\): vernichtet am 16.03.2026" \
    "in German too"
must hr case close "$C"

D=2026-03-16
asked
must hr case show "$C" --json
json_is '"\(.destroyed) \(.erase)"' '1 1' "all destroyed: a stub and who it is"
two case erase "$C"
must hr case letter "$C" --kind outcome --output purged.txt
like "$(one_line <purged.txt)" "$GONE\): destroyed on 2026-03-16" \
    "all destroyed: the letter says when"
must hr case deliver "$C" --method post
hr case close "$C"
exit_is 0 "all destroyed: closed"

# Ordered, delivered, opened again and refused.
person 'Rea Refused'
record; STAYS=$R
asked
two case erase "$C"
must hr case letter "$C" --kind outcome --output yes.txt
like "$(one_line <yes.txt)" 'will be destroyed on [0-9-]* or shortly after' "first yes"
must hr case deliver "$C" --method post
must hr case close "$C"
must hr case reopen "$C"
two case refuse "$C" --ground withdrawn --reason 'she wrote again'
hr case letter "$C" --kind outcome --output yes2.txt
exit_is 6 "refused, no letter says yes any more"
must hr case letter "$C" --kind refusal --output no.txt
NO=$(one_line <no.txt)
like "$NO" "On $D we decided otherwise. That holds no longer" \
    "the refusal says what was told before"
like "$NO" 'Nothing was destroyed' "and what came of it"
must hr case outcome "$C" --json
json_is ".records[] | select(.record == \"$STAYS\") |
    \"\(.becomes) \(.ground)\"" 'refused request-refused' "it is kept"
must as purge at "2026-03-24 03:00:00" hrv purge run --json
must as purge at "2026-03-31 03:00:00" hrv purge run --json
NOW="2026-03-31 09:00:00"
hr record read "$STAYS" --purpose audit --output stays
exit_is 0 "no run destroys what was refused"
must hr case reopen "$C"
hr case letter "$C" --kind refusal --output no2.txt
exit_is 6 "opened again, it is refused no longer"
two case erase "$C"
json_is ".records[] | select(.record == \"$STAYS\") | .becomes" erased \
    "and is ordered anew"
must hr case deliver "$C" --method post
must hr case close "$C"
for day in 04-07 04-13; do
	must as purge at "2026-$day 03:00:00" hrv purge run --json
done
json_is .destroyed 0 "by its own notice"
must as purge at "2026-04-14 03:00:00" hrv purge run --json
json_is .destroyed 1 "which ends like any other"

# Who never had a record goes when nobody can dispute the answer any more.
for day in 04-21 04-28 05-05 05-12 05-19 05-26; do
	must as purge at "2026-$day 03:00:00" hrv purge run --json
done
must as purge at "$UNTIL 03:00:00" hrv purge run --json
json_is .identities 0 "who it was stays until then"
NEXT=$(date -u -d "$UNTIL + 1 day" +%F)
must as purge at "$NEXT 03:00:00" hrv purge run --json
RUN=$(json .run)
must as purge at "$NEXT 04:00:00" hrv purge show "$RUN" --json
like "$(json .json | jq -r '.facts.identities[]')" "$LONE" "then it goes"
as auditor at "$NEXT 11:00:00" hrv audit verify
exit_is 0 "the log is whole"
as dpo at "$NEXT 12:00:00" hrv check
exit_is 0 "so are the tables"
done_testing
