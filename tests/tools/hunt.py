#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What somebody reads who has every copy and every member's key: by
docs/formats, and with no code of the program.

hunt.py GNUPGHOME [-l] [-w WORD]... FOLDER...

Opens every OpenPGP message in the folders, whatever file it lies in, and goes
on with what comes out: each 32 bytes in it may be a key. Each key is tried on
each database, with each anchor on each keystore, on each key and log backup;
what opens is searched again. Then each wrapped data key under each key, and
each data key on each sealed header, body and reason of each snapshot and live
vault. Prints

    seen {"files": ..., "messages": ..., ...}   how much there was to try
    open R-... header|body|reason DEK FILE...   what opened, and from which
                                                copies its data key came
    found WORD FILE                             where the bytes of a word stand:
                                                raw, or in anything that opened
    to KEY-ID FILE                              -l: for whom a message is, or
                                                "to passphrase"

A WORD is text, or hex:... for bytes, which are also looked for as hex digits,
as base64, and among the data keys.
"""
import base64
import collections
import ctypes
import ctypes.util
import getopt
import hashlib
import hmac
import json
import os
import re
import sqlite3
import struct
import subprocess
import sys

PAGE, RESERVED = 4096, 48
CBC, GCM, GCM_SIV = 3, 9, 16
MESSAGE = re.compile(rb"[\x84-\x86\x8c\x8d\xc1\xc3]|-----BEGIN PGP MESSAGE")

lib = ctypes.CDLL(ctypes.util.find_library("gcrypt"))
lib.gcry_check_version.argtypes = [ctypes.c_char_p]
lib.gcry_check_version(None)
lib.gcry_cipher_close.argtypes = [ctypes.c_void_p]
for name, types in (("setkey", 2), ("setiv", 2), ("authenticate", 2),
                    ("decrypt", 4), ("checktag", 2)):
    pair = [ctypes.c_char_p, ctypes.c_size_t]
    getattr(lib, "gcry_cipher_" + name).argtypes = (
        [ctypes.c_void_p] + (pair * 2)[:types])
lib.gcry_cipher_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int,
                                ctypes.c_char_p, ctypes.c_size_t]


def decipher(mode, key, iv, data, aad=b"", tag=None):
    """The plaintext, or None when the tag does not fit. AES-256."""
    h = ctypes.c_void_p()
    assert lib.gcry_cipher_open(ctypes.byref(h), 9, mode, 0) == 0
    out = ctypes.create_string_buffer(max(len(data), 1))
    bad = lib.gcry_cipher_setkey(h, key, 32)
    bad |= lib.gcry_cipher_setiv(h, iv, len(iv))
    if mode != CBC:
        bad |= lib.gcry_cipher_authenticate(h, aad, len(aad))
    if mode == GCM_SIV:
        bad |= lib.gcry_cipher_ctl(h, 80, tag, 16)
    if mode != CBC:
        bad |= lib.gcry_cipher_ctl(h, 5, None, 0)
    bad |= lib.gcry_cipher_decrypt(h, out, len(data), data, len(data))
    if mode == GCM:
        bad |= lib.gcry_cipher_checktag(h, tag, 16)
    lib.gcry_cipher_close(h)
    return None if bad else out.raw[:len(data)]


def mac(algorithm, key, *parts):
    return hmac.new(key, b"".join(parts), algorithm).digest()


def hkdf_expand(algorithm, prk, info, n):
    out = block = b""
    while len(out) < n:
        block = mac(algorithm, prk, block, info,
                    bytes([len(out) // len(mac(algorithm, b"")) + 1]))
        out += block
    return out[:n]


def hkdf(ikm, salt, info):
    return hkdf_expand("sha512", mac("sha512", salt or bytes(64), ikm), info,
                       32)


def x25519(secret, point):
    """RFC 7748, section 5."""
    p = 2**255 - 19
    k = int.from_bytes(secret, "little") & ~7 & (1 << 254) - 1 | 1 << 254
    x1 = int.from_bytes(point, "little") % 2**255
    x2, z2, x3, z3 = 1, 0, x1, 1
    for t in reversed(range(255)):
        if k >> t & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        x3, z3 = (da + cb)**2 % p, x1 * (da - cb)**2 % p
        e = aa - bb
        x2, z2 = aa * bb % p, e * (aa + 121665 * e) % p
        if k >> t & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")


def decapsulate(secret, enc, public):
    """DHKEM(X25519, HKDF-SHA256) of RFC 9180."""
    suite = b"HPKE-v1KEM\x00\x20"
    prk = mac("sha256", bytes(32), suite, b"eae_prk", x25519(secret, enc))
    return hkdf_expand("sha256", prk, b"\x00\x20" + suite + b"shared_secret" +
                       enc + public, 32)


def content(dek, context, data):
    """A content of format 1, or None."""
    if len(data) < 72:
        return None
    k = hkdf_expand("sha512", dek, b"c2sp.org/chunked-encryption@v1+"
                    b"AEAD_AES_256_GCM\0" + data[:24] + context, 76)
    if k[44:] != data[24:56]:
        return None
    out, i = [], 0
    for at in range(56, len(data), 16400):
        nonce = (int.from_bytes(k[32:44], "big") ^ i).to_bytes(12, "big")
        part = data[at:at + 16400]
        plain = decipher(GCM, k[:32], nonce, part[:-16], tag=part[-16:])
        if plain is None:
            return None
        out.append(plain)
        i += 1
    return b"".join(out)


def page_open(key, salt, number, page):
    """One page of SQLCipher 3 as plain SQLite has it, or None."""
    hkey = hashlib.pbkdf2_hmac("sha1", key, bytes(b ^ 0x3a for b in salt), 2,
                               32)
    first = 16 if number == 1 else 0
    end = PAGE - RESERVED
    if mac("sha1", hkey, page[first:end + 16],
           struct.pack("<I", number)) != page[end + 16:end + 36]:
        return None
    plain = decipher(CBC, key, page[end:end + 16], page[first:end])
    return (b"SQLite format 3\0" if first else b"") + plain + bytes(RESERVED)


def id_text(kind, raw):
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    n = int.from_bytes(raw, "big") << 2
    return kind + "-" + "".join(digits[n >> 5 * i & 31]
                                for i in reversed(range(26)))


class Reader:
    """Numbers and strings one after another."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        assert self.at <= len(self.data)
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def string(self):
        return self.take(self.number(4))


