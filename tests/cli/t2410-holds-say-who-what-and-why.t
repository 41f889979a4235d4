#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirements for holds 1, 2, 4, 26, 28, 31, 32 by their numbers: authority,
# scopes with queries, frozen sets, amendments, what a release would free.
# san
. "$(dirname "$0")/../lib.sh"

vault_new
add() { must as hr hrv record add "$@" doc.txt --json; json .id; }
must as hr hrv subject add --kind employee --name "Søren Ünal" \
    --number E-1 --json
S=$(json .id)
must as hr hrv subject add --kind employee --name "Nguyễn Thị Hoa" --json
W=$(json .id)
echo text >doc.txt
A=$(add "$S" --class contract --date 2020-01-01)
B=$(add "$W" --class payslip --date 2021-05-01 --event pay_date=2021-05-31)
C=$(add "$W" --class contract --date 2022-01-01)
must as hr hrv record link "$C" "$S" --as witness
matches() { # WANT NAME OPTIONS...
	local want=$1 name=$2
	shift 2
	as dpo hrv hold preview "$@" --json
	json_is .matched "$want" "$name"
}

# ---- 1
as dpo hrv hold place --matter M-7 --reason "a claim" \
    --authority "Judge Ayşe Öztürk" --subject "$S" --json
exit_is 0 "1: a hold says who ordered it"
H=$(json .id)
as dpo hrv hold show "$H" --json
json_is .authority "Judge Ayşe Öztürk" "1: to those who may see its matter"
json_is .placed_by "${FPRS[dpo]}" "1: and who placed it"
json_is .notice none "1: and that nobody was told yet"
as auditor hrv audit log --op hold.place --json
out_unlike 'ztürk|M-7' "1: names are in no entry of the log"
as hr hrv hold list --json
json_is 'has("kind") or has("notice")' false "1: hr sees none of it"

# ---- 2
matches 1 "2: a record" --record "$A"
matches 3 "2: a person, who they are, and what they witnessed" --subject "$S"
matches 2 "2: a class" --class contract
matches 1 "2: a range of dates narrows a class" --class contract --to 2020-12-31
matches 5 "2: a jurisdiction" --jurisdiction UK
as dpo hrv hold preview --jurisdiction FR
exit_is 2 "2: one that was never in force is a mistake"
matches 1 "2: a query on metadata" \
    --query 'class = payslip and created >= 2021-01-01'
matches 2 "2: or" --query "record = $A or record.pay_date = 2021-05-31 and \
class = payslip"
matches 1 "2: not" --query "class = contract and not person = number:E-1 or \
record = $B"
matches 1 "2: a query narrows what the other words say" \
    --class contract --query "subject = $W"
matches 1 "2: linked people" --query 'linked = number:E-1'
matches 3 "2: a list" --query 'class in (contract, payslip)'
for q in 'class = nothing' 'class =' 'nobody = 1' 'created ~ 2020-01-01' \
    'created = 2020-13-01' '(class = payslip' 'class = payslip)' \
    'class < payslip' 'record.no_event = 2020-01-01' 'not'; do
	as dpo hrv hold place --matter M --reason R --query "$q"
	[ "$rc" = 2 ] || flunk "2: refused: $q"
done
pass "2: what cannot be read is refused"
matches 3 "2: an event that is not known covers, in doubt" \
    --query 'subject.ended >= 2030-01-01 and class in (contract, payslip)'

# ---- 31
as dpo hrv hold place --matter M --reason R \
    --query "class = contract and (person = number:E-1)" --json
H2=$(json .id) E2=$(json .snapshot)
json_is .matched 2 "31: a hold by query counts what it finds"
as dpo hrv hold show "$H2" --json
json_is .scope.query "class = contract and person = $S" \
    "31: its text is stored in one spelling, with ids"
like "$(json .scope.policy)" '^[0-9a-f]{64}$' "31: with the schedule's hash"
json_is '"\(.snapshot.entry) \(.snapshot.count)"' "$E2 2" \
    "31: and what it found that day"
