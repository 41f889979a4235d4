#!/bin/bash
# SPDX-License-Identifier: ISC
# Every fuzz target for FUZZ_SECONDS (default 2) under libFuzzer with the
# address and undefined-behaviour sanitizers. Seeds: tests/fuzz/corpus/TARGET,
# where there are any. TAP. An input that breaks a target is left in
# build-fuzz/found and its name printed.
set -u
cd "$(dirname "$0")/../.." || exit 1
export LSAN_OPTIONS=suppressions=$PWD/tests/tools/lsan.supp:print_suppressions=0
seconds=${FUZZ_SECONDS:-2}
if ! make --no-print-directory -j2 FUZZ=1 fuzz-bins >&2; then
	echo "not ok 1 - the fuzz targets build"
	echo "1..1"
	exit 1
fi
mkdir -p build-fuzz/found
tmp=$(mktemp -d /tmp/hvf.XXXXXX) || exit 1
trap 'rm -rf "$tmp"' EXIT

one() {
	local t=$1 seeds=()
	mkdir -p "$tmp/$t"
	[ -d "tests/fuzz/corpus/$t" ] && seeds=("tests/fuzz/corpus/$t")
	"build-fuzz/fuzz/$t" -max_total_time="$seconds" -timeout=10 \
	    -rss_limit_mb=2048 -artifact_prefix="build-fuzz/found/$t-" \
	    "$tmp/$t" "${seeds[@]}" >"$tmp/$t.log" 2>&1
	echo $? >"$tmp/$t.rc"
}
targets=()
for f in tests/fuzz/fuzz_*.c; do
	f=${f##*/}
	targets+=("${f%.c}")
done
for t in "${targets[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
	one "$t" &
done
wait

n=0
for t in "${targets[@]}"; do
	n=$((n + 1))
	runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$tmp/$t.log")
	if [ "$(cat "$tmp/$t.rc")" = 0 ] && [ "${runs:-0}" -gt 0 ]; then
		echo "ok $n - $t: $runs inputs in $seconds s"
	else
		echo "not ok $n - $t"
		tail -n 40 "$tmp/$t.log" | sed 's/^/# /'
	fi
done
echo "1..$n"
