#!/bin/bash
# SPDX-License-Identifier: ISC
# The same person entered twice becomes one, with everything; what anything
# protects stays as it is, and nothing falls due sooner by it unasked.
. "$(dirname "$0")/../lib.sh"

for who in dpo hr purge dpo2; do gpg_person $who; done
D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
at "$D 08:20:00" vault_second dpo2 dpo
hr() { as hr at "$D 09:$1:00" hrv "${@:2}"; }
add() { must hr "$1" record add "${@:2}" --json f; R=$(json .id); }
echo text >f
must hr 01 subject add --kind candidate --name 'Ama Owusu' \
    --email ama@example.org --phone '+44 20 7946 0001' --born 1990-05-05
FROM=$out
must hr 01 subject add --kind employee --name 'Ama Owusu' --number E-1 \
    --email a.owusu@example.org
INTO=$out
must hr 01 subject add --kind employee --name 'Zoë Nowak' --number E-2
OTHER=$out
add 02 "$FROM" --class application; CV=$R
add 02 "$INTO" --class contract; CONTRACT=$R
add 02 "$OTHER" --class contract; LINKED=$R
must hr 03 record link "$LINKED" "$FROM" --as witness
must hr 03 record link "$CONTRACT" "$FROM" --as referee
must hr 03 subject event "$FROM" applied 2026-01-05
must hr 03 subject event "$INTO" hired 2026-02-01
must hr 03 subject consent "$FROM" --purpose recruitment --text-version 1 \
    --given 2026-01-05
must hr 03 subject preference "$FROM" --channel email --set no
must hr 03 subject confirm "$FROM"
must hr 03 subject notice --all --text-version 1

# Not what is held, or in a case.
must as dpo at "$D 09:04:00" hrv hold place --matter M --reason r \
    --record "$LINKED" --json
H=$(json .id)
hr 04 subject merge "$FROM" "$INTO"
exit_is 5 "a held record that names the person is not changed"
as dpo at "$D 09:05:00" hrv hold release "$H" --reason over
must as dpo at "$D 09:05:00" hrv proposal list --json
P=$(json 'select(.status == "open") | .id')
must as dpo2 at "$D 09:05:10" hrv proposal approve "$P"
must as dpo at "$D 09:05:20" hrv hold release "$H" --reason over
hr 06 subject merge "$FROM" "$INTO"
exit_is 5 "nor while its hold cools off"
D=2026-04-06
must hr 01 case open --subject "$INTO" --right access --received $D --json
C=$(json .id)
hr 02 subject merge "$FROM" "$INTO"
exit_is 5 "nor while either has an open case"
err_like 'open case' "says why"
hr 02 subject merge "$INTO" "$INTO"
exit_is 2 "nobody is merged into himself"
must as dpo at "$D 09:03:00" hrv audit log --op subject.merge --json
is "$(json 'select(.result == "refused") | .code' | sort | uniq -c | tr -s ' ' |
    paste -sd,)" ' 1 cooling-off, 1 held, 1 open-case' "refusals are logged"

# Another two, of whom nothing is in the way.
must hr 04 subject add --kind candidate --name 'Ravi Italo' \
    --email ravi@example.org --phone '+44 20 7946 0002' --born 1990-05-05
FROM=$out
must hr 04 subject add --kind employee --name 'Ravi Ítalo' --number E-9 \
    --email r.italo@example.org
INTO=$out
add 05 "$FROM" --class application; CV=$R
add 05 "$INTO" --class contract; CONTRACT=$R
add 05 "$OTHER" --class equality_monitoring; LINKED=$R
must hr 05 record link "$LINKED" "$FROM" --as witness
must hr 05 record link "$CONTRACT" "$FROM" --as referee
must hr 05 subject event "$FROM" applied 2026-01-05
must hr 05 subject event "$FROM" ended 2026-03-01
must hr 05 subject event "$INTO" hired 2026-02-01
must hr 05 subject consent "$FROM" --purpose recruitment --text-version 1 \
    --given 2026-01-05
must hr 05 subject preference "$FROM" --channel email --set no
must hr 05 subject confirm "$FROM"
must hr 05 subject notice --all --text-version 1
hr 06 subject merge "$FROM" "$INTO" --json
exit_is 0 "nothing in the way"
json_is '"\(.id) \(.merged) \(.records) \(.kind)"' \
    "$INTO $FROM 1 employee" "the one is the other now"
json_is '[(.changed | sort | join(",")), (.dropped | join(","))] | join(" ")' \
    'born,emails,phones name' "what it had not is taken over, or told"
must hr 07 subject show "$FROM" --json
json_is '"\(.id) \(.merged[0]) \(.name) \(.number) \(.emails | length)"' \
    "$INTO $FROM Ravi Ítalo E-9 2" "and leads there"
