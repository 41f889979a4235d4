#!/bin/bash
# SPDX-License-Identifier: ISC
# Storing, reading and handing out a big document takes no more memory than a
# small one, and all of it less than 64 MiB. SCAN_MIB (32) is the big one.
# slow
. "$(dirname "$0")/../lib.sh"
SCAN_MIB=${SCAN_MIB:-32}

gpg_person dpo
gpg_person leaver
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk --law uk-ew \
    --controller "$CONTROLLER"
echo 'open sesame' >pass

# peak NAME ARGS...: runs hrvault, and the KiB it took are in $PEAK.
peak()
{
	run as dpo python3 "$HRV_TOP/tests/tools/peak.py" peak "$HRV" "$@" 3<pass
	[ "$rc" -eq 0 ] || bail "set-up: $1 $2"
	PEAK=$(cat peak)
}

declare -A SMALL=()
# Each person has one document, so that a package has just that.
round() # MIB
{
	local what
	must as dpo hrv subject add --kind employee --name "Dr. $1 Ødegård"
	S=$out
	head -c $(($1 * 1048576)) /dev/urandom >"scan$1"
	peak record add "$S" --class contract --json "scan$1"
	R=$(json .id)
	note add "$1"
	peak record read "$R" --purpose administration --output "read$1"
	note read "$1"
	ok "$1 MiB are read as they were stored" cmp "scan$1" "read$1"
	must as dpo hrv case open --subject "$S" --right access --received \
	    "$(date -d yesterday +%F)" --json
	C=$(json .id)
	must as dpo hrv case identity "$C" --method seen
	must as dpo hrv case collect "$C"
	peak case export "$C" --to "${FPRS[leaver]}" --output "key$1"
	note 'export to a key' "$1"
	peak case export "$C" --passphrase-fd 3 --output "sym$1"
	note 'export under a passphrase' "$1"
	peak case export "$C" --passphrase-fd 3 --zip --output "zip$1"
	note 'export as ZIP' "$1"
	rm -f "scan$1" "read$1" "key$1" "sym$1" "zip$1"
}
# note WHAT MIB: the first round is what the second is compared with.
note()
{
	if [ -z "${SMALL[$1]:-}" ]; then
		SMALL[$1]=$PEAK
		return
	fi
	diag "$1: ${SMALL[$1]} KiB for 1 MiB, $PEAK KiB for $2 MiB"
	ok "$1: memory does not grow with the document" \
	    test $((PEAK - SMALL[$1])) -lt 4096
	ok "$1: and stays below 64 MiB" test "$PEAK" -lt 65536
}
round 1
round "$SCAN_MIB"
done_testing
