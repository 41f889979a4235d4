# shellcheck shell=bash
# SPDX-License-Identifier: ISC
# Sourced by the CLI tests. A test begins
#
#	#!/bin/bash
#	# SPDX-License-Identifier: ISC
#	# What it proves, in a sentence.
#	# san            (tags, in the first five lines: see docs/contributing.md)
#	. "$(dirname "$0")/../lib.sh"
#
# and ends with done_testing. It runs in a temporary folder $T of its own with
# a HOME there; the folder, and every gpg-agent started for it, are gone
# afterwards. What it tests is $HRV; $HRV_B is the build folder, $HRV_TOP the
# source tree, $HRV_MODE plain, san or valgrind.

set -u
HRV_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HRV_B=${HRV_B:-$HRV_TOP/build}
case $HRV_B in /*) ;; *) HRV_B=$HRV_TOP/$HRV_B ;; esac
HRV=${HRV:-$HRV_B/hrvault}
HRV_MODE=${HRV_MODE:-plain}
export LC_ALL=C.UTF-8 TZ=UTC NO_COLOR=1
unset HRVAULT_DIR GNUPGHOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR

# Agent sockets have room for 107 bytes: the path is short.
T=$(mktemp -d /tmp/hvt.XXXXXX) || exit 1
export HOME=$T/home XDG_STATE_HOME=$T/home/.state
mkdir -m 700 "$HOME"
cd "$T" || exit 1
tests=0
failures=0
finished=

cleanup()
{
	local rc=$? d
	trap - EXIT
	for d in "$T"/gpg-*; do
		[ -d "$d" ] || continue
		gpgconf --homedir "$d" --kill all >/dev/null 2>&1
		gpgconf --homedir "$d" --remove-socketdir >/dev/null 2>&1
	done
	cd /
	if [ -n "${HRV_KEEP:-}" ]; then
		echo "# kept: $T"
	else
		chmod -R u+rwX "$T" 2>/dev/null
		rm -rf "$T"
	fi
	if [ -z "$finished" ]; then
		echo "# ended before done_testing"
		[ $rc -ne 0 ] || rc=1
	fi
	exit $rc
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- TAP -------------------------------------------------------------------

diag() { printf '%s\n' "$*" | sed 's/^/# /'; }
pass() { tests=$((tests + 1)); echo "ok $tests - $1"; }
# flunk NAME [DIAGNOSTIC...]: also shows the last command that run() ran.
flunk()
{
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	shift
	[ $# -eq 0 ] || diag "$@"
	[ -z "${ran:-}" ] || show
}
# Shows the last command of run(): what it was, wrote and returned.
show()
{
	diag "ran: $ran"
	diag "exit $rc"
	diag "stdout: $(head -c 2000 "$T/.out" | head -n 20)"
	diag "stderr: $(head -c 2000 "$T/.err" | head -n 20)"
}
# ok NAME CMD...: the command succeeds. (For a test expression: ok N test ...)
ok()
{
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		pass "$name"
	else
		flunk "$name" "failed: $*" "$out"
	fi
}
# not_ok NAME CMD...: the command fails.
not_ok()
{
	local name=$1
	shift
	if "$@" >/dev/null 2>&1; then
		flunk "$name" "succeeded: $*"
	else
		pass "$name"
	fi
}
# is GOT WANT NAME
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		flunk "$3" "got:    $1" "wanted: $2"
	fi
}
isnt()
{
	if [ "$1" != "$2" ]; then pass "$3"; else flunk "$3" "got: $1"; fi
}
# like TEXT ERE NAME, unlike TEXT ERE NAME
like()
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		pass "$3"
	else
		flunk "$3" "no match for: $2" "in: $1"
	fi
}
unlike()
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		flunk "$3" "must not match: $2" "in: $1"
	else
		pass "$3"
	fi
}
# many FULL QUICK: how often something random is tried, the full number where
# everything is (HRV_TIDY, HRV_FULL).
many() { if [ -n "${HRV_TIDY:-}${HRV_FULL:-}" ]; then echo "$1"; else echo "$2"; fi; }
# skip NAME REASON: says honestly that something was not tried.
skip() { tests=$((tests + 1)); echo "ok $tests - $1 # SKIP $2"; }
skip_all() { echo "1..0 # SKIP $1"; finished=1; exit 0; }
# Something the test cannot go on without did not work.
bail()
{
	flunk "$@"
	exit 1
}
# must CMD...: a step of the set-up; the test ends when it fails.
must()
{
	run "$@"
	[ "$rc" -eq 0 ] || bail "set-up: ${1##*/} ${2:-} ${3:-}"
}
done_testing()
{
	finished=1
	if [ $tests -eq 0 ]; then
		echo "# no tests"
		exit 1
	fi
	echo "1..$tests"
	[ $failures -eq 0 ] || exit 1
	exit 0
}

