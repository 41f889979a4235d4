#!/bin/bash
# SPDX-License-Identifier: ISC
# A case package as its reader meets it: made from a made-up leaver's records,
# opened with gpg and 7-Zip, and looked at in Chromium. `make test-web`; the
# pictures are in build/web. RECORDS (500) and SCAN_MIB (200) say how big. No
# port is opened, and what a page asks for from elsewhere is refused and
# reported.
RECORDS=${RECORDS:-500} SCAN_MIB=${SCAN_MIB:-200}
. "$(dirname "$0")/../lib.sh"
. "$HRV_TOP/tests/web/scenario.sh"

WEB=$HRV_B/web
rm -rf "$WEB"
mkdir -p "$WEB"
cp "$HRV_TOP"/tests/web/package*.json "$WEB"/

# The accessibility checker, exactly the version and bytes of the lock file.
npm_ci() { (cd "$WEB" && npm ci --ignore-scripts --no-audit --no-fund); }
ok "the accessibility checker is there" npm_ci

scenario
scenario_checks

look()
{
	NODE_PATH=$WEB/node_modules node "$HRV_TOP/tests/web/look.js" "$WEB" \
	    "page=opened/$C/index.html" "letter=opened/$C/letter.html" \
	    "german=german/$C/index.html" "brief=german/$C/letter.html"
}
export_approved german.gpg --passphrase-fd 3 --lang de
mkdir german
gpg --homedir "$T/gpg-leaver" --batch -q --pinentry-mode loopback \
    --passphrase-file pass -d german.gpg 2>/dev/null |
    tar -x -C german --exclude documents
ok "in a browser: accessible, nothing sticks out, nothing is fetched" look
for p in page letter german brief; do
	pdftoppm -r 60 -l 4 -png "$WEB/$p.pdf" "$WEB/$p-print"
done
ok "there are pictures of it" test -s "$WEB/page-desk-1.png" -a \
    -s "$WEB/page-phone-1.png" -a -n "$(ls "$WEB"/page-print-*.png)"
done_testing
