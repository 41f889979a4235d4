#!/bin/bash
# SPDX-License-Identifier: ISC
# Each of the ten things that must never happen has tests that try, and every
# test that docs/never.md names exists and is run.
. "$(dirname "$0")/../lib.sh"

# check LIST: prints what is wrong with it.
check()
{
	local number=0 tests=0 line file name wanted=1
	while IFS= read -r line; do
		case $line in
		'## '*)
			[ "$number" -eq 0 ] || [ "$tests" -gt 0 ] ||
			    echo "$number: nobody tries"
			number=${line#\#\# } number=${number%%.*} tests=0
			[ "$number" -eq "$wanted" ] || echo "$wanted is missing"
			wanted=$((wanted + 1))
			;;
		'- '*)
			tests=$((tests + 1))
			file=$(cut -d'`' -f2 <<<"$line")
			name=$(cut -d'`' -f4 <<<"$line")
			case $file in
			*.c) [ -f "$HRV_TOP/$file" ] ;;
			*) [ -x "$HRV_TOP/$file" ] ;;
			esac || echo "$file is missing"
			[ -z "$name" ] || tr -d ' \t\n' <"$HRV_TOP/$file" |
			    grep -q "cmocka_unit_test[a-z_]*(${name}[,)]" ||
			    echo "$file runs no $name"
			case $file in
			*.c) [ -n "$name" ] || echo "$file: which test?" ;;
			esac
			;;
		esac
	done <"$1"
	[ "$tests" -gt 0 ] || echo "$number: nobody tries"
	[ "$wanted" -eq 11 ] || echo "there are $((wanted - 1)), not ten"
}

is "$(check "$HRV_TOP/docs/never.md")" '' \
    "all ten are tried, by tests that exist"

# The check itself finds what is missing.
sed -e 's/^- .*t5610.*/- `tests\/cli\/t5610-no-such-test.t`/' \
    -e 's/`test_a_dropped_entry_is_found`/`test_nobody_wrote`/' \
    -e '/^- .*t5720/,$d' "$HRV_TOP/docs/never.md" >bad.md
like "$(check bad.md)" 'no-such-test.t is missing' "a file that is not there"
like "$(check bad.md)" 'runs no test_nobody_wrote' "a test that is not run"
like "$(check bad.md)" '10: nobody tries' "a thing that nobody tries"

done_testing
