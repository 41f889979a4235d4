#!/bin/bash
# SPDX-License-Identifier: ISC
# Pages of vault.db copied back from before a person's second record was stored,
# one by one: the first may go, but who the person is stays known as long as the
# log says that a record is left.
. "$(dirname "$0")/../lib.sh"

cat >at-once.cfg <<'END'
schedule = {
  id = "at-once"; version = "1"; title = "No notice"; jurisdiction = "XX";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general" ); purposes = ( "administration" );
  purge = { notice = "P0D"; };
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; special_category = false; rules = ( "r" ); } );
  rules = ( { id = "r"; cite = "test"; at_expiry = "purge";
    keep = { on = "record.created"; plus = "P1Y"; }; } );
};
END
vault_new "$T/v" "$T/at-once.cfg"
must as hr hrv subject add --kind employee --name "Łukasz Ñandú" --json
S=$(json .id)
echo text >doc.txt
must as hr hrv record add "$S" --class note --date 2020-01-01 doc.txt --json
PAGE=4096
ok "no write-ahead log is left between commands" test ! -s v/vault.db-wal
cp v/vault.db before.db
must as hr hrv record add "$S" --class note --date 2026-06-01 doc.txt --json
ok "still none" test ! -s v/vault.db-wal
cp -a v good
cp -a state-purge good-state

pages=$(($(stat -c %s before.db) / PAGE))
page() { dd if="$1" of="$2" bs=$PAGE skip="$3" seek="$3" count=1 \
    conv=notrunc status=none; }
differs() { ! cmp -s <(dd if=before.db bs=$PAGE skip="$1" count=1 status=none) \
    <(dd if=good/vault.db bs=$PAGE skip="$1" count=1 status=none); }
n=0 stopped=0 passed=0 forgot=0 others=0
for ((i = 0; i < pages; i++)); do
	differs "$i" || continue
	n=$((n + 1))
	rm -rf v state-purge
	cp -a good v
	cp -a good-state state-purge
	page before.db v/vault.db "$i"
	as purge hrv purge run --json
	case $rc in
	9) stopped=$((stopped + 1)) ;;
	0) passed=$((passed + 1))
	   [ "$(json .identities)" = 0 ] || forgot=$((forgot + 1)) ;;
	*) others=$((others + 1)); diag "exit $rc: $(head -c 300 .err)" ;;
	esac
done
diag "$n pages differ: $stopped stopped the run, $passed did not"
ok "there were pages to copy back" test "$n" -gt 5
is "$forgot" 0 "no page copied back made anybody be forgotten"
is "$others" 0 "what stops a run is damage, never something else"

rm -rf v state-purge
cp -a good v
cp -a good-state state-purge
as purge hrv purge run --json
json_is '"\(.destroyed) \(.identities)"' "1 0" "with its own pages the first goes"
done_testing
