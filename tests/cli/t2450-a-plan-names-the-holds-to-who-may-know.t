#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirements for holds 25 and 29: plan and run list every record they skip,
# with the day it would have gone and, for legal and dpo, the holds; what is
# kept past its limit is "held beyond limit: hold H, since D".
# san
. "$(dirname "$0")/../lib.sh"

cat >limits.cfg <<'END'
schedule = {
  id = "limits"; version = "1"; title = "Limits"; jurisdiction = "XX";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" );
  purge = { notice = "P0D"; };
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; special_category = false; rules = ( "r" ); } );
  rules = ( { id = "r"; cite = "test"; at_expiry = "purge";
    limit = { on = "record.created"; plus = "P1Y"; }; } );
};
END
vault_new "$T/v" "$T/limits.cfg"
must as hr hrv subject add --kind employee --name "Nguyễn Văn Łukasz" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class note --date 2020-01-01 doc.txt --json
R=$(json .id)
must as hr hrv record add "$S" --class note --date 2020-02-01 doc.txt --json
Q=$(json .id)
must as dpo hrv hold place --matter M-1 --reason R --record "$R" --json
H=$(json .id)
must as dpo hrv hold place --matter M-2 --reason R --query "record = $R" --json
H2=$(json .id)
both=$(printf '%s\n' "$H" "$H2" | sort | paste -sd' ')
ids='[.protected[0].holds[]] | sort | join(" ")'

as dpo hrv purge plan --json
json_is '"\(.protected[0].record) \(.protected[0].why)"' "$R hold" \
    "25: the plan lists what it skips"
json_is "$ids" "$both" "25: and all its holds to the dpo"
json_is '.protected[0].purge_from' 2021-01-02 "25: with the day it would go"
json_is '.protected[0].beyond_limit' 2021-01-02 "29: held beyond its limit"
as dpo hrv purge plan
out_like "$H" "25: also for people"
as hr hrv purge plan
out_unlike 'H-' "25: but not for all"
for who in hr purge; do
	as "$who" hrv purge plan --json
	json_is '"\(.protected[0].why) \(.protected[0] | has("holds"))"' \
	    "hold false" "25: $who sees that it is held, and by nothing"
	out_unlike 'H-' "25: no id anywhere"
done
as dpo hrv retention due --json
is "$(jq -r "select(.record == \"$R\") | .beyond_limit" .out)" 2021-01-02 \
    "29: the due list says since when"
as dpo hrv hold show "$H" --json
json_is '"\(.beyond_limit[0].record) \(.beyond_limit[0].since)"' \
    "$R 2021-01-02" "29: held beyond limit, by which hold, since which day"
as dpo hrv hold show "$H"
out_like 'beyond limit since' "29: also for people"
as auditor hrv status --json
json_is .held_beyond_limit 1 "29: the auditor sees how many"

as dpo hrv purge run --json
json_is '"\(.destroyed) \(.skipped | length)"' "1 1" \
    "25: a run says what it skipped"
json_is '.skipped[0].record' "$R" "25: which"
json_is '[.skipped[0].holds[]] | sort | join(" ")' "$both" "25: by which holds"
json_is '.skipped[0].purge_from' 2021-01-02 "25: and when it would have gone"
as hr hrv record read "$Q" --purpose administration --output -
exit_is 12 "25: what nobody holds went"
as purge hrv purge run --json
json_is '"\(.skipped[0].why) \(.skipped[0] | has("holds"))"' "hold false" \
    "25: the purge account's report has no ids"
done_testing
