#!/bin/bash
# SPDX-License-Identifier: ISC
# What a case does not let through leaves no file and one entry in the log;
# repeats, representatives, deaths and silence have their ways.
. "$(dirname "$0")/../lib.sh"

for p in dpo leaver; do gpg_person $p; done
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must as dpo hrv subject add --kind employee --name 'Þóra Núñez' \
    --number E-1 --json
S=$(json .id)
must as dpo hrv subject add --kind employee --name 'Bo Ek' --number E-2 --json
OTHER=$(json .id)
echo '{"pay":1}' >pay.json
must as dpo hrv record add "$S" --class payslip --json pay.json
R=$(json .id)
echo 'of two' >two.txt
must as dpo hrv record add "$S" --class personnel_file --json two.txt
TWO=$(json .id)
must as dpo hrv record link "$TWO" "$OTHER" --as witness
TODAY=$(date +%F)

# refused N OP NAME CMD...: exits N, leaves no file, one refusal in the log.
refused()
{
	local n=$1 op=$2 name=$3 before after
	shift 3
	must as dpo hrv audit log --op "$op" --json
	before=$(jq -s '[.[] | select(.result == "refused")] | length' .out)
	as dpo hrv "$@"
	exit_is "$n" "$name is refused"
	said=$err
	like "$said" 'hint: ' "with what to do next"
	ok "and leaves no file" test ! -e x.out
	must as dpo hrv audit log --op "$op" --json
	after=$(jq -s '[.[] | select(.result == "refused")] | length' .out)
	is "$((after - before))" 1 "and is one entry in the log"
}
opened() # ARGS...
{
	must as dpo hrv case open --right access --received "$TODAY" --json "$@"
	C=$(json .id)
	EXPORT=(case export "$C" --to "${FPRS[leaver]}" --output x.out)
}

as dpo hrv case open --subject number:E-9 --right access --received "$TODAY"
exit_is 4 "a case of somebody unknown is not opened"
opened --subject "$S"
json_is .possibly_excessive null "a first request is no repetition"

{
	refused 6 case.export "a case without records" "${EXPORT[@]}"
	must as dpo hrv case collect "$C"
	refused 6 case.export "an undecided record" "${EXPORT[@]}"
	like "$said" "$TWO" "by its id"
	must as dpo hrv case withhold "$C" "$TWO" --code S2P3-16 --reason x
	refused 6 case.export "an unknown requester" "${EXPORT[@]}"
	must as dpo hrv case identity "$C" --method 'passport'
	must as dpo hrv case authority "$C" --asked
	refused 6 case.export "a representative without authority" "${EXPORT[@]}"
	like "$said" 'case authority' "until it came"
}
must as dpo hrv case authority "$C"
must as dpo hrv "${EXPORT[@]}"
rm x.out
must as dpo hrv subject restrict "$S" --ground accuracy
refused 5 record.read "a restricted record for another purpose" \
    record read "$R" --purpose payroll --output x.out
FIRST=$C
must as dpo hrv "${EXPORT[@]}"
ok "a restricted record is in the answer all the same" test -s x.out
rm x.out

# ---- the same once more ----------------------------------------------------

opened --subject "$S"
json_is .possibly_excessive true "a second request is flagged"
must as dpo hrv case list --json
is "$(jq -r "select(.id == \"$C\") | .possibly_excessive" .out)" true \
    "also in the list"
is "$(jq -r "select(.id == \"$FIRST\") | .possibly_excessive" .out)" null \
    "and the first is not"
must as dpo hrv case collect "$C"
must as dpo hrv case withhold "$C" "$TWO" --code S2P3-16 --reason x
refused 6 case.export "a second request without a check of identity" \
    "${EXPORT[@]}"
must as dpo hrv case identity "$C" --method 'passport'
must as dpo hrv "${EXPORT[@]}"
ok "then it is answered like any other" test -s x.out
gpg --homedir "$T/gpg-leaver" --batch -q -d x.out 2>/dev/null | tar -x
rm x.out
is "$(jq -r '.requests[] | .right + " " + .status' "$C/manifest.json")" \
    'access exported' "and tells of the first"

# ---- ways a case ends ------------------------------------------------------

opened --subject "$S"
refused 5 case.refuse "silence where nothing was asked" \
    case refuse "$C" --ground unanswered --reason x
must as dpo hrv case ask "$C" --question 'which years?' --json
json_is '.due, .awaiting[0]' 'null
answer' "an open question has no due date"
refused 5 case.refuse "silence that has not lasted" \
    case refuse "$C" --ground unanswered --reason x
refused 5 case.event "a second question over the first" \
    case ask "$C" --question 'and which months?'
refused 5 case.refuse "a death that nobody entered" \
    case refuse "$C" --ground died --reason x
must as dpo hrv case answer "$C"
must as dpo hrv case collect "$C"
must as dpo hrv case withhold "$C" "$TWO" --code S2P3-16 --reason x
must as dpo hrv case identity "$C" --method 'passport'
must as dpo hrv subject event "$S" died "$TODAY"
refused 5 case.export "the case of somebody who died" "${EXPORT[@]}"
must as dpo hrv case refuse "$C" --ground died --reason 'a letter of the heirs'
must as dpo hrv case close "$C"
refused 5 case.decide "a decision in a closed case" \
    case decide "$C" "$R" --disclose
like "$said" 'case reopen' "until it is opened again"
must as dpo hrv case reopen "$C"
must as dpo hrv case show "$C" --json
json_is .status open "a closed case can be opened again"
json_is '[.timeline[].event] | index("identity.given") != null' true \
    "and keeps its steps"

as dpo hrv audit verify
exit_is 0 "the log verifies after all of it"
done_testing
