#!/bin/bash
# SPDX-License-Identifier: ISC
# A disk that is full ends a backup and a restore with an error that says so;
# the live vault is not touched, and both succeed once there is room.
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
mount -t tmpfs -o size=4m tmpfs disk 2>/dev/null ||
    skip_all "no file system can be mounted here"
trap 'umount -l "$T/disk" 2>/dev/null; cleanup' EXIT
vault_new
must as hr hrv subject add --kind employee --name "Ægir Þór" --json
S=$(json .id)
head -c 3000000 /dev/urandom >f
must as hr hrv record add "$S" --class contract f --json
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
fill() { dd if=/dev/zero of=disk/ballast bs=4096 status=none 2>/dev/null; }
bodies() { find vault/pack -type f -exec sha256sum {} + | sort; }
live=$(bodies)
full() # NAME
{
	exit_is 1 "$1"
	err_like 'disk is full|No space left' "and why is said"
	is "$(bodies)" "$live" "no body of the vault changed"
	run as dpo hrv check --deep --json
	json_is .ok true "the vault is sound"
}
head -c 2000000 /dev/zero >disk/ballast
run as dpo hrv backup records "$T/disk/b"
full "records do not fit"
not_ok "no copy counts that is not whole" \
    test -e "$(find disk/b/records -name manifest.json | head -n 1)"
fill
run as dpo hrv backup keys "$T/disk/b" --escrow "$T/escrow"
full "keys do not fit"
run as dpo hrv backup log "$T/disk/b"
full "the log does not fit"
rm disk/ballast
run as dpo hrv backup records "$T/disk/b"
exit_is 0 "with room again the folder is continued"
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
rm -r disk/b
head -c 2000000 /dev/zero >disk/ballast
run as dpo hrv restore "$T/b" --to "$T/disk/new" --escrow "$T/escrow"
full "a vault does not fit"
ok "nothing of it opens" test ! -e disk/new
done_testing
