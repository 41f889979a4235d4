#!/bin/bash
# SPDX-License-Identifier: ISC
# --reencrypt: new data keys for all records of a compartment but the held ones,
# the old ones gone; killed in the middle, it goes on.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name 'Ngozi Example' --json
S=$(json .id)
for i in 1 2 3; do
	echo "payslip $i" >doc.txt
	must as hr hrv record add "$S" --class payslip --date 2026-01-31 \
	    doc.txt --json
	R[i]=$(json .id)
done
must as dpo hrv hold place --matter m --reason r --record "${R[3]}"
read_all() # NAME
{
	local i got=
	for i in 1 2 3; do
		as hr hrv record read "${R[i]}" --purpose administration \
		    --output -
		got+="$rc $out, "
	done
	is "$got" '0 payslip 1, 0 payslip 2, 0 payslip 3, ' "$1"
}
as hr hrv key rotate --reencrypt
exit_is 2 'one compartment at a time'
as hr hrv key rotate --compartment pay --reencrypt --json
exit_is 0 'records are sealed anew'
json_is '"\(.records) \(.kept)"' '2 1' 'all but the held one'
json_is .finished true 'the old keystore is gone'
read_all 'all open as before'
as auditor hrv audit verify --json
json_is '.problems | length' 0 'the log verifies'
as dpo hrv check --deep --json
exit_is 0 'nothing is damaged'
json_is '.remarks | length' 0 'no key is left that belongs to nothing'

# Killed on the way, whole, told, and finished by the same command.
n=$T/n
as hr "$HRV_B/tools/killat" -c -n "$n" 0 "$HRV" key rotate \
    --compartment pay --reencrypt >/dev/null 2>&1
all=$(cat "$n") began=0 bad=0
for at in $((all / 2)) $((all * 3 / 5)) $((all * 7 / 10)) $((all * 4 / 5)); do
	as hr "$HRV_B/tools/killat" -c -n "$n" "$at" "$HRV" key rotate \
	    --compartment pay --reencrypt >/dev/null 2>&1
	as hr hrv key check --json
	[ "$(json '.problems | map(select(.code == "reencryption")) | length')" = 0 ] ||
	    began=$((began + 1))
	as hr hrv key rotate --compartment pay --reencrypt
	[ "$rc" -eq 0 ] || bad=$((bad + 1))
done
is "$bad" 0 'repeated, it ends well'
ok 'some were interrupted between two steps' test "$began" -gt 0
read_all 'all open still'
as hr hrv key check
exit_is 0 'nothing is left to do'
as dpo hrv check --deep
exit_is 0 'nothing is damaged'

# What fails behind the commit does not undo it, and the exit says so.
in_force() # newest version of the compartment's key
{
	as hr hrv member show "${FPRS[hr]}" --json
	json '.keys | map(select(startswith("kek/pay")))[]'
}
as hr "$HRV_B/tools/killat" -c -n "$n" 0 "$HRV" key rotate \
    --compartment pay >/dev/null 2>&1
all=$(cat "$n") wrong=0 partly=0
for at in 79 80 81 82 83; do
	was=$(in_force)
	as hr "$HRV_B/tools/killat" -c -e 5 -n "$n" $((all * at / 100)) \
	    "$HRV" key rotate --compartment pay >/dev/null 2>&1
	case $?$([ "$(in_force)" = "$was" ] || echo new) in
	3new) partly=$((partly + 1)) ;;
	0new) ;;
	*new | 0 | 3) wrong=$((wrong + 1)) ;;
	esac
done
is "$wrong" 0 'no exit says that nothing was done, or all'
ok 'some were partly done' test "$partly" -gt 0
as hr hrv key rotate --compartment pay
exit_is 0 'the next command goes on'
as auditor hrv audit verify --json
json_is '.problems | length' 0 'the log verifies again'
done_testing
