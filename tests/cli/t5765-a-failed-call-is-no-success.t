#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A sample of tests/crash in which a call fails for want of space instead of
# the command being killed: exit 0 means that it was done, all else that it
# was done or not, and never half.
[ "$(uname -m)" = x86_64 ] || { echo "1..0 # SKIP calls fail on x86-64 only"; exit 0; }
n=2
[ -z "${HRV_TIDY:-}${HRV_FULL:-}" ] || n=6
HRV_ERRNO=28 exec "$(dirname "$0")/../crash/run.sh" "${HRV_POINTS:-$n}"
