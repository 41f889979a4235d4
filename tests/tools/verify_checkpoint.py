#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Verify what the log hands out, without any of the program's own code.

    verify_checkpoint.py checkpoint  --vkey VKEY FILE
    verify_checkpoint.py proof       --vkey VKEY --leaf FILE PROOF
    verify_checkpoint.py consistency --vkey VKEY --old FILE REQUEST

checkpoint   a signed note (C2SP signed-note, tlog-checkpoint)
proof        a .tlog-proof (C2SP tlog-proof) for the leaf in FILE
consistency  a witness request (C2SP tlog-witness) that starts from the
             checkpoint in FILE

Prints what was verified and exits 0, or says why not and exits 1.
Only the standard library; Ed25519 after RFC 8032, trees after RFC 6962 and
RFC 9162. Slow and plain on purpose.
"""

import argparse
import base64
import binascii
import hashlib
import re
import sys

MAX_BYTES = 1 << 20
MAX_SIZE = (1 << 63) - 1
DASH = "\u2014 "


class Refused(Exception):
    """What was given does not verify."""


def need(condition, why):
    if not condition:
        raise Refused(why)


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519, RFC 8032 section 5.1

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1)


def recover_x(y, sign):
    need(y < P, "a point is not encoded canonically")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_M1 % P
    need((x * x - square) % P == 0, "a point is not on the curve")
    need(x != 0 or sign == 0, "a point is not encoded canonically")
    return P - x if x % 2 != sign else x


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2 % P
    x3 = (x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P
    y3 = (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P
    return x3, y3


def multiply(k, p):
    result = NEUTRAL
    while k:
        if k & 1:
            result = add(result, p)
        p = add(p, p)
        k >>= 1
    return result


def decode_point(data):
    value = int.from_bytes(data, "little")
    y = value & ((1 << 255) - 1)
    return recover_x(y, value >> 255), y


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y)


def ed25519_verify(public, message, signature):
    need(len(public) == 32 and len(signature) == 64, "signature length")
    a = decode_point(public)
    r = decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    need(s < L, "signature is malleable")
    for point in (a, r):
        need(multiply(8, point) != NEUTRAL, "a point is of low order")
    h = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(h, "little") % L
    need(multiply(s, BASE) == add(r, multiply(k, a)), "signature is bad")


# Trees, RFC 6962 section 2.1 and RFC 9162 sections 2.1.3.2, 2.1.4.2


def leaf_hash(data):
    return sha256(b"\x00" + data)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


def root_from_inclusion(index, size, hash_, path):
    need(0 <= index < size, "index is not in the tree")
    fn, sn = index, size - 1
    for sibling in path:
        need(sn != 0, "proof is too long")
        if fn % 2 == 1 or fn == sn:
            hash_ = node_hash(sibling, hash_)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "proof is too short")
    return hash_


def check_consistency(old_size, old_root, size, root, path):
    need(0 < old_size <= size, "sizes cannot be proved consistent")
    if old_size == size:
        need(not path and old_root == root, "same size, other root")
        return
    path = list(path)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    need(path, "proof is too short")
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        need(sn != 0, "proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn % 2 == 0 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "proof is too short")
    need(fr == old_root, "proof does not lead to the old root")
    need(sr == root, "proof does not lead to the new root")


# Texts


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("base64 is malformed") from None
    need(base64.b64encode(data).decode() == text, "base64 is not canonical")
    return data


def decimal(text):
    need(re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII),
         "number is malformed")
    value = int(text)
    need(value <= MAX_SIZE, "number is too large")
    return value


def read_hash(text):
    data = unbase64(text)
    need(len(data) == 32, "hash is not 32 bytes")
    return data


def key_id(name, typed_key):
    return sha256(name.encode() + b"\n" + typed_key)[:4]


def read_vkey(text):
    parts = text.split("+", 2)
    need(len(parts) == 3 and parts[0], "vkey is malformed")
    name, id_hex, key = parts
    need(re.fullmatch(r"[0-9a-fA-F]{8}", id_hex), "vkey id is malformed")
    key = unbase64(key)
    need(len(key) == 33 and key[0] == 1, "vkey is not an Ed25519 key")
    need(key_id(name, key) == bytes.fromhex(id_hex), "vkey id does not fit")
    return name, bytes.fromhex(id_hex), key[1:]


def split_note(note):
    need(len(note) <= MAX_BYTES, "note is too long")
    try:
        text = note.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("note is not UTF-8") from None
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", text), "control character")
    need(text.endswith("\n"), "note is cut off")
    body, blank, sigs = text.rpartition("\n\n")
    need(blank and sigs, "note has no signatures")
    return body + "\n", sigs[:-1].split("\n")


def verify_checkpoint(note, vkey):
    """The (origin, size, root) of a note signed by vkey."""
    name, id_, public = read_vkey(vkey)
    body, sigs = split_note(note)
    verified = False
    for line in sigs:
        need(line.startswith(DASH), "signature line is malformed")
        signer, blank, blob = line[len(DASH):].partition(" ")
        need(blank and signer and "+" not in signer,
             "signature line is malformed")
        blob = unbase64(blob)
        need(len(blob) > 4, "signature is too short")
        if signer != name or blob[:4] != id_:
            continue
        ed25519_verify(public, body.encode(), blob[4:])
        verified = True
    need(verified, "no signature by the given key")
    lines = body[:-1].split("\n")
    need(len(lines) >= 3 and all(lines), "checkpoint is malformed")
    need(lines[0] == name, "origin is not the key's name")
    return lines[0], decimal(lines[1]), read_hash(lines[2])


def split_hashes(rest):
    """Hash lines up to the empty line, and the note behind it."""
    if rest.startswith(b"\n"):
        return [], rest[1:]
    head, blank, note = rest.partition(b"\n\n")
    need(blank, "proof has no checkpoint")
    lines = head.decode("ascii", "replace").split("\n")
    need(len(lines) <= 64, "proof is too long")
    return [read_hash(line) for line in lines], note


def take_line(data):
    line, newline, rest = data.partition(b"\n")
    need(newline, "proof is cut off")
    return line.decode("ascii", "replace"), rest


def verify_proof(text, vkey, leaf):
    """The (origin, index, size) of a .tlog-proof that holds for leaf."""
    need(len(text) <= MAX_BYTES, "proof is too long")
    line, rest = take_line(text)
    need(line == "c2sp.org/tlog-proof@v1", "not a tlog-proof")
    line, rest = take_line(rest)
    if line.startswith("extra "):
        need(unbase64(line[6:]), "extra is empty")
        line, rest = take_line(rest)
    need(line.startswith("index "), "proof has no index")
    index = decimal(line[6:])
    path, note = split_hashes(rest)
    origin, size, root = verify_checkpoint(note, vkey)
    computed = root_from_inclusion(index, size, leaf_hash(leaf), path)
    need(computed == root, "leaf is not at this place of the log")
    return origin, index, size


def verify_consistency(text, vkey, old_note):
    """(origin, old size, new size) of a witness request that holds."""
    need(len(text) <= MAX_BYTES, "proof is too long")
    line, rest = take_line(text)
    need(line.startswith("old "), "not a witness request")
    old = decimal(line[4:])
    path, note = split_hashes(rest)
    need(len(path) <= 63, "proof is too long")
    origin, old_size, old_root = verify_checkpoint(old_note, vkey)
    _, size, root = verify_checkpoint(note, vkey)
    need(old == old_size, "proof starts from another size")
    check_consistency(old_size, old_root, size, root, path)
    return origin, old_size, size


def read(path):
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as f:
        return f.read()


def arguments():
    top = argparse.ArgumentParser(description="Verify checkpoints and proofs.")
    sub = top.add_subparsers(dest="what", required=True)
    for name in ("checkpoint", "proof", "consistency"):
        p = sub.add_parser(name)
        p.add_argument("--vkey", required=True)
        if name == "proof":
            p.add_argument("--leaf", required=True)
        if name == "consistency":
            p.add_argument("--old", required=True)
        p.add_argument("file")
    return top.parse_args()


def main():
    args = arguments()
    try:
        data = read(args.file)
        if args.what == "checkpoint":
            origin, size, root = verify_checkpoint(data, args.vkey)
            print(f"ok {origin} size {size} root {root.hex()}")
        elif args.what == "proof":
            origin, index, size = verify_proof(
                data, args.vkey, read(args.leaf))
            print(f"ok {origin} index {index} of {size}")
        else:
            origin, old, size = verify_consistency(
                data, args.vkey, read(args.old))
            print(f"ok {origin} {old} is a prefix of {size}")
    except (Refused, OSError) as e:
        print(f"refused: {e}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
