#!/bin/bash
# SPDX-License-Identifier: ISC
# A name whose letters are spelled out is found, and a text in which letters are
# written otherwise, as in the body of an e-mail, is looked at by a person.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
person() { must d subject add --kind employee --name "$1" --number "$2"; }
person 'Ann Known' E-1; S=$out
person 'Łukasz Żółć' E-2; LUKASZ=$out
person 'Jürgen Müller' E-3; JUERGEN=$out
add() # NAME FILE: a record of Ann, its id in NAME
{
	must d record add "$S" --class personnel_file "$2" --json
	printf -v "$1" '%s' "$(json .id)"
}
echo '{"by": "Juergen Mueller", "then": "MUELLER, J.", "kept": "Miller"}' >a.json
echo 'Talk with Herr Mueller, J. about Ann.' >ue.txt
echo 'Complaint by =C5=81ukasz =C5=BB=C3=B3=C5=82=C4=87 about Ann.' >qp.txt
echo 'Complaint by &#321;ukasz &#379;&oacute;&#322;&#263;.' >ent.txt
echo 'Nothing but words: 5 % of 100, R&D, and a = b.' >plain.txt
add LINKED a.json
must d record link "$LINKED" "$LUKASZ" --as witness
must d record link "$LINKED" "$JUERGEN" --as author
add UE ue.txt
add QP qp.txt
add ENT ent.txt
add PLAIN plain.txt

must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method seen
must d case collect "$C"
must d case decide "$C" "$LINKED" --disclose
export_it() { d case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json; }
export_it
exit_is 5 "a name that is spelled out is found"
is "$(json_err .error.name)" left-in "as one that was left in"
err_like "1 record versions .*$UE" "in that text only"
must d case withhold "$C" "$UE" --code S2P3-16 --reason 'It names a witness.'
export_it
exit_is 5 "then the others stop it"
is "$(json_err .error.name)" not-searched "as what cannot be searched"
err_like "2 record versions .*($QP.*$ENT|$ENT.*$QP)" "an e-mail and a page"
err_unlike "$PLAIN" "not a text of words"
must d case withhold "$C" "$QP" --code S2P3-16 --reason 'It names a witness.'
must d case decide "$C" "$ENT" --disclose
export_it
exit_is 0 "what a person decided goes out"
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
is "$(jq -r .kept "$C/documents/$LINKED.json")" Miller "other names stay"
not_ok "in JSON it is replaced" grep -Eqi 'mueller|juergen' \
    "$C/documents/$LINKED.json"

done_testing
