#!/bin/bash
# SPDX-License-Identifier: ISC
# Letters to a requester: each tells a step that was taken, never one that was
# not, and no name or reason in it can change its shape.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
NAME='محمد بن <b>علي</b>'
must as dpo hrv subject add --kind employee --name "$NAME"
S=$out
echo 'I agree.' >doc.txt
must as dpo hrv record add "$S" --class contract doc.txt --source 'Recruiter'
must as dpo hrv recipient add --name 'Pay & Co' --kind processor \
    --country US --safeguard scc --until 2099-12-31
TO=$out
must as dpo hrv record list "$S" --json
R=$(json '.record // .id')
must as dpo hrv disclose "$R" --to "$TO" --purpose administration \
    --output out.bin
head -c 1234567 /dev/zero | tr '\0' 'x' >long.txt
must as dpo hrv record add "$S" --class contract long.txt
YESTERDAY=$(date -d yesterday +%F)
must as dpo hrv case open --subject "$S" --right access --received \
    "$YESTERDAY" --json
C=$(json .id)
DUE=$(json .due)

letter() { as dpo hrv case letter "$C" --kind "$1" --output "$2" "${@:3}"; }

# ---- a step that was not taken ---------------------------------------------

for kind in refusal extension identity clarification outcome cover; do
	letter "$kind" "no-$kind.txt"
	exit_is 6 "no $kind letter before its step"
done
err_like 'hrvault case export' "the error names the command"
ok "and no file" test -z "$(ls no-* 2>/dev/null)"

# ---- the steps --------------------------------------------------------------

letter acknowledgement ack.txt
exit_is 0 "an acknowledgement"
like "$(cat ack.txt)" "by $DUE at the latest" "tells the day of the answer"
like "$(cat ack.txt)" 'Northwind Øresund Tools Ltd' "and who answers"
is "$(stat -c %a ack.txt)" 600 "it is private"
letter acknowledgement ack.txt
exit_is 1 "it does not overwrite"
ln -s nowhere link.txt
letter acknowledgement link.txt
isnt "$rc" 0 "nor write through a link"
is "$(awk 'length > 110' ack.txt)" "" "its lines are short"

must as dpo hrv case identity "$C" --asked
letter identity id.html
exit_is 0 "a letter that asks for a proof of identity"
like "$(cat id.html)" 'begins when this has reached us' \
    "says what that does to the clock"
like "$(cat id.html)" '<bdi>محمد بن &lt;b&gt;علي&lt;/b&gt;</bdi>' \
    "a name is isolated and escaped"
unlike "$(cat id.html)" '<script|https?://|<link|<img|\{\{|src=' \
    "nothing active, nothing from elsewhere, no open tag"
like "$(cat id.html)" '<html lang="en">' "it says its language"
letter identity id.txt
like "$(cat id.txt)" "$(printf '\xe2\x81\xa8')محمد" \
    "also in plain text a right-to-left name stands alone"
must as dpo hrv case identity "$C" --method 'seen'

printf '# Not a heading\n- nor this\n| nor that\n{{case}}' >q.txt
must as dpo hrv case ask "$C" --question @q.txt
letter clarification q.html
like "$(cat q.html)" '<p><bdi># Not a heading<br>- nor this' \
    "a typed text does not become shape"
unlike "$(cat q.html)" "nor that<br>$C" "nor a tag"
must as dpo hrv case answer "$C"
must as dpo hrv case extend "$C" --reason 'Six archives are searched.'
letter extension ext.txt
like "$(cat ext.txt)" 'Six archives are searched' "an extension has its reason"
like "$(tr '\n' ' ' <ext.txt)" 'instead of' "and both days"
letter extension ext-de.txt --lang de
exit_is 0 "in another language"
like "$(cat ext-de.txt)" 'Sie erhalten unsere Antwort spätestens am' "German"
letter extension x.txt --lang xx
exit_is 2 "a language there is none of is an error"
err_like 'there are: de en' "that names those there are"
letter extension x.txt --lang ../../../etc/passwd
exit_is 2 "a language is no path"

# ---- with the package -------------------------------------------------------

