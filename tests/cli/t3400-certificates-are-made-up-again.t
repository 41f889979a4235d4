#!/bin/bash
# SPDX-License-Identifier: ISC
# Files of a certificate that a run could not write, or that got lost, are made
# up by the next run, byte for byte; and of two runs at once the loser says in
# clear words that it was busy, never that something is damaged.
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
must as hr hrv subject add --kind employee --name "Œuvre Example" --json
S=$(json .id)
echo text >doc.txt
add() { must as hr hrv record add "$S" --class note --date "$1" doc.txt --json; }
add 2026-10-01
add 2020-01-01
must as purge hrv purge run --json
D=$(json .certificate)
is "$(ls v/certificates | wc -l)" 4 "a certificate is four files"
cp -a v/certificates before

# As after a run that died between its commit and its files.
rm v/certificates/*
must as purge hrv purge run --json
json_is .destroyed 0 "the next run has nothing to destroy"
ok "and makes up all four, byte for byte" diff -r before v/certificates
rm "v/certificates/$D.tlog-proof"
must as purge hrv purge run --json
ok "also one alone" diff -r before v/certificates
cp -a v/certificates cert
as dpo hrv purge verify "cert/$D.json"
exit_is 0 "what was made up verifies"
like "$(tr '\n' ' ' <.out)" "key was NOT checked.*--vkey" \
    "and says that it believed the certificate's own key"
out_unlike '(^|[^a-z])ok([^a-z]|$)' "without calling that ok"
as dpo hrv purge verify "cert/$D.json" --json
json_is .log_key_checked false "for programs too"
must as dpo hrv audit vkey
as dpo hrv purge verify "cert/$D.json" --vkey "$out"
out_like '^ok' "with a key that is known it is ok"

# A folder that cannot be written to is said, and nothing is lost by it.
if [ "$(id -u)" -ne 0 ]; then
	rm "v/certificates/$D.txt"
	chmod 500 v/certificates
	as purge hrv purge run --json
	isnt "$rc" 0 "a file that cannot be written is no success"
	chmod 770 v/certificates
	must as purge hrv purge run --json
	ok "and is made up when it can be" diff -r before v/certificates
fi

# ---- two at once -------------------------------------------------------------

ROUNDS=${HRV_ROUNDS:-4}
as purge "$HRV" purge run >/dev/null 2>&1
runs() { GNUPGHOME="$T/gpg-$1" XDG_STATE_HOME="$T/state-$1" "$HRV" --json \
    purge run >"$2.out" 2>"$2.err" </dev/null; echo $? >"$2.rc"; }
sum=0 odd=0 unclear=0
for ((r = 0; r < ROUNDS; r++)); do
	add "2020-02-$(printf %02d $((r % 28 + 1)))"
	runs purge one & runs dpo two & wait
	for name in one two; do
		case $(cat $name.rc) in
		0 | 3) sum=$((sum + $(jq .destroyed $name.out))) ;;
		7) jq -e '.error.name == "busy" and (.error.message | length > 10)
		       and (.error.hint | length > 10)' $name.err >/dev/null ||
			unclear=$((unclear + 1)) ;;
		*) odd=$((odd + 1)); diag "$(cat $name.rc $name.err)" ;;
		esac
	done
	must as purge hrv purge run --json
	sum=$((sum + $(json .destroyed)))
done
is $odd 0 "of two runs at once none sees damage"
is $unclear 0 "who was too late is told so, with what to do"
is $sum "$ROUNDS" "and each record was destroyed once"
as auditor hrv audit verify --json
json_is .ok true "the log is whole"
done_testing
