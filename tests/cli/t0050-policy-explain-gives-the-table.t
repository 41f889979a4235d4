#!/bin/bash
# SPDX-License-Identifier: ISC
# Every known case of retention, through the program.
. "$(dirname "$0")/../lib.sh"
dir=$HRV_TOP/tests/policy

# Columns may be empty: tabs become a character that is not white space.
n=0
while IFS=$'\x1f' read -r class events born dependant keep limit purge; do
	args=()
	IFS=" " read -ra pairs <<<"$events"
	for pair in "${pairs[@]}"; do args+=(--event "$pair"); done
	[ -z "$born" ] || args+=(--born "$born")
	[ -z "$dependant" ] || args+=(--dependant-born "$dependant")
	n=$((n + 1))
	run "$HRV" policy explain "$dir/retention.cfg" --class "$class" \
	    "${args[@]}" --json </dev/null
	got=$(jq -r '[.keep_until, .limit_until, .purge_from] |
	    map(. // "") | join(" ")' "$T/.out")
	if [ "$rc" -eq 0 ] && [ "$got" = "$keep $limit $purge" ]; then
		pass "$class $events $born $dependant"
	else
		flunk "$class $events $born $dependant" "got:    $got" \
		    "wanted: $keep $limit $purge"
	fi
done < <(grep -v '^#' "$dir/retention.tsv" |
    tr '\t' '\037')
ok "the table has cases" test $n -gt 50
done_testing
