#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Compare an opened access package with its manifest.

    package.py FOLDER

Every file that the manifest names is there with its SHA-256 and size, and no
document is there that it does not name. Uses nothing of the program.
"""

import collections
import hashlib
import json
import os
import sys


def main(folder):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
        records = json.load(f)["records"]
    named = {r["file"]: r for r in records if r.get("file")}
    found = {"documents/" + name
             for name in os.listdir(os.path.join(folder, "documents"))}
    problems = sorted(name + ": in no row" for name in found - set(named))
    for name, row in sorted(named.items()):
        try:
            with open(os.path.join(folder, name), "rb") as f:
                content = f.read()
        except OSError:
            problems.append(name + ": missing")
            continue
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            problems.append(name + ": another SHA-256")
        if len(content) != row.get("bytes", len(content)):
            problems.append(name + ": another size")
    print(*problems, sep="\n", end="\n" if problems else "")
    if not problems:
        kinds = collections.Counter(r["disposition"] for r in records)
        print("%d rows (%s), %d files, each with the SHA-256 of its row" % (
            len(records), ", ".join("%d %s" % (n, kind) for kind, n
                                    in sorted(kinds.items())), len(named)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
