#!/bin/sh
# SPDX-License-Identifier: ISC
# The policy engine against a second implementation of the language: 24,000
# random cases with a fixed seed.
top=$(cd "$(dirname "$0")/../.." && pwd)
b=${HRV_B:-${B:-build}}
case $b in
/*) ;;
*) b=$top/$b ;;
esac
program=$b/tools/policy_batch

if [ ! -x "$program" ]; then
	echo "1..0 # SKIP $program is not built (make tools)"
	exit 0
fi
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
exec python3 "$top/tests/policy/differential.py" "$program"
