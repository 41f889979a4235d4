#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# Keys that are replaced, as they are after every leaver, cut off no backup of
# the records: with today's keys and log it comes back under today's keys.
. "$(dirname "$0")/../lib.sh"
vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
gpg_person leaver
must as dpo hrv --yes member add "${FPRS[leaver]}" --role hr \
    --compartment general
vault_second dpo2 dpo
approve() # WHO: approves what the last run() proposed
{
	local p
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as "$1" hrv proposal approve "$p"
}
twice() # CMD...: by dpo, with the approval of dpo2
{
	run as dpo hrv "$@"
	exit_is 6 "${*:1:3} takes two"
	approve dpo2
	must as dpo hrv "$@"
}
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
for i in 1 2 3; do echo "paper $i" >f$i; done
must as hr hrv record add "$S" --class note --date 2020-01-01 f1 --json
R1=$(json .id)
must as hr hrv record add "$S" --class note --date 2020-01-02 f2 --json
R2=$(json .id)
must as hr hrv record add "$S" --class note f3 --json
R3=$(json .id)
twice backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b" --json
SNAP=$(json .backup)
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
OLD=$(echo "$T"/b/keys/*.hrvk)
OLDLOG=$(echo "$T"/b/log/*.hrvl)
mkdir base && cp -a vault b state-* base

sunday() # the vault, its backups and what everybody remembers, as they were
{
	rm -rf vault new new.restoring b state-*
	cp -a base/. .
	export HRVAULT_DIR=$T/vault
}
rotate() # [KEY]: that one, or all that is due
{
	case ${1:-} in
	'') must as dpo hrv key rotate --json ;;
	general) must as dpo hrv key rotate --compartment general ;;
	*) must as dpo hrv key rotate --key "$1" ;;
	esac
}
monday() # what happens after the rotation, and is backed up but the records
{
	must as dpo hrv hold place --matter m --reason r --record "$R2" --json
	H=$(json .id)
	must as purge hrv purge run --json
	json_is .destroyed 1 "one record is destroyed after the snapshot"
	must as dpo hrv backup keys "$T/b"
	must as dpo hrv backup log "$T/b"
	for who in dpo2 auditor; do must as $who hrv audit verify; done
}
LOST=0 # rotations after the key backup
restore()
{
	export HRVAULT_DIR=$T/new
	run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" \
	    --json "$@"
}
back() # OPTION...: comes back, and all of it works
{
	restore "$@"
	exit_is 6 "it comes back and waits"
	approve dpo2
	restore "$@"
	exit_is 0 "approved, it is there"
	json_is '"\(.destroyed) \(.holds)"' "1 1" "with what happened since"
	like "$(json '.not_replayed["key.rotate"] // 0')" "^$LOST\$" \
	    "and what of the rotations is lost is said"
	run as auditor hrv audit verify --full --json
	json_is '"\(.ok) \(.problems)"' 'true []' "the log verifies"
	for who in auditor dpo2; do
		run as $who hrv status
		exit_is 0 "$who, who remembers the lost one, goes on"
	done
	run as hr hrv record read "$R1" --purpose administration --output -
	exit_is 12 "what was destroyed stays destroyed"
	run as hr hrv record read "$R3" --purpose administration --output -
	is "$rc $out" "0 paper 3" "the others open"
	must as hr hrv subject find ngozi --json
	json_is .id "$S" "people are found"
	run as dpo hrv hold list --json
	is "$(jq -r 'select(.status == "active").id' .out)" "$H" \
	    "the hold is in force"
	run as purge hrv purge run --json
	json_is '"\(.destroyed) \(.protected)"' "0 1" "and protects"
	run as dpo hrv check --deep --json
	json_is '"\(.ok) \(.problems)"' 'true []' "nothing is damaged"
	must as hr hrv record add "$S" --class note f1
}
nothing() # EXIT WHAT
{
	exit_is "$1" "$2"
	ok "and leaves nothing" test ! -e new -a ! -e new.restoring
}

alone='write meta general'
for keys in $(many "$alone" '') 'write meta index identity general'; do
	diag "rotated: $keys"
	sunday
	for k in $keys; do rotate "$k"; done
	monday
	run as dpo hrv restore "$T/b" --drill "$T/scratch" \
	    --escrow "$T/escrow" --json
	exit_is 0 "a drill passes the rotation"
	json_is .ok true "and finds what it should"
	must as dpo hrv backup log "$T/b"
	back
done

# A new machine that remembers nothing; a rotation after the key backup, of
# which only the log knows.
sunday
rotate write
monday
rotate write
must as dpo hrv backup log "$T/b"
rm -r state-*
LOST=1
back
must as auditor hrv audit vkey --json
json_is '.keys | length' 2 "the log's keys are told"

# Sunday's keys: they open Sunday's records, and a log that is not under a
# later key of the database.
sunday
rotate write
rotate general
monday
LOST=2
back --keys "$OLD"
LOST=0
sunday
rotate meta
monday
restore --keys "$OLD"
nothing 8 "a log under a key that the key backup lacks does not open"
err_like 'key backup .*made after' "and which keys do is said"
err_like 'log backup from before.*--accept-loss' "or which log"
restore --keys "$OLD" --log "$OLDLOG" --accept-loss
exit_is 6 "and with that one two people may give up the rest"

# Records that were sealed anew have their old keys in no new backup.
sunday
must as dpo hrv key rotate --compartment general --reencrypt
monday
restore
nothing 9 "keys that were destroyed are not in today's backup"
err_like 'sealed anew.*older key backups.*--keys FILE' "and which has them is said"
LOST='[1-9][0-9]*'
back --keys "$OLD"
LOST=0

# Today's records with Sunday's keys.
sunday
rotate meta
must as dpo hrv backup records "$T/b" --json
NEW=$(json .backup)
monday
restore --keys "$OLD" --snapshot "$NEW"
nothing 5 "records under a key that the key backup lacks do not open"
is "$(json_err .error.name)" older-keys "for that reason"
err_like "covers [0-9]+ entries.*--snapshot" "and what does is said"
back --snapshot "$SNAP"
sunday
rotate write
must as dpo hrv backup records "$T/b" --json
NEW=$(json .backup)
monday
restore --keys "$OLD" --snapshot "$NEW"
nothing 5 "nor does a log go on under a key that was replaced"
is "$(json_err .error.name)" older-keys "for that reason"

# Somebody leaves, and all that he knew is replaced.
sunday
twice --yes member remove "${FPRS[leaver]}"
rotate
json_is '"\(.rotations | length) \(.rotated | length > 4)"' "0 true" \
    "all that he knew is replaced"
monday
restore --keys "$OLD"
nothing 8 "with the keys from before nothing comes back"
back
run as leaver hrv status
exit_is 8 "who left opens nothing"
not_ok "and has no grant" grep -q "^grant ${FPRS[leaver]}" \
    "$(find new -name 'slots.[0-9]*' | sort -V | tail -n 1)"
run as dpo hrv status --json
json_is .rotations 0 "and nothing is to be replaced again"
sunday
twice --yes member remove "${FPRS[leaver]}"
rotate write
monday
restore --keys "$OLD"
nothing 5 "nor where they open all there is"
is "$(json_err .error.name)" older-keys "because they would let him in again"
back
run as dpo hrv status --json
json_is '.rotations > 0' true "what he still knew is to be replaced yet"
done_testing
