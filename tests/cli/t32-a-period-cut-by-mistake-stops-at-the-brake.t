#!/bin/bash
# SPDX-License-Identifier: ISC
# A schedule edited from "P6Y" to "P6D": what it would do is said before, it
# takes a second person, and a run still stops at the brake.
. "$(dirname "$0")/../lib.sh"

schedule() # VERSION PLUS [PURGE [AT_EXPIRY]]
{
	local notice='notice = "P0D";'
	cat <<-END
	schedule = {
	  id = "slip"; version = "$1"; title = "Slip"; jurisdiction = "XX";
	  timezone = "Europe/London"; minimum_age = 13;
	  compartments = ( "general" ); purposes = ( "administration" );
	  purge = { ${3:-$notice} };
	  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
	    compartment = "general"; purpose = "administration";
	    legal_basis = "contract"; special_category = false;
	    rules = ( "r" ); } );
	  rules = ( { id = "r"; cite = "test"; at_expiry = "${4:-purge}";
	    keep = { on = "record.created"; plus = "$2"; }; } );
	};
	END
}
schedule 1 P6Y >right.cfg
schedule 2 P6D >slip.cfg
vault_new "$T/v" "$T/right.cfg"
vault_second counsel legal
must as hr hrv subject add --kind employee --name "Inés Żółć" --json
S=$(json .id)
echo text >doc.txt
N=30
for ((i = 0; i < N; i++)); do
	must as hr hrv record add "$S" --class note --date 2026-10-01 doc.txt
done
live() { must as hr hrv record list "$S" --json
	jq -s '[.[] | select(.state != "purged")] | length' .out; }
BEFORE=$(live)
must as purge hrv purge run --json
json_is .destroyed 0 "before the slip nothing is due"

as hr hrv policy diff ./slip.cfg --json
json_is '"\(.earlier) \(.due_now)"' "$N $N" "diff says that all would be due"
json_is '.classes[0] | "\(.class) \(.due_now)"' "note $N" "and of which class"
as hr hrv policy diff ./slip.cfg
out_like "due.*\b$N\b|\b$N\b.*due" "in words as well"

as dpo hrv policy adopt ./slip.cfg --json
exit_is 6 "one person does not adopt it"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt"))[0].id' .out)
as dpo hrv policy adopt ./slip.cfg
err_like "$P" "the proposal that waits is named"
must as dpo hrv proposal show "$P" --json
json_is '.what | tostring | test("slip")' true "it names the schedule"
as counsel hrv proposal show "$P"
like "$(tr '\n' ' ' <.out)" "$N records are +due at once" \
    "what is to be approved says how many fall due"
as dpo hrv proposal approve "$P"
exit_is 5 "who proposed it does not approve it"
must as hr hrv policy show --json
json_is .version 1 "the schedule in force stays"

must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./slip.cfg --json
json_is .due_now "$N" "approved it is taken into force"
as purge hrv purge run --json
exit_is 6 "and a run stops at the brake"
like "$(cat .err .out)" "$N records" "which says how many are due"
is "$(live)" "$BEFORE" "nothing was destroyed"
as purge hrv purge run
err_like "purge plan --propose" "and names the command that asks people"
exit_is 6 "again and again"
is "$(live)" "$BEFORE" "and nothing is destroyed"

# People put it right.
sed 's/"1"/"3"/' right.cfg >again.cfg
as dpo hrv policy adopt ./again.cfg
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt" and .status == "open"))[0].id' \
    .out)
must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./again.cfg --json
json_is '"\(.later) \(.due_now)"' "$N 0" "the right period undoes it"
must as purge hrv purge run --json
json_is .destroyed 0 "and a run has nothing to do"
is "$(live)" "$BEFORE" "every record is there"

# The same slip in a file that opens the brakes as well: those of the schedule
# before it count until a run has gone through.
OPEN='notice = "P0D"; max_per_run = 999999999; max_share = "100%";'
schedule 4 P6D "$OPEN max_silence = \"P45D\"; release_cooling_off = \"P1D\";" \
    >open.cfg
as hr hrv policy diff ./open.cfg --json
json_is '.safeguards | map("\(.safeguard) \(.was) \(.now) \(.change)") |
    sort | join("; ")' \
    "max_per_run 500 999999999 weaker; max_share 10% 100% weaker; \
max_silence P8D P45D weaker; release_cooling_off P30D P1D weaker" \
    "diff tells which safeguards get weaker"
as dpo hrv policy adopt ./open.cfg
exit_is 6 "one person does not adopt it"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt" and .status == "open"))[0].id' \
    .out)
as counsel hrv proposal show "$P"
like "$(tr -s ' \n' ' ' <.out)" \
    "a safeguard gets weaker: max_share was 10% and will be 100%" \
    "what is to be approved says so"
must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./open.cfg
for i in 1 2; do
	as purge hrv purge run --json
	exit_is 6 "the run stops at the brake of before ($i)"
	like "$(cat .err .out)" "may destroy 25 .*stricter" "and says which"
	is "$(live)" "$BEFORE" "nothing was destroyed"
done
# Another file on top of it changes nothing, nor does a run of a single list.
sed 's/"4"/"5"/' open.cfg >open5.cfg
as dpo hrv policy adopt ./open5.cfg
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt" and .status == "open"))[0].id' \
    .out)
must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./open5.cfg
as purge hrv purge run
exit_is 6 "a second adoption is no way round it"
is "$(live)" "$BEFORE" "nothing was destroyed"
# People may still say that it is meant.
as hr hrv purge plan --propose --json
exit_is 6 "the list of all of it can be proposed"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "review" and .status == "open"))[0].id' .out)
must as dpo hrv proposal approve "$P"
must as purge hrv purge run --json
json_is .destroyed "$N" "what two people approved by name goes"

done_testing
