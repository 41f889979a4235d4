#!/bin/bash
# SPDX-License-Identifier: ISC
# Whoever looks at a case reads what is still missing, why a record waits, and
# the command that comes next; hints have the ids in them.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ngozi Okafor' --number E-1003
S=$out
must d subject add --kind employee --name 'Anna Smith' --number E-1004
ANNA=$out
echo x >x.txt
must d record add "$S" --class medical x.txt
MED=$out
must d record add "$S" --class contract x.txt
R=$out
must d record link "$R" "$ANNA" --as witness
# RIGHT
opened()
{
	must d case open --subject "$S" --right "$1" \
	    --received "$(date +%F)" --json
	C=$(json .id)
}
# next_is COMMAND NAME: also what people read names it
next_is()
{
	must d case show "$C" --json
	like "$(json .next)" "$1" "$2"
	must d case show "$C"
	out_like "next step +.*$1" "$2, for people"
}

opened access
next_is "'hrvault case collect $C'" "first the records are found"
must d case collect "$C" --json
json_is ".items[] | select(.record == \"$MED\") | .waits_for | join(\" \")" \
    opinion "a gate of the law is named"
json_is ".items[] | select(.record == \"$R\") | .waits_for | join(\" \")" \
    linked-person "somebody else is named"
json_is '[.items[] | select(.disposition == "disclosed" and .waits_for)] |
    length' 0 "what is decided waits for nothing"
next_is "hrvault case decide $C R-[0-9A-Z]* --disclose" "then each is decided"
out_like 'still missing +2 of 3' "what is missing is said"
out_like 'undecided +2' "and counted"
d case withhold "$C" "$R" --code NONE --reason x
exit_is 2 "a code that there is not is refused"
err_like 'S2P3-16 Another person could be identified' \
    "codes are named with what they stand for"
d case withhold "$C" "$R" --code S2P4-24 --reason x
exit_is 5 "what came in no confidence is not withheld for it"
err_like "hrvault case redact $C $R --field" "what can be done now is said"
must d case decide "$C" "$R" --disclose
must d case decide "$C" "$MED" --disclose --already-known
next_is "hrvault case identity $C --method" "then who asks is checked"
must d case identity "$C" --method 'passport seen'
next_is "hrvault case export $C --to" "then the package is made"
must d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
next_is "hrvault case deliver $C --method" "and handed over"
must d case deliver "$C" --method post
next_is "hrvault case close $C" "and the case is closed"
must d case close "$C"
must d case show "$C" --json
json_is '.next, .missing' $'null\nnull' "then nothing comes"

opened erasure
next_is "hrvault case identity $C" "an erasure begins with who asks"
must d case identity "$C" --method 'passport seen'
next_is "hrvault case collect $C" "then what there is"
must d case collect "$C"
out_like 'to be erased +3' "an erasure counts what goes"
out_unlike 'disclosed' "and nothing that is given out"
next_is "hrvault case erase $C" "then it is ordered"
d case keep "$C" "$R" --ground claims
exit_is 2 "keeping needs a reason"
err_like "hrvault case keep .*--reason" "which the hint has"
d case letter "$C" --kind extension --output l.txt
exit_is 6 "a letter tells no step that was not taken"
err_like "'hrvault case extend $C --reason T'" "the hint has the id"
must d case erase "$C"
next_is "hrvault case deliver $C" "and the answer is handed over"

opened objection
must d case identity "$C" --method 'passport seen'
next_is "hrvault case resolve $C --outcome" "an objection is decided"

# A list that fails does not say that it is empty.
d subject untold
exit_is 4 "without a privacy notice nobody can be asked for"
err_unlike 'everybody knows' "and nobody is said to know it"
d audit verify
exit_is 0 "the log is whole"
done_testing
