#!/bin/bash
# SPDX-License-Identifier: ISC
# Whoever approves a schedule is told that records which a person was to decide
# about would go by themselves, and what an adoption made due waits for the
# longer of both notices.
. "$(dirname "$0")/../lib.sh"

schedule() # VERSION NOTICE AT_EXPIRY DUAL
{
	cat <<-END
	schedule = {
	  id = "end"; version = "$1"; title = "End"; jurisdiction = "XX";
	  timezone = "Europe/London"; minimum_age = 13;
	  compartments = ( "general" ); purposes = ( "administration" );
	  purge = { notice = "$2"; }; dual_control = ( $4 );
	  classes = (
	    { id = "note"; title = "Note"; who = ( "employee" );
	      compartment = "general"; purpose = "administration";
	      legal_basis = "contract"; special_category = false;
	      rules = ( "r" ); },
	    { id = "memo"; title = "Memo"; who = ( "employee" );
	      compartment = "general"; purpose = "administration";
	      legal_basis = "contract"; special_category = false;
	      rules = ( "p" ); } );
	  rules = (
	    { id = "r"; cite = "test"; at_expiry = "$3";
	      keep = { on = "record.created"; plus = "P1Y"; }; },
	    { id = "p"; cite = "test"; at_expiry = "purge";
	      keep = { on = "record.created"; plus = "P50Y"; }; } );
	};
	END
}
schedule 1 P20D review '"record.amend"' >1.cfg
schedule 2 P0D purge '"record.move"' >2.cfg
schedule 3 P0D review '"record.move"' >3.cfg
vault_new "$T/v" "$T/1.cfg"
vault_second counsel legal
DAY=2026-12-01
on() { date -u -d "$DAY + $1 days" +%F; }
as hr at "$DAY 08:00:00" hrv subject add --kind employee --name 'Åsa Nuñez' \
    --json
S=$(json .id)
echo text >doc.txt
for d in 2020-01-01 2020-01-02 2026-11-01; do
	as hr at "$DAY 08:00:00" hrv record add "$S" --class note --date $d \
	    doc.txt --json
	exit_is 0 "a note of $d is stored"
done
as hr at "$DAY 08:00:00" hrv record add "$S" --class memo --date 2026-11-01 \
    doc.txt --json
exit_is 0 "and a memo"

as dpo at "$(on 1) 08:00:00" hrv policy diff ./2.cfg --json
json_is '"\(.earlier) \(.later) \(.due_now)"' '0 0 0' "no date moves"
json_is '"\(.review_to_purge) \(.purge_to_review)"' '3 0' \
    "and three records would go without anybody's decision"
json_is '.classes | map("\(.class) \(.review_to_purge)") | join(";")' 'note 3' \
    "of which class is told"
json_is '.safeguards | map("\(.safeguard) \(.was) \(.now) \(.change)") | sort |
    join("; ")' "at_expiry note review purge weaker; \
dual_control record.amend two people one person weaker; \
dual_control record.move one person two people stronger; \
notice P20D P0D weaker" "with every safeguard that changes"
as dpo at "$(on 1) 08:00:00" hrv policy diff ./2.cfg
out_like 'no longer reviewed +3' "in words as well"
out_like 'notice +P20D +P0D +weaker' "the safeguards too"

as dpo at "$(on 1) 08:00:00" hrv policy adopt ./2.cfg
exit_is 6 "it takes two people"
as counsel at "$(on 1) 08:00:00" hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt" and .status == "open"))[0].id' \
    .out)
as counsel at "$(on 1) 08:00:00" hrv proposal show "$P"
text=$(tr -s ' \n' ' ' <.out)
like "$text" '3 records that a person was to decide about .*: note 3' \
    "whoever approves reads how many, and of which class"
like "$text" 'gets weaker: notice was P20D and will be P0D' \
    "and what gets weaker"
as counsel at "$(on 1) 09:00:00" hrv proposal approve "$P"
exit_is 0 "approved"
as dpo at "$(on 1) 10:00:00" hrv policy adopt ./2.cfg --json
exit_is 0 "adopted"
json_is .review_to_purge 3 "it says so once more"

# The notice before counts from the adoption, also for what nobody touched.
for d in 2 9 16 20; do
	as purge at "$(on $d) 12:00:00" hrv purge run --json
	json_is .destroyed 0 "day $d: the longer notice is not over"
done
as purge at "$(on 20) 12:00:00" hrv retention due --json
is "$(jq -r .notice_until .out | sort -u)" "$(on 21)" "the due list says until when"
as purge at "$(on 20) 12:00:00" hrv purge plan --json
json_is '.protected | map("\(.why) \(.until)") | unique | join(";")' \
    "notice $(on 21)" "so does the plan"
# What came after the adoption has the notice that was in force then.
as hr at "$(on 20) 13:00:00" hrv record add "$S" --class note \
    --date 2020-01-01 doc.txt --json
NEW=$(json .id)
as purge at "$(on 20) 14:00:00" hrv purge run --json
json_is .destroyed 1 "a record of later has the shorter notice"
as hr at "$(on 20) 15:00:00" hrv record show "$NEW" --json
json_is .state purged "it is that one"
as purge at "$(on 21) 12:00:00" hrv purge run --json
json_is .destroyed 2 "after the longer notice the others go"

as dpo at "$(on 22) 08:00:00" hrv policy diff ./3.cfg --json
json_is '"\(.review_to_purge) \(.purge_to_review)"' '0 1' \
    "and back again is told too"
json_is '.safeguards | map("\(.safeguard) \(.change)") | join("; ")' \
    'at_expiry note stronger' "as stronger"
done_testing
