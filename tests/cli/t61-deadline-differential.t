#!/bin/sh
# SPDX-License-Identifier: ISC
# Due dates against an implementation that shares nothing with ours: every day
# of six years as day of receipt, under every law, with ten sets of facts.
# HRV_B: the build folder.

cd "$(dirname "$0")/../.." || exit 1
oracle=tests/policy/deadline_oracle.py
tool=${HRV_B:-build}/tools/deadline_batch

if ! command -v python3 >/dev/null; then
	echo "1..0 # SKIP no python3"
	exit 0
fi
[ -x "$tool" ] || make -s B="${HRV_B:-build}" "$tool" >&2
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

n=0
same()
{
	n=$((n + 1))
	if [ -s "$tmp/want" ] && cmp -s "$tmp/want" "$tmp/got"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		diff "$tmp/want" "$tmp/got" | sed -n 's/^/# /;1,20p'
	fi
}

n=1
if python3 $oracle table tests/policy/deadlines.tsv >"$tmp/table"; then
	echo "ok 1 - the oracle gives the due dates worked out by hand"
else
	echo "not ok 1 - the oracle gives the due dates worked out by hand"
	sed 's/^/# /' "$tmp/table"
fi
for id in uk-ew uk-sc uk-ni eu-ie eu-de eu-fr us-ca; do
	python3 $oracle calendar $id >"$tmp/want"
	"$tool" calendar $id >"$tmp/got"
	same "calendar $id lists the holidays that the rules give"
done
python3 $oracle batch 2024-01-01 2029-12-31 >"$tmp/want"
"$tool" batch 2024-01-01 2029-12-31 >"$tmp/got"
# 2,192 days, seven laws, ten sets of facts: a law that dropped out of both
# sides would not be noticed otherwise.
n=$((n + 1))
if [ "$(awk '{ n[$1]++ } END { for (l in n) print n[l] }' "$tmp/got" |
    sort | uniq -c | tr -s ' ')" = ' 7 21920' ]; then
	echo "ok $n - seven laws, each with 2,192 days and ten sets of facts"
else
	echo "not ok $n - seven laws, each with 2,192 days and ten sets of facts"
fi
same "every day of 2024 to 2029 under every law ($(wc -l <"$tmp/want") lines)"
echo "1..$n"
