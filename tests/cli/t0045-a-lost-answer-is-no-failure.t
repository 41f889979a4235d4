#!/bin/bash
# SPDX-License-Identifier: ISC
# What was done and could not be told is partly done (exit 3) and says where it
# stands; a list that failed does not say that it is empty; a vault that cannot
# be written is exit 11.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Zoë Ødegård" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class contract --date 2020-01-01 doc.txt --json
R=$(json .id)
lost() { # WHO COMMAND
	local who=$1
	shift
	as "$who" run sh -c 'exec "$@" >/dev/full' - "$HRV" "$@"
}

lost hr subject add --kind employee --name "Åse Çelik" --json
exit_is 3 "a person who was entered is no failure"
is "$(json_err .error.name)" output "programs see why"
like "$(json_err .error.message)" 'was done.*No space left' "it is said"
N=$(json_err .error.hint | grep -o '[0-9]*$')
must as hr hrv audit log --op subject.add --json
is "$(jq -rs '.[-1].index' .out)" "$N" "with the entry that tells the id"
must as hr hrv subject find celik --json
isnt "$(json .id)" "" "who is there"
lost hr policy show --json
exit_is 1 "what wrote no entry failed"

lost hr record read "$R" --purpose administration --output -
exit_is 1 "contents that nobody got are not given out"
err_unlike 'entry [0-9]+ of the log' "and not said to be"
must as hr hrv audit log --op record.read --record "$R" --json
is "$(jq -rs '.[-1].result' .out)" failed "the log has it as failed"

# Lists that failed.
for cmd in "record list $S" "subject list" "subject find zoe" "case list" \
    "recipient list"; do
	# shellcheck disable=SC2086
	as auditor hrv $cmd
	case $rc in
	5) unlike "$err" 'hrvault: no ' "$cmd: only the refusal is told" ;;
	*) pass "$cmd: not refused" ;;
	esac
done

# A medium that cannot be written.
ro() { unshare -rm sh -c 'mount --bind "$0" "$0" &&
    mount -o remount,bind,ro "$0" && shift 0 && exec "$@"' "$@"; }
if unshare -rm sh -c 'mount --bind "$0" "$0" &&
    mount -o remount,bind,ro "$0" && ! touch "$0/x"' "$T/vault" 2>/dev/null
then
	run as hr ro "$T/vault" "$HRV" subject add --kind employee \
	    --name "Ana Ñandú" --json
	exit_is 11 "read-only storage: the log cannot be written"
	unlike "$err" '[0-9a-f]{16}' "no name of a file of ours is told"
	isnt "$(json_err .error.hint)" null "and what to do"
	run as hr ro "$T/vault" "$HRV" record list "$S"
	exit_is 11 "nothing is read without an entry"
	err_unlike 'no records' "and it is not said that there are none"
else
	skip "read-only storage" "no mount namespace here"
fi
done_testing
