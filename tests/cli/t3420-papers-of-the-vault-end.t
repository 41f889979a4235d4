#!/bin/bash
# SPDX-License-Identifier: ISC
# What the vault itself writes ends as the schedule says: its rows and its keys
# are gone, a certificate says so, and an older backup does not bring it back.
. "$(dirname "$0")/../lib.sh"
dump=$HRV_B/tools/vault_dump
[ -x "$dump" ] || skip_all "vault_dump is not built"

cat >schedule.cfg <<'END'
schedule = { id = "t"; version = "1"; title = "Papers"; jurisdiction = "UK";
  timezone = "UTC"; minimum_age = 13; compartments = ( "general" );
  purge = { notice = "P1D"; release_cooling_off = "P1D"; };
  purposes = ( "administration" );
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; rules = ( "year" ); special_category = false; } );
  rules = ( { id = "year"; cite = "test"; at_expiry = "purge";
      keep = { on = "record.created"; plus = "P1Y"; }; },
    { id = "vault.hold"; cite = "Act s.5"; at_expiry = "purge";
      keep = { on = "record.closed"; plus = "P1D"; }; },
    { id = "vault.tombstone"; cite = "Act s.6"; at_expiry = "purge";
      keep = { on = "record.created"; plus = "P1D"; }; },
    { id = "vault.disclosure"; cite = "Act s.7"; at_expiry = "purge";
      keep = { on = "record.created"; plus = "P1D"; }; } ); };
END
vault_new "$T/vault" schedule.cfg
DAY=$(date -u +%F)
day() { date -u -d "$DAY + $1 days" +%F; }
later() # DAYS CMD...
{
	local n=$1
	shift
	at "$(day "$n") 12:00:00" "$@"
}
rows() # VAULT TABLE KIND: rows whose second column after the first is KIND
{
	"$dump" "$1" "$T/gpg-dpo" "$XDG_STATE_HOME" >dumped
	grep -aP "^$2\t\d+\t$3\t" dumped
}
must as hr hrv subject add --kind employee --name "Ngozi Adichie" --json
S=$(json .id)
echo "a paper" >f
must as hr hrv record add "$S" --class note --date "$DAY" f --json
N=$(json .id)
must as hr hrv recipient add --name "A Ltd" --kind processor --country GB --json
must as hr hrv disclose "$N" --to "$(json .id)" --purpose administration \
    --output given
must as hr hrv record add "$S" --class note --date 2020-01-01 f --json
R=$(json .id)
must as dpo hrv hold place --matter M --reason "a claim" --subject "$S" --json
H=$(json .id)
must as dpo hrv hold release "$H" --reason "it is over"
is "$(rows "$T/vault" detail H | wc -l)" 2 "a hold has sealed words"
KEYS=$(rows "$T/vault" detail H | grep -aoP "x'[0-9a-f]{32}'" | sort -u)
keys() # VAULT: how many of those keys the keystore has
{
	"$dump" "$1" "$T/gpg-dpo" "$XDG_STATE_HOME" | grep -a '^dek' |
	    grep -acF "$KEYS"
}
is "$(keys "$T/vault")" 2 "and a key for each"
stubs() # VAULT: rows that say that there was the other record
{
	"$dump" "$1" "$T/gpg-dpo" "$XDG_STATE_HOME" |
	    grep -acE "^(tombstone|record|version).*$STUB"
}
told() # VAULT: rows of disclosures
{
	"$dump" "$1" "$T/gpg-dpo" "$XDG_STATE_HOME" | grep -ac '^disclosure'
}

must as purge later 1 hrv purge run --json
json_is '"\(.destroyed) \(.papers)"' "1 0" "only a record goes at first"
"$dump" "$T/vault" "$T/gpg-dpo" "$XDG_STATE_HOME" >dumped
STUB=$(grep -aoP "^tombstone\tx'\K[0-9a-f]{32}" dumped)
is "$(stubs "$T/vault")" 3 "and leaves a stub"
is "$(told "$T/vault")" 1 "a disclosure was noted"
must as dpo later 2 hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
must as dpo later 2 hrv backup records "$T/b"
must as dpo later 2 hrv backup keys "$T/b" --escrow "$T/escrow"
must as hr later 2 hrv retention due --within P5D --json
is "$(json 'select(.paper != null) | "\(.paper) \(.class)"' | sort)" \
    "$(printf '%s\n' "$H vault.hold" "$N vault.disclosure" \
	"$R vault.tombstone" | sort)" "the due list has all three"
must as hr later 2 hrv retention forecast --json
is "$(json .papers | jq -s add)" 3 "the forecast counts them"
must as hr later 4 hrv purge plan --json
is "$(json '.papers[] | "\(.paper) \(.class) \(.why)"' | sort)" \
    "$(printf '%s null\n' "$H vault.hold" "$N vault.disclosure" \
	"$R vault.tombstone" | sort)" "the plan names them"
must as purge later 4 hrv purge run --json
json_is '"\(.destroyed) \(.papers)"' "0 3" "the run takes them, and no record"
RUN=$(json .certificate)
is "$(rows "$T/vault" detail H | wc -l)" 0 "the words are gone"
is "$(keys "$T/vault")" 0 "so are their keys"
is "$(stubs "$T/vault")" 0 "and the stub"
is "$(told "$T/vault")" 0 "and to whom the other record was given"
as hr later 4 hrv record read "$R" --purpose administration --output -
exit_is 4 "of which nothing is known now"
mkdir cert
must as purge later 4 hrv purge show "$RUN" --output cert
is "$(jq -r '.facts.papers[] | "\(.id) \(.basis.citation)"' "cert/$RUN.json" |
    sort)" "$(printf '%s\n' "$H Act s.5" "$R Act s.6" "$N Act s.7" | sort)" \
    "the certificate names them, and why they went"
like "$(cat "cert/$RUN.txt")" "file of $H" "also for people"
like "$(cat "cert/$RUN.txt")" "stub of $R" "both"
as auditor hrv purge verify "cert/$RUN.json" --json
json_is .ok true "the certificate verifies"
must as dpo later 4 hrv hold show "$H" --json
json_is '"\(.status) \(.matter)"' "cooling null" \
    "what it covered is known, why is not"
must as dpo later 4 hrv check --json
json_is .ok true "nothing is missing"
as auditor later 4 hrv audit verify --full
exit_is 0 "the log verifies"

# ---- an older backup ---------------------------------------------------------

must as dpo later 4 hrv backup log "$T/b"
mv vault lost
export HRVAULT_DIR=$T/new
must as dpo later 4 hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --json
is "$(rows "$T/new" detail H | wc -l)" 0 "a restore does not bring it back"
is "$(keys "$T/new")" 0 "nor its keys"
is "$(stubs "$T/new")" 0 "nor the stub"
is "$(told "$T/new")" 0 "nor the disclosure"
as auditor later 4 hrv audit verify --full
exit_is 0 "the log verifies over the restore"
must as dpo later 4 hrv check --json
json_is .ok true "and nothing is missing"
done_testing