# ---- running ---------------------------------------------------------------

# run CMD...: leaves rc, and stdout and stderr in $out, $err (text) and the
# files $T/.out, $T/.err (bytes), and returns rc. stdin is the caller's. CMD may
# be a function that ends in another run(), as in `run as hr hrv status`.
run()
{
	ran=$*
	if [ -n "${HRV_AT:-}" ] && [ "$(type -t "$1")" != function ]; then
		set -- hrv_faked "$HRV_AT" "$@"
	fi
	"$@" >"$T/.out" 2>"$T/.err"
	rc=$?
	# Read by the shell itself, which leaves NUL bytes out and says so.
	{ out=$(<"$T/.out"); err=$(<"$T/.err"); } 2>/dev/null
	return $rc
}
# hrv ARGS...: run() the program; nothing is asked.
hrv() { run "$HRV" "$@" </dev/null; }

exit_is() # N NAME
{
	if [ "$rc" -eq "$1" ]; then
		pass "$2"
	else
		flunk "$2" "exit $rc, wanted $1"
	fi
}
out_is() { is "$out" "$1" "$2"; }
out_like() { like "$out" "$1" "$2"; }
out_unlike() { unlike "$out" "$1" "$2"; }
err_is() { is "$err" "$1" "$2"; }
err_like() { like "$err" "$1" "$2"; }
err_unlike() { unlike "$err" "$1" "$2"; }

# json PATH: a value of the JSON on stdout of the last run(): `json .id`,
# `json '.problems[0]'`; any jq filter. Nothing and failure when it is no JSON.
json() { jq -r "$1" "$T/.out"; }
json_err() { jq -r "$1" "$T/.err"; }
# json_is FILTER WANT NAME
json_is()
{
	local got
	if ! got=$(jq -r "$1" "$T/.out" 2>&1); then
		flunk "$3" "no JSON: $got"
		return
	fi
	is "$got" "$2" "$3"
}

# ---- people ----------------------------------------------------------------

# A person's home is made once per test run and copied, because making keys is
# what takes time. Keys are born in 2015, so that a test may go back there.
# gpg waits five seconds for a new agent, which a busy machine may exceed, so
# hrv_new_home() begins a home anew; what gpg said stays in FOLDER.said.
hrv_make_home() # FOLDER NAME
{
	local fpr g=(gpg --homedir "$1" --batch --quiet --no-tty
	    --faked-system-time 20150101T000000 --pinentry-mode loopback
	    --passphrase '')
	mkdir -m 700 "$1" || return 1
	gpg-connect-agent --homedir "$1" /bye || return 1
	"${g[@]}" --quick-gen-key "$2 <$2@example.org>" ed25519 cert,sign \
	    never || return 1
	fpr=$(gpg --homedir "$1" --batch --with-colons -K |
	    awk -F: '$1 == "fpr" { print $10; exit }')
	"${g[@]}" --quick-add-key "$fpr" cv25519 encr never || return 1
	echo "$fpr" >"$1/fpr"
	gpg --homedir "$1" --batch --quiet --armor --export "$fpr" \
	    >"$1/public.asc" && [ -s "$1/public.asc" ]
}
hrv_stop_home() # FOLDER
{
	gpgconf --homedir "$1" --kill all
	gpgconf --homedir "$1" --remove-socketdir
	rm -f "$1"/S.*
} >/dev/null 2>&1
hrv_new_home() # FOLDER NAME
{
	local try made
	for try in 1 2 3; do
		hrv_make_home "$1" "$2" >"$1.said" 2>&1
		made=$?
		hrv_stop_home "$1"
		[ $made -eq 0 ] && return
		echo "# a key for $2, try $try: $(tail -n 3 "$1.said")"
		rm -rf "$1"
		sleep "$try"
	done
	return 1
}

