#!/bin/bash
# SPDX-License-Identifier: ISC
# What is no file of people is refused before anything is stored, in words
# that help; JSON Lines and a resume come in as CSV does.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
me() { as dpo hrv "$@"; }
data=$HRV_TOP/tests/data
refused() # PATTERN NAME [EXIT]
{
	exit_is "${3:-2}" "$2"
	err_like "$1" '  and that is said'
}

me import "$data/people-orangehrm.csv" --map bamboohr
refused 'no column for: .*Employee #' 'a map for other columns'
me import "$data/people-orangehrm.csv"
refused 'a map is needed' 'no map'
me import "$data/people-orangehrm.csv" --map orangehrn
refused 'orangehrm' 'a map that does not exist' 4
: >empty.csv
me import empty.csv --map orangehrm
refused 'empty' 'an empty file'
mkdir folder
me import folder --map orangehrm
refused 'a folder' 'a folder'
me import nothing.csv --map orangehrm
refused 'no such file' 'a file that is not there' 4
mkfifo pipe
me import pipe --map orangehrm
refused 'pipe' 'a pipe'
printf 'a\0b\0' >binary
me import binary --map orangehrm
refused 'binary' 'a binary file'
printf 'PK\3\4rest' >book.xlsx
me import book.xlsx --map orangehrm
refused 'spreadsheet' 'a spreadsheet'
tr ',' ':' <"$data/people-orangehrm.csv" >colons.csv
me import colons.csv --map orangehrm
refused 'column' 'a delimiter nobody knows'
{ cat "$data/people-orangehrm.csv"; echo '"never closed'; } >open.csv
me import open.csv --map orangehrm
refused 'quote' 'a quote that is never closed'
truncate -s 2G huge.csv
me import huge.csv --map orangehrm
refused 'binary' 'two gigabytes of nothing'
me subject list
out_is '' 'nothing was stored by any of them'
ls >files
not_ok 'and no file was left' grep -q rejects files

head -n 3 "$data/people-orangehrm.csv" >nul.csv
printf 'Nul\0,,X,E-77,,,,,,,1970-01-01,,,,,,,,,,,\r\n' >>nul.csv
me import nul.csv --map orangehrm --json
exit_is 3 'a NUL spoils its own row'
json_is '[.added, .rejected, .errors[0].row] | join(" ")' '2 1 4' 'only'

cat >one.jsonl <<'END'
{"Employee #": 31, "First Name": "Zoë", "Last Name": "Lines", "Hire Date": "2015-02-03", "Salary": 12.5}
{"Employee #": 32, "First Name": "No", "Last Name": "Hire"}
no json
END
me import one.jsonl --map bamboohr --json
exit_is 3 'JSON Lines'
json_is '.format + " \(.added) \(.rejected)"' 'jsonl 1 2' 'a line at a time'
is "$(sed -n 2p one.jsonl.rejects.csv)" \
    '2,"event: there is no value","{""Employee #"": 32, ""First Name"": ""No"", ""Last Name"": ""Hire""}"' \
    'the rejected line is in the file'
me subject find number:31 --json
json_is .name 'Zoë Lines' 'the other is in the vault'
me import one.jsonl --map bamboohr --rejects r2 --json
json_is '.unchanged' 1 'and only once'

echo '{"basics":{"name":"Wang Xiulan","email":"wang@example.org"},"work":[]}' \
    >resume.json
me import resume.json --json
exit_is 0 'a resume needs no map'
json_is '.format + " \(.added) \(.records)"' 'resume 1 1' \
    'and makes a candidate with an application'
me import resume.json --json
json_is '"\(.added) \(.unchanged)"' '0 1' 'once'
me subject find wang --json
json_is .kind candidate 'who is found'
me import resume.json --map bamboohr
refused 'without a map' 'a resume with a map'
echo '[{"a":1}]' >list.json
me import list.json --map bamboohr
refused 'one JSON list' 'a list of objects'

gpg_person auditor
must as dpo hrv --yes member add "${FPRS[auditor]}" --role auditor
as auditor hrv import "$data/people-orangehrm.csv" --map orangehrm
exit_is 5 'an auditor imports nothing'
gpg_person hr
must as dpo hrv --yes member add "${FPRS[hr]}" --role hr --compartment pay
as hr hrv import "$data/people-orangehrm.csv" --map orangehrm
exit_is 5 'nor does who has no key for the records'
err_like "compartment 'general'" 'which is named'

done_testing
