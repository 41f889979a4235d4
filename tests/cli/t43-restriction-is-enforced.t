#!/bin/bash
# SPDX-License-Identifier: ISC
# A restriction is enforced when a record is read, also for later records.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård' \
    --number E-1001
S=$out
echo one >one.txt
must as dpo hrv record add "$S" --class personnel_file --json one.txt
R=$(json .id)

as dpo hrv subject restrict "$S" --ground curiosity
exit_is 2 "only for a ground of the law"
as dpo hrv subject lift "$S" --reason 'nothing to lift' --told 2026-01-02
exit_is 5 "nothing to lift yet"
as dpo hrv subject restrict number:E-1001 --ground accuracy --json
exit_is 0 "restricted"
json_is .records 1 "with its record"
as dpo hrv subject restrict "$S" --ground accuracy
out_like 'as before' "twice is once"
as dpo hrv subject show "$S"
out_like 'restriction +accuracy' "shown of the person"
as dpo hrv record show "$R" --json
json_is .restricted accuracy "and of the record"

as dpo hrv record read "$R" --purpose administration --output no.txt
exit_is 5 "not read for the usual purpose"
not_ok "no file" test -e no.txt
as dpo hrv record read "$R" --purpose subject_request --output yes.txt
exit_is 0 "read for the person's own request"
must as dpo hrv record add "$S" --class personnel_file --json one.txt
LATER=$(json .id)
as dpo hrv record read "$LATER" --purpose administration --output -
exit_is 5 "a later record is restricted as well"

# Art. 18: nor is it changed, but for what it may be used for.
must as dpo hrv subject add --kind employee --name 'Ana Țepeș' --number E-1002
OTHER=$out
echo two >two.txt
changes() # WANT NAME OPTION...: amend, move and reclassify, by these options
{
	local want=$1 name=$2
	shift 2
	as dpo hrv record amend "$LATER" two.txt --reason r "$@"
	exit_is "$want" "amend: $name"
	as dpo hrv record reclassify "$LATER" --class contract --reason r "$@"
	exit_is "$want" "reclassify: $name"
	as dpo hrv record move "$LATER" --to "$OTHER" --reason r "$@"
	exit_is "$want" "move: $name"
}
changes 5 "not for the usual purpose"
err_like 'is restricted \(accuracy\)' "says why"
err_like 'purpose legal_claim' "and what it may be for"
changes 5 "said or not" --purpose administration
changes 5 "nor for one that there is not" --purpose whim
changes 5 "nor by a consent that is not in force" --restricted-for consent \
    --purpose administration
changes 2 "a consent is for a purpose" --restricted-for consent
must as dpo hrv record show "$LATER" --json
json_is '"\(.version) \(.class) \(.subject)"' "1 personnel_file $S" \
    "it is as it was"
changes 0 "for the person's own request" --purpose subject_request
must as dpo hrv audit log --record "$LATER" --json
is "$(json 'select(.phase == "outcome" and .result == "ok") |
    select(.op | test("amend|move|reclassify")) | .payload.purpose' |
    sort | uniq -c | xargs)" '3 subject_request' "which the log names"
must as dpo hrv record add "$S" --class personnel_file --json one.txt
LATER=$(json .id)
changes 0 "or for somebody else, in words" --restricted-for protect-other
must as dpo hrv audit log --record "$LATER" --json
is "$(json 'select(.phase == "outcome" and .result == "ok") |
    select(.op | test("amend|move|reclassify")) | .payload.restricted_for' |
    sort | uniq -c | xargs)" '3 protect-other' "likewise"
must as dpo hrv record add "$S" --class personnel_file --json one.txt
LATER=$(json .id)

as dpo hrv subject lift "$S"
exit_is 2 "lifting needs a reason"
as dpo hrv subject lift "$S" --reason 'the date was right'
exit_is 6 "the person is told first"
as dpo hrv subject lift "$S" --reason 'the date was right' --told 2099-01-01
exit_is 2 "which has happened"
as dpo hrv subject lift "$S" --reason 'the date was right' --told 2026-01-02 \
    --json
exit_is 0 "lifted"
json_is .was accuracy "says what it was"
json_is .records 2 "of both records"
as dpo hrv record read "$LATER" --purpose administration --output -
exit_is 0 "readable again"
as dpo hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv audit log --json
out_like 'not-restricted' "the refusal is in it"
as dpo hrv check
exit_is 0 "and the states are those of the tables"

# Art. 18(1): the grounds stand beside each other, and the last one ends it.
use() # WANT NAME: of a record, as usual
{
	as dpo hrv record read "$LATER" --purpose administration --output -
	exit_is "$1" "$2"
}
lift() { as dpo hrv subject lift "$S" --told 2026-01-02 --reason r "$@"; }
must as dpo hrv subject restrict "$S" --ground objection
must as dpo hrv subject restrict "$S" --ground claims
as dpo hrv subject restrict "$S" --ground accuracy --json
json_is '"\(.restricted) \(.unchanged)"' 'accuracy,claims,objection false' \
    "a second ground comes to the first"
as dpo hrv subject restrict "$S" --ground claims --json
json_is '"\(.restricted) \(.unchanged)"' 'accuracy,claims,objection true' \
    "one that is there changes nothing"
must as dpo hrv record show "$LATER" --json
json_is .restricted accuracy,claims,objection "the record has them all"
lift
exit_is 2 "who lifts says which one"
err_like 'several grounds: accuracy,claims,objection' "and is told which"
lift --ground unlawful
exit_is 5 "one that is not there is not lifted"
lift --ground curiosity
exit_is 2 "nor one that no law has"
lift --ground claims --json
json_is '"\(.was) \(.restricted)"' \
    'accuracy,claims,objection accuracy,objection' "the others are left"
use 5 "and restrict still"
lift --ground objection
out_like 'still restricted \(accuracy' "said in words"
use 5 "the last one restricts"
lift --json
json_is .restricted null "one alone need not be named"
use 0 "and all is over"

# Who becomes one with another brings the own grounds along.
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård'
TWIN=$out
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård'
S=$out
must as dpo hrv record add "$S" --class personnel_file --json one.txt
LATER=$(json .id)
must as dpo hrv subject restrict "$TWIN" --ground unlawful
must as dpo hrv subject restrict "$S" --ground accuracy
must as dpo hrv subject merge "$TWIN" "$S"
must as dpo hrv record show "$LATER" --json
json_is .restricted accuracy,unlawful "two restricted people made one"
lift --ground accuracy
use 5 "what restricted the other one still does"
must as dpo hrv hold place --matter M --reason r --query 'restricted = unlawful'
as dpo hrv subject restrict "$S" --ground accuracy
exit_is 0 "a ground that comes takes nothing from a hold on another"
lift --ground unlawful
exit_is 5 "which is not lifted while that hold needs it"
must as dpo hrv audit verify
must as dpo hrv check

# An import is no way round it.
cat >people.csv <<'END'
Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary
77,Ñ,Åke,1980-01-01,2010-01-01,2026-01-01,ana@example.org,1
END
must as dpo hrv import people.csv --map bamboohr
must as dpo hrv subject restrict number:77 --ground accuracy
sed 's/,1$/,2/' people.csv >raise.csv
as dpo hrv import raise.csv --map bamboohr --json
exit_is 3 "an import: the row is left"
like "$(cat .out .err raise.csv.rejects* 2>/dev/null)" 'is restricted' \
    "an import: and says why"
must as dpo hrv record list number:77 --json
json_is .version 1 "an import: nothing was stored"

done_testing
