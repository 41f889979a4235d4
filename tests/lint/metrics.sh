#!/bin/bash
# SPDX-License-Identifier: ISC
# Sizes of functions and files, by part of the tree (make metrics).
set -u
cd "$(dirname "$0")/../.." || exit 1
quantiles() { # reads numbers; prints count, median, p90, largest
	sort -n | awk '{ v[NR] = $1 } END { if (!NR) { print "-"; exit }
	    printf "%5d  %4d %4d %4d\n", NR, v[int((NR + 1) / 2)],
	    v[int(NR * .9 + .5)], v[NR] }'
}
printf '%-16s %-28s %s\n' part 'functions: n  med  p90  max' \
    'files: n  med  p90  max'
for part in cli policy vault vault/base vault/crypto vault/store vault/log \
    vault/custody tests/unit; do
	mapfile -t c < <(find "$part" -maxdepth 1 -name '*.c' 2>/dev/null)
	[ ${#c[@]} -gt 0 ] || continue
	f=$(ctags -x --c-kinds=f --_xformat='%{end} %{line}' "${c[@]}" |
	    awk '{ print $1 - $2 + 1 }' | quantiles)
	l=$(for x in "${c[@]}"; do wc -l <"$x"; done | quantiles)
	printf '%-16s %-28s %s\n' "$part" "     $f" "$l"
done
