#!/bin/bash
# SPDX-License-Identifier: ISC
# What is kept of an erasure is proposed by one person, taken back by one until
# the answer is out, approved by two, and never undoes alone what two ordered.
. "$(dirname "$0")/../lib.sh"

vault_new
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
vault_second dpo2 dpo
TODAY=$(date -u +%F)
hr() { as hr hrv "$@"; }
echo text >f
must hr subject add --kind employee --name 'Ama Owusu'
S=$out
add() {
	must hr record add "$S" --class equality_monitoring --date "$TODAY" \
	    --json f
	R=$(json .id)
}
add; ONE=$R
add; TWO=$R
must hr case open --subject "$S" --right erasure --received "$TODAY" --json
C=$(json .id)
must hr case identity "$C" --method desk
must hr case collect "$C"
becomes() # RECORD
{
	must hr case outcome "$C" --json
	json ".records[] | select(.record == \"$1\") | \"\(.becomes) \(.ground)\""
}
approve() { # the proposal that the last command waits for
	exit_is 6 "$1 takes two people"
	P=$(grep -o 'P-[0-9A-Z]*' .err | head -n 1)
	must as dpo2 hrv proposal approve "$P"
}
stands() { # RECORD: its disposition
	must hr case show "$C" --json
	json ".items[] | select(.record == \"$1\") | .disposition"
}

hr case keep "$C" "$ONE"
exit_is 2 "a ground is needed"
hr case keep "$C" "$ONE" --ground claims
exit_is 2 "and a reason"
hr case keep "$C" "$ONE" --withdraw --ground claims
exit_is 2 "but none to take it back"
hr case keep "$C" "$ONE" --withdraw
exit_is 4 "and nothing that was not kept is taken back"

# What ends with something else is not kept alone.
echo side >side
must hr record statement "$TWO" side --json
SIDE=$(json .id)
must hr case collect "$C"
hr case keep "$C" "$SIDE" --ground claims --reason tribunal
exit_is 5 "a statement is kept with what it is about"
err_like "do it to $TWO" "which is said"
must hr case show "$C" --json
WHO=$(json '.items[] | select(.class == "vault.identity") | .record')
hr case keep "$C" "$WHO" --ground claims --reason tribunal
exit_is 2 "and who the person is with the last record"

# One person proposes and takes back.
must hr case keep "$C" "$ONE" --ground claims --reason tribunal
is "$(becomes "$ONE")" 'open claims' "one person alone keeps nothing yet"
must hr case keep "$C" "$ONE" --withdraw
is "$(stands "$ONE")" erase "taken back, it is to be decided"
must hr case keep "$C" "$ONE" --ground claims --reason tribunal

# The approval is for what is kept as well.
hr case erase "$C"
approve 'the answer'
must hr case keep "$C" "$TWO" --ground archive --reason history
hr case erase "$C"
exit_is 6 "another record kept after the approval is not approved"
must hr case keep "$C" "$TWO" --withdraw
must hr case keep "$C" "$ONE" --ground archive --reason history
hr case erase "$C"
exit_is 6 "nor is another ground"
must hr case keep "$C" "$ONE" --ground claims --reason tribunal
must hr case erase "$C"
is "$(becomes "$ONE")" 'refused claims' "approved, it is kept"
is "$(stands "$TWO")" ordered "and the other one ordered"

# What two people ordered is kept by two.
hr case keep "$C" "$TWO" --ground claims --reason 'he alone says so'
exit_is 6 "one person does not take a record out of an order"
is "$(stands "$TWO")" ordered "it is ordered still"
must as purge hrv purge plan --json
json_is "[.protected[] | select(.record == \"$TWO\") | .why] | unique |
    join(\" \")" notice "and a run would take it after the notice"
hr case deliver "$C" --method post
exit_is 0 "the answer is delivered as it was approved"

# Delivered, nothing of it is taken back.
hr case keep "$C" "$ONE" --withdraw
exit_is 5 "after that nobody takes back what the person was told"
hr case keep "$C" "$TWO" --ground claims --reason 'he alone says so'
approve 'keeping what was ordered'
must hr case keep "$C" "$TWO" --ground claims --reason 'he alone says so'
is "$(becomes "$TWO")" 'refused claims' "two may"
must as auditor hrv audit log --op case.decide --json
is "$(jq -rs 'last | .proposal' .out)" "$P" "by the log as well"
must hr case close "$C"

# A kept record that is taken back is decided again before the answer goes.
must hr case reopen "$C"
must hr case keep "$C" "$TWO" --withdraw
hr case erase "$C"
approve 'the order'
must hr case erase "$C"
is "$(becomes "$TWO" | cut -d' ' -f1)" erased "the order counts again"
must hr case keep "$C" "$ONE" --withdraw
hr case deliver "$C" --method post
exit_is 5 "no answer goes out with a record that nobody decided"
err_like 'case erase' "which comes first"
hr case close "$C"
exit_is 5 "nor is such a case closed"
hr case letter "$C" --kind outcome --output no.txt
exit_is 5 "nor a letter written"
ok "and none is there" test ! -e no.txt
hr case erase "$C"
approve 'the rest'
must hr case erase "$C"
must hr case deliver "$C" --method post
must hr case close "$C"
as auditor hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check
exit_is 0 "so are the tables"
done_testing
