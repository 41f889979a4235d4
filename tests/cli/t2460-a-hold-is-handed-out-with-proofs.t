#!/bin/bash
# SPDX-License-Identifier: ISC
# Requirement for holds 27: what a hold covers goes out with hashes, metadata
# and proofs from the log, by two people, and verifies without the vault.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Ökkeş Żółć" --json
S=$(json .id)
printf 'first \0 bytes' >one.bin
echo second >two.txt
must as hr hrv record add "$S" --class contract --date 2020-01-01 \
    --title "A contract" one.bin --json
R=$(json .id)
must as hr hrv record amend "$R" two.txt --reason "signed" --json
must as hr hrv subject restrict "$S" --ground unlawful
must as dpo hrv hold place --matter M --reason R --subject "$S" --json
H=$(json .id)
vault_second counsel legal

as hr hrv hold export "$H" --output x.tar
exit_is 5 "hr hands nothing out"
as counsel hrv --json hold export "$H" --output x.tar
exit_is 5 "legal holds no key of a compartment"
is "$(json_err .error.name)" key-not-held "which is the reason"
as dpo hrv hold export "$H" --output x.tar
exit_is 6 "it takes two"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
as counsel hrv proposal show "$P"
out_like "contents and metadata of the 2 records that $H covers" \
    "the other sees what would go out"
as counsel hrv proposal approve "$P"
exit_is 0 "and approves"
echo third >three.txt
must as hr hrv record add "$S" --class contract --date 2020-01-02 three.txt
as dpo hrv hold export "$H" --output x.tar
exit_is 6 "what came in between was not approved"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
must as counsel hrv proposal approve "$P"
ok "nothing was written so far" test ! -e x.tar
as dpo hrv hold export "$H" --output x.tar --json
exit_is 0 "the approved export, also of what is restricted"
N=$(json .audit_index) M=$(json .manifest_sha256)
is "$(stat -c %a x.tar)" 600 "is a private file"
cp x.tar kept.tar
as dpo hrv hold export "$H" --output x.tar
exit_is 1 "never written over"

mkdir out && tar -xf x.tar -C out
m=out/$H/manifest.json
is "$(sha256sum <"$m" | cut -d' ' -f1)" "$M" "the manifest has the hash said"
ok "and the exporter's signature" \
    gpg --homedir "$T/gpg-dpo" --batch --verify "$m.sig" "$m"
is "$(jq '.records | length' "$m")" 3 "it lists every record, who it is too"
bad=$(jq -r '.records[].versions[] | select(.path) | "\(.sha256)  \(.path)"' \
    "$m" | (cd "out/$H" && sha256sum -c --quiet 2>&1))
is "$bad" "" "every content has the hash of the manifest"
is "$(jq -r --arg r "$R" '[.records[] | select(.record == $r) | .versions[] |
    .path] | length' "$m")" 2 "the version before is there too"
ok "byte by byte" cmp one.bin "out/$H/records/$R.v1"
is "$(jq -r '[.records[].versions[].header.identity.name | select(.)] | first' "$m")" \
    "Ökkeş Żółć" "and who the person is"
jq -r '.log.entries[]' "$m" >entries
ok "the entries that name it" test "$(wc -l <entries)" -ge 8
grep -lq 'op hold.place' "out/$H"/log/*.leaf &&
    grep -lq 'op record.amend' "out/$H"/log/*.leaf
is "$?" 0 "placing the hold and amending the record are among them"
# Each entry verifies against its proof, by hand: RFC 6962.
python3 - "out/$H/log" <<'PY' >proofs 2>&1
import base64, glob, hashlib, sys
h = lambda b: hashlib.sha256(b).digest()
n = 0
for f in sorted(glob.glob(sys.argv[1] + "/*.tlog-proof")):
    head, note = open(f).read().split("\n\n", 1)
    lines = head.split("\n")
    index = int(next(l for l in lines if l.startswith("index ")).split()[1])
    path = [base64.b64decode(l) for l in lines[2:] if " " not in l]
    size, root = int(note.split("\n")[1]), base64.b64decode(note.split("\n")[2])
    r = h(b"\0" + open(f[:-11] + ".leaf", "rb").read())
    fn, sn = index, size - 1
    for p in path:
        if fn & 1 or fn == sn:
            r = h(b"\1" + p + r)
            while not fn & 1 and fn:
                fn >>= 1; sn >>= 1
        else:
            r = h(b"\1" + r + p)
        fn >>= 1; sn >>= 1
    assert sn == 0 and r == root, f
    n += 1
print(n)
PY
is "$(cat proofs)" "$(wc -l <entries)" "each verifies by its proof alone"

as counsel hrv hold export "$H" --output meta.tar --metadata-only
exit_is 6 "legal proposes metadata alone"
P=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
must as dpo hrv proposal approve "$P"
as counsel hrv hold export "$H" --output meta.tar --metadata-only --json
exit_is 0 "which needs no compartment"
tar -xf meta.tar -O >all
not_ok "no content, no title, no name in it" \
    grep -aq 'second\|A contract\|Żółć' all
ok "but the hashes of what is stored" grep -q stored_sha256 all
as auditor hrv audit log --op hold.export --json
is "$(jq -s --argjson n "$N" '[.[] | select(.index == $n)][0].phase' .out)" \
    '"intent"' "the intent was in the log first"
as auditor hrv audit verify
exit_is 0 "the log verifies"
done_testing
