#!/bin/bash
# SPDX-License-Identifier: ISC
# Every lint over the tree, and every lint over a small bad tree of its own
# (tests/lint/samples/LINT) in which it must find what the file `expect` there
# lists: a lint that cannot fail proves nothing. TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
lints="layers chokes order headers alone words style sql place shell cppcheck tidy"
# What looks at every C file anew takes long: not in the quick run of
# `make test`; `make lint` and any CI have it.
[ -z "${LINT_QUICK:-}" ] || lints=${lints/ cppcheck tidy/}
n=0
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# Files of a sample end in .in, so that no tool takes them for ours.
unpack() { # SAMPLE FOLDER
	local f
	while read -r f; do
		mkdir -p "$2/$(dirname "$f")"
		cp "$1/$f" "$2/${f%.in}"
	done < <(cd "$1" && find . -type f -name '*.in' -printf '%P\n')
}
for l in $lints; do
	n=$((n + 1))
	if tests/lint/"$l" >"$out" 2>&1; then
		echo "ok $n - $l"
	else
		echo "not ok $n - $l"
		sed 's/^/# /' "$out"
	fi
	n=$((n + 1))
	sample=tests/lint/samples/$l
	bad=$(mktemp -d /tmp/hvl.XXXXXX) || exit 1
	unpack "$sample" "$bad"
	LINT_COMMITS=
	[ -f "$bad/commits" ] && LINT_COMMITS=$bad/commits
	missed=
	if env ${LINT_COMMITS:+"LINT_COMMITS=$LINT_COMMITS"} \
	    tests/lint/"$l" "$bad" >"$out" 2>&1; then
		missed="it passed"
	fi
	while IFS= read -r want; do
		grep -qF -e "$want" "$out" || missed="$missed; no: $want"
	done <"$sample/expect"
	[ -s "$sample/expect" ] || missed="$missed; nothing expected"
	# What is right in the sample must not be found.
	if [ -f "$sample/clean" ] && grep -F -f "$sample/clean" "$out"; then
		missed="$missed; found what is right"
	fi >"$out.wrong"
	rm -f "$out.wrong"
	if [ -z "$missed" ]; then
		echo "ok $n - $l finds what is wrong in its sample"
	else
		echo "not ok $n - $l finds what is wrong in its sample"
		echo "# $missed"
		sed 's/^/# /' "$out"
	fi
	rm -rf "$bad"
done
echo "1..$n"
