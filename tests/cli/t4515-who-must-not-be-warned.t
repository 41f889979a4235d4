#!/bin/bash
# SPDX-License-Identifier: ISC
# A disclosure of which the person must not be told, because it would warn them,
# is in no part of the package once somebody decided so with a code and a reason
# and another one agreed.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ann Known' --number E-1
S=$out
echo x >x.txt
must d record add "$S" --class personnel_file x.txt --json
R=$(json .id)
must d recipient add --name 'Fraud Office' --kind authority --country GB
POLICE=$out
must d recipient add --name 'Payroll Ltd' --kind processor --country GB
PAYROLL=$out
must d disclose "$R" --to "$POLICE" --purpose administration --output 1.out
must d disclose "$R" --to "$PAYROLL" --purpose administration --output 2.out
vault_second counsel legal

must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method seen
n=0
for o in '--code S2P1-2' '--reason why' '--untold T-1 --tell T-1' \
    "--untold $POLICE" "--untold $POLICE --code S2P1-2" \
    "--untold $POLICE --code X --reason why"; do
	# shellcheck disable=SC2086
	d case collect "$C" $o
	exit_is 2 "not decided so: $((n += 1))"
done
d case collect "$C" --untold T-ZZZZZZ --code S2P1-2 --reason why
exit_is 4 "nor of whom nobody knows"
package() # NAME: exported as another one approved it, its text in $all
{
	local p
	rm -rf a.gpg "$C"
	d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
	exit_is 6 "$1: waits for the second one"
	p=$(printf '%s' "$err" | grep -o 'P-[0-9A-Z]\{26\}' | head -1)
	must as counsel hrv proposal show "$p" --json
	WORDS=$(json '.effects | join(" ")')
	must as counsel hrv proposal approve "$p"
	must d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
	gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
	all=$(cat "$C"/*.json "$C"/*.csv "$C"/*.html "$C"/*.txt)
}
must d case collect "$C" --untold "$POLICE" --code S2P1-2 \
    --reason 'It would warn her.'
must d case collect "$C"
package untold
like "$WORDS" "that $POLICE was given data is not told in it \(S2P1-2\)" \
    "the second one agrees to that"
unlike "$all" "Fraud|$POLICE|would warn" "it is nowhere in it"
like "$all" 'Payroll Ltd' "others are"
is "$(jq '[.annex[] | select(.act == "disclose") | .times] | add' \
    "$C/manifest.json")" 1 "the history has the other one only"
must d audit log --json
is "$(json 'select(.op == "case.collect" and .payload.untold != null) |
    "\(.payload.untold) \(.payload.code)"' | sort -u)" "$POLICE S2P1-2" \
    "the log has who decided it"
unlike "$out" 'warn her' "and the reason sealed"

must d case collect "$C" --tell "$POLICE"
package told
unlike "$WORDS" 'is not told' "nothing is kept back any more"
like "$all" 'Fraud Office' "it is told when it is over"
must d audit verify
must d check

done_testing
