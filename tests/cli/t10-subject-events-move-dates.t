#!/bin/bash
# SPDX-License-Identifier: ISC
# Events of a subject: only those of the schedule, only days that can be, and
# never a fact taken back from somebody who is held.
# san
. "$(dirname "$0")/../lib.sh"

cat >schedule.cfg <<'END'
schedule = { id = "t"; version = "1"; title = "test"; jurisdiction = "UK";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" ); events = ();
  classes = (
    { id = "file"; title = "File"; who = ( "employee" );
      compartment = "general"; purpose = "administration";
      legal_basis = "contract"; rules = ( "ended" ); special_category = false; },
    { id = "application"; title = "Application"; who = ( "candidate" );
      compartment = "general"; purpose = "administration";
      legal_basis = "consent"; rules = ( "closed" ); special_category = false; } );
  rules = (
    { id = "ended"; cite = "test";
      keep = { on = "subject.ended"; plus = "P6Y"; }; },
    { id = "closed"; cite = "test";
      limit = { on = "subject.closed"; plus = "P6M"; }; } ); };
END
gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" \
    --schedule ./schedule.cfg
me() { as dpo hrv "$@"; }
must me subject add --kind candidate --name 'Kofi Mensah' --json
S=$(json .id)

me subject event "$S" hired 2015-01-05 --json
exit_is 0 'hired is recorded'
json_is .event subject.hired 'under its full name'
json_is .kind employee 'a candidate is an employee now'
json_is '.moved.earlier' 0 'nothing moved'
json_is .earliest_destruction null 'and nothing can be destroyed by it'
me subject event "$S" subject.ended 2020-01-31 --json
json_is .event subject.ended 'the prefix may be written'
me subject event "$S" ended 2020-01-31 --json
json_is .unchanged true 'twice is once'
me subject show "$S"
out_like '^events +hired 2015-01-05, ended 2020-01-31$' 'show lists them'

me subject event "$S" endde 2020-01-31
exit_is 2 'no other event'
err_like "did you mean 'ended'" 'the nearest is named'
me subject event "$S" pay_date 2020-01-31
exit_is 2 'no event of a record'
me subject event "$S" died 9999-01-01
exit_is 2 'nobody dies in the future'
me subject event "$S" ended 0202-01-31
exit_is 2 'nor left in antiquity'
me subject event "$S" ended 2020-02-30
exit_is 2 'nor on a day that does not exist'

me subject event "$S" ended 2020-01-31 --retract --json
exit_is 0 'an error is taken back'
me subject event "$S" ended 2020-01-31 --retract
exit_is 4 'once'
must me hold place --subject "$S" --matter m --reason r
me subject event "$S" ended 2020-02-01
exit_is 0 'a held subject is added to'
me subject event "$S" hired 2015-01-05 --retract --json
exit_is 5 'and nothing is taken from it'
is "$(json_err .error.name)" held 'because it is held'
me subject show "$S" --json
json_is .protected true 'show says that it cannot be destroyed'
json_is '.events | length' 2 'and has both events'

done_testing
