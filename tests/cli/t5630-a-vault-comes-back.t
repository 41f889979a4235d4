#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A disaster: the vault is lost and comes back from its backups. What was
# destroyed since stays destroyed, what was held is held, and nobody reads
# before a second person agreed.
. "$(dirname "$0")/../lib.sh"
vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
vault_second dpo2 dpo
note() # DATE FILE: a record; its id in $R
{
	must as hr hrv record add "$S" --class note --date "$1" "$2" --json
	R=$(json .id)
}
approved() # WHO CMD...: WHO approves what the last run() proposed
{
	local who=$1 p
	shift
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as "$who" hrv "$@" proposal approve "$p"
}
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
today=$(date -u +%F)
for i in 1 2 3 4; do echo "paper $i" >f$i; done
note 2020-01-01 f1; R1=$R
note 2020-01-02 f2; R2=$R
note "$today" f3; R3=$R

# Ordered to be erased, and kept still: no restore may take that for an order
# to destroy it at once.
S1=$S
must as hr hrv subject add --kind employee --name "Ilmari Kuusisto" --json
S=$(json .id)
note "$today" f3; ORDERED=$R
must as hr hrv case open --subject "$S" --right erasure --received "$today" --json
C=$(json .id)
must as hr hrv case identity "$C" --method 'known in person'
must as hr hrv case collect "$C" --json
run as hr hrv case erase "$C"
exit_is 6 "an erasure takes two people"
approved dpo2
must as hr hrv case erase "$C" --json
S2=$S
must as hr hrv subject add --kind employee --name "Twice There" --json
S=$(json .id) TWICE=$S
note "$today" f3; MERGED=$R
must as hr hrv subject add --kind employee --name "Twice Thére" --json
ONCE=$(json .id)
# Three entries of one person, and one that was restricted all along.
for i in A B C D; do
	must as hr hrv subject add --kind employee --name "Chain $i" --json
	eval "CHAIN_$i=$(json .id)"
done
S=$CHAIN_A; note "$today" f3; CHAINED=$R
S=$CHAIN_B; note "$today" f3
must as dpo hrv subject consent "$CHAIN_A" --purpose administration \
    --given "$today" --text-version 1
must as hr hrv subject restrict "$CHAIN_D" --ground accuracy
# Who goes is restricted and has withdrawn before, so who stays is and has; and
# one who is neither any more.
for i in P Q R L M; do
	must as hr hrv subject add --kind employee --name "Early $i" --json
	eval "EARLY_$i=$(json .id)"
	must as dpo hrv subject consent "$(json .id)" \
	    --purpose administration --given "$today" --text-version 1
done
S=$S1
must as dpo hrv subject consent "$S2" --purpose administration \
    --given "$today" --text-version 1
run as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
exit_is 6 "who keeps the keys takes two people"
approved dpo2
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
cp -a b b.old

# What happens after the backup.
note "$today" f4; R4=$R
must as dpo hrv hold place --matter m --reason r --record "$R2" --json
H=$(json .id)
must as dpo hrv subject consent "$S2" --purpose administration \
    --withdrawn "$today"
# One who became another stays under the hold of that one, though not merged.
must as hr hrv subject merge "$TWICE" "$ONCE"
must as dpo hrv hold place --matter m --reason r --subject "$ONCE"
must as hr hrv subject merge "$CHAIN_A" "$CHAIN_B"
must as hr hrv subject merge "$CHAIN_B" "$CHAIN_C"
must as dpo hrv subject consent "$CHAIN_C" --purpose administration \
    --withdrawn "$today"
must as hr hrv subject merge "$CHAIN_C" "$CHAIN_D"
must as dpo hrv hold place --matter m --reason r --subject "$CHAIN_D"
must as hr hrv subject restrict "$S2" --ground accuracy
must as hr hrv subject restrict "$S" --ground accuracy
must as hr hrv subject lift "$S" --reason checked --told "$today"
must as purge hrv purge run --json
json_is .destroyed 1 "one record is destroyed after the backup"
run as hr hrv record read "$R1" --purpose administration --output -
exit_is 12 "it is gone"
must as hr hrv subject restrict "$EARLY_P" --ground accuracy
must as dpo hrv subject consent "$EARLY_P" --purpose administration \
    --withdrawn "$today"
