#!/bin/bash
# SPDX-License-Identifier: ISC
# All that `make test` runs, in stages; with arguments, only those stages.
# The last line is "N passed, N failed[, N skipped]". Exit 0 only when every
# stage ran, at least one test ran and none failed.
#
# HRV_TIDY=1     also clang-tidy and cppcheck, as any CI does and `make lint`, the
#                unit tests without sanitizers, and valgrind.
# HRV_FULL=1     that, and valgrind over the tests that take long under it, as
#                `make check-valgrind` does.
# JOBS=N         tests side by side (default: two for each processor: they wait
#                for agents and disks half of the time)
# FUZZ_SECONDS=N per fuzz target (default 2)
# The output of each stage is kept in build/test-logs.
set -u
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS HRVAULT_DIR GNUPGHOME FAKETIME LD_PRELOAD
export LC_ALL=C.UTF-8 TZ=UTC

cpus=$(nproc)
JOBS=${JOBS:-$((cpus * 2))}
logs=build/test-logs
mkdir -p "$logs"
counts=$logs/counts
: >"$counts"
failed_stages=()

# Keys for people in CLI tests are made once and copied (tests/lib.sh).
HRV_KEYCACHE=$(mktemp -d /tmp/hvk.XXXXXX) || exit 1
export HRV_KEYCACHE
trap 'rm -rf "$HRV_KEYCACHE"' EXIT
trap 'exit 130' INT TERM

tap() { perl tests/tools/tap.pl --counts "$counts" --jobs "$JOBS" "$@"; }
build() { make --no-print-directory -j"$JOBS" "$@"; }
with_cli() { [ -n "$(find cli -name '*.c' 2>/dev/null | head -1)" ]; }
program() { if with_cli; then echo all; fi; }
unit_bins() { # BUILD_FOLDER
	local f
	for f in tests/unit/test_*.c; do
		f=${f##*/}
		echo "$1/tests/${f%.c}"
	done
}
tagged() { # TAG: the CLI tests that carry it in their first five lines
	local f
	for f in tests/cli/*.t; do
		if sed 5q "$f" | grep -q "^# $1\\b"; then echo "$f"; fi
	done
}
untagged() { # TAG: the others
	comm -23 <(printf '%s\n' tests/cli/*.t) <(tagged "$1")
}
# A memory error found under a program whose exit code nobody looked at.
no_reports() { # FOLDER
	local found
	found=$(find "$1" -type f -size +0 2>/dev/null)
	[ -z "$found" ] && return 0
	echo "$found" | while read -r f; do echo "== $f"; cat "$f"; done
	return 1
}

stage_gcc() {
	# shellcheck disable=SC2046
	build CC=gcc B=build $(program) unit-bins tools
}
# The other compiler builds the program that the sanitizers watch: building it
# twice, with and without, showed no other warning and took a minute.
stage_clang() {
	# shellcheck disable=SC2046
	build SAN=1 OPT="-O1 -g" CC=clang B=build-san $(program) unit-bins tools
}
stage_unit() {
	stage_gcc || return 2
	# shellcheck disable=SC2046
	HRV_B=build tap $(unit_bins build)
}
# What the sanitizer stage of a quick run runs as well is not run twice there,
# just as the unit tests are not.
stage_cli() {
	local t=(tests/cli/*.t)
	stage_gcc || return 2
	[ -z "$once" ] || mapfile -t t < <(untagged san)
	HRV=$PWD/build/hrvault HRV_B=$PWD/build HRV_MODE=plain \
	    tap --seconds 900 "${t[@]}"
}
stage_san() {
	local reports=$PWD/build-san/reports rc=0 t
	stage_clang || return 2
	rm -rf "$reports"
	mkdir -p "$reports"
	export LSAN_OPTIONS=suppressions=$PWD/tests/tools/lsan.supp:print_suppressions=0
	export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
	# Freed memory that is kept for watching is copied by every fork, and
	# each gpg is one: 16 MiB of it instead of 256.
	local asan=exitcode=99:quarantine_size_mb=16
	# shellcheck disable=SC2046
	HRV_B=build-san ASAN_OPTIONS=$asan:strict_string_checks=1 \
	    tap $(unit_bins build-san) || rc=1
	t=$(tagged san)
	[ -n "$t" ] || return $rc
	# The program makes itself undumpable, which the leak checker cannot
	# trace; leaks are valgrind's part.
	# shellcheck disable=SC2086
	HRV=$PWD/build-san/hrvault HRV_B=$PWD/build-san HRV_MODE=san \
	    ASAN_OPTIONS=$asan:detect_leaks=0:log_path=$reports/asan \
	    tap $t || rc=1
	no_reports "$reports" || rc=1
	return $rc
}
# Tests of whole runs, which take minutes under valgrind; the sanitizer stage
# has them all, HRV_FULL=1 has them here as well.
heavy="test_purge_run test_proposal_review test_record_refile test_audit_check
    test_import_verb test_log_tree test_log_leaf test_verify_log
    test_proposal_hold test_proposal_rule test_member_add test_log_proof
    test_log_note test_retention_adopt test_member_slots test_hold_rules
    test_hold_scope test_hold_reports test_custody_matrix test_destroy_choke
    test_destroy_clock test_record_void test_record_read test_proposal_dual
    test_case_copy test_case_states test_hold_follow test_hold_query
    test_purge_tables test_purge_waits test_retention_review
    test_destroy_ways test_holdkeep test_paper_disclosure test_paper_hold
    test_paper_stub"
under_valgrind() {
	local t
	for t in $(unit_bins build); do
		case " ${heavy//[[:space:]]/ } " in
		*" ${t##*/} "*) if [ -n "${HRV_FULL:-}" ]; then echo "$t"; fi ;;
		*) echo "$t" ;;
		esac
	done
}

