#!/bin/bash
# SPDX-License-Identifier: ISC
# A file that is not there is exit 4 whoever reads it; errors have a next step;
# shipped laws and calendars are found by id.
. "$(dirname "$0")/../lib.sh"

vault_new
must as hr hrv subject add --kind employee --name "Zoë Ødegård" --json
S=$(json .id)

# ---- a file that is not there
gone() { # WHO COMMAND...
	local who=$1
	shift
	as "$who" hrv "$@" --json
	is "$rc $(json_err .error.name)" "4 not-found" "no such file: ${*:1:2}"
}
gone hr policy check ./none.cfg
gone hr policy check none
gone hr policy test ./none.cfg
gone hr deadline --law none --received 2026-03-02
gone hr import none.csv --map bamboohr
gone hr purge verify none
gone auditor audit verify --from none
gone hr record add "$S" --class contract none
gone hr subject add --kind employee --name @none
gone dpo policy diff ./none.cfg
like "$(json_err .error.hint)" . "and the hint is there"

# ---- the next step
hint() { # WANT CODE WHO COMMAND...
	local want=$1 code=$2 who=$3
	shift 3
	as "$who" hrv "$@" --json
	is "$rc" "$code" "${*:1:2}: exit $code"
	like "$(json_err .error.hint)" "$want" "${*:1:2}: what to do next"
}
hint 'record list' 4 hr record show R-ZZZZZZ
hint 'record list' 4 hr record read R-ZZZZZZ --purpose administration \
    --output out
hint 'subject find' 4 hr subject show S-ZZZZZZ
hint 'subject find' 2 hr record list R-ZZZZZZ
hint 'hold list' 4 dpo hold show H-ZZZZZZ
hint 'case list' 4 dpo case show C-ZZZZZZ
hint 'proposal list' 4 dpo proposal show P-ZZZZZZ
hint 'purge.commit' 4 dpo purge show D-ZZZZZZ
hint 'gpg --list-secret-keys' 8 dpo status \
    --as 0123456789ABCDEF0123456789ABCDEF01234567
for cmd in 'subject find x' 'hold list' 'case list' 'proposal list' \
    'audit log --op purge.commit' 'recipient list' 'backup list'; do
	# shellcheck disable=SC2086
	as dpo hrv $cmd
	[ "$rc" = 0 ] || flunk "hints work when they are typed" "$cmd"
done
pass "hints work when they are typed"

# ---- found by id
as dpo hrv policy check uk-ew --json
json_is '"\(.ok) \(.kind)"' "true law" "a law is checked by its id"
as dpo hrv policy check calendar:uk-ew --json
json_is '"\(.ok) \(.kind)"' "true calendar" "a calendar, where a law has it too"
as dpo hrv policy check uk --json
json_is .kind schedule "a schedule as ever"
must as dpo hrv policy adopt uk-ew
err_like 'policy adopt calendar:uk-ew' "a law names its calendar"
must as dpo hrv policy adopt calendar:uk-ew
as dpo hrv case open --subject "$S" --right access --received 2026-03-02 \
    --law uk-ew
exit_is 0 "by which a case counts"

# ---- a question that nobody can answer
as hr hrv subject add --kind employee --no-input --json
is "$(json_err .error.name)" question "nobody was asked, and nobody approves"
exit_is 6 "no name, and nobody to ask"

# ---- a list that is not there is no run
as dpo hrv purge run --plan P-ZZZZZZ --json
exit_is 4 "there is no such list"
as auditor hrv audit log --op purge.intent --json
out_is "" "and no run was refused"

# ---- the configuration file
mkdir -p "$HOME/.config/hrvault"
printf '# mine\nvalut = /nowhere\n' >"$HOME/.config/hrvault/config"
HRVAULT_DIR='' as dpo hrv status
exit_is 10 "a line that is not understood names no vault"
err_like 'line 2 of .*hrvault/config' "and is named"
printf 'vault = %s\nother = 1\n' "$T/vault" >"$HOME/.config/hrvault/config"
HRVAULT_DIR='' as dpo hrv status
exit_is 0 "beside one that is understood it is left alone"

# ---- monitoring without a vault
HRVAULT_DIR=$T/none as dpo hrv status --check --json
exit_is 3 "no vault: unknown"
json_is .state unknown "in JSON as well"
json_is '.attention | length' 1 "with what is the matter"

# ---- the page for programs knows every name
grep -rhoPz 'hrv_fail_as\(\s*err,\s*HRV_\w+,\s*"[a-z-]+"' "$HRV_TOP"/vault \
    "$HRV_TOP"/cli "$HRV_TOP"/policy | tr '\0' '\n' | grep -o '"[a-z-]*"' |
    tr -d '"' | sort -u >names
grep -o '^	\[HRV_E[A-Z]*\] = "[a-z-]*"' "$HRV_TOP/vault/base/err.c" |
    sed 's/.*= "//; s/"//' >>names
sed -n '/^| code | meaning/,/^$/p' "$HRV_TOP/docs/output.md" >table
while read -r name; do
	grep -q "\`$name\`" table || echo "$name"
done <names >unknown
ok "there are many names" test "$(wc -l <names)" -gt 60
is "$(tr '\n' ' ' <unknown)" "" "docs/output.md has every name of an error"
done_testing
