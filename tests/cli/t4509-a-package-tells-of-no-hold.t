#!/bin/bash
# SPDX-License-Identifier: ISC
# Law C15: a legal hold and what is done for it, an export too, is nowhere in
# what the person gets.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
vault_second counsel legal
# approve WHO: what the command before asked for.
approve()
{
	must as "$1" hrv proposal approve \
	    "$(grep -o 'P-[0-9A-Z]\{26\}' "$T/.err" | head -1)"
}
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Ann Known' --number E-1
S=$out
echo x >x.txt
must d record add "$S" --class personnel_file x.txt --json
R=$(json .id)
must as counsel hrv hold place --matter 'Tribunal X' --reason 'a claim' \
    --subject "$S" --json
H=$(json .id)
must as counsel hrv hold show "$H"
as counsel hrv hold export "$H" --output h.tar --metadata-only
approve dpo
must as counsel hrv hold export "$H" --output h.tar --metadata-only
must d record read "$R" --purpose administration --output read.txt

must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method seen
must d case collect "$C"
d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
approve counsel
must d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
is "$(jq -r '.annex[].act' "$C/data.json" | sort -u | grep -v subject)" \
    'record.read' "who read is in the history"
for f in data.json manifest.json records.csv index.html letter.txt letter.html
do
	ok "$f is there" test -s "$C/$f"
	not_ok "$f: no hold" grep -Eiq \
	    -e 'hold\.|hold (place|show|export)|legal (hold|dep)|"legal"' "$C/$f"
done
as dpo hrv case letter "$C" --kind acknowledgement
unlike "$out" '[Ll]egal hold' "no letter tells of it"

done_testing
