#!/bin/bash
# SPDX-License-Identifier: ISC
# Pages of vault.db copied back from before a hold was placed, one by one and
# all together: the hold may be gone from the table, but nothing it covers is
# ever destroyed, and the purge says that something is wrong.
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
R=$(json .id)
PAGE=4096
# Everything is in vault.db itself between commands, or the copy means nothing.
ok "no write-ahead log is left between commands" \
    test ! -s v/vault.db-wal
cp v/vault.db before.db
must as dpo hrv hold place --matter M --reason "a claim" --record "$R" --json
json_is .matched 1 "a hold covers the record"
ok "still none" test ! -s v/vault.db-wal
cp -a v good
cp -a state-purge good-state

pages=$(($(stat -c %s v/vault.db) / PAGE))
page() { dd if="$1" of="$2" bs=$PAGE skip="$3" seek="$3" count=1 \
    conv=notrunc status=none; }
differs() { ! cmp -s <(dd if=before.db bs=$PAGE skip="$1" count=1 status=none) \
    <(dd if=good/vault.db bs=$PAGE skip="$1" count=1 status=none); }
reset()
{
	rm -rf v state-purge
	cp -a good v
	cp -a good-state state-purge
}
# Runs the purge on what lies in v: counts exits, and looks into the keystore,
# which a destruction replaces by its next generation.
nines=0 zeros=0 others=0 destroyed=0
keys=$(basename good/keys.*.db)
attempt()
{
	as purge hrv purge run --json
	case $rc in
	9) nines=$((nines + 1)) ;;
	0) zeros=$((zeros + 1))
	   [ "$(json '"\(.destroyed) \(.protected)"')" = "0 1" ] ||
	       destroyed=$((destroyed + 1)) ;;
	*) others=$((others + 1)); diag "exit $rc: $(head -c 300 .err)" ;;
	esac
	set -- v/keys.*
	[ -e "v/$keys" ] && [ $# = 1 ] || destroyed=$((destroyed + 1))
}

n=0
for ((i = 0; i < pages; i++)); do
	differs "$i" || continue
	n=$((n + 1))
	reset
	page before.db v/vault.db "$i"
	attempt
done
diag "$n pages differ: $nines stopped the purge, $zeros were not of the hold"
ok "there were pages to copy back" test "$n" -gt 2
is "$destroyed" 0 "no page copied back destroyed anything"
ok "the purge noticed, or still knew the hold" test "$nines" -gt 2
is "$others" 0 "always as damage, never as something else"

reset
cp before.db v/vault.db
as purge hrv purge run --json
exit_is 9 "with all pages from before the purge stops"
like "$(cat .err .out)" "back|older|rolled|remember" "and says that it is old"
ok "the keys are there" test -e "v/$keys"

# As if purge ran on a new machine, with no memory of its own.
reset
cp before.db v/vault.db
rm -rf state-purge && mkdir -m 700 state-purge
as purge hrv purge run --json
exit_is 9 "also where the purge account remembers nothing"
ok "the keys are there" test -e "v/$keys"

reset
as purge hrv purge run --json
exit_is 0 "the vault as it should be is purged"
json_is '"\(.destroyed) \(.protected)"' "0 1" "and keeps what is held"
as hr hrv record read "$R" --purpose administration --output -
exit_is 0 "which can be read"
done_testing
