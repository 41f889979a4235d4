#!/bin/bash
# SPDX-License-Identifier: ISC
# Redacted records leave as derived copies: what was taken out is nowhere in
# the package, and neither is a colleague, however the name is written.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
must as dpo hrv subject add --kind employee --name 'Amrit Kaur Sāndhū' \
    --number E-2001 --email amrit@example.org --json
S=$(json .id)
must as dpo hrv subject add --kind employee --name 'Ravi Ítalo' \
    --number E-2002 --email ravi.italo@example.org --phone '+44 20 7946 0958' \
    --json
OTHER=$(json .id)

cat >talk.json <<'J'
{"about":"Amrit Kaur","by":"RAVI ITALO","seen_by":["Ítalo, Ravi","somebody"],
 "note":"Рави Итало said it; Ravi's words; mail ravi.italo@example.org or
 020 7946 0958", "iban":"GB33BUKB20201555555555","grade":{"secret":"tulip",
 "open":7.35},"years":["heron","crane"]}
J
tr -d '\n' <talk.json >talk1.json
add() # CLASS ARGS...
{
	local class=$1
	shift
	must as dpo hrv record add "$S" --class "$class" --json "$@"
	R=$(json .id)
}
add personnel_file --title 'Talk with Ravi Italo' --source 'ÍTALO (Ravi)' \
    talk1.json
TALK=$R
must as dpo hrv record link "$TALK" "$OTHER" --as author
printf 'The whole letter with the word walrus.\n' >ravi-walrus.txt
add personnel_file --title 'About the walrus' --source 'Desk' ravi-walrus.txt
LETTER=$R
printf 'Reference by somebody.\n' >ref.txt
add reference_received ref.txt
OPENREF=$R
add reference_received --confidential ref.txt
REF=$R

must as dpo hrv case open --subject "$S" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method 'passport seen'
as dpo hrv case collect "$C" --names 'Bo = = x'
exit_is 2 "a line of names with a gap is refused"
as dpo hrv case collect "$C" --names 'Ravi Italo = Рави Итало' --json
exit_is 0 "other people are named"
json_is ".items[] | select(.record == \"$TALK\") | .disposition" undecided \
    "a record about somebody else waits for a decision"

# ---- what is refused -------------------------------------------------------

redact() { as dpo hrv case redact "$C" "$@"; }
redact "$TALK" --field /iban --code NOPE
exit_is 2 "a code that the law does not have is refused"
err_like S2P3-16 "and its codes are named"
redact "$TALK" --field iban --code S2P3-16
exit_is 2 "a field is named by a pointer"
redact "$TALK" --field /nothing --code S2P3-16
exit_is 2 "a field that is not there is refused"
redact "$LETTER" --field /iban --code S2P3-16
exit_is 2 "a text has no fields"
redact "$LETTER" --replacement ravi-walrus.txt --code S2P3-16
exit_is 2 "a replacement that is the record itself is refused"
err_like 'byte for byte' "with the reason"
err_like 'case decide' "and the next step"
: >empty.txt
redact "$LETTER" --replacement empty.txt --code S2P3-16
exit_is 2 "so is an empty one"
redact "$LETTER" --replacement nothere.txt --code S2P3-16
exit_is 4 "and one that is not there"
redact "$LETTER" --field /a --replacement empty.txt --code S2P3-16
exit_is 2 "a field and a replacement are two things"
as dpo hrv case withhold "$C" "$OPENREF" --code S2P4-24 --reason x
exit_is 5 "a reference that was not marked is not withheld as confidential"
err_like confidential "with the reason"
as dpo hrv case withhold "$C" "$REF" --code S2P4-24 --reason 'by Ravi Italo'
exit_is 0 "one that was marked is"
as dpo hrv case decide "$C" "$OPENREF" --disclose
exit_is 0 "the other goes out"

# ---- what is done ----------------------------------------------------------

redact "$TALK" --field /iban --code S2P3-16 --reason 'not yours' --json
exit_is 0 "a field is taken out"
json_is .code S2P3-16 "under its ground"
json_is '.copies[0].original_sha256' "$(sha256sum <talk1.json | cut -c1-64)" \
    "the copy keeps the hash of the record"
redact "$TALK" --field /grade/secret --code S2P4-23 --json
json_is .code S2P3-16,S2P4-23 "a second field adds up"
redact "$TALK" --field /years/0 --code S2P4-23 --json
json_is .code S2P3-16,S2P4-23 "a ground counts once"
COPY=$(json '.copies[0].sha256')
redact "$TALK" --field /grade/secret --code S2P4-23
exit_is 2 "what is gone cannot be taken out again"
must as dpo hrv record read "$TALK" --purpose administration --output back.json
ok "the record is as it was" cmp back.json talk1.json
printf 'The whole letter with the word ------.\n' >clean.txt
redact "$LETTER" --replacement clean.txt --code S2P3-16 --title 'A letter' \
    --json
exit_is 0 "a replacement stands in for a document"
as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
exit_is 0 "the package is made"
CONTENT=$(json .content_sha256)
ok "and opens" sh -c "gpg --homedir $T/gpg-leaver --batch -q -d a.gpg \
    2>/dev/null | tar -x"
row() { jq -r ".records[] | select(.record == \"$1\") | $2" "$C/manifest.json"; }
is "$(row "$TALK" .disposition) $(row "$TALK" .code)" \
    'redacted S2P3-16,S2P4-23,pseudonym' "the manifest says that and why"
is "$(row "$TALK" .reason)" 'not yours; letters stand for other people' \
    "and what the officer said"
isnt "$(row "$TALK" .sha256)" "$COPY" "names were replaced in the copy"
is "$(row "$LETTER" .sha256)" "$(sha256sum <clean.txt | cut -c1-64)" \
    "the replacement is what went out"
is "$(jq -c . "$C/$(row "$TALK" .file)")" '{"about":"Amrit Kaur","by":"Person A","seen_by":["Person A","somebody"],"note":"Person A said it; Person A'"'"'s words; mail Person A or Person A","grade":{"open":7.35},"years":["[redacted]","crane"]}' \
    "the copy has what was left of the record"
is "$(row "$TALK" .source)" 'Person A)' "the source is replaced"
is "$(row "$REF" .reason)" 'by Person A' "so is a name in a typed reason"
unlike "$(cat "$C"/* "$C"/documents/* 2>/dev/null | tr -d '\0')" \
    'walrus|tulip|heron|GB33BUKB|ravi-' "nothing of what was taken out is left"
all=$(cat "$C"/*.json "$C"/*.csv "$C"/*.html "$C"/documents/*)
for n in 'Ravi' 'RAVI' 'ravi' 'talo' 'TALO' 'Рави' 'Итало' 'рави' E-2002 \
    "$(sha256sum <talk1.json | cut -c1-64)"; do
	not_ok "$n is nowhere in it" grep -aqi -e "$n" <<<"$all"
done
like "$all" 'Amrit Kaur' "the person's own name is"
is "$(jq -r .pseudonyms[] "$C/manifest.json")" 'Person A' "letters are listed"
must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output b.gpg --json
is "$(json .content_sha256)" "$CONTENT" "a second export has the same content"

# ---- and not left in the vault's clear half --------------------------------

as dpo hrv audit log --json
unlike "$out" 'iban|grade|not yours|Ravi|talo' "the log has none of it"
unlike "$out" "$(sha256sum <clean.txt | cut -c1-64)|$COPY" "nor hashes of it"
as dpo hrv check --deep
exit_is 0 "everything stored is whole"
as dpo hrv audit verify
exit_is 0 "and the log verifies"
done_testing
