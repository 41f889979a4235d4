#!/bin/bash
# SPDX-License-Identifier: ISC
# A restore or a drill that was killed, or that nobody approved, leaves a vault
# that a member's key opens: status names it, and the next one takes away what
# was unfinished, wherever it lies.
. "$(dirname "$0")/../lib.sh"
vault_new
must as hr hrv subject add --kind employee --name "Halldór Laxness" --json
S=$(json .id)
echo paper >f
must as hr hrv record add "$S" --class contract f
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
vault_second dpo2 dpo
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
drill=("$HRV" restore "$T/b" --drill "$T/far/scratch" --escrow "$T/escrow")
mkdir far
as dpo "$HRV_B/tools/killat" -c -n n 0 "${drill[@]}" >/dev/null 2>&1
run as dpo hrv status --json
json_is '.copies | length' 0 "a drill that ends leaves nothing"
as dpo "$HRV_B/tools/killat" -c $(($(cat n) / 2)) "${drill[@]}" >/dev/null 2>&1
is "$?" 137 "one that is killed"
ok "leaves a copy" test -n "$(ls far/scratch.restoring/anchor.* 2>/dev/null)"
run as dpo hrv status --json
json_is '.copies[]' "$T/far/scratch.restoring" "status names it"
run as dpo hrv status --check
exit_is 2 "for monitoring too"
mv far disk
must as dpo hrv restore "$T/b" --drill "$T/near" --escrow "$T/escrow"
mv disk far
run as dpo hrv status --json
json_is '.copies[]' "$T/far/scratch.restoring" \
    "also after a drill while its disk was not there"
cp -a far/scratch.restoring aside
run as dpo hrv restore "$T/b" --drill "$T/near" --escrow "$T/escrow"
exit_is 0 "another drill elsewhere"
ok "takes it away" test ! -e far/scratch.restoring -a \
    ! -e far/scratch.restoring.lock
run as dpo hrv status --json
json_is '.copies | length' 0 "and status is content"

# Somebody else's folder in that place, with the lock that was left.
as dpo "$HRV_B/tools/killat" -c $(($(cat n) / 2)) "${drill[@]}" >/dev/null 2>&1
rm -r far/scratch.restoring && mv aside far/scratch.restoring
run as dpo hrv restore "$T/b" --drill "$T/near" --escrow "$T/escrow"
ok "what is not the very folder stays" \
    test -n "$(ls far/scratch.restoring/anchor.* 2>/dev/null)"
run as dpo "${drill[@]}"
exit_is 1 "also where it is in the way"
rm -r far/scratch.restoring

# One that waits for its approval, listed before it has its name.
must as dpo hrv backup log "$T/b"
if [ "$HRV_MODE" = plain ] && command -v strace >/dev/null; then
	mkdir at
	# sync HOW: of the folder's entry, once it has its name
	synced() { as dpo strace -qq -f -o /dev/null -P "$T/at" -e trace=fsync \
	    -e "inject=fsync:$1:when=2" "$HRV" restore "$T/b" --to "$T/at/new" \
	    --escrow "$T/escrow"; }
	run synced signal=KILL
	ok "one that is killed as it gets its name" test -e at/new/vault.db
	run as dpo hrv status --json
	json_is '.copies[]' "$T/at/new" "is named"
	rm -rf at/new*
	run synced error=EIO
	exit_is 6 "where only that fails, it waits for its approval"
	err_like 'proposal approve' "as it says"
	rm -rf at
else
	skip "a restore that is killed as it gets its name" "no strace"
fi
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow"
exit_is 6 "a restore waits"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as dpo hrv status --json
json_is '.copies[]' "$T/new" "it is named"
mv new disk
as dpo "$HRV_B/tools/killat" -c $(($(cat n) / 2)) "${drill[@]}" >/dev/null 2>&1
rm -r far/scratch.restoring
mv disk new
run as dpo hrv status --json
json_is '.copies[]' "$T/new" "and still is when it was out of sight for a while"
must as dpo2 hrv --vault "$T/new" proposal approve "$P"
must as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow"
run as dpo hrv --vault "$T/new" status --json
json_is '.copies | length' 0 "once it is approved it is a vault"
done_testing
