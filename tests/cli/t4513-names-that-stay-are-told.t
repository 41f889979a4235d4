#!/bin/bash
# SPDX-License-Identifier: ISC
# A record that names people of the vault whom nobody linked goes out as it is,
# but not unsaid: the officer hears it at the collecting and at the export, the
# approver in the proposal, by ids and numbers and never by name.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
d() { as dpo hrv "$@"; }
person() # NAME NUMBER ARGS...
{
	must d subject add --kind employee --name "$1" --number "$2" "${@:3}"
	P=$out
}
person 'Ngozi Okafor' E-1003
NGOZI=$P
person 'Anna Smith' E-1004
ANNA=$P
ZOES=$'Zo\xc3\xab O\xe2\x80\x99Brien'
person "$ZOES" E-1005 --email zoe@example.org
ZOE=$P
person 'Jürgen Müller' E-1006
JUERGEN=$P
person 'Jurgen Muller' E-1007
SAME=$P
add() # FILE ARGS...
{
	must d record add "$NGOZI" --class appraisal "$@"
	R=$out
}
jq -n --arg z "$ZOES" \
    '{note: "\($z) and Anna Smith and Jürgen Müller met"}' >n.json
add n.json
MET=$R
printf 'Talked with ZOE OBRIEN,\nand once more to O\xe2\x80\x99Brien (Zoe).\n' \
    >t.txt
add t.txt
TEXT=$R
jq -n '{by: {first: "Zoë", last: "OBrien"}, to: "zoe@example.org"}' >j.json
add j.json --title 'Letter to Jürgen Müller'
APART=$R
printf 'Ndiaye was here. Miller too. Ngozi Okafor (E-1003) said so.\n' >no.txt
add no.txt
NOBODY=$R
must d record link "$MET" "$ANNA" --as witness

must d case open --subject "$NGOZI" --right access \
    --received "$(date +%F)" --json
C=$(json .id)
must d case identity "$C" --method 'passport seen'
d case collect "$C" --json
exit_is 0 "collecting goes on"
json_is '.named | map("\(.record) \(.people)") | sort | join(" ")' \
    "$(printf '%s\n' "$MET 2" "$TEXT 1" "$APART 2" | sort | paste -sd ' ')" \
    "and tells which records name how many people besides"
json_is ".named[] | select(.record == \"$TEXT\") | .subjects | join(\" \")" \
    "$ZOE" "with the id of who it may be"
json_is ".named[] | select(.record == \"$MET\") | .subjects | sort |
    join(\" \")" "$(printf '%s\n' "$ZOE" "$JUERGEN" "$SAME" | sort |
	paste -sd ' ')" "of all who share a name"
unlike "$out$err" 'Zo|Brien|M.ller' "and no name"
d case collect "$C"
err_like "$TEXT version 1 names 1 person of this vault whom nobody linked" \
    "people read it"
err_like "hrvault case collect $C" "with the way to a letter"
unlike "$err" 'Zo|Brien|M.ller' "and no name"
d audit log --subject "$ZOE" --json
unlike "$out" "$C" "nobody's identity was opened for it"

# Who is linked has a letter and is named no more.
must d record link "$TEXT" "$ZOE" --as witness
must d record link "$APART" "$JUERGEN" --as witness
must d case collect "$C" --json
json_is '.named | length' 0 "who has a letter is not named"
must d case decide "$C" "$MET" --disclose
must d case decide "$C" "$APART" --disclose
printf 'Talked with a colleague.\n' >clean.txt
must d case redact "$C" "$TEXT" --replacement clean.txt --code S2P3-16
# Once he is linked, the other spelling is his as well.
must d case withhold "$C" "$NOBODY" --code S2P3-16 --reason 'About others.'

# Somebody who comes in later is named at the export, before the approval.
person 'Bert Ndiaye' E-1008
printf 'Ndiaye, Bert had a look.\n' >late.txt
add late.txt
LATE=$R
must d case collect "$C"
gpg_person legal
must d member add "${FPRS[legal]}" --role legal
d case export "$C" --to "${FPRS[leaver]}" --output a.gpg --json
exit_is 6 "the export waits for its approval"
err_like "$LATE version 1 names 1 person" "and tells what it names"
P=$(jq -r '.proposal // empty' <<<"$err" 2>/dev/null)
[ -n "$P" ] || P=$(grep -o 'P-[0-9A-Z]*' <<<"$out$err" | head -n 1)
as legal hrv proposal show "$P"
out_like "$LATE version 1 goes out with the names of people" \
    "the approver reads it"
unlike "$out" 'Ndiaye' "without a name"

# Whoever looked says so, and it is said no more.
must d case decide "$C" "$LATE" --disclose --checked --reason 'Her manager.'
d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
exit_is 6 "what was checked is asked for as well"
unlike "$err" ' names ' "and nobody is named any more"
d audit verify
exit_is 0 "the log is whole"
done_testing
