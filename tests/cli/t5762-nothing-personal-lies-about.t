#!/bin/bash
# SPDX-License-Identifier: ISC
# Marked names, numbers, addresses and reasons, looked for in eight encodings
# in every file that commands leave, whole, refused or killed, and in all they
# say where they were not asked to show it.
. "$(dirname "$0")/../lib.sh"

vault_new
mkdir -m 700 tmp
export TMPDIR=$T/tmp
ulimit -c unlimited 2>/dev/null
marks=('Zylphqamund' 'QX77193Z' 'zylph.canary@example.org' 'whyqxqcanary'
    'titleqxqcanary' 'bodyqxqcanarybodyqxqcanary')
printf 'Zylphqamund Őrsi' >name
printf '%s' 'whyqxqcanary, said on paper' >reason
printf 'titleqxqcanary' >title
printf 'bodyqxqcanarybodyqxqcanary\n' >doc.txt
said=$T/said
: >said
# noted NAME CMD...: what it says goes into the heap that is searched
noted() { as "$1" hrv "${@:2}"; cat "$T/.err" >>"$said"; }

noted hr subject add --kind employee --name @name --number QX77193Z \
    --email zylph.canary@example.org --json
exit_is 0 "somebody with marks is taken in"
S=$(json .id)
noted hr subject add --kind employee --name @name --number QX77193Z
exit_is 1 "the same number again is refused"
noted hr record add "$S" --class contract --title @title doc.txt --json
R=$(json .id)
noted hr record add "$S" --class nonsense --title @title doc.txt
noted hr subject find nobody-of-that-name
noted hr subject show number:QX77193Z
noted hr record read "$R" --purpose nonsense --reason @reason --output -
noted dpo hold place --matter @title --reason @reason --subject "$S"
noted hr subject restrict "$S" --ground accuracy
noted hr subject lift "$S" --reason @reason
noted hr record amend "$R" doc.txt --reason @reason
noted hr record void "$R" --reason @reason
noted dpo backup records "$T/copies"
noted dpo backup log "$T/copies"
noted dpo audit log --json
cat "$T/.out" >>"$said"
noted dpo purge plan --json
cat "$T/.out" >>"$said"
noted dpo status --json
cat "$T/.out" >>"$said"
for at in 20 60 100 140; do
	as hr "$HRV_B/tools/killat" -c $at "$HRV" subject update "$S" \
	    --name @name --phone '+44 20 7946 0000' --reason @reason \
	    >/dev/null 2>>"$said" </dev/null
	as hr "$HRV_B/tools/killat" -c $at "$HRV" subject find Zylphqamund \
	    >/dev/null 2>>"$said" </dev/null
done

cat >search.py <<'E2'
import base64, os, sys
top, marks = sys.argv[1], sys.argv[2:]
def forms(m):
    b = m.encode()
    yield b
    yield b.hex().encode()
    yield b.hex().upper().encode()
    yield m.encode("utf-16-le")
    yield b.lower()
    for lead in range(3):
        coded = base64.b64encode(b"\0" * lead + b + b"\0" * 2)
        yield coded[4 if lead else 0:-4]
wanted = [(m, f) for m in marks for f in forms(m)]
searched = 0
for where, dirs, files in os.walk(top):
    for name in files:
        path = os.path.join(where, name)
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        data = open(path, "rb").read()
        searched += 1
        for m, f in wanted:
            if f in data or f in name.encode():
                print(os.path.relpath(path, top), m)
print("searched", searched)
E2
mkdir heap
mv said tmp copies heap/
cp -r "$HRVAULT_DIR" "$T"/state-* "$T"/gpg-hr "$HOME" heap/
find . -maxdepth 1 -name 'core*' -exec mv {} heap/ \;
run python3 search.py heap "${marks[@]}"
is "$(grep -v '^searched' "$T/.out")" '' "no mark is found anywhere"
ok "among many files" test "$(sed -n 's/^searched //p' "$T/.out")" -gt 20
# The search itself finds what there is.
cp doc.txt heap/planted
base64 name >heap/planted64
run python3 search.py heap "${marks[@]}"
is "$(grep -c '^planted' "$T/.out")" 2 "the search finds what is planted"
is "$(find heap/tmp -type f | wc -l)" 0 "no temporary file is left"

done_testing
