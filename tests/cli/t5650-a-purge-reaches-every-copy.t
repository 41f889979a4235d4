#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# Somebody has the vault, an old backup and the newest, and the keys of all
# members: a destroyed record opens for him until its epoch dies, and never
# again. What lives opens before and after: the search can find.
. "$(dirname "$0")/../lib.sh"
vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
must as hr hrv subject add --kind employee --name "Wilhelmina Quist" --json
S=$(json .id)
printf 'Sealed words of the one that goes.\n' >goes
printf 'Sealed words of the one that stays.\n' >stays
must as hr hrv record add "$S" --class note --date 2020-01-01 \
    --title "Heading of it" goes --json
R=$(json .id)
must as hr hrv record read "$R" --purpose administration \
    --reason "Typed for a look" --output -
must as hr hrv subject add --kind employee --name "Ilmari Kuusisto" --json
L=$(json .id)
must as hr hrv record add "$L" --class note stays --json
L=$(json .id)
backup() # [ARGS...]: all three kinds
{
	must as dpo hrv backup records "$T/b"
	must as dpo hrv backup keys "$T/b" "$@"
	must as dpo hrv backup log "$T/b"
}
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}" \
    --days 1 --keep 1
backup --escrow "$T/escrow"
cp -a b older
must as hr hrv key rotate --compartment general
backup
newest=$(find b/keys -newer older/hrvault-backup ! -name "$(ls older/keys)" \
    -name '*.hrvk')
must as purge hrv purge run --json
json_is .destroyed 1 "the record is destroyed"
backup

# The keys of everybody, in one place.
mkdir -m 700 gpg-thief
for who in dpo hr auditor purge; do
	gpg --homedir "gpg-$who" --batch --quiet --pinentry-mode loopback \
	    --passphrase '' --export-secret-keys 2>/dev/null
done | gpg --homedir gpg-thief --batch --quiet --import 2>/dev/null
words=(-w "of the one that goes" -w "Heading of it" -w "Typed for a look"
    -w Wilhelmina -w Quist)
hunt() { run python3 "$HRV_TOP/tests/tools/hunt.py" gpg-thief "$@"; }
opens() { awk -v r="$1" '$1 == "open" && $2 == r { print $3 }' "$T/.out" |
	sort -u | tr '\n' ' '; }
# How many copies of keys, of the log, keystores and databases opened.
opened()
{
	sed -n 's/^seen //p' "$T/.out" | jq -r '[."key backups",
	    ."log backups", .keystores, .databases] | join(" ")'
}

hunt "${words[@]}" vault b older escrow
is "$(opens "$R")" "body header reason " \
    "while its epoch lives, copies and keys open the record"
is "$(opened)" "4 4 1 5" "every copy was opened that there is"
out_like "^open $R body .*$newest" "the newest copy of its key"
out_like "^open $R body .* older/keys" "and the older one"
out_unlike "^open $R .* vault/keys" "but not the living keystore"
for w in "${words[@]}"; do
	[ "$w" = -w ] || out_like "^found $w opened: R-" "its words are there: $w"
done
is "$(opens "$L")" "body header " "so does one that lives"
mapfile -t deks < <(awk -v r="$R" '$2 == r { print "-w"; print "hex:" $4 }' \
    "$T/.out" | uniq)
bytes=("${words[@]}" "${deks[@]}")

hunt "${bytes[@]}" vault b older
is "$(opens "$R") $(grep -c ^found "$T/.out")" " 0" \
    "without the escrow folder nothing opens it"
is "$(opens "$L")" "body header " "what lives opens all the same"

# A restore of the older copy, on a machine that knows nothing yet.
elsewhere()
{
	local XDG_STATE_HOME=$T/elsewhere HRVAULT_DIR=$T/new
	"$@"
}
run as dpo elsewhere hrv restore "$T/older" --log "$T/b" --to "$T/new" \
    --escrow "$T/escrow" --json
json_is .destroyed 1 "a restore of the older copy destroys it again"
run as hr elsewhere hrv record read "$R" --purpose administration --output -
exit_is 12 "which is said"
run as hr elsewhere hrv record read "$L" --purpose administration --output -
is "$out" "$(cat stays)" "and reads the one that stays"
hunt "${bytes[@]}" new b older
is "$(opens "$R") $(grep -c ^found "$T/.out")" " 0" \
    "nothing of it is in what came back"

# The day of the epoch.
later=$(date -u -d '+2 days' '+%F %H:%M:%S')
must as dpo at "$later" hrv backup expire --escrow "$T/escrow" --json
json_is .unreadable 3 "three copies of keys open no more"
HRV_AT=$later backup --escrow "$T/escrow"
hunt "${bytes[@]}" vault b older escrow new
is "$(opens "$R") $(grep -c ^found "$T/.out")" " 0" \
    "nothing is left of it in any copy, with every key"
is "$(opens "$L")" "body header " "what lives opens"
is "$(opened)" "1 5 2 7" "every copy was opened but those that died"
out_like "^open $L body .* b/keys/" "also from the next epoch"
done_testing
