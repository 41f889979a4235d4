#!/bin/bash
# SPDX-License-Identifier: ISC
# A colleague who has had other names, numbers and addresses is nowhere in a
# package, and one who is renamed after the collecting stops it.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
must d subject add --kind employee --name 'Amrit Kaur' --number E-1
S=$out
cat >other.json <<'J'
{"name": "R. Ítalo", "given": "Raviprasad", "family": "Ítalo",
 "number": "E-2002", "emails": ["ri@old.example"], "phones": ["030 123456"]}
J
must d subject add --kind employee --from other.json
OTHER=$out
must d subject update "$OTHER" --name 'Ravi Costa' --number X-31 \
    --email rc@new.example --phone '+44 20 7946 0958' --reason married

cat >talk.json <<'J'
{"by": "Ítalo, later COSTA", "also": "Raviprasad (E-2002), now X-31",
 "mail": "ri@old.example or rc@new.example", "told by": "mrs italo",
 "phone": "+49 30 123456, 0049 30-12 34 56 or (020) 7946-0958",
 "kept": "Italy, costal, younger E-20021"}
J
must d record add "$S" --class personnel_file --json \
    --title 'Talk with Italo' --source 'Raviprasad' talk.json
R=$(json .id)
must d record link "$R" "$OTHER" --as author
must d case open --subject "$S" --right access --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method seen
must d case collect "$C"
must d case decide "$C" "$R" --disclose
export_it()
{
	rm -rf a.gpg "$C"
	d case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
}
all()
{
	gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
	all=$(cat "$C"/*.json "$C"/*.csv "$C"/*.html "$C"/*.txt \
	    "$C"/documents/*)
}
export_it
exit_is 0 "a package is made"
all
for n in 'talo\b' 'Costa\b' Raviprasad 'E-2002\b' X-31 old.example new.example \
    '123456' '34 56' '7946'; do
	not_ok "$n is nowhere in it" grep -Eaqi -e "$n" <<<"$all"
done
like "$all" 'Italy, costal, younger E-20021' "other words are as they were"
is "$(jq -r .pseudonyms[] "$C/manifest.json")" 'Person A' "it is one person"

must d subject update "$OTHER" --name 'Ravi Novak' --reason married
export_it
exit_is 6 "who was renamed since has no letter for the new name"
err_like 'case collect' "until it is collected again"
err_unlike '[Nn]ovak' "and is not named"
not_ok "no file" test -e a.gpg
must d case collect "$C"
export_it
exit_is 0 "then it goes out"
all
is "$(jq -r .pseudonyms[] "$C/manifest.json")" 'Person A' \
    "with the letter there was"
d audit verify
exit_is 0 "the log is whole"
done_testing
