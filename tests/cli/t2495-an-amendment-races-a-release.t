#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A held record is amended while its hold is released, from two processes: the
# version that was held keeps its key whichever came first, and nothing that
# was acknowledged is lost. HRV_RACES is how many.
. "$(dirname "$0")/../lib.sh"

RACES=${HRV_RACES:-$(many 6 4)}
vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
vault_second counsel legal
one() { GNUPGHOME="$T/gpg-$1" XDG_STATE_HOME="$T/state-$1" "$HRV" "${@:2}" \
    2>/dev/null; }
must as hr hrv subject add --kind employee --name 'Tove Lind'
S=$out
echo first >first
echo second >second

lost=0 odd=0 destroyed=0
for ((i = 0; i < RACES; i++)); do
	r=$(one hr record add "$S" --class note --date 2020-01-01 first --json |
	    jq -r .id)
	h=$(one dpo hold place --matter M --reason r --record "$r" --json |
	    jq -r .id)
	as dpo hrv hold release "$h" --reason over
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	one counsel proposal approve "$p" >/dev/null
	one dpo hold release "$h" --reason over >/dev/null &
	pid=$!
	sleep "0.$(printf '%03d' $((i * 100 / RACES + RANDOM % 20)))"
	one hr record amend "$r" second --reason r >/dev/null
	amended=$?
	wait "$pid"
	released=$?
	case "$amended $released" in
	"0 0") ;;
	"0 7" | "7 0") ;;
	*) odd=$((odd + 1)); diag "amend $amended, release $released" ;;
	esac
	want=active
	[ "$released" != 0 ] || want=cooling
	got=$(one dpo hold show "$h" --json | jq -r .status)
	[ "$got" = "$want" ] ||
	    { lost=$((lost + 1)); diag "hold is $got, amend $amended"; }
	# Due since long, and the schedule gives no notice: only the hold, or
	# its cooling off, keeps either version.
	one purge purge run --json >run.out || odd=$((odd + 1))
	n=$(jq -r .destroyed run.out)
	destroyed=$((destroyed + n))
	[ "$(one dpo record read "$r" --version 1 --purpose administration \
	    --output -)" = first ] || lost=$((lost + 1))
	[ "$amended" != 0 ] || [ "$(one dpo record read "$r" --purpose \
	    administration --output -)" = second ] || lost=$((lost + 1))
done
is "$lost" 0 "every version that was held is there, and every step done"
is "$destroyed" 0 "nothing is destroyed before the cooling off is over"
is "$odd" 0 "each was done, or said that it was not"
as dpo hrv audit verify
exit_is 0 "the log is whole"
as dpo hrv check --deep
exit_is 0 "and all opens"
done_testing
