#!/bin/bash
# SPDX-License-Identifier: ISC
# A file of people is stored row by row, once; what does not fit is named by
# row and column and kept apart, and nothing of it is stored or repeated.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
me() { as dpo hrv "$@"; }
data=$HRV_TOP/tests/data
people() { me subject list --json; jq -s length "$T/.out"; }

me import "$data/people-hrdataset.csv" --map hrdataset --check --json
exit_is 0 'a file without mistakes passes a check'
json_is '[.rows, .rejected, .check] | join(" ")' '60 0 true' 'of every row'
is "$(people)" 0 'which stores nobody'

me import "$data/people-hrdataset.csv" --map hrdataset --json
exit_is 0 'it is imported'
json_is '[.rows, .added, .updated, .unchanged, .rejected, .records] |
    join(" ")' '60 60 0 0 0 60' 'everybody, with a record each'
json_is .rejects null 'nobody was rejected'
not_ok 'so there is no file of rejected rows' test -e \
    people-hrdataset.csv.rejects.csv
me subject find odegard --json
json_is '.number + " " + .kind' '70001 employee' 'people are found by name'
me subject show number:70002 --json
json_is '[.events[] | .event + " " + .date] | join(", ")' \
    'subject.hired 2018-01-16, subject.ended 2023-04-07, subject.terminated_involuntarily 2023-04-07' \
    'the events are what the map makes of a row'
json_is .born 1999-01-25 'a birth with two digits is understood'
json_is '.records[0].class' personnel_file 'the record has the class of the map'
R=$(me record list number:70002 --json; json .id)
me record read "$R" --purpose administration --output row.json
exit_is 0 'the record can be read'
is "$(jq -r .Zip row.json)" 2192 'and has the columns as texts'
is "$(jq -r 'has("Employee_Name")' row.json)" false 'but not who it is about'

me import "$data/people-hrdataset.csv" --map hrdataset --json
exit_is 0 'the same file again'
json_is '[.added, .updated, .unchanged, .rejected] | join(" ")' '0 0 60 0' \
    'adds nobody and changes nothing'
is "$(people)" 60 'there are as many people as before'

# Mistakes, each in its row.
cat >bad.csv <<'END'
Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary
1,Ana,Good,1980-01-01,2010-01-01,0000-00-00,ana@example.org,1
2,Child,Labour,2020-05-05,2010-01-01,,x@example.org,2
3,Bad,Date,1980-13-01,2010-01-01,,y@example.org,3
4,Too,Few,1980-01-01
5,"Quote ""d, Two
Lines",Fine,1981-01-01,2011-01-01,,z@example.org,5
1,Ana,Again,1980-01-01,2010-01-01,,a2@example.org,6
,No,Number,1980-01-01,2010-01-01,,n@example.org,7
8,Ended,Early,1980-01-01,2010-01-01,2009-01-01,not-an-address,8
9,Last,One,1980-01-01,2010-01-01,,l@example.org,9,10
END
me import bad.csv --map bamboohr --check
exit_is 3 'a check of a file with mistakes says so'
out_like '^row 3, column 4 \(Birth Date\), birth date: .*minimum age of 13' \
    'under the minimum age'
out_like '^row 4, column 4 \(Birth Date\), birth date: this is not a date' \
    'no date'
out_like '^row 5: the row has fewer columns than the header' 'columns missing'
out_like '^row 10: the row has more columns' 'or too many'
out_like '^row 7, column 1 \(Employee #\), number: row 2 is about the same' \
    'a number twice'
out_like '^row 8, column 1 .*there is no value' 'a number missing'
out_like '^row 9, column 6 .*the end is before the hire' 'an end too early'
out_like '^row 9, column 7 .*e-mail' 'and the second mistake of that row'
out_like '^9 rows read, 7 would be rejected' 'and how many in all'
unlike "$out$err" 'Ana|Labour|2020|example' 'no value is repeated'
is "$(people)" 60 'nothing is stored by a check'
not_ok 'nor is a file written' test -e bad.csv.rejects.csv

