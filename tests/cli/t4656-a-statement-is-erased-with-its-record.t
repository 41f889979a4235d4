#!/bin/bash
# SPDX-License-Identifier: ISC
# An order to erase a statement waits for the record that it is about, and the
# answer says so; one for both erases both.
. "$(dirname "$0")/../lib.sh"

vault_new
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
TODAY=$(date -u +%F)
echo 'late every day' >wrong
echo 'I was late once' >side
contested() # NAME: a record and a statement on it, in an erasure: $R, $ST, $C
{
	must as hr hrv subject add --kind employee --name "$1"
	S=$out
	must as hr hrv record add "$S" --class equality_monitoring wrong
	R=$out
	must as hr hrv record statement "$R" side
	ST=$out
	must as hr hrv case open --subject "$S" --right erasure \
	    --received "$TODAY" --json
	C=$(json .id)
	must as hr hrv case identity "$C" --method desk
	must as hr hrv case collect "$C"
}
of() # RECORD: what becomes of it
{
	json ".records[] | select(.record == \"$1\") |
	    \"\(.becomes) \(.ground)\""
}

contested 'Łucja Ødegård'
must as hr hrv case keep "$C" "$R" --ground claims --reason tribunal
as hr hrv case erase "$C" --json
exit_is 0 "what is not kept is ordered"
is "$(of "$R")" 'refused claims' "the record stays on its ground"
is "$(of "$ST")" 'deferred with-record' "so the statement stays beside it"
like "$(json '.sentences[]')" 'what it is about is kept' "in words as well"
must as hr hrv case letter "$C" --kind outcome --output letter.txt
like "$(tr -s '\n ' '  ' <letter.txt)" 'what it is about is kept' \
    "and in the letter"
KEPT=$R KEPT_ST=$ST

contested 'Ana Țepeș'
must as hr hrv case erase "$C" --json
is "$(of "$R")" 'erased null' "where the record goes"
is "$(of "$ST")" 'erased null' "the statement goes with it"
must as hr hrv case outcome "$C" --json
unlike "$out" 'with-record' "and nothing is said of staying"
for r in "$KEPT" "$KEPT_ST" "$R" "$ST"; do
	as hr hrv record show "$r"
	exit_is 0 "nothing is destroyed before its notice"
done
as auditor hrv audit verify
exit_is 0 "the log is whole"
done_testing
