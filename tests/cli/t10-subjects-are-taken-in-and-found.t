#!/bin/bash
# SPDX-License-Identifier: ISC
# A subject is taken in once, found in any script, and shown without tricks;
# nobody too young gets in, and no message repeats what was typed.
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

me subject add --kind employee --name 'Lovas Ødegård' --number E-1001 \
    --email lovas@example.org --born 1990-02-28 --json
exit_is 0 'an employee is added'
S=$(json .id)
like "$S" '^S-[0-9A-Z]{26}$' 'the answer is an opaque id'
json_is '.records | length' 0 'no record came with it'

me subject find 'odegard LOVAS' --json
json_is .id "$S" 'words in any order, without accents or case'
json_is .name 'Lovas Ødegård' 'the name is shown as it was written'
me subject find e-1001
out_like '^S-.*Lovas Ødegård +E-1001 +employee' 'by number, as a table'
me subject find number:E-1001 --json
json_is .matched[0] number 'and by number only'
me subject find nobody
exit_is 0 'nobody found is no error'
out_is '' 'and no output'
err_like 'nobody found' 'but it is said'

me subject add --kind employee --name Second --number ' e-1001' --json
exit_is 1 'the same number is refused'
is "$(json_err .error.name)" exists 'it says so'
like "$(json_err .error.message)" "$S" 'it names the other id'
err_unlike '[eE]-1001|Second' 'and nothing that was typed'

echo 'Ngozi Adichie' >name
echo 1988-04-01 >born
run as dpo run "$HRV" subject add --kind candidate --name - --born @born \
    --json <name
exit_is 0 'personal values come from standard input and files'
N=$(json .id)
me subject show "${N:0:9}" --json
json_is '.name + " " + .born' 'Ngozi Adichie 1988-04-01' \
    'and are what was there'
me subject add --kind candidate --no-input
exit_is 6 'without a name it would have to ask'

me subject add --kind candidate --name 'Zu Jung' --born 2020-01-02 --json
exit_is 5 'nobody under the minimum age'
is "$(json_err .error.name)" under-age 'which is called under-age'
err_unlike 'Jung|2020' 'without repeating anything'
me subject find jung
out_is '' 'and nothing was stored'

me subject add --kind employee --name $'Eve \e[31mRed' --number X-1
me subject show number:X-1
out_unlike $'\e' 'no escape reaches the terminal'
out_like 'Eve \\x1b\[31mRed' 'it is made visible'
me subject show number:X-1 --json
json_is .name $'Eve \e[31mRed' 'JSON keeps it'
me subject add --kind employee --name "$(printf 'a%.0s' {1..1001})"
exit_is 2 'a name of more than 1,000 characters is refused'
me subject add --kind employee --name $'\xff'
exit_is 2 'a name that is not UTF-8 too'
printf 'a\0b' >nul
me subject add --kind employee --name @nul
exit_is 2 'and one with a NUL'

printf '%s' '{"basics":{"name":"王秀蘭","email":"wang@example.org"},"work":[]}' \
    >resume.json
me subject add --kind candidate --from resume.json --json
exit_is 0 'a JSON Resume makes a candidate'
json_is '.records | length' 1 'and a record'
W=$(json .id)
me subject find 王 --json
json_is .id "$W" 'who is found by the family name'
me subject show "$W" --json
json_is .records[0].class application 'with the file as an application'
json_is .records[0].live 1 'once'
printf '{"name":"A","religion":"x"}' >id.json
me subject add --kind employee --from id.json
exit_is 2 'an identity document has no members of its own making'

me subject list --json
is "$(jq -r .name "$T/.out" | head -n 1)" $'Eve \e[31mRed' \
    'the list is sorted by name'
is "$(jq -r .id "$T/.out" | wc -l)" 4 'and has everybody'

me subject update "$S" --name 'Lovas Berg' --reason 'married' --json
exit_is 0 'a name is corrected'
json_is '.changed[0] + (.version | tostring)' name2 'as a new version'
me subject find berg --json
json_is .id "$S" 'the new name finds'
me subject find odegard
out_is '' 'the old one does not'
me subject update "$S" --name 'Lovas Berg' --reason 'again'
exit_is 2 'a correction that changes nothing is none'
me subject update "$S" --number X-1 --reason 'typing error'
exit_is 1 'a number that somebody has is refused here too'
me subject update "$S" --name X
exit_is 2 'a correction needs a reason'
me subject show "$S"
out_like '^name +Lovas Berg$' 'and nothing of that was changed'
me subject show S-ZZZZZZ
exit_is 4 'nobody of that id'

# One address of two entries: perhaps one person; nobody guesses.
must me subject add --kind employee --name 'Mina Aho' --number M-1 \
    --email mina@example.org
M=$out
err_is '' 'an address that nobody has needs no word'
me subject add --kind candidate --name 'Mina Aho' --email Mina@Example.org
exit_is 0 'the same address again is stored'
err_like "$M has the same e-mail address" 'and who has it is said, by id'
err_like "hrvault subject merge $out $M" 'with the command that makes them one'
err_unlike '[Mm]ina' 'without a name or address'
me subject add --kind candidate --name 'Mino Aho' --email mina@example.org \
    --json
json_is '.same_email | length' 2 'also in JSON'

done_testing
