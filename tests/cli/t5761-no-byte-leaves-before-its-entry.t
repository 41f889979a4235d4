#!/bin/bash
# SPDX-License-Identifier: ISC
# A read that is killed as it enters any call, or in which a call fails: where
# a byte of the record came out, the log has the intent to read it.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Thandi Ö" --json
S=$(json .id)
head -c 40000 /dev/urandom >doc
must as hr hrv record add "$S" --class contract doc --json
R=$(json .id)
killat=$HRV_B/tools/killat
export GNUPGHOME=$T/gpg-hr XDG_STATE_HOME=$T/state-hr
read_it() # WORDS OF killat
{
	"$killat" -c -n count "$@" "$HRV" record read "$R" \
	    --purpose administration --output - >out 2>/dev/null </dev/null
}
intents() { "$HRV" audit log --op record.read --json 2>/dev/null |
    jq -r 'select(.phase == "intent") | .index' | wc -l; }

read_it 0
is $? 0 "a read that nothing stops"
ok "gives the record" cmp -s out doc
n=$(cat count)
before=$(intents)
is "$before" 1 "and has an intent"

# The last calls are those that write it out; before them one in five or ten.
last=$(many 25 13) step=$(many 5 10)
shown=0 unlogged=0 silent=0 tried=0
for ((at = 1; at <= n; at++)); do
	[ "$at" -gt $((n - last)) ] || [ $((at % step)) -eq 0 ] || continue
	for how in '' '-e 28' '-e 5'; do
		[ -z "$how" ] || [ $((at % 4)) -eq 0 ] || continue
		# shellcheck disable=SC2086
		read_it $how "$at"
		rc=$?
		tried=$((tried + 1))
		if [ -s out ]; then
			shown=$((shown + 1))
			now=$(intents)
			[ "$now" -gt "$before" ] || unlogged=$((unlogged + 1))
			before=$now
		fi
		[ "$rc" -ne 0 ] || cmp -s out doc || silent=$((silent + 1))
	done
done
diag "$tried points, at $shown of them something came out"
ok "at some a part of the record came out" test "$shown" -gt 0
is "$unlogged" 0 "none of it before its entry"
is "$silent" 0 "and exit 0 means all of it"
hrv audit verify
exit_is 0 "the log verifies after all that"

done_testing
