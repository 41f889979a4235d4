#!/bin/bash
# SPDX-License-Identifier: ISC
# On a machine that remembers nothing, a log older than what the key backup or
# another backup in the folder knows of it is not taken for the whole of it.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second dpo2 dpo
approve() # WHO: approves what the last run() proposed
{
	local p
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as "$1" hrv proposal approve "$p"
}
must as hr hrv subject add --kind employee --name "Ama Ata Aidoo" --json
S=$(json .id)
run as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
approve dpo2
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo hrv backup records "$T/b" --json
OLD=$(json .backup)
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
cp -a b old
must as hr hrv subject restrict "$S" --ground accuracy
mkdir live && cp -a state-* live
export HRVAULT_DIR=$T/new
restore() # FOLDER OPTION...: by a client that remembers nothing
{
	rm -rf new new.restoring state-*
	again "$@"
}
again()
{
	run as dpo hrv restore "$T/$1" --to "$T/new" --escrow "$T/escrow" \
	    "${@:2}" --json
}
back() { rm -rf state-* && cp -a live/state-* .; } # to the live vault
refused() # WHO WHAT
{
	exit_is 9 "$2"
	is "$(json_err .error.name)" rollback "for that reason"
	err_like "$1 remembers more" "which is said"
	ok "and leaves nothing" test ! -e new -a ! -e new.restoring
}

restore old
exit_is 6 "backups of one day go together"

# Keys that were made after the log.
back
must as dpo hrv --vault "$T/vault" backup keys "$T/b" --escrow "$T/escrow"
restore b
refused "the key backup" "a log older than the keys is refused"
covers() # FILE: entries of the log
{
	grep -aom1 '^covers [0-9]*' "$1" | cut -d ' ' -f 2
}
OLDER=$(echo "$T"/old/keys/*.hrvk)
NEWER=$(find "$T/b/keys" -name '*.hrvk' ! -name "${OLDER##*/}")
LOG=$(echo "$T"/b/log/*.hrvl)
like "$(json_err .error.hint)" \
    "log backup that covers $(covers "$NEWER") .*--log.*--accept-loss" \
    "with the log backup that is needed"
like "$(json_err .error.hint)" \
    "key backup .*--keys FILE.* covers $(covers "$LOG") at most" \
    "or the key backup that goes with this one"
restore b --keys "$OLDER"
exit_is 6 "with that one it comes back, and nobody gives anything up"
cp -a "$T/b" with-log
back
must as dpo hrv --vault "$T/vault" backup log "$T/with-log"
restore with-log
exit_is 6 "so it does with that log"
restore b --accept-loss
exit_is 6 "and given up, it waits for a second person"
approve dpo2
again b --accept-loss
exit_is 0 "who agrees"
covers=$(grep -aoh '^covers [0-9]*' b/keys/*.hrvk | cut -d ' ' -f 2 | sort -n)
is "$(json .lost.size)" "${covers##*$'\n'}" \
    "and it is said how much is lost"

# Keys of another history: a copy of the vault that went its own way.
rm -rf b && cp -a old b
back
cp -a vault fork
must as hr hrv --vault "$T/fork" subject restrict "$S" --ground objection
must as dpo hrv --vault "$T/fork" backup keys "$T/b" --escrow "$T/escrow"
back
for ground in objection claims accuracy; do
	must as hr hrv --vault "$T/vault" subject lift "$S" --reason checked \
	    --told "$(date -u +%F)"
	must as hr hrv --vault "$T/vault" subject restrict "$S" --ground $ground
done
must as dpo hrv --vault "$T/vault" backup log "$T/b"
mv live was && mkdir live && cp -a state-* live
restore b
refused "the key backup" "keys of another history are refused"
restore b --accept-loss
refused "the key backup" "whoever would give something up"

# Another log in the folder.
rm -rf b && cp -a old b
back
must as dpo hrv --vault "$T/vault" backup log "$T/b"
restore b --log "$T/old"
refused "another backup of the log" "a log older than another is refused"
restore b
exit_is 6 "the newest is taken"

# Another snapshot in the folder.
rm -rf b && cp -a old b
back
must as dpo hrv --vault "$T/vault" backup records "$T/b"
restore b --snapshot "$OLD"
refused "another backup of the records" \
    "a log older than another snapshot is refused"
restore b --snapshot "$OLD" --accept-loss
exit_is 6 "unless two give it up"
restore b
exit_is 6 "the newest snapshot itself needs no later log"
done_testing
