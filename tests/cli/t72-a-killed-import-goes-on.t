#!/bin/bash
# SPDX-License-Identifier: ISC
# An import that is killed leaves whole batches, and run again it goes on;
# a row that would end something sooner is not carried out on the way.
. "$(dirname "$0")/../lib.sh"

cat >schedule.cfg <<'END'
schedule = { id = "t"; version = "1"; title = "test"; jurisdiction = "UK";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" ); events = ();
  classes = (
    { id = "personnel_file"; title = "File"; who = ( "employee" );
      compartment = "general"; purpose = "administration";
      legal_basis = "contract"; rules = ( "r" ); special_category = false; } );
  rules = ( { id = "r"; cite = "test";
      keep = { min = ( { on = "record.created"; plus = "P9Y"; },
        { on = "subject.ended"; plus = "P1Y"; absent = "ignore"; } ); }; } ); };
END
gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule ./schedule.cfg
me() { as dpo hrv "$@"; }

{
	echo 'Employee #,First Name,Last Name,Hire Date,Termination Date'
	seq -f '%.0f,Given,Surname,2015-01-01,' 1 2300
} >many.csv
(
	export GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo
	exec "$HRV" import many.csv --map bamboohr --json
) >first.out 2>&1 </dev/null &
pid=$!
for _ in $(seq 200); do
	sleep 0.02
	[ "$(stat -c %s vault/pack/1 2>/dev/null || echo 0)" -lt 120000 ] ||
	    break
done
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
rm -f many.csv.rejects.csv*
me status
exit_is 0 'after a kill the vault is as well as before'
me import many.csv --map bamboohr --json
exit_is 0 'the same command again'
added=$(json .added)
is "$((added + $(json .unchanged)))" 2300 'finds or adds everybody'
is "$(((2300 - added) % 1000 % 300))" 0 'whole batches had been stored'
diag "$added of 2300 were left to do"
me import many.csv --map bamboohr --json
json_is '"\(.added) \(.unchanged)"' '0 2300' 'nobody is there twice'
me audit verify
exit_is 0 'and the log verifies'

cat >later.csv <<'END'
Employee #,First Name,Last Name,Hire Date,Termination Date
1,Given,Surname,2015-01-01,
2,Given,Surname,2015-01-01,2020-01-01
9001,New,One,2015-01-01,
END
me import later.csv --map bamboohr --json
exit_is 3 'a row that moves a known date of destruction earlier'
json_is '"\(.added) \(.updated) \(.unchanged) \(.rejected)"' '1 0 1 1' \
    'is rejected, and the others are not'
json_is '.errors[0].reason | test("earlier")' true 'that is said'
me subject show number:2 --json
json_is '.events | length' 1 'and the event is not there'

done_testing
