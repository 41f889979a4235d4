#!/bin/bash
# SPDX-License-Identifier: ISC
# Records, keys and log are copied apart; a second copy takes the difference.
# san
. "$(dirname "$0")/../lib.sh"
vault_new
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
head -c 300000 /dev/urandom >big
must as hr hrv record add "$S" --class contract --title "one" big --json
R=$(json .id)

# Records.
run as dpo hrv backup records "$T/b" --json
exit_is 0 "records are copied"
B1=$(json .backup)
first=$(json .copied)
is "$first" "$(json .bytes)" "the first copy takes everything"
ok "the pack is there" cmp -n 300000 "$HRVAULT_DIR/pack/1" b/pack/1
run as dpo hrv backup records "$T/b" --json
db=$(stat -c %s "b/records/$(json .backup)/vault.db")
cfg=$(stat -c %s b/records/"$B1"/vault.cfg)
json_is .copied $((db + cfg)) "the second nothing of the packs"
head -c 5000 /dev/urandom >small
must as hr hrv record add "$S" --class contract --title "two" small
before=$(stat -c %s b/pack/1)
run as purge hrv backup records "$T/b" --json
exit_is 0 "the purge account may back up"
db=$(stat -c %s "b/records/$(json .backup)/vault.db")
json_is .copied $((db + cfg + $(stat -c %s b/pack/1) - before)) \
    "the third only what was added"
ok "and what was added is little" test \
    $(($(stat -c %s b/pack/1) - before)) -lt 10000
run as auditor hrv backup records "$T/b"
exit_is 5 "auditors write nothing"

# No key, anchor or slot file.
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
run as dpo hrv backup keys "$T/b"
exit_is 2 "an epoch cannot begin without the escrow folder"
run as dpo hrv backup keys "$T/b" --escrow "$T/b"
exit_is 2 "which cannot be the folder of the backup"
run as dpo hrv backup keys "$T/b" --escrow "$T/escrow" --json
exit_is 0 "keys are copied"
json_is .epoch 1 "sealed to the first epoch"
K=$(json .backup)
run as hr hrv backup keys "$T/b" --json
exit_is 0 "a living epoch needs no escrow folder"
json_is .epoch 1 "and is the same one"
run as hr hrv backup log "$T/b" --json
exit_is 0 "the log is copied"
LOG=$(json '"\(.backup) \(.log_size)"')
python3 - "$HRVAULT_DIR" b <<'PY' >found
import glob, os, sys
vault, backup = sys.argv[1:]
secret = []
for f in glob.glob(vault + "/anchor.*"):
    secret.append(("anchor", open(f, "rb").read()[20:52]))
for f in glob.glob(vault + "/keys.*.db"):
    data = open(f, "rb").read()
    secret += [("keystore page", data[i:i + 48])
               for i in range(0, len(data) - 48, 4096)]
for f in glob.glob(vault + "/slots.*"):
    for line in open(f):
        w = line.split()
        if w[0] == "grant":
            secret.append(("grant", w[3][:60].encode()))
            import base64
            secret.append(("grant", base64.b64decode(w[3])[40:90]))
n = 0
for root, _, files in os.walk(backup):
    for f in files:
        data = open(os.path.join(root, f), "rb").read()
        n += 1
        for what, s in secret:
            if s in data:
                print(what, f)
print("looked", n > 5, len(secret) > 8)
PY
is "$(cat found)" "looked True True" "no key, anchor or slot is in any copy"
is "$(find b -name '*.tmp')" "" "nothing unfinished is left"
is "$(find b ! -perm 600 -type f ! -name lock; find b ! -perm 700 -type d)" "" \
    "copies are private"

run as auditor hrv backup list --json
exit_is 0 "everybody may list"
is "$(jq -r .kind "$T/.out" | tr '\n' ' ')" \
    "records records records keys keys log " "in their order"
is "$(jq -r "select(.backup == \"$K\").opens" "$T/.out")" true "with their life"
is "$(jq -r 'select(.kind == "log") | "\(.backup) \(.log_size)"' "$T/.out")" \
    "$LOG" "a copy of the log covers what it said when it was made"
is "$(head -n 4 b/log/*.hrvl | grep -a '^covers')" "covers ${LOG#* }" \
    "as its file says"
run as auditor hrv audit verify --full --json
json_is .ok true "the log verifies"

# The wrong folder, and one that a killed command began to claim.
mkdir half && touch half/hrvault-backup.0123456789abcdef.tmp
run as dpo hrv backup log "$T/half"
exit_is 0 "what is left of a marker is nobody's"
mkdir full && touch full/x
run as dpo hrv backup records "$T/full"
exit_is 2 "a folder of something else is refused"
run as dpo hrv backup records "$HRVAULT_DIR/pack/x"
exit_is 2 "so is one in the vault"
vault=$HRVAULT_DIR
vault_new "$T/other"
run as dpo hrv backup records "$T/b"
exit_is 5 "and one of another vault"
export HRVAULT_DIR=$vault

# Killed in the middle: recognised, taken away, and the pack is mended.
printf 'torn' >>b/pack/1
mkdir b/records/B-00000000000000000000000000.tmp
must as hr hrv record add "$S" --class contract --title "three" small
run as dpo hrv backup records "$T/b" --json
exit_is 0 "a torn copy is continued"
is "$(find b -name '*.tmp')" "" "what was unfinished is gone"
len=$(jq '[.packs[0].segments[].bytes] | add' \
    "b/records/$(json .backup)/manifest.json")
ok "the pack is that of the vault again" \
    cmp -n "$len" "$HRVAULT_DIR/pack/1" b/pack/1
is "$(stat -c %s b/pack/1)" "$len" "and ends where the manifest says"
run as dpo hrv check --json
json_is .ok true "the vault is sound"
must as hr hrv record read "$R" --purpose administration --output - >/dev/null

# An epoch that is just beginning, its file in place and not named yet, while
# somebody sweeps the escrow folder: it is not named without its file.
mkdir escrow2
: >escrow2/hrvault-escrow.0123456789abcdef.tmp
run as dpo hrv backup escrow "$T/escrow2" --custodian "${FPRS[dpo]}"
exit_is 0 "a folder that a killed command began to claim is claimed"
agent=$(gpg-connect-agent --homedir gpg-dpo 'getinfo pid' /bye |
    sed -n 's/^D //p')
as dpo "$HRV" backup keys "$T/b" --escrow "$T/escrow2" >begun 2>&1 &
begins=$!
for ((i = 0; i < 100000; i++)); do
	for f in escrow2/epoch-*.pgp; do [ ! -e "$f" ] || break 2; done
done
kill -STOP "$agent"
as hr "$HRV" backup expire --escrow "$T/escrow2" >swept 2>&1 &
sweeps=$!
sleep 1
kill -CONT "$agent"
wait $begins
got=$?
wait $sweeps
is $? 0 "a folder is swept while an epoch begins"
if [ $got -eq 7 ]; then
	run as dpo hrv backup keys "$T/b" --escrow "$T/escrow2"
	got=$rc
fi
is $got 0 "which begins, or is told to try again"
is "$(find escrow2 -name 'epoch-2-*.pgp' | wc -l)" 1 "its private half is there"
done_testing
