#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirement for holds 13 and the reserve: on a file system that is really
# full nothing is written or read any more, and a hold can still be placed.
. "$(dirname "$0")/../lib.sh"

# A small file system of its own, in a name space of its own.
if [ -z "${HRV_INSIDE:-}" ]; then
	unshare -rm true 2>/dev/null || skip_all "no name spaces here"
	export HRV_INSIDE=1
	cd / && rm -rf "$T"
	trap - EXIT
	exec unshare -rm bash "$HRV_TOP/tests/cli/$(basename "$0")"
fi
mkdir disk
mount -t tmpfs -o size=48m tmpfs disk 2>/dev/null ||
    skip_all "no file system can be mounted here"
vault_new "$T/disk/v"
must as hr hrv subject add --kind employee --name "Ægir Þór" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class contract --date 2020-01-01 doc.txt --json
R=$(json .id)
ok "there is a reserve" test -s disk/v/reserve

# Filled to the last byte.
dd if=/dev/zero of=disk/ballast bs=4096 status=none 2>/dev/null
dd if=/dev/zero of=disk/ballast2 bs=1 status=none 2>/dev/null
is "$(df --output=avail disk | tail -n 1 | tr -d ' ')" 0 "the disk is full"
as hr hrv record add "$S" --class contract --date 2020-01-02 doc.txt
isnt "$rc" 0 "nothing can be stored"
as hr hrv record read "$R" --purpose administration --output -
exit_is 11 "nothing is read, because it could not be logged"
as auditor hrv status --json
exit_is 0 "status works"
out_like 'disk is full' "and says why"
as dpo hrv hold place --matter M --reason "a claim" --subject "$S" --json
exit_is 0 "a hold is placed all the same"
like "$(json .id)" '^H-' "it has its id"
ok "out of the reserve" test ! -e disk/v/reserve
as auditor hrv hold list --json
json_is .status active "it is in force"

rm disk/ballast disk/ballast2
as hr hrv record void "$R" --reason wrong
exit_is 5 "what it covers cannot be destroyed"
as auditor hrv status --json
out_like 'reserve .* is used up' "status asks for the reserve back"
as auditor hrv audit verify
exit_is 0 "the log verifies"
umount -l disk
done_testing
