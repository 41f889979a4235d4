#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""SIGKILL at every point of a command, and what the vault is afterwards.

points.py SCENARIOS.json BASE TOOLS POINTS

BASE holds the vault `v`, `state-NAME`, `gpg-NAME` and the files that commands
use; every point works on a copy of it but for the OpenPGP homes. A scenario is
{"name", "who", "cmd": [...], "again": exit codes that repeating it may have,
"grows": true when repeating it adds another}. POINTS is shared by all of them
in proportion to their length, 0: every point; few points are shared by a
random half as many commands. "new" is a folder that the
command makes a vault of, "files" are patterns of what it leaves elsewhere,
"apart" are tables that it changes in commits of their own: "a|b".
Prints TAP. With HRV_ERRNO=28 (or 5, ...) the call fails with that error
instead, once, and the program is not killed: exit 0 must then still mean that
it was done.

A point is right when the next ordinary command needs no help, the state is
that before or that after the command (after, if it was acknowledged), the log
verifies, nothing is damaged, and repeating the command leads to the state
after it.
"""
import collections
import concurrent.futures
import glob
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

SCENARIOS, BASE, TOOLS, POINTS = sys.argv[1:5]
HRV = os.environ["HRV"]
COPIES = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
ERROR = int(os.environ.get("HRV_ERRNO", "0"))
WORKERS = int(os.environ.get("HRV_WORKERS", "2"))


class Copy:
    """A copy of the base that a point may ruin."""

    def __init__(self, s):
        self.dir = tempfile.mkdtemp(prefix="hvc.", dir=COPIES)
        self.who = s["who"]
        self.new = s.get("new", "")
        self.patterns = s.get("files", [])
        for name in os.listdir(BASE):
            if name.startswith("gpg-"):
                continue
            src, dst = os.path.join(BASE, name), os.path.join(self.dir, name)
            if os.path.isdir(src):
                shutil.copytree(src, dst)
            else:
                shutil.copy2(src, dst)

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def env(self, who):
        return dict(os.environ, GNUPGHOME=f"{BASE}/gpg-{who}",
                    XDG_STATE_HOME=f"{self.dir}/state-{who}",
                    HRVAULT_DIR=f"{self.dir}/v", HOME=self.dir,
                    TMPDIR=self.dir)

    def run(self, argv, who=None):
        return subprocess.run(argv, cwd=self.dir, env=self.env(who or self.who),
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120)

    def command(self, cmd, at):
        """Exit code, and how many points there were."""
        count = f"{self.dir}/count"
        how = ["-e", str(ERROR)] if ERROR and at else []
        r = self.run([f"{TOOLS}/killat", "-c"] + how + ["-n", count, str(at),
                      HRV, "--yes"] + cmd)
        with open(count) as f:
            return r.returncode, int(f.read()), r.stderr

    def state(self):
        """All that counts, as text, and what was found wrong."""
        there = bool(self.new) and os.path.exists(f"{self.dir}/{self.new}")
        if self.new and not there:
            # Whoever opened the old one would remember more than its backup.
            return "no new vault\n", []
        r = self.run([f"{TOOLS}/vault_state", "-v",
                      f"{self.dir}/{self.new if there else 'v'}",
                      f"{BASE}/gpg-dpo", f"{self.dir}/state-dpo/hrvault"],
                     "dpo")
        text, _, rest = r.stdout.rpartition("digest ")
        wrong = [l for l in rest.split("\n")[1:] if l]
        if r.returncode != 0 and not wrong:
            wrong = [r.stderr.strip() or "vault_state failed"]
        return text, wrong

    def files(self):
        """What is left beside the vault; random digits of names differ."""
        return sorted(re.sub("-[0-9a-f]{8}[.]", "-*.", name)
                      for p in self.patterns
                      for name in glob.glob(p, root_dir=self.dir))


def loose(text, s):
    """Without what is for the next purge run to do: the certificate."""
    if "apart" in s:
        text = re.sub(rf"(?m)^({s['apart']})\t.*\n", "", text)
    return re.sub(r"(?m)^run\t.*$", "run", text)


def difference(got, *wanted):
    """The lines that keep `got` from being the nearest of the others."""
    found = [sorted((collections.Counter(got.split("\n")) -
                     collections.Counter(w.split("\n"))).elements())
             + ["-" + l for l in
                sorted((collections.Counter(w.split("\n")) -
                        collections.Counter(got.split("\n"))).elements())]
             for w in wanted]
    return " | ".join(min(found, key=len)[:6])


def measure(s):
    """States before and after, and the number of points."""
    c = Copy(s)
    s["before"], wrong = c.state()
    assert not wrong, (s["name"], "before", wrong)
    c.close()
    c = Copy(s)
    rc, s["n"], err = c.command(s["cmd"], 0)
    assert rc in s.get("first", [0]), (s["name"], rc, err)
    s["after"], wrong = c.state()
    assert not wrong, (s["name"], "after", wrong)
    s["left"] = c.files()
    c.close()


def point(s, at):
    """None, or what is wrong at this point."""
    c = Copy(s)
    try:
        rc, _, err = c.command(s["cmd"], at)
        if rc not in [137] + s.get("first", [0]) and not ERROR:
            return f"exit {rc}: {err.strip()}"
        digest, wrong = c.state()
        if wrong:
            return f"exit {rc}, then {'; '.join(wrong[:3])}"
        state = loose(digest, s)
        if state not in (loose(s["before"], s), loose(s["after"], s)):
            return f"exit {rc}, a state between: " + difference(
                digest, s["before"], s["after"])
        if rc in s.get("first", [0]) and digest != s["after"]:
            return "acknowledged, and lost"
        done = state == loose(s["after"], s) != loose(s["before"], s)
        again, _, err = c.command(s["cmd"], 0)
        if again not in s.get("first", [0]) + (s.get("again", [])
                                               if done else []):
            return f"repeated ({'after' if done else 'before'}): exit " \
                   f"{again}: {err.strip()}"
        digest, wrong = c.state()
        if wrong:
            return f"repeated, then {'; '.join(wrong[:3])}"
        if digest != s["after"] and not (done and s.get("grows")):
            return "repeated, not as after one that was not killed: " + \
                difference(digest, s["after"])
        if c.files() != s["left"] and not (done and s.get("grows")):
            return f"repeated, and left {c.files()}, not {s['left']}"
        return None
    except subprocess.TimeoutExpired:
        return "hangs"
    finally:
        if not os.environ.get("HRV_KEEP"):
            c.close()


def choose(s, share):
    if share >= s["n"]:
        return list(range(1, s["n"] + 1))
    step = s["n"] / share
    return sorted({min(s["n"], int(i * step + random.random() * step) + 1)
                   for i in range(share)})


def main():
    with open(SCENARIOS) as f:
        scenarios = json.load(f)
    seed = int(os.environ.get("HRV_SEED", "0")) or random.randrange(1 << 30)
    random.seed(seed)
    print(f"# seed {seed}")
    # A small sample is two points of some commands: to learn how many points
    # one has costs as much as trying one.
    if 0 < int(POINTS) < 2 * len(scenarios):
        some = max(1, int(POINTS) // 2)
        scenarios = random.sample(scenarios, min(some, len(scenarios)))
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(measure, scenarios))
        total = sum(s["n"] for s in scenarios)
        wanted = int(POINTS) or total
        tried = failures = 0
        for i, s in enumerate(scenarios, 1):
            ats = choose(s, max(1, round(wanted * s["n"] / total)))
            found = [(at, w) for at, w in
                     zip(ats, pool.map(lambda at: point(s, at), ats)) if w]
            tried += len(ats)
            failures += bool(found)
            print(f"{'not ' if found else ''}ok {i} - {s['name']}: killed at "
                  f"{len(ats)} of {s['n']} points")
            for at, w in found[:20]:
                print(f"# point {at}: {w}")
            sys.stdout.flush()
    print(f"# {tried} points")
    print(f"1..{len(scenarios)}")
    return failures > 0


sys.exit(main())
