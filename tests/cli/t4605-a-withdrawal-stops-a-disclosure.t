#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A consent is withdrawn while many records that rest on it are on their way
# out, from a second process: once the withdrawal was acknowledged nothing goes.
# HRV_RACES is how many.
. "$(dirname "$0")/../lib.sh"

RACES=${HRV_RACES:-$(many 8 4)}
vault_new
must as hr hrv recipient add --name 'Agency' --kind other --country IE
TO=$out
one() { GNUPGHOME="$T/gpg-$1" XDG_STATE_HOME="$T/state-$1" "$HRV" "${@:2}" \
    2>/dev/null; }
consent() { one hr subject consent "$S" --purpose recruitment \
    --text-version 1 "$@" --json; }
entry_of() { # ACT: number of the newest entry of it
	one hr subject show "$S" --json |
	    jq -r "[.consents[] | select(.act == \"$1\") | .entry] | last"
}
# Its consent was looked at when the file is begun, which has no name yet where
# the file system can do that.
begun()
{
	[ -n "$(find "/proc/$pid/fd" -lname "$T/*(deleted)" 2>/dev/null
	    find . -name "*out$i.tar*")" ]
}
must as hr hrv subject add --kind candidate --name 'Mbali Ndlovu'
S=$out
day=$(date -u +%F)
list=()
for i in 1 2 3 4 5 6; do
	echo "{\"grade\": $i}" >cv.json
	must as hr hrv record add "$S" --class talent_pool --json cv.json
	list+=("$(json .id)")
done
consent --given "$day" >/dev/null
one hr disclose --pseudonymised --purpose recruitment --to "$TO" \
    --output first.tar "${list[@]}" --json >out.json
is "$?" 0 "while it is in force they go"

after=0 odd=0 first=0 stopped=0
for ((i = 0; i < RACES; i++)); do
	[ "$i" = 0 ] || consent --given "$day" >/dev/null
	GNUPGHOME="$T/gpg-dpo" XDG_STATE_HOME="$T/state-dpo" "$HRV" disclose \
	    --pseudonymised --purpose recruitment --to "$TO" \
	    --output "out$i.tar" "${list[@]}" --json >out.json 2>err.txt &
	pid=$!
	# From there to the end it is stopped at different moments.
	for ((n = 0; n < 500; n++)); do
		begun && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.002
	done
	sleep "0.$(printf '%03d' $((i * 60 / RACES)))"
	kill -STOP "$pid" 2>/dev/null
	if consent --withdrawn "$day" >/dev/null; then
		acknowledged=1
	else
		acknowledged=0 # it was stopped while it had the lock
	fi
	kill -CONT "$pid" 2>/dev/null
	wait "$pid"
	code=$?
	[ "$acknowledged" = 1 ] || consent --withdrawn "$day" >/dev/null ||
	    odd=$((odd + 1))
	case $code in
	0)
		first=$((first + 1))
		[ -e "out$i.tar" ] || odd=$((odd + 1))
		[ "$(jq -r .audit_index out.json)" -lt \
		    "$(entry_of withdrawn)" ] || after=$((after + 1))
		must as dpo hrv audit log --op disclose --json
		[ "$(json 'select(.result == "ok") | .index' | sort -n |
		    tail -n 1)" -lt "$(entry_of withdrawn)" ] ||
		    after=$((after + 1))
		;;
	5 | 7)
		stopped=$((stopped + 1))
		[ ! -e "out$i.tar" ] || odd=$((odd + 1))
		;;
	*) odd=$((odd + 1)); diag "exit $code: $(cat err.txt)" ;;
	esac
done
diag "$RACES races, $stopped stopped, $first were out before"
is "$after" 0 "nothing went after the withdrawal was acknowledged"
is "$odd" 0 "each was done, or left nothing and said so"
isnt "$stopped" 0 "one that had begun was stopped"
as dpo hrv audit verify
exit_is 0 "the log is whole"
done_testing