me import bad.csv --map bamboohr --json
exit_is 3 'importing it stores the rest'
json_is '[.rows, .added, .rejected] | join(" ")' '9 2 7' 'two of nine'
json_is .rejects bad.csv.rejects.csv 'and names the file of the others'
json_is '.errors | length' 9 'with all reasons'
is "$(stat -c %a bad.csv.rejects.csv)" 600 'which only its owner can read'
is "$(head -n 1 bad.csv.rejects.csv)" \
    "row,reason,$(head -n 1 bad.csv)" 'its header is that of the file'
is "$(grep -c . bad.csv.rejects.csv)" 8 'it has a line for each'
ok 'with the row as it stood there' grep -qxF \
    '5,"the row has fewer columns than the header",4,Too,Few,1980-01-01' \
    bad.csv.rejects.csv
err_unlike 'Ana|Labour|example' 'the error repeats no value'
me subject show number:5 --json
json_is .name 'Quote "d, Two Lines Fine' 'a quoted value of two lines is one'
me subject find labour
out_is '' 'nobody under age got in'
me import bad.csv --map bamboohr
exit_is 1 'a file of rejected rows is never overwritten'
err_like 'there already; nothing was imported' 'and that is said first'
me import bad.csv --map bamboohr --rejects again.csv --json
exit_is 3 'another name may be given'
json_is '[.added, .unchanged, .rejected] | join(" ")' '0 2 7' \
    'and what is stored already is left alone'

# What comes later.
cat >more.csv <<'END'
Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary
1,Ana,Good,1980-01-01,2010-01-01,2024-05-31,ana@new.example,1
5,"Quote ""d, Two Lines",Other,1981-01-01,2011-01-01,,z@example.org,5
END
me import more.csv --map bamboohr --json
exit_is 3 'a later file'
json_is '[.added, .updated, .rejected] | join(" ")' '0 1 1' \
    'brings what is new'
json_is '.errors[0] | "\(.row) \(.about): \(.reason)"' \
    "3 name: it differs from what is stored; correct it with 'hrvault subject update'" \
    'and does not correct a name'
me subject show number:1 --json
json_is '[.events[].event] | join(" ")' 'subject.hired subject.ended' \
    'a new event is added'
json_is '.emails | join(" ")' 'ana@example.org ana@new.example' \
    'and so is a new address'
json_is '.records[0].live' 1 'the record that did not change is not doubled'
sed 's/2024-05-31/2024-06-30/' more.csv | sed -n '1,2p' >moved.csv
me import moved.csv --map bamboohr --json
exit_is 3 'another date of an event that happens once'
json_is '.errors[0].reason | test("another date is stored")' true \
    'is not stored beside the first'
sed -n '1,2p' more.csv | sed 's/,1$/,2/' >raise.csv
me import raise.csv --map bamboohr --json
json_is '[.updated, .records] | join(" ")' '1 1' 'a changed record'
R=$(me record list number:1 --json; json .id)
me record show "$R" --json
json_is .version 2 'is a new version of the one there was'

# Documents beside the file.
mkdir -p docs/1/contract docs/9/contract docs/77/contract
echo 'a contract' >docs/1/contract/contract.txt
echo 'left by a program' >docs/1/contract/.unseen
sed -n '1,2p' raise.csv >one.csv
me import one.csv --map bamboohr --documents docs --json
exit_is 0 'documents come in with their people'
json_is '"\(.updated) \(.records) \(.documents) \(.folders_unused)"' '1 0 1 2' \
    'once each, and folders of nobody are counted'
R=$(me record list number:1 --json; jq -r 'select(.class == "contract").id' .out)
me record show "$R" --json
json_is .file contract.txt 'with their names'
me record read "$R" --purpose administration --output -
out_is 'a contract' 'and contents'
me import one.csv --map bamboohr --documents docs --json
json_is '"\(.unchanged) \(.documents)"' '1 0' 'and not a second time'
mkdir docs/1/nonsense
me import one.csv --map bamboohr --documents docs --check
exit_is 3 'a folder that is no class'
out_like '^row 2, documents: .*no class' 'rejects the row'

me audit verify
exit_is 0 'the log verifies'
me audit log --op record.import --json
out_unlike 'Ana|example|Good' 'and has no names'

done_testing