stage_valgrind() {
	local reports=$PWD/build/valgrind rc=0 t
	stage_gcc || return 2
	rm -rf "$reports"
	mkdir -p "$reports"
	# shellcheck disable=SC2046
	HRV_B=build HRV_SLOW=1 tap --prefix "$PWD/tests/tools/memcheck" \
	    $(under_valgrind) || rc=1
	t=$(tagged valgrind)
	[ -n "$t" ] || return $rc
	# shellcheck disable=SC2086
	HRV=$PWD/tests/tools/memcheck-hrvault HRV_B=$PWD/build \
	    HRV_MODE=valgrind HRV_REPORTS=$reports HRV_SLOW=1 tap $t || rc=1
	no_reports "$reports" || rc=1
	return $rc
}
stage_lint() {
	LINT_QUICK=$([ -n "${HRV_FULL:-}${HRV_TIDY:-}" ] || echo 1) \
	    tap --jobs 1 --seconds 900 tests/lint/run.sh
}
stage_fuzz() { tap --jobs 1 --seconds 3600 tests/fuzz/run.sh; }

run_stage() {
	local name=$1 log=$logs/$1.log start rc before
	start=$SECONDS
	before=$(awk '{ n += $2 } END { print n + 0 }' "$counts")
	(stage_"$name") >"$log" 2>&1
	rc=$?
	if [ $rc -eq 0 ]; then
		printf '%-9s ok      %4d s\n' "$name" $((SECONDS - start))
		return
	fi
	printf '%-9s FAILED  %4d s\n' "$name" $((SECONDS - start))
	sed 's/^/  /' "$log"
	failed_stages+=("$name")
	# A stage that broke without a failed test is a failure all the same.
	if [ "$(awk '{ n += $2 } END { print n + 0 }' "$counts")" -eq "$before" ]
	then
		echo "0 1 0" >>"$counts"
	fi
}

# The sanitizers run every unit test too; without them, and under valgrind, is
# for any CI.
unit=unit valgrind=valgrind once=
[ -n "${HRV_FULL:-}${HRV_TIDY:-}" ] || unit='' valgrind='' once=1
[ $# -eq 0 ] || once=
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- gcc clang $unit cli san $valgrind lint fuzz
for s in "$@"; do
	if ! declare -F "stage_$s" >/dev/null; then
		echo "run.sh: no stage called $s" >&2
		exit 2
	fi
done
for s in "$@"; do run_stage "$s"; done

read -r passed failed skipped < <(awk '{ p += $1; f += $2; s += $3 }
    END { print p + 0, f + 0, s + 0 }' "$counts")
echo "took $SECONDS s${failed_stages[*]:+; failed: ${failed_stages[*]}}"
tail=
[ "$skipped" -eq 0 ] || tail=", $skipped skipped"
rc=0
[ "$failed" -eq 0 ] && [ ${#failed_stages[@]} -eq 0 ] || rc=1
# Building alone runs no test, and says so with its exit code only when more
# than building was asked for.
case " $* " in
*" unit "*|*" cli "*|*" san "*|*" valgrind "*|*" lint "*|*" fuzz "*)
	[ "$passed" -gt 0 ] || rc=1 ;;
esac
echo "$passed passed, $failed failed$tail"
exit $rc
