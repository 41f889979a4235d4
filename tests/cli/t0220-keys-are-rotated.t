#!/bin/bash
# SPDX-License-Identifier: ISC
# A rotation keeps every record readable, held ones too, gives the new key to
# who should have it and to nobody else, and leaves nothing under the old one.
. "$(dirname "$0")/../lib.sh"

vault_new
gpg_person pay
gpg_person leaver
must as dpo hrv member add "${FPRS[pay]}" --role hr --compartment pay
must as dpo hrv member add "${FPRS[leaver]}" --role hr \
    --compartment general,pay
must as hr hrv subject add --kind employee --name 'Łukasz Example' \
    --number E-1 --json
S=$(json .id)
echo 'a payslip' >doc.txt
must as hr hrv record add "$S" --class payslip --date 2026-01-31 doc.txt --json
R=$(json .id)
must as dpo hrv hold place --matter 'A v B' --reason 'claim' --record "$R"
must as dpo hrv member remove "${FPRS[leaver]:24}"

ids_of() # NAME: the keys in all grants of somebody, opened by his own gpg
{
	local newest
	newest=$(find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1)
	awk -v f="${FPRS[$1]}" '$1 == "grant" && $2 == f { print $4 }' \
	    "$newest" | while read -r g; do
		base64 -d <<<"$g" | gpg --homedir "$T/gpg-$1" --batch --quiet \
		    --decrypt 2>/dev/null | awk 'NR > 1 { print $1 }'
	done | sort | paste -sd ' '
}
readable() # NAME
{
	as "$1" hrv record read "$R" --purpose administration --output -
	is "$rc $out" '0 a payslip' "$2"
}

as auditor hrv key rotate --compartment pay
exit_is 5 'an auditor rotates nothing'
as purge hrv key rotate --key write
exit_is 5 'neither does the purge account'
as pay hrv key rotate --compartment general
exit_is 5 'nobody rotates what he does not hold'
as pay hrv key rotate --compartment nowhere
exit_is 4 'a compartment that is none'

# The officer for pay rotates pay, also for those of whom he lacks other keys.
as pay hrv key rotate --compartment pay --json
exit_is 0 'a holder rotates a compartment'
json_is '.rotated[0].key' kek/pay.2 'the new version'
json_is '.rotated[0].rewrapped' 1 'the data key was wrapped anew'
json_is '.rotated[0].members' 3 'and given to all holders'
json_is .finished true 'the old keystore is gone'
json_is '.rotations | map(.key) | index("kek/pay.1")' null 'the task is done'
like "$(ids_of dpo)" 'kek/pay.2' 'the dpo has it'
like "$(ids_of dpo)" 'kek/medical.1' 'beside what he had'
unlike "$(ids_of purge)" kek 'the purge account does not'
unlike "$(ids_of auditor)" 'kek|write' 'neither does the auditor'
is "$(ids_of pay | tr ' ' '\n' | grep pay)" kek/pay.2 \
    'the old one is in no new grant'
newest=$(find "$HRVAULT_DIR" -name 'slots.[0-9]*' | sort -V | tail -n 1)
ok 'the old key is called destroyed' grep -q '^key kek/pay.1 destroyed' \
    "$newest"
for who in pay hr dpo; do readable $who "$who reads the held record"; done
must as pay hrv record add "$S" --class payslip doc.txt
is "$(find "$HRVAULT_DIR" -name 'keys.*.db' | wc -l)" 1 'one keystore is left'

# All the rest that the leaver knew, but for the database.
for k in write index suppress identity detail casework; do
	as dpo hrv key rotate --key $k --json
	exit_is 0 "$k is rotated"
done
as dpo hrv key rotate --compartment general
exit_is 0 'general is rotated'
readable hr 'the record opens'
as hr hrv subject find Lukasz --json
json_is .id "$S" 'the person is found'
as hr hrv subject find number:E-1 --json
json_is .id "$S" 'by the number too'
must as purge hrv purge run
like "$(ids_of dpo)" 'kek/pay.2' 'grants are one again'
is "$(grep -c "^grant ${FPRS[dpo]}" "$(find "$HRVAULT_DIR" \
    -name 'slots.[0-9]*' | sort -V | tail -n 1)")" 1 'in one message'

# The log went on.
must as auditor hrv audit vkey --json
json_is '.keys | length' 2 'both keys of the log are told'
is "$(json .vkey)" "$(json '.keys[1].vkey')" 'the new one is the one in force'
as auditor hrv audit verify --json
exit_is 0 'checkpoints of both verify'
json_is '.problems | length' 0 'without a problem'
as dpo hrv check --deep
exit_is 0 'nothing is damaged'

# The key of the database: whoever reads meanwhile is not disturbed.
exec 8<"$HRVAULT_DIR"
flock -s 8
as dpo hrv key rotate --json
exit_is 7 'while another command has the vault open'
exec 8<&-
old=$(stat -c %i "$HRVAULT_DIR/vault.db")
as dpo hrv key rotate --json
exit_is 0 'then everything that is left is rotated'
json_is '.rotated[0].key' meta.2 'the key of the database'
json_is '.rotations | length' 0 'nothing is left to do'
isnt "$(stat -c %i "$HRVAULT_DIR/vault.db")" "$old" 'it was written anew'
not_ok 'no copy is left' test -e "$HRVAULT_DIR/vault.db.next"
exec 8<"$HRVAULT_DIR"
flock -x 8
as auditor hrv status
exit_is 7 'while it is rewritten others wait and are told'
exec 8<&-
for who in pay hr dpo; do readable $who "$who still reads the record"; done
as auditor hrv audit verify --json
json_is .ok true 'an auditor opens it and the log verifies'
must as purge hrv purge run
as dpo hrv check --deep
exit_is 0 'nothing is damaged'
as dpo hrv key check
exit_is 0 'every key is in the right hands'
as dpo hrv status --json
json_is .rotations 0 'status says so too'
done_testing
