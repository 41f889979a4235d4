#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# A sample of the points of tests/crash (`make test-crash` has them all): a
# command killed anywhere happened or did not, and nothing needs a person.
n=6
[ -z "${HRV_TIDY:-}${HRV_FULL:-}" ] || n=12
exec "$(dirname "$0")/../crash/run.sh" "${HRV_POINTS:-$n}"
