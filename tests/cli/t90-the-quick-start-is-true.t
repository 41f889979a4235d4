#!/bin/bash
# SPDX-License-Identifier: ISC
# What README.md shows is what happens: its commands are run one after another,
# and what they say is compared, but for ids, hashes, days and numbers.
. "$(dirname "$0")/../lib.sh"

gpg_person anna
export GNUPGHOME=$T/gpg-anna
ln -s "$HRV_TOP/build" build
[ "$HRV_MODE" = plain ] || skip_all "it says build/hrvault"

# Numbers, last, may be of another length: blanks count as one.
shape()
{
	sed -E -e 's/\b([SRHCD])-[0-9A-Z]{26}\b/\1-ID/g' \
	    -e 's,/[^ ]*/vault$,VAULT,' \
	    -e 's/log1\+[0-9a-f]+\+[A-Za-z0-9+/=]+/VKEY/' \
	    -e 's,^(root +)[A-Za-z0-9+/=]+$,\1ROOT,' \
	    -e 's/\b([0-9A-F]{40}|[0-9a-f]{64}|[0-9a-f]{12})\b/HEX/g' \
	    -e 's/[0-9]+/N/g' -e 's/ +/ /g' -e 's/ $//'
}
awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on' \
    "$HRV_TOP/README.md" >block
ok "README.md has a quick start" test -s block

declare -A actual=()
# learn SAID TOLD: ids of README.md stand for those made here.
learn()
{
	local a b
	while read -r a b; do
		[ -z "$b" ] || actual[$a]=$b
	done < <(paste -d ' ' \
	    <(grep -Eo '\b[SRHCD]-[0-9A-Z]{26}\b' "$1") \
	    <(grep -Eo '\b[SRHCD]-[0-9A-Z]{26}\b' "$2"))
}
# The command with ids, also cut ones, replaced.
translated()
{
	local line=$1 id word
	for word in $(grep -Eo '\b[SRHCD]-[0-9A-Z]{6,26}\b' <<<"$line"); do
		for id in "${!actual[@]}"; do
			case $id in
			"$word"*) line=${line//$word/${actual[$id]}} ;;
			esac
		done
	done
	printf '%s\n' "$line"
}

commands=0
check()
{
	[ -n "$cmd" ] || return
	eval "$(translated "$cmd")" >said 2>&1 </dev/null
	is "$? $(shape <said)" "0 $(shape <told)" "$cmd"
	learn told said
	commands=$((commands + 1))
}
cmd=
: >told
while IFS= read -r line; do
	case $line in
	'$ '*) check; cmd=${line#\$ }; : >told ;;
	*) printf '%s\n' "$line" >>told ;;
	esac
done <block
check
ok "all of it was run ($commands)" test "$commands" -eq \
    "$(grep -c '^\$ ' block)"
done_testing
