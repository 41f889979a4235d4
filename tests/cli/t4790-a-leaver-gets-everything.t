#!/bin/bash
# SPDX-License-Identifier: ISC
# A leaver's request in small, from its arrival to what she opens; `make
# test-web` does it in big and looks at it with a browser.
. "$(dirname "$0")/../lib.sh"
RECORDS=${RECORDS:-24}
. "$HRV_TOP/tests/web/scenario.sh"
scenario
scenario_checks
done_testing