# gpg_person NAME: gives NAME an OpenPGP key without a passphrase in
# $T/gpg-NAME; the fingerprint is in $FPR and ${FPRS[NAME]}. Everybody made so
# far knows everybody's public key. (Not in a $(...): it sets variables.)
declare -A FPRS=()
gpg_person()
{
	local name=$1 cache=${HRV_KEYCACHE:-$T/.keys} other
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock 9
	if [ ! -d "$cache/$name" ]; then
		# Short path while the agent of the new home runs.
		rm -rf "$T/gpg-new"
		if ! hrv_new_home "$T/gpg-new" "$name" ||
		    ! mv "$T/gpg-new" "$cache/$name"; then
			exec 9>&-
			bail "set-up: a key for $name"
		fi
	fi
	exec 9>&-
	cp -a "$cache/$name" "$T/gpg-$name" || bail "set-up: home of $name"
	mkdir -m 700 "$T/state-$name"
	FPR=$(cat "$T/gpg-$name/fpr")
	FPRS[$name]=$FPR
	for other in "${!FPRS[@]}"; do
		[ "$other" = "$name" ] && continue
		hrv_import "$name" "$T/gpg-$other/public.asc"
		hrv_import "$other" "$T/gpg-$name/public.asc"
	done
}
hrv_import() # NAME FILE
{
	gpg --homedir "$T/gpg-$1" --batch --quiet --import "$2" 2>/dev/null ||
	    bail "set-up: $1 imports a key"
}

# as NAME CMD...: with that person's keys and memory of checkpoints. CMD may
# be a function (run, hrv, at).
as()
{
	local GNUPGHOME=$T/gpg-$1 XDG_STATE_HOME=$T/state-$1
	export GNUPGHOME XDG_STATE_HOME
	[ -d "$GNUPGHOME" ] || bail "as $1: nobody of that name"
	shift
	"$@"
}

# at 'YYYY-MM-DD HH:MM:SS' CMD...: with the clock stopped short at that time
# and running on from there. CMD may be a function, as for as(). The agent is
# started first, outside, so that it lives in real time; gpg takes the faked
# one for what it signs. Timers of the program (CLOCK_MONOTONIC) stay real.
# Address sanitizer and faketime do not go together: a test that uses at()
# must not carry the tag san.
at()
{
	local when=$1
	shift
	[ "$HRV_MODE" != san ] ||
	    bail "at: not with sanitizers; take the tag san away"
	[ -z "${GNUPGHOME:-}" ] ||
	    gpg-connect-agent --homedir "$GNUPGHOME" /bye >/dev/null 2>&1
	if [ "$(type -t "$1")" = function ]; then
		local HRV_AT=$when
		"$@"
	else
		hrv_faked "$when" "$@"
	fi
}
hrv_faked()
{
	local lib=
	for lib in /usr/lib/*/faketime/libfaketime.so.1 \
	    /usr/lib*/faketime/libfaketime.so.1; do
		[ -e "$lib" ] && break
	done
	[ -e "$lib" ] || bail "at: libfaketime is missing"
	local when=$1
	shift
	env LD_PRELOAD="$lib" FAKETIME="@$when" DONT_FAKE_MONOTONIC=1 \
	    FAKETIME_DONT_RESET=1 "$@"
}

# ---- vaults ----------------------------------------------------------------

# The contact of a made-up controller: no package is made without one.
CONTROLLER=$HRV_TOP/tests/data/controller.cfg
# vault_new [DIR [SCHEDULE]]: a vault founded by "dpo" with "hr" (all
# compartments of the schedule), "auditor" and "purge"; everything is exported
# as HRVAULT_DIR. Still in founding: one dpo, no legal, so no second person is
# asked for anything. vault_second NAME ends that.
vault_new()
{
	local dir=${1:-$T/vault} schedule=${2:-uk} who
	for who in dpo hr auditor purge; do
		[ -n "${FPRS[$who]:-}" ] || gpg_person $who
	done
	export HRVAULT_DIR=$dir
	must as dpo hrv --vault "$dir" init --founder "${FPRS[dpo]}" \
	    --schedule "$schedule" \
	    --controller "$CONTROLLER"
	must as dpo hrv policy show --json
	COMPARTMENTS=$(json '.compartments | map(.id? // .) | join(",")')
	must as dpo hrv --yes member add "${FPRS[hr]}" --role hr \
	    --compartment "$COMPARTMENTS"
	must as dpo hrv --yes member add "${FPRS[auditor]}" --role auditor
	must as dpo hrv --yes member add "${FPRS[purge]}" --role purge
}
# vault_second NAME ROLE: a second approver (role dpo or legal); from here on
# two-person steps are in force.
vault_second()
{
	[ -n "${FPRS[$1]:-}" ] || gpg_person "$1"
	must as dpo hrv --yes member add "${FPRS[$1]}" --role "$2"
}