as auditor hrv audit log --op hold.place --json
out_like "class = contract and person = $S" "31: the log has the query"
as auditor hrv audit log --record "$C" --op hold.snapshot --json
is "$(jq -s length .out)" 2 "31: and lists each record it found"
D=$(add "$S" --class contract --date 2023-01-01)
as hr hrv record show "$D" --json
json_is .held true "3: what comes later is held"

# ---- 4
as dpo hrv hold place --matter M --reason R --class payslip --frozen --json
exit_is 0 "4: a frozen hold"
F=$(json .id)
json_is .matched 1 "4: covers what is there"
E=$(add "$W" --class payslip --date 2021-06-01 --event pay_date=2021-06-30)
as hr hrv record show "$B" --json
json_is .held true "4: holds it"
as hr hrv record show "$E" --json
json_is .held false "4: and nothing that comes later"
as dpo hrv hold show "$F" --json
json_is '"\(.scope.frozen) \(.scope.records[0])"' "1 $B" "4: it says so"
as dpo hrv hold place --matter M --reason R --class right_to_work --frozen
exit_is 2 "4: nothing cannot be frozen"

# ---- 28
as dpo hrv hold amend "$F" --reason "more was asked for" --record "$E" --json
exit_is 0 "28: a hold is extended"
json_is .matched 2 "28: to more records"
as hr hrv record show "$E" --json
json_is .held true "28: which are held from then on"
as dpo hrv hold amend "$F" --reason "next year" --until-review 2030-01-01
exit_is 0 "28: its review may move"
as dpo hrv hold show "$F" --json
json_is '"\(.amendments | length) \(.amendments[0].reason) \(.review)"' \
    "2 more was asked for 2030-01-01" "28: every amendment is shown"
as dpo hrv hold amend "$F" --reason "nothing"
exit_is 2 "28: that changes nothing is a mistake"
as hr hrv hold amend "$F" --reason "mine" --record "$A"
exit_is 5 "28: hr extends nothing"
as dpo hrv audit verify --json
exit_is 0 "28: the log verifies, scopes, reviews and all"

# ---- 26
as dpo hrv hold preview --release "$F" --json
exit_is 0 "26: what a release would free"
json_is .matched 2 "26: of what it covers"
json_is '.freed | length' 2 "26: all that nothing else holds"
json_is '.freed[0] | has("eligible_from")' true "26: each with its day"
as dpo hrv hold preview --release "$H" --json
json_is '"\(.matched) \(.still_protected)"' "4 3" \
    "26: what another hold covers is not freed"
as hr hrv hold preview --release "$H"
exit_is 5 "26: hr does not see what a hold covers"

# ---- 32
as dpo hrv hold show "$H" --json
like "$(json .placed)" 'T..:..:..\..*Z$' "32: it begins at an instant, in UTC"

as dpo hrv hold release "$F" --reason over
exit_is 0 "5: released"
as dpo hrv hold amend "$F" --reason "too late" --record "$A"
exit_is 5 "28: what is released is not extended"
as dpo hrv check --json
exit_is 0 "nothing is damaged"

# Placed, and then the log takes no more: a hold all the same, and it is said.
if [ "$(uname -m)" = x86_64 ]; then
	place=(hold place --matter M --reason r --subject "$S" --json)
	as dpo "$HRV_B/tools/killat" -c -n "$T/n" 0 "$HRV" "${place[@]}" \
	    >/dev/null
	all=$(cat "$T/n") H=
	for ((i = all * 3 / 4; i > all / 2 && ${#H} == 0; i -= 3)); do
		as dpo "$HRV_B/tools/killat" -e 28 -c "$i" "$HRV" \
		    "${place[@]}" >.out 2>.err
		[ "$(json .snapshot)" != null ] || H=$(json .id)
	done
	like "$(tr '\n' ' ' <.err)" "$H is in force.*hold amend $H" \
	    "a hold without its list says so, and what adds it"
	as dpo hrv hold show "$H" --json
	json_is '"\(.status) \(.snapshot)"' 'active null' "it is in force"
	as dpo hrv hold amend "$H" --until-review 2099-01-01 --reason r --json
	json_is '.snapshot | type' number "the next amendment adds the list"
	as dpo hrv hold show "$H" --json
	json_is '.snapshot.count > 0' true "which is shown from then on"
fi
done_testing
