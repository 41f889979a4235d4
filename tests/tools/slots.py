#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Who was granted what, by docs/formats/slots.md and nothing else.

slots.py FILE...   prints "ROLE FINGERPRINT KEY,KEY" for each member of each
                   file; exit 1 when an auditor or a purge account has a key
                   that opens or finds a person
"""
import sys

MAY = {"auditor": {"meta"}, "purge": {"meta", "write"}}


def read(path):
    members, grants = {}, {}
    lines = open(path, encoding="utf-8").read().split("\n")
    assert lines[0] == "hrvault-slots/v1", "not a slot file"
    for line in lines[1:]:
        words = line.split(" ")
        if words[0] == "member":
            members[words[1]] = words[2]
        elif words[0] == "grant":
            grants.setdefault(words[1], set()).update(words[2].split(","))
    return members, grants


def main():
    bad = 0
    for path in sys.argv[1:]:
        members, grants = read(path)
        for fpr, role in members.items():
            ids = grants.get(fpr, set())
            print(role, fpr, ",".join(sorted(ids)))
            names = {i.rpartition(".")[0] for i in ids}
            if role in MAY and not (names and names <= MAY[role]):
                print(f"{path}: {role} {fpr} holds {names - MAY[role]}",
                      file=sys.stderr)
                bad = 1
        for fpr in grants.keys() - members.keys():
            print(f"{path}: a grant to {fpr}, who is no member",
                  file=sys.stderr)
            bad = 1
    return bad


sys.exit(main())