class Hunt:
    def __init__(self, home, listed):
        self.home = home
        self.files = {}     # path: bytes
        self.places = {}    # bytes that can be seen: where
        self.looked = set()
        self.keys = {}      # 32 bytes: public half of it as an X25519 secret
        self.anchors = set()
        self.vaults = set()
        self.opened = set()
        self.wrapped = collections.defaultdict(set)    # row: copies
        self.sealed = {}    # (kind, owner, part, context rest): set of bytes
        self.deks = collections.defaultdict(set)       # 32 bytes: copies
        self.messages = set()
        self.ids = {}
        self.to = set() if listed else None    # (key id, where)
        self.n = collections.Counter()

    def add(self, where, data):
        self.places.setdefault(bytes(data), where)

    # ---- what can be seen ------------------------------------------------

    def gpg(self, data, *args):
        return subprocess.run(["gpg", "--homedir", self.home, "--batch",
                               "--quiet", "--no-tty", *args], input=data,
                              capture_output=True, check=False)

    def recipients(self, where, data):
        if data not in self.ids:
            r = self.gpg(data, "--list-only", "--list-packets")
            self.ids[data] = re.findall(
                rb"(?m)^:(?:pubkey|symkey) enc packet:"
                rb"(?:.* keyid ([0-9A-F]{16}))?", r.stdout)
        self.to.update((m.decode() or "passphrase", where)
                       for m in self.ids[data])

    def message(self, where, data):
        if self.to is not None:
            self.recipients(where, data)
        if data in self.messages:
            return
        self.messages.add(data)
        r = self.gpg(data, "-d")
        if r.returncode == 0:
            self.n["messages"] += 1
            self.add(where + ": message", r.stdout)

    def look(self, where, data):
        """Messages, keys, anchors and ids of vaults in these bytes."""
        if MESSAGE.match(data):
            self.message(where, data)
        for m in re.findall(rb"[A-Za-z0-9+/]{100,}={0,2}", data):
            raw = base64.b64decode(m + b"=" * (-len(m) % 4), validate=False)
            if MESSAGE.match(raw):
                self.message(where, raw)
        for m in re.findall(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=", data):
            key = base64.b64decode(m)
            if "message" in where and key not in self.keys:
                self.keys[key] = x25519(key, b"\x09" + bytes(31))
        for m in re.finditer(rb"(?s)hrvault-anchor/1(.{4})(.{32})", data):
            self.anchors.add(m.groups())
        self.vaults.update(bytes.fromhex(m.decode()) for m in
                           re.findall(rb"(?m)^vault ([0-9a-f]{64})$", data))

    # ---- what a key opens ------------------------------------------------

    def open_backup(self, path, data):
        head, _, rest = data.partition(b"\n\n")
        context = b"hrvault/backup/v1\0" + head + b"\n\n"
        words = dict(l.split(b" ", 1) for l in head.split(b"\n")[1:])
        for key, public in self.keys.items():
            if b"enc" not in words:
                dek = hkdf(key, b"", b"hrvault/backup-log/v1")
            else:
                dek = decapsulate(key, bytes.fromhex(words[b"enc"].decode()),
                                  public)
            plain = content(dek, context, rest)
            if plain is None:
                continue
            self.opened.add(path)
            self.add(path + ": opened", plain)
            self.n["log backups" if b"enc" not in words else
                   "key backups"] += 1
            if b"enc" in words:
                self.read_keys(path, plain)
            return

    def read_keys(self, path, plain):
        r = Reader(plain)
        r.take(len(b"hrvault-keys/1\n") + 4 + 8 + 32)
        for _ in range(3):
            r.string()
        for _ in range(r.number(8)):
            dek, owner, purpose = r.take(16), r.take(16), r.number(1)
            version, _, blob = r.number(4), r.take(8), r.take(66)
            self.wrapped[dek, owner, purpose, r.string().decode(), version,
                         blob].add(path)

    def open_database(self, path, data):
        tries = {key: "databases" for key in self.keys}
        for gen, secret in self.anchors:
            for key in self.keys:
                tries[hkdf(key, secret, b"hrvault/keystore/v1" + gen)] = \
                    "keystores"
        for key, what in tries.items():
            if page_open(key, data[:16], 1, data[:PAGE]) is None:
                continue
            self.opened.add(path)
            self.n[what] += 1
            self.read_database(path, key, data)
            return

    def read_database(self, path, key, data):
        """All pages, free ones too, and all frames of its log."""
        pages = {i // PAGE + 1: data[i:i + PAGE]
                 for i in range(0, len(data), PAGE)}
        wal = self.files.get(path + "-wal", b"")
        frames = [wal[i:i + 24 + PAGE]
                  for i in range(32, len(wal) - PAGE - 23, 24 + PAGE)]
        for f in frames:
            plain = page_open(key, data[:16], int.from_bytes(f[:4], "big"),
                              f[24:])
            if plain is not None:
                self.add(path + "-wal: page", plain)
        done = [i for i, f in enumerate(frames)
                if f[8:16] == wal[16:24] and f[4:8] != bytes(4)]
        for f in frames[:done[-1] + 1 if done else 0]:
            pages[int.from_bytes(f[:4], "big")] = f[24:]
        whole = bytearray(b"".join(
            page_open(key, data[:16], i, pages[i]) or bytes(PAGE)
            for i in sorted(pages)))
        whole[18:20] = b"\x01\x01"    # no log of its own
        self.add(path + ": opened", whole)
        db = sqlite3.connect(":memory:")
        db.deserialize(bytes(whole))
        self.read_tables(path, db)
        db.close()

    def read_tables(self, path, db):
        names = {r[0] for r in db.execute("SELECT name FROM sqlite_master")}
        if "dek" in names:
            for row in db.execute("SELECT dek_id, record_id, purpose, kek, "
                                  "kek_version, wrapped FROM dek"):
                self.wrapped[row].add(path)
        if "version" not in names:
            return
        for rec, n, cls, header, pack, pos, length in db.execute(
                "SELECT v.record, v.n, r.class, v.header, v.pack, v.pos, "
                "v.length FROM version v JOIN record r ON r.id = v.record"):
            rest = struct.pack(">I", n), cls.encode() + b"\0"
            if header:
                self.seal("R", rec, "header", rest, header)
            for p, body in self.files.items():
                if pack and p.endswith(f"/pack/{pack}"):
                    self.seal("R", rec, "body", rest, body[pos:pos + length])
        for kind, owner, sealed in db.execute(
                "SELECT kind, owner, sealed FROM detail"):
            self.seal(kind, owner, "reason", (bytes(4), b"vault.detail\0"),
                      sealed)

    def seal(self, kind, owner, part, rest, data):
        what = rest[0] + (b"\0" if part == "header" else b"\1") + rest[1]
        self.sealed.setdefault((kind, owner, part, what), set()).add(data)

    # ---- the hunt --------------------------------------------------------

    def run(self, folders):
        for folder in folders:
            for root, _, names in os.walk(folder):
                for name in names:
                    path = os.path.join(root, name)
                    with open(path, "rb") as f:
                        self.files[path] = f.read()
                    self.add(path, self.files[path])
        self.n["files"] = len(self.files)
        size = None
        while size != (len(self.places), len(self.keys), len(self.opened)):
            size = len(self.places), len(self.keys), len(self.opened)
            for data, where in list(self.places.items()):
                if data not in self.looked:
                    self.looked.add(data)
                    self.look(where, data)
            for path, data in self.files.items():
                if path in self.opened:
                    continue
                if re.match(rb"hrvault-backup-(keys|log)/1\n", data):
                    self.open_backup(path, data)
                elif data and len(data) % PAGE == 0:
                    self.open_database(path, data)
        self.n["keys"] = len(self.keys)
        self.unwrap()
        self.n["data keys"] = len(self.deks)
        return self.open_sealed()

    def unwrap(self):
        for row, paths in self.wrapped.items():
            dek, owner, purpose, kek, version, blob = row
            tail = (kek.encode() + b"\0" + struct.pack(">I", version) + dek +
                    owner + bytes([purpose]))
            for vault in self.vaults:
                for key in self.keys:
                    got = decipher(GCM_SIV, key, blob[6:18], blob[18:50],
                                   b"hrvault/wrap/v1\0" + vault + tail,
                                   blob[50:])
                    if got is not None:
                        self.deks[got].update(paths)

    def open_sealed(self):
        found = set()
        for (kind, owner, part, rest), all_of_it in self.sealed.items():
            for vault in self.vaults:
                context = b"hrvault/content/v1\0" + vault + owner + rest
                for dek in self.deks:
                    for data in all_of_it:
                        plain = content(dek, context, data)
                        if plain is None:
                            continue
                        name = id_text(kind, owner)
                        self.add(f"opened: {name} {part}", plain)
                        found.add((name, part, dek))
        return found

    def search(self, word):
        if not word.startswith("hex:"):
            forms = [word.encode()]
        else:
            raw = bytes.fromhex(word[4:])
            forms = [raw, raw.hex().encode(), base64.b64encode(raw)]
            for where in sorted(self.deks.get(raw, ())):
                yield where + ": data key"
        for data, where in self.places.items():
            if any(f in data for f in forms):
                yield where


def main():
    options, rest = getopt.gnu_getopt(sys.argv[1:], "lw:")
    words = [value for name, value in options if name == "-w"]
    hunt = Hunt(rest[0], ("-l", "") in options)
    found = hunt.run(rest[1:])
    print("seen", json.dumps(hunt.n, sort_keys=True))
    for name, part, dek in sorted(found):
        print("open", name, part, dek.hex(), *sorted(hunt.deks[dek]))
    for to in sorted(hunt.to or ()):
        print("to", *to)
    for word in words:
        for where in sorted(set(hunt.search(word))):
            print("found", word, where)


main()
