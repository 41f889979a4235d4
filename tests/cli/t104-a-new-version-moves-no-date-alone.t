#!/bin/bash
# SPDX-License-Identifier: ISC
# Where the version before ends by the day of the next one, storing that may move
# a known date earlier: then it takes two people, whichever way it comes.
. "$(dirname "$0")/../lib.sh"

schedule() # VERSION DUAL
{
	cat <<-END
	schedule = {
	  id = "next"; version = "$1"; title = "Next"; jurisdiction = "XX";
	  timezone = "Europe/London"; minimum_age = 13; dual_control = ( ${2:-} );
	  compartments = ( "general" ); purposes = ( "administration" );
	  classes = ( { id = "personnel_file"; title = "File";
	    who = ( "employee" ); compartment = "general";
	    purpose = "administration"; legal_basis = "contract";
	    special_category = false; rules = ( "r" ); } );
	  rules = ( { id = "r"; cite = "test"; at_expiry = "purge";
	    keep = { min = ( { on = "subject.ended"; plus = "P6Y"; },
	      { on = "record.superseded"; plus = "P6M"; } ); }; } );
	};
	END
}
schedule 1 >1.cfg
schedule 2 '"record.amend"' >2.cfg
vault_new "$T/v" "$T/1.cfg"
cat >people.csv <<'END'
Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary
1,Ana,Ñandú,1980-01-01,2010-01-01,2026-01-01,ana@example.org,1
2,Åke,Müller,1981-01-01,2011-01-01,,ake@example.org,7
END
must as hr hrv import people.csv --map bamboohr --json
must as hr hrv record list number:1 --json
R=$(json .id)
keep() { must as hr hrv record explain "$R" --json; json .keep_until; }
is "$(keep)" 2032-01-01 "the date is known"
vault_second counsel legal

sed 's/,1$/,2/' people.csv >raise.csv
as hr hrv import raise.csv --map bamboohr --json
exit_is 3 "an import leaves the row"
like "$(cat raise.csv.rejects* 2>/dev/null; cat .out .err)" "record amend" \
    "and says how it is done"
echo '{}' >new.json
as hr hrv record amend "$R" new.json --reason "a raise" --json
exit_is 6 "one person does not store it"
must as hr hrv record show "$R" --json
json_is .version 1 "nothing was stored by either"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.status == "open"))[0] | .id' .out)
json_is .kind event.earlier "it is a date that moves earlier"
as dpo hrv proposal show "$P"
like "$(tr -s ' \n' ' ' <.out)" "version 2 is stored.* 1 version of records may then" \
    "and says how many"
must as dpo hrv proposal approve "$P"
echo '{"x":1}' >other.json
as hr hrv record amend "$R" other.json --reason "a raise" --json
exit_is 6 "the approval is for that content alone"
as hr hrv record amend "$R" new.json --reason "a raise" --json
exit_is 0 "which is stored then"
json_is .version 2 "as a version"

# Where the schedule asks two people anyway they are told of it.
as dpo hrv policy adopt ./2.cfg
must as counsel hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "policy.adopt" and .status == "open"))[0].id' \
    .out)
must as counsel hrv proposal approve "$P"
must as dpo hrv policy adopt ./2.cfg
as hr hrv record amend "$R" other.json --reason "again" --json
exit_is 6 "the schedule's two people are asked"
must as dpo hrv proposal list --json
P=$(jq -rs 'map(select(.kind == "record.amend" and .status == "open"))[0].id' \
    .out)
must as dpo hrv proposal show "$P" --json
json_is .what.moved.earlier 1 "and told that a date moves earlier"
must as dpo hrv proposal approve "$P"
as hr hrv record amend "$R" other.json --reason "something else" --json
exit_is 6 "the approval is for the reason that was said"
as hr hrv record amend "$R" other.json --reason "again" --json
exit_is 0 "with which it is stored"
sed 's/,7$/,8/' people.csv >more.csv
as hr hrv import more.csv --map bamboohr --json
exit_is 6 "an import is no way round them"
must as hr hrv record list number:2 --json
json_is .version 1 "also where no date moves"
done_testing
