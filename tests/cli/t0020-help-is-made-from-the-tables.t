#!/bin/bash
# SPDX-License-Identifier: ISC
# Every command and topic has a page of help that fits a terminal.
. "$(dirname "$0")/../lib.sh"

hrv help
exit_is 0 'help'
out_like '^  policy ' 'the overview lists nouns'
nouns=$(sed -n '/^  help quickstart/,$d; s/^  \([a-z]\{3,\}\)  .*/\1/p' \
    "$T/.out")
topics=$(sed -n 's/^  help \([a-z-]*\)  .*/\1/p' "$T/.out")
like "$nouns" '^deadline$' 'nouns are found'
for t in exit-codes roles policy quickstart; do
	like "$topics" "^$t\$" "there is a topic $t"
done

# A page: exit 0, nothing on stderr, no line over 80 columns, none that ends
# in a blank.
page()
{
	local bad
	hrv "$@"
	bad=$(grep -nE '^.{81,}$|[[:blank:]]$' "$T/.out")
	if [ "$rc" -eq 0 ] && [ -z "$err$bad" ] && [ -n "$out" ]; then
		pass "$*"
	else
		flunk "$*" "$bad"
	fi
}
page --help
page -h
page --version
page version
for t in $topics; do page help "$t"; done
for n in $nouns; do
	page "$n" --help
	page help "$n"
	verbs=$(sed -n '/VERB$/,/^$/!s/^  \([a-z-]\{2,\}\)  *.*/\1/p' "$T/.out")
	head -n 20 "$T/.out" | grep -q VERB || continue
	for v in $verbs; do
		"$HRV" "$n" "$v" --help >"$T/v" 2>/dev/null || continue
		page "$n" "$v" --help
		cp "$T/.out" "$T/v"
		page help "$n" "$v"
		ok "both pages of $n $v are the same" cmp "$T/v" "$T/.out"
	done
done

hrv policy explain uk --help --class
exit_is 2 'a mistake beside --help is still one'
hrv init --help
out_like '--founder KEY .*' 'options are shown with their value'
out_like '\(needed\)' 'needed ones are marked'
done_testing