must as dpo hrv case collect "$C"
letter cover cover.txt
exit_is 6 "no cover letter without a package"
must as dpo hrv case export "$C" --to "${FPRS[leaver]}" --output a.gpg --lang de
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
like "$(cat "$C/index.html")" '<html lang="de">' "a page in another language"
like "$(cat "$C/index.html")" '<span>1,2 MB</span>' "sizes as that one writes"
like "$(cat "$C/index.html")" '<span>9 Byte</span>' "small ones too"
like "$(cat "$C/letter.html")" '<html lang="de">' "with its letter"
letter cover cover.txt
for what in 'Pay & Co, who works for us, in US' 'standard contractual clauses' \
    'Recruiter' 'Legal basis: your contract' 'data protection authority' \
    "Information Commissioner's Office" 'machine alone' 'withdraw consent' \
    'Kept until|not begun to run'; do
	like "$(tr '\n' ' ' <cover.txt | tr -s ' ')" "$what" \
	    "the cover letter has: $what"
done

# ---- a refusal --------------------------------------------------------------

must as dpo hrv case open --subject "$S" --right access --received \
    "$YESTERDAY" --json
C=$(json .id)
must as dpo hrv case refuse "$C" --ground excessive \
    --reason 'The same was answered last week.'
letter refusal no.txt
exit_is 0 "a refusal"
for what in 'manifestly excessive' 'answered last week' 'complain to us' \
    'court'; do
	like "$(tr '\n' ' ' <no.txt)" "$what" "has: $what"
done
letter refusal --
exit_is 2 "an output has to be named"
run as dpo "$HRV" case letter "$C" --kind refusal --output - </dev/null
out_like 'answered last week' "it can be printed"

# ---- it is logged when it is there -------------------------------------------

letters() { as dpo hrv audit log --op case.letter --json; jq -r '.result // empty' .out | tail -n 1; }
if [ "$HRV_MODE" = plain ] && command -v strace >/dev/null; then
	run as dpo strace -qq -f -o /dev/null -e trace=linkat,renameat2 \
	    -e inject=linkat,renameat2:error=EIO "$HRV" case letter "$C" \
	    --kind refusal --output lost.txt
	isnt "$rc" 0 "a letter that cannot get its name is a failure"
	unlike "$(letters)" '^ok' "and the log says so"
	ok "no file is left" test -z "$(ls lost* 2>/dev/null)"
else
	skip "a letter that cannot get its name" "no strace"
fi
letter refusal there.txt
is "$(letters)" ok "one that is there is ok"

# ---- other people in what was typed -------------------------------------------

must as dpo hrv case open --subject "$S" --right access --received \
    "$YESTERDAY" --json
C=$(json .id)
must as dpo hrv case collect "$C" --names 'Ravi Ítalo'
must as dpo hrv case refuse "$C" --ground excessive \
    --reason $'It was answered.\nRavi Italo said so.'
letter refusal named.txt --json
exit_is 0 "a letter about words that name a colleague"
json_is '.replaced_lines | join(",")' 2 "says in which line"
err_like 'line 2 of what was typed' "and so does the talk"
unlike "$out$err$(cat named.txt)" 'Ravi|[IÍ]talo' "never who"
like "$(cat named.txt)" 'Person A said so' "a letter stands for the name"

# ---- another right ----------------------------------------------------------

must as dpo hrv case open --subject "$S" --right erasure --received \
    "$YESTERDAY" --json
C=$(json .id)
must as dpo hrv case identity "$C" --method seen
must as dpo hrv case collect "$C"
letter outcome early.txt
exit_is 6 "no outcome before a decision"
err_like 'case erase' "the error says which"
must as dpo hrv case erase "$C"
letter outcome outcome.txt
exit_is 0 "what became of an erasure"
for what in 'the erasure of your data' 'Contract of employment' \
    'destroyed afterwards without another request' \
    'Pay & Co, who will be told' 'complain to us'; do
	like "$(tr '\n' ' ' <outcome.txt | tr -s ' ')" "$what" "has: $what"
done
letter outcome outcome.html --lang de
like "$(cat outcome.html)" 'ohne weiteren Antrag vernichtet' "in German too"

# ---- the log ----------------------------------------------------------------

must as dpo hrv audit log --op case.letter --json
is "$(grep -c phase.:.outcome .out)" "$(grep -c phase.:.intent .out)" \
    "each letter that was made has an intent and an outcome"
unlike "$(cat .out)" 'محمد|archives' "the log names nobody"
must as dpo hrv audit verify
exit_is 0 "and verifies"
done_testing