must as hr hrv subject merge "$EARLY_P" "$EARLY_Q"
must as hr hrv subject merge "$EARLY_Q" "$EARLY_R"
must as hr hrv subject restrict "$EARLY_L" --ground accuracy
must as hr hrv subject lift "$EARLY_L" --reason checked --told "$today"
must as dpo hrv subject consent "$EARLY_L" --purpose administration \
    --withdrawn "$today"
must as dpo hrv subject consent "$EARLY_M" --purpose administration \
    --given "$today" --text-version 2
must as hr hrv subject merge "$EARLY_L" "$EARLY_M"
must as dpo hrv backup log "$T/b"
must as auditor hrv audit verify

# A drill: nothing of the live vault changes but for the entry.
run as dpo hrv restore "$T/b" --drill "$T/scratch" --escrow "$T/escrow" --json
exit_is 0 "a drill finds what it should"
json_is '"\(.ok) \(.destroyed) \(.holds)"' "true 1 7" \
    "it destroyed again and held again"
json_is '.not_replayed["record.add"]' 1 "and says what is not in the backup"
ok "nothing of it is left" test ! -e scratch -a ! -e scratch.restoring
run as dpo hrv restore "$T/b" --drill "$T/scratch" --escrow "$T/escrow"
exit_is 0 "and it does so for people"
like "$(head -n 1 .out)" \
    '^ok: [0-9]+ records and [0-9]+ people compared, [0-9]+ bodies hashed$' \
    "who read the verdict first"
out_like '^  1 version of a record destroyed again$' "what was destroyed again"
out_like '^  7 holds placed again$' "what is held"
out_like '^  record.add: 1$' "and what was not done again"
out_unlike '^  -|root ' "without empty lines and hashes"

must as dpo hrv backup log "$T/b"

# The disaster.
export HRVAULT_DIR=$T/new
mv vault lost
run as dpo hrv restore "$T/b.old" --to "$T/new" --escrow "$T/escrow" --json
exit_is 9 "a log older than somebody remembers is refused"
is "$(json_err .error.name)" rollback "for that reason"
ok "and leaves nothing" test ! -e new -a ! -e new.restoring
run as hr hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 8 "nobody but a custodian opens the keys"
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 6 "the vault is built and waits"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
like "$(json_err .error.message)" '^the new folder was built' "which is said"
like "$(json_err .error.hint)" \
    "hrvault --vault $T/new proposal approve $P; then repeat" \
    "with the command that approves it"
run as hr hrv record read "$R3" --purpose administration --output -
exit_is 6 "nobody reads before it is approved"
run as purge hrv purge run
exit_is 6 "and nothing is destroyed"
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 6 "repeating it alone does nothing"
run as dpo hrv proposal approve "$P"
exit_is 5 "nobody approves his own"
run as dpo2 hrv proposal show "$P"
exit_is 0 "another member looks at it"
must as dpo2 hrv proposal approve "$P"
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 0 "and approves: the vault is back"
like "$(json .origin)" '/log2$' "under another origin"
json_is '"\(.destroyed) \(.holds)"' "1 7" "the purge and the holds are replayed"
json_is .restrictions 7 "and the restrictions that were not lifted"
json_is .withdrawals 6 "and the withdrawals of consents"
is "$(jq -r '.subjects | sort | .[]' .out | xargs)" \
    "$(printf '%s\n' "$S" "$S2" "$TWICE" "$CHAIN_A" "$CHAIN_B" "$CHAIN_C" \
	"$EARLY_P" "$EARLY_Q" "$EARLY_L" "$EARLY_M" | sort | xargs)" \
    "who is to be looked at is named"
