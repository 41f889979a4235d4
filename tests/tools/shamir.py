#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Recovery shares, by docs/formats/share.md and nothing else.

shamir.py answers           prints the known answers of the document
shamir.py combine FILE...   opened shares (any m of them): prints the key, hex
"""
import base64
import hashlib
import hmac
import sys


def mul(a, b):
    """Product in GF(2^8), as long multiplication and division."""
    p = 0
    for i in range(8):
        if b >> i & 1:
            p ^= a << i
    for i in range(15, 7, -1):
        if p >> i & 1:
            p ^= 0x11B << (i - 8)
    return p


def inv(a):
    """The one element that gives 1, found by looking."""
    return next(x for x in range(1, 256) if mul(a, x) == 1)


def value(coefficients, x):
    y, power = 0, 1
    for c in coefficients:
        y ^= mul(c, power)
        power = mul(power, x)
    return y


def combine(points):
    """points: {x: bytes}; the value at 0 by Lagrange."""
    out = bytearray(len(next(iter(points.values()))))
    for x, ys in points.items():
        weight = 1
        for other in points:
            if other != x:
                weight = mul(weight, mul(other, inv(other ^ x)))
        for i, y in enumerate(ys):
            out[i] ^= mul(y, weight)
    return bytes(out)


def read(path):
    """A share's fields; its check must fit."""
    text = open(path, "rb").read()
    head, _, last = text.rstrip(b"\n").rpartition(b"\n")
    word, check = last.decode().split(" ")
    assert word == "check" and text.startswith(b"hrvault-share/v1\n")
    assert hashlib.sha256(head + b"\n").hexdigest()[:16] == check, "mistyped"
    return dict(l.split(" ", 1) for l in head.decode().split("\n")[1:])


def answers():
    for x in (1, 2, 3, 5, 32, 255):
        row = bytes(value([i, (7 * i + 3) % 256, (13 * i + 11) % 256], x)
                    for i in range(32))
        print("| %d | `%s` |" % (x, row.hex()))


def main():
    if sys.argv[1] == "answers":
        return answers()
    shares = [read(p) for p in sys.argv[2:]]
    assert len({(s["vault"], s["split"]) for s in shares}) == 1
    m = int(shares[0]["threshold"])
    assert len(shares) >= m, "fewer than the threshold"
    points = {int(s["index"]): base64.b64decode(s["secret"]) for s in shares}
    assert len(points) == len(shares)
    key = combine(points)
    name = b"hrvault/kcv/v1split/" + shares[0]["split"].encode()

    print(key.hex())
    print(hmac.new(key, name, hashlib.sha256).digest()[:16].hex())


main()
