#!/bin/bash
# SPDX-License-Identifier: ISC
# A schedule says what it would do before it does it, and moves every date
# when it is adopted.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person auditor
export HRVAULT_DIR=$T/vault

schedule() # VERSION PLUS [COMPARTMENT]
{
	cat <<-END
	schedule = {
	  id = "test"; version = "$1"; title = "Test"; jurisdiction = "UK";
	  timezone = "Europe/London"; minimum_age = 13;
	  compartments = ( "general"${3:+, \"$3\"} );
	  purposes = ( "administration" ); events = ();
	  classes = (
	    { id = "note"; title = "Note"; who = ( "employee" );
	      compartment = "general"; purpose = "administration";
	      legal_basis = "contract"; rules = ( "r" );
	      special_category = false; } );
	  rules = (
	    { id = "r"; cite = "test"; at_expiry = "purge";
	      keep = { on = "record.created"; plus = "$2"; }; } );
	};
	END
}
schedule 1 P1Y >1.cfg
schedule 2 P3Y medical >2.cfg
schedule 3 P1D medical >3.cfg
schedule 4 P1Y | sed 's/"note"/"memo"/' >4.cfg
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule ./1.cfg
must as dpo hrv member add "${FPRS[auditor]}" --role auditor
must as dpo hrv subject add --kind employee --name 'Zoë Ó Briain' --json
s=$(json .id)
echo text >note.txt
must as dpo hrv record add "$s" --class note --date 2025-12-24 note.txt --json

as auditor hrv policy diff ./2.cfg --json
exit_is 0 'an auditor may ask what a schedule would do'
json_is '"\(.earlier) \(.later) \(.due_now)"' '0 1 0' 'one record is kept longer'
json_is '.classes[0].class' note 'by class'
json_is '.new_compartments[0]' medical 'a new compartment is announced'
as dpo hrv policy diff ./3.cfg --json
json_is '"\(.earlier) \(.later) \(.due_now)"' '1 0 1' 'one becomes due at once'
as dpo hrv policy show --json
json_is .version 1 'asking changes nothing'
as auditor hrv policy adopt ./2.cfg
exit_is 5 'an auditor adopts nothing'
as dpo hrv policy adopt ./4.cfg
exit_is 5 'a class that has records cannot go'
err_like "'note'" 'and is named'
as dpo hrv policy adopt ./2.cfg --json
exit_is 0 'adopted'
json_is .later 1 'with the effects that were announced'
as auditor hrv policy show --json
json_is '.version + " " + (.compartments | join(","))' '2 general,medical' \
    'it is in force'
as dpo hrv member show "${FPRS[dpo]}" --json
json_is '.keys | index("kek/medical.1") != null' true \
    'the adopter holds the key of the new compartment'
as auditor hrv retention due --as-of 2028-12-25 --json
json_is .purge_from 2028-12-25 'dates are those of the new schedule'
as dpo hrv policy adopt ./2.cfg
exit_is 1 'not twice'
must as dpo hrv policy adopt ./3.cfg
as auditor hrv retention due --json
json_is '"\(.state) \(.purge_from)"' 'due 2025-12-26' 'due at once'
json_is '.notice_until != null' true 'but announced first'

as dpo hrv policy adopt uk-ew --json
json_is '"\(.kind) \(.calendar_adopted)"' 'law false' 'a law is taken by its id'
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg" --json
json_is .kind calendar 'a calendar by its path'
as dpo hrv policy show --json
json_is '[.texts[].kind] | unique | join(" ")' 'calendar law schedule' \
    'all that was adopted is listed'
echo 'schedule = { id = 7; };' >bad.cfg
as dpo hrv policy adopt ./bad.cfg
exit_is 2 'a file with mistakes is not adopted'
as dpo hrv policy show --class nothing
exit_is 4 'an unknown class'
done_testing
