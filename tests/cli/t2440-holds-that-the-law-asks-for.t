#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirement for holds 18: a charge with its comparators, a preservation that
# a person asks for, tax audits and insurance claims.
# san
. "$(dirname "$0")/../lib.sh"

vault_new
for n in "Āris Bērziņš" "山田花子" "Fatoumata Diallo"; do
	must as hr hrv subject add --kind employee --name "$n" --json
	P+=("$(json .id)")
done
echo text >doc.txt
for s in "${P[@]}"; do
	must as hr hrv record add "$s" --class contract --date 2020-01-01 \
	    doc.txt --json
	R+=("$(json .id)")
done
held() { as hr hrv record show "$1" --json; json .held; }

as dpo hrv hold place --matter M --reason R --statutory charge \
    --subject "${P[0]}"
exit_is 2 "18: a charge without comparators is a mistake"
err_like 'comparator none' "18: which says how to say that there are none"
as dpo hrv hold place --matter M --reason R --statutory charge \
    --class contract --comparator none
exit_is 2 "18: a charge is about a person"
as dpo hrv hold place --matter M --reason R --subject "${P[0]}" \
    --comparator "${P[1]}"
exit_is 2 "18: comparators belong to a charge"
as dpo hrv hold place --matter M --reason R --statutory charge \
    --subject "${P[0]}" --comparator "${P[1]}" --json
exit_is 0 "18: a charge with one"
is "$(held "${R[0]}") $(held "${R[1]}") $(held "${R[2]}")" "true true false" \
    "18: holds the person's and the comparator's records"
as dpo hrv hold list --json
json_is .kind charge "18: and says what it is"
as dpo hrv hold place --matter M --reason R --statutory tax-audit \
    --class payslip --from 2019-01-01
exit_is 0 "18: a tax audit holds classes"
as dpo hrv hold place --matter M --reason R --statutory lawsuit --class payslip
exit_is 2 "18: other kinds are unknown"

as hr hrv subject restrict "${P[2]}" --ground accuracy --json
json_is .preserved false "18: a restriction for accuracy holds nothing"
is "$(held "${R[2]}")" false "18: nor is anything held"
as hr hrv subject restrict "${P[2]}" --ground claims --json
json_is .preserved true "18: Art. 18(1)(c) does, at once, also by hr"
is "$(held "${R[2]}")" true "18: the records are held"
as dpo hrv hold list --json
H=$(jq -r 'select(.kind == "preservation") | .id' .out)
as dpo hrv hold show "$H" --json
json_is '"\(.kind) \(.scope.subjects[0])"' "preservation ${P[2]}" \
    "18: as a preservation of that person"
as hr hrv record void "${R[2]}" --reason wrong
exit_is 5 "18: which cannot be voided"
lift() { as hr hrv subject lift "${P[2]}" --reason "settled" \
	--told 2026-01-02 "$@"; }
lift --ground claims
exit_is 0 "18: one ground is lifted for itself"
as hr hrv subject restrict "${P[2]}" --ground claims --json
json_is '"\(.restricted) \(.preserved)"' 'accuracy,claims false' \
    "18: one preservation is enough"
lift --ground accuracy
lift
exit_is 0 "18: the restriction is lifted"
is "$(held "${R[2]}")" true "18: the hold is not"
as hr hrv hold release "$H" --reason "settled"
exit_is 6 "18: hr can only ask for that"
as dpo hrv hold release "$H" --reason "settled"
exit_is 0 "18: who may, releases"
as dpo hrv audit verify
exit_is 0 "18: the log verifies"
done_testing
