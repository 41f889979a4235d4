#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""peak.py FILE COMMAND...: runs it and writes into FILE the most memory, in
KiB, that it or a process it waited for ever had. Ends as the command does."""
import resource
import subprocess
import sys

rc = subprocess.call(sys.argv[2:], close_fds=False)
with open(sys.argv[1], "w", encoding="ascii") as f:
    f.write("%d\n" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(rc if rc >= 0 else 128 - rc)
