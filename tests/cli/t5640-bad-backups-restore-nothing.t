#!/bin/bash
# SPDX-License-Identifier: ISC
# A backup that is damaged, cut, of another vault, or whose epoch died comes
# back as an error and leaves nothing; with every key of every member in hand.
. "$(dirname "$0")/../lib.sh"
vault_new
must as hr hrv subject add --kind employee --name "Zoë Ødegård" --json
S=$(json .id)
head -c 40000 /dev/urandom >f
must as hr hrv record add "$S" --class contract f
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}" \
    --days 1 --keep 1
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
live=$(find "$HRVAULT_DIR" -type f -exec sha256sum {} + | sort)
# bad NAME EXIT: a copy of the backup in $T/x was spoilt
bad()
{
	run as dpo hrv restore "$T/x" --to "$T/new" --escrow "$T/escrow"
	exit_is "$2" "$1"
	ok "and leaves nothing" test ! -e new -a ! -e new.restoring
	rm -rf x
	cp -a b x
}
cp -a b x
flip() { printf '\377\376\375' |
	dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
flip x/pack/1 20000
bad "a flipped byte in a pack" 9
truncate -s 20000 x/pack/1
bad "a pack that was cut" 9
flip "$(echo x/records/*/vault.db)" 9000
bad "a flipped byte in the database" 9
flip "$(echo x/keys/*.hrvk)" 400
bad "a flipped byte in the keys" 9
flip "$(echo x/log/*.hrvl)" 400
bad "a flipped byte in the log" 9
rm x/records/*/manifest.json
bad "a copy without its manifest is none" 4
rm -r x/log
bad "no log" 4
rm -r x/keys
bad "no keys" 4
rm x/hrvault-backup
bad "the wrong folder" 4
run as dpo hrv restore "$T/b" --to "$T/new"
exit_is 2 "without the escrow folder nothing opens"
mkdir new.restoring && touch new.restoring/mine
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow"
exit_is 1 "a folder of somebody else is in the way"
ok "and stays" test -e new.restoring/mine
rm -r new.restoring
mkdir -p done.restoring/pack && touch done.restoring/anchor.1
run as dpo hrv restore "$T/b" --to "$T/done" --escrow "$T/escrow"
exit_is 1 "also one that looks like a vault"
ok "and that stays, too" test -e done.restoring/anchor.1
# What an interrupted restore leaves: its lock names the very folder.
printf 'hrvault-restoring/1\n%s\n' "$(stat -c '%d %i' done.restoring)" \
    >done.restoring.lock
run as dpo hrv restore "$T/b" --to "$T/done" --escrow "$T/escrow"
exit_is 0 "in founding one person restores"
is "$(find "$HRVAULT_DIR" -type f -exec sha256sum {} + | sort)" "$live" \
    "the live vault was not touched"
tomorrow=$(date -u -d '+2 days' +%F)
must as dpo at "$tomorrow 12:00:00" hrv backup expire --escrow "$T/escrow" \
    --json
json_is '.destroyed[0]' 1 "the epoch dies"
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
exit_is 4 "then nobody opens its keys, whatever keys he has"
is "$(json_err .error.name)" epoch-gone "because its private half is gone"
done_testing