json_is '[.events[] | .event] | sort | join(",")' \
    'subject.applied,subject.consent_given,subject.ended,subject.hired' \
    "events come along"
json_is '[.consents[0].purpose, .preferences[0].channel, .notice.version,
    .confirmed] | join(",")' "recruitment,email,1,$D" "and what was agreed"
must hr 07 subject suppressed r.italo@example.org --json
json_is .suppressed true "who wanted no mail gets none to the other address"
must hr 07 record list "$INTO" --json
is "$(json .id | sort)" "$(printf '%s\n' "$CV" "$CONTRACT" | sort)" \
    "records are together"
must hr 07 record read "$CV" --purpose recruitment --output cv
ok "and open" cmp f cv
must hr 07 record show "$LINKED" --json
json_is '.links[0].subject' "$INTO" "who named the one names the other"
must hr 07 record show "$CONTRACT" --json
json_is '.links | length' 0 "but nobody stands beside himself"
must hr 07 subject find 'email:ravi@example.org' --json
json_is .id "$INTO" "is found by any address"
hr 07 subject list --json
unlike "$out" "$FROM" "and there is one"
hr 08 subject merge "$FROM" "$INTO"
exit_is 2 "it is done"
must hr 08 case open --subject "$FROM" --right access --received $D --json
json_is .subject "$INTO" "a case is about the one there is"
as dpo at "$D 09:09:00" hrv check
exit_is 0 "the tables are what the log says"

# A date that would move earlier asks somebody else.
must hr 10 subject add --kind candidate --name 'Ines Kurz'
A=$out
must hr 10 subject add --kind candidate --name 'Inés Kurz'
B=$out
for one in "$A" "$B"; do
	must hr 10 subject consent "$one" --purpose recruitment \
	    --text-version 1 --given 2026-04-01
done
add 10 "$A" --class talent_pool; POOL=$R
must hr 10 record show "$POOL" --json
BEFORE=$(json .purge_from)
must hr 11 subject consent "$B" --purpose recruitment --withdrawn 2026-04-02
hr 12 subject merge "$A" "$B"
exit_is 6 "what would go sooner takes two people"
must hr 12 record show "$POOL" --json
json_is '"\(.subject) \(.purge_from)"' "$A $BEFORE" "and nothing moved"
approve() {
	must as hr at "$D 09:$1:30" hrv proposal list --json
	P=$(json 'select(.status == "open") | .id')
	must as dpo2 at "$D 09:$1:40" hrv proposal show "$P"
	out_like "merged into $B" "who approves sees what it is"
	must as dpo2 at "$D 09:$1:50" hrv proposal approve "$P"
}
approve 12
must hr 13 subject update "$B" --email i@example.org --reason r
hr 13 subject merge "$A" "$B"
exit_is 6 "which is not for who somebody was made afterwards"
approve 13
must hr 14 subject event "$A" applied 2026-04-01
hr 14 subject merge "$A" "$B"
exit_is 6 "nor for what happened afterwards"
approve 14
hr 15 subject merge "$A" "$B" --json
exit_is 0 "then it is done"
json_is .moved.earlier 1 "and told"

# What is left of the one is protected by what protects the other.
must hr 15 subject add --kind candidate --name 'Lea Brandt'
HELD=$out
must hr 15 subject add --kind employee --name 'Lea Brand'
must hr 15 subject merge "$HELD" "$out"
must as dpo at "$D 09:15:30" hrv hold place --matter M --reason r \
    --subject "$HELD"

# What is left of the one goes by itself, after the notice.
as purge at "2026-04-13 03:00:00" hrv purge confirm-clock
must as purge at "2026-04-13 03:00:10" hrv proposal list --json
P=$(json 'select(.kind == "clock" and .status == "open") | .id')
must as dpo2 at "2026-04-13 03:00:20" hrv proposal approve "$P"
must as purge at "2026-04-13 03:00:30" hrv purge confirm-clock
must as purge at "2026-04-13 03:01:00" hrv purge run --json
json_is .identities 0 "not inside the notice"
must as purge at "2026-04-20 03:01:00" hrv purge run --json
json_is '"\(.destroyed) \(.identities)"' '1 2' \
    "then who the two were is destroyed, but for a hold or case of the other"
as hr at "2026-04-21 08:59:00" hrv subject show "$A"
exit_is 12 "whose other entry leads to what is gone"
as hr at "2026-04-21 09:00:00" hrv subject show "$FROM" --json
json_is .id "$INTO" "and they lead there still"
as dpo at "2026-04-21 09:01:00" hrv audit verify
exit_is 0 "the log is whole"
as dpo at "2026-04-21 09:02:00" hrv check
exit_is 0 "and the tables are what it says"
done_testing
