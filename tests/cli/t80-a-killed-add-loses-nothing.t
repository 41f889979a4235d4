#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# kill -9 at random moments of `record add`: what was acknowledged stays, what
# was not leaves nothing, and the next command needs no unlock.
. "$(dirname "$0")/../lib.sh"

KILLS=${HRV_KILLS:-$(many 70 30)}

vault_new "$T/v" uk
as hr hrv subject add --kind employee --name "Kim 李" --number K-1
S=$(awk '{print $1; exit}' "$T/.out")
export GNUPGHOME="$T/gpg-hr" XDG_STATE_HOME="$T/state-hr"
echo "a small document" >doc.txt

# A kill somewhere in the first 150 ms; one takes about 60 on an idle machine.
acked=()
killed=0
for ((i = 0; i < KILLS; i++)); do
	"$HRV" record add "$S" --class contract doc.txt --json \
	    >add.out 2>/dev/null &
	pid=$!
	sleep "0.$(printf '%03d' $((RANDOM % 150)))"
	kill -9 "$pid" 2>/dev/null
	if wait "$pid" 2>/dev/null; then
		acked+=("$(jq -r .id add.out)")
	else
		killed=$((killed + 1))
	fi
done
diag "$killed killed, ${#acked[@]} acknowledged"
ok "some were killed" test "$killed" -gt 0

hrv record list "$S" --json
exit_is 0 "the next command needs no unlock"
jq -r '.record // .id' "$T/.out" >listed
lost=0
for id in "${acked[@]}"; do
	grep -q "$id" listed || lost=$((lost + 1))
done
is "$lost" 0 "every acknowledged record is there"

bad=0
while read -r id; do
	"$HRV" record read "$id" --purpose administration --output - \
	    >got 2>/dev/null && cmp -s got doc.txt || bad=$((bad + 1))
done < <(sort -R listed | head -n 10)
is "$bad" 0 "whatever is listed can be read"

hrv audit verify --json
exit_is 0 "the log verifies"
hrv check --deep --json
exit_is 0 "nothing is damaged"
is "$(ls "$HRVAULT_DIR/sessions" | wc -l)" 0 "no dead session is left over"

done_testing
