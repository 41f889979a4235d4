#!/bin/bash
# SPDX-License-Identifier: ISC
# On a terminal a table is no wider than it, and what it shows can be typed
# again; in a pipe nothing is cut; no line ends with blanks; a hint names the
# vault that was named.
. "$(dirname "$0")/../lib.sh"
command -v script >/dev/null || skip_all "no script(1) here"

vault_new
as hr hrv subject add --kind employee --name "Ana Souza" --json
S=$(json .id)
echo text >doc.txt
as hr hrv record add "$S" --class personnel_file --title 'A title' doc.txt --json
R=$(json .id)
must as hr hrv subject event "$S" ended 2026-06-30
vault_second counsel legal
as hr hrv subject event "$S" ended 2026-06-30 --retract
exit_is 6 "a proposal waits"

# on COLUMNS WHO ARGS...: on a terminal of that width.
on()
{
	local cols=$1 who=$2
	shift 2
	run as "$who" script -qec "stty cols $cols; exec $HRV $*" /dev/null \
	    </dev/null
	out=${out//$'\r'/}
	wide=$(wc -L <<<"$out")
}

for what in 'dpo proposal list' 'dpo audit log' 'hr record list '"$S" \
    'dpo case list' 'dpo retention due --within P9999D' 'dpo hold list' \
    'dpo backup list' 'hr subject list'; do
	# shellcheck disable=SC2086
	on 80 $what
	ok "80 columns: ${what/$S/S}" test "$wide" -le 80
	# shellcheck disable=SC2086
	set -- $what
	as "$1" hrv "${@:2}"
	out_unlike ' $' "no blanks at the end of a line: ${what/$S/S}"
done

on 80 hr record list "$S"
out_like "${R:0:10}( |$)" "ids are cut on a narrow terminal"
out_unlike "$R" "every one of them"
as hr hrv record show "${R:0:10}" --json
json_is .id "$R" "and what is left names the same record"
as hr hrv record list "$S"
out_like "$R" "in a pipe they are whole"
on 250 hr record list "$S"
out_like "$R" "and where there is room"

on 80 dpo member list
out_like "^fingerprint +${FPRS[hr]}$" "what no table has room for is a block"
out_like '^name +hr <hr@example.org>$' "with a line for each cell"
on 300 dpo member list
out_like "^${FPRS[hr]} +hr <hr@example.org> +hr +active" "else a table"

# Times have one form.
T1='20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} UTC'
as dpo hrv audit log
out_like "^ *[0-9]+  $T1  " "the log"
P=$(as dpo "$HRV" proposal list --json | jq -r .id | head -n 1)
as dpo hrv proposal show "$P"
out_like "^on +$T1$" "a proposal"
must as purge hrv purge run
as dpo hrv status
out_like "^last purge +$T1, ok$" "and status"
out_like '^free on the disk +[0-9.]+ [KMGTP]iB$' "bytes are rounded"
as dpo hrv status --json
like "$(json .free_bytes)" '^[0-9]+$' "but for programs"

# Who was called with --vault gets commands with it.
unset HRVAULT_DIR
cp -a vault 'the vault'
for dir in "$T/vault" "$T/the vault"; do
	as dpo hrv --vault "$dir" status
	hint=$(printf '%s\n' "$out" | grep -o "'hrvault .*proposal show[^']*'")
	hint=${hint//\'/}
	run as dpo bash -c "$HRV ${hint#hrvault }"
	exit_is 0 "what status says can be typed as it is"
	as dpo hrv --vault "$dir" record show "${R:0:9}0"
	as hr hrv --vault "$dir" subject event "$S" ended 2026-06-30 --retract
	hint=$(printf '%s\n' "$err" | grep -o 'hrvault [^;]*approve P-[0-9A-Z]*')
	like "$hint" '^hrvault --vault .*/.*vault"? proposal approve P-' \
	    "so can what an error says"
done
must as dpo bash -c "$HRV ${hint#hrvault }"
pass "and it is done"
done_testing
