#!/bin/bash
# SPDX-License-Identifier: ISC
# What was ordered to be erased and is filed anew afterwards has its notice
# again: the answer and the plan name the day on which the run does it.
. "$(dirname "$0")/../lib.sh"

cat >two.cfg <<'END'
schedule = {
  id = "two"; version = "1"; title = "Kept long and short";
  jurisdiction = "UK"; timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" );
  purge = { notice = "P14D"; max_silence = "P45D"; };
  classes = (
    { id = "long"; title = "Long"; who = ( "employee" );
      compartment = "general"; purpose = "administration";
      legal_basis = "contract"; rules = ( "ten" ); special_category = false; },
    { id = "short"; title = "Short"; who = ( "employee" );
      compartment = "general"; purpose = "administration";
      legal_basis = "contract"; rules = ( "in-use" );
      special_category = false; } );
  rules = (
    { id = "ten"; cite = "test"; at_expiry = "purge";
      keep = { on = "record.created"; plus = "P10Y"; }; },
    { id = "in-use"; cite = "test"; at_expiry = "purge";
      limit = { on = "record.created"; plus = "P20Y"; }; } );
};
END
D=2026-03-02
at "$D 08:00:00" vault_new "$T/vault" "$T/two.cfg"
must as dpo at "$D 08:01:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:02:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
hr() { as hr at "$D 09:$1:00" hrv "${@:2}"; }
echo text >f
person()
{
	must hr 01 subject add --kind employee --name "$1"
	S=$out
	must hr 01 record add "$S" --class long --date 2026-01-05 --json f
	R=$(json .id)
	must hr 02 case open --subject "$S" --right erasure --received $D --json
	C=$(json .id)
	must hr 03 case identity "$C" --method desk
	must hr 04 case collect "$C"
	must hr 05 case erase "$C"
	must hr 06 case deliver "$C" --method post
	must hr 07 case close "$C"
}
person 'Nils Berg'; FILED=$R FILED_CASE=$C
person 'Nora Berg'; MOVED=$R MOVED_CASE=$C
becomes() { # CASE RECORD
	must hr 50 case outcome "$1" --json
	json ".records[] | select(.record == \"$2\") |
	    \"\(.becomes) \(.ground) \(.until)\""
}
is "$(becomes "$FILED_CASE" "$FILED")" \
    "deferred legal-obligation 2036-01-05" "kept as long as the law asks"

# The freeze is over; one files what was ordered in a class without a keep.
D=2027-06-01
must hr 01 subject add --kind employee --name 'Somebody Else'
OTHER=$out
must hr 10 record reclassify "$FILED" --class short --reason 'filed in error'
must hr 11 record move "$MOVED" --to "$OTHER" --reason 'filed in error'
is "$(becomes "$FILED_CASE" "$FILED")" "erased null 2027-06-15" \
    "the answer counts from there"
is "$(becomes "$MOVED_CASE" "$MOVED")" "refused others null" \
    "and what is another person's is not erased"
must hr 12 record explain "$FILED"
out_unlike '2026-03-16' "who looks is not told of a day that was over"
must as purge at "$D 10:00:00" hrv purge plan --json
json_is "[.protected[] | select(.record == \"$FILED\") | \"\(.why) \(.until)\"] |
    join(\",\")" "notice 2027-06-15" "the plan says the same"
as purge at "2027-06-14 10:00:00" hrv purge confirm-clock
must as purge at "2027-06-14 10:01:00" hrv purge run --json
json_is .destroyed 0 "the day before it is there"
must as purge at "2027-06-15 10:01:00" hrv purge run --json
json_is .destroyed 1 "on that day it goes"
as hr at "2027-06-15 11:00:00" hrv record show "$MOVED"
exit_is 0 "and nothing else"
as auditor at "2027-06-15 11:10:00" hrv audit verify
exit_is 0 "the log is whole"
done_testing
