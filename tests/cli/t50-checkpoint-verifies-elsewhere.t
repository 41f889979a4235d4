#!/bin/bash
# SPDX-License-Identifier: ISC
# What audit hands out verifies with a program that shares no code with it.
. "$(dirname "$0")/../lib.sh"
check=$HRV_TOP/tests/tools/verify_checkpoint.py

vault_new "$T/vault" uk
must as hr hrv subject add --kind employee --name "Ngozi Adichie"
must as auditor hrv audit vkey
echo "$out" >vkey
VKEY=$out
must as auditor hrv audit checkpoint
cp "$T/.out" checkpoint
old=$(sed -n 2p checkpoint)
run python3 "$check" checkpoint --vkey "$VKEY" checkpoint
exit_is 0 "the checkpoint verifies with the vkey alone"
sed "2s/.*/$((old + 1))/" checkpoint >forged
run python3 "$check" checkpoint --vkey "$VKEY" forged
isnt "$rc" 0 "another size does not"

for n in 0 1 $((old - 1)); do
	must as auditor hrv audit prove "$n"
	cp "$T/.out" proof
	must as auditor hrv audit prove "$n" --leaf
	cp "$T/.out" leaf
	run python3 "$check" proof --vkey "$VKEY" --leaf leaf proof
	exit_is 0 "the proof of entry $n verifies"
	sed 's/result ok/result no/' leaf >leaf.forged
	run python3 "$check" proof --vkey "$VKEY" --leaf leaf.forged proof
	isnt "$rc" 0 "not for another entry $n"
done
run as auditor hrv audit prove 100000
exit_is 4 "an entry that is not there has no proof"
run as auditor hrv audit prove x1
exit_is 2 "nor has one without a number"

# The auditor's memory.
must as hr hrv subject add --kind employee --name "Zoë Ødegård"
run as auditor hrv audit verify --json
exit_is 0 "the log verifies"
json_is .ok true "and says so"
json_is '.problems|length' 0 "without a problem"
size=$(json .size)
run as auditor hrv audit verify --from checkpoint --json
json_is .ok true "it continues an earlier checkpoint"
json_is .signatures_from "$old" "and signatures are verified from there"
sed "2s/.*/$old/" forged >wrong
run as auditor hrv audit verify --from forged
exit_is 2 "a forged checkpoint is none"
run as auditor hrv audit verify --full --json
json_is .signatures_from 0 "--full verifies all signatures"
run as auditor hrv audit verify --from checkpoint --full --json
json_is .signatures_from 0 "also with a checkpoint to compare with"
json_is .compared_to "$old" "which is compared"
json_is .ok true "and is of this log"
run as auditor hrv audit verify --from checkpoint --full
out_like 'every signature verified' "and is told"
out_like "the first $old entries are those of the checkpoint that was given" \
    "both of it"
run as auditor hrv audit verify --full --json
json_is .size "$size" "an auditor adds nothing to the log"

# Tiles.
must as auditor hrv audit export --tiles "$T/tiles" --json
is "$(sed -n 2p tiles/checkpoint)" "$(json .size)" "tiles reach the checkpoint"
is "$(stat -c %s tiles/tile/0/000.p/*)" $((32 * $(json .size))) \
    "one hash for each entry"
run as auditor hrv audit export --tiles "$T/tiles"
isnt "$rc" 0 "never into a folder that is there"
run as auditor hrv audit export --format csv
is "$(wc -l <"$T/.out")" $((size + 1)) "CSV has a line for each entry"

# The list.
run as auditor hrv audit log --json --op subject.add
is "$(wc -l <"$T/.out")" 2 "entries are found by operation"
S=$(jq -r .subject "$T/.out" | head -n 1)
run as auditor hrv audit log --json --subject "$S"
json_is .op subject.add "by subject"
run as auditor hrv audit log --json --actor "${FPRS[hr]}"
is "$(jq -r .member "$T/.out" | sort -u)" "${FPRS[hr]}" "by member"
run as auditor hrv audit log --json --since 2999-01-01
out_is "" "by day"
run as auditor hrv audit log --op nonsense
exit_is 2 "an operation that does not exist is said to"
run as auditor hrv audit log --reasons
exit_is 5 "reasons are not for auditors"

# A medium that cannot be written.
ro() { unshare -rm sh -c 'mount --bind "$0" "$0" &&
    mount -o remount,bind,ro "$0" && shift 0 && exec "$@"' "$@"; }
if unshare -rm sh -c 'mount --bind "$0" "$0" &&
    mount -o remount,bind,ro "$0" && ! touch "$0/x"' "$T/vault" 2>/dev/null
then
	run as auditor ro "$T/vault" "$HRV" audit verify --full --json
	exit_is 0 "a read-only medium: verify"
	json_is .ok true "and nothing is wrong"
	run as auditor ro "$T/vault" "$HRV" audit checkpoint
	exit_is 0 "a read-only medium: checkpoint"
	run as auditor ro "$T/vault" "$HRV" status --json
	exit_is 0 "a read-only medium: status"
	json_is .state warning "which says that it cannot be written"
else
	skip "a read-only medium" "no mount namespace here"
fi

# Monitoring.
run as auditor hrv status --check
exit_is 0 "status --check: 0"
out_like '^HRVAULT OK - .* \| due=0 overdue=0' "one line with numbers"
run as auditor hrv --vault "$T/nowhere" status --check
exit_is 3 "no vault: 3"
out_like '^HRVAULT UNKNOWN' "and says so on standard output"

# A log put back is found by who has seen more.
cp -a vault old
must as hr hrv subject add --kind employee --name "Łukasz Żak"
must as auditor hrv audit verify
rm -rf vault
mv old vault
run as auditor hrv audit verify
exit_is 9 "a log that was rolled back"
run as auditor hrv status --check
exit_is 2 "is critical"
done_testing