run as dpo hrv subject show "$S2" --json
json_is '[.consents[].act] | join(" ")' "given withdrawn" "it is withdrawn"
run as hr hrv record show "$MERGED" --json
json_is '"\(.subject) \(.held)"' "$TWICE true" \
    "and who was merged is held as the one that he became"
run as hr hrv record show "$CHAINED" --json
json_is '"\(.subject) \(.held)"' "$CHAIN_A true" \
    "so is who became one who became another"
run as hr hrv subject show "$CHAIN_A" --json
json_is .restricted accuracy "who became one that was restricted is so too"
run as dpo hrv subject show "$CHAIN_A" --json
json_is '[.consents[].act] | join(" ")' "given withdrawn" \
    "and withdrew as the one that he became"
said() { run as dpo hrv subject show "$1" --json
    json_is '[.restricted // "none", .consents[].act] | join(" ")' "$2" "$3"; }
said "$EARLY_Q" "accuracy given withdrawn" \
    "who became somebody else takes along what restricts and was withdrawn"
said "$EARLY_R" "accuracy given withdrawn" "who became one after another, too"
said "$EARLY_P" "accuracy given withdrawn" "and is under it himself"
said "$EARLY_L" "none given withdrawn" "what was lifted by then restricts no more"
said "$EARLY_M" "none given" "and a consent that was given later stands"
run as hr hrv subject show "$S2" --json
json_is .restricted accuracy "it is in force"

run as hr hrv record read "$R1" --purpose administration --output -
exit_is 12 "what was destroyed stays destroyed"
run as hr hrv record read "$R2" --purpose administration --output -
is "$rc $(cat "$T/.out")" "0 paper 2" "what was kept is there"
run as hr hrv record read "$R3" --purpose administration --output -
is "$rc $(cat "$T/.out")" "0 paper 3" "all of it"
run as hr hrv record show "$ORDERED"
exit_is 0 "what was only ordered to be erased is there too"
run as hr hrv record show "$R4"
exit_is 4 "what came after the backup is not"
run as dpo hrv hold list --json
is "$(jq -r 'select(.status == "active").id' "$T/.out" | grep -c "$H")" 1 \
    "the hold is in force"
# What the people did meanwhile is looked at before anything is destroyed.
run as dpo hrv purge confirm-restore
approved dpo2
must as dpo hrv purge confirm-restore
run as purge hrv purge run --json
json_is '"\(.destroyed) \(.protected)"' "0 1" "and protects"
for who in auditor dpo2 hr purge; do
	run as $who hrv status --json
	exit_is 0 "$who, who remembers the old log, goes on"
done
# The epoch that its keys came back with began after the snapshot.
half=$(find escrow -name 'epoch-1-*.pgp')
must as dpo hrv backup expire --escrow "$T/escrow" --json
json_is '"\(.destroyed) \(.unknown)"' '[] []' "nothing of the escrow is due"
json_is .next "$(date -u -d '+35 days' +%F)" "and when it is, is known"
ok "so the keys can come back again" test -s "$half"
run as auditor hrv audit verify --full --json
json_is .ok true "the log verifies over the restore"
run as dpo hrv check --deep --json
json_is .ok true "the vault is sound"
must as auditor hrv audit log --op restore --json
json_is 'select(.op == "restore") | .proposal' "$P" "the log says who agreed"
not_ok "an old purge is certified again" \
    test -z "$(ls new/certificates/*.json 2>/dev/null)"
must as hr hrv subject find "ngozi" --json
json_is .id "$S" "people are found"
note "$today" f4
run as hr hrv record read "$R" --purpose administration --output -
is "$rc $(cat "$T/.out")" "0 paper 4" "work goes on"
run as dpo hrv backup records "$T/b"
exit_is 0 "the folder is continued from the snapshot that came back"
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 1 "a vault that is there is never touched"

# The lost one turns up again: whoever was in the new one refuses it.
export HRVAULT_DIR=$T/lost
run as hr hrv status
exit_is 9 "the lost one is not taken for the new one"
done_testing
