#!/bin/bash
# SPDX-License-Identifier: ISC
# A company's papers, a nightly run by an account that can read nothing: none
# goes inside the notice, then exactly those that are due and not under hold.
# slow
. "$(dirname "$0")/../lib.sh"

[ "$(type -t python3)" = file ] || skip_all "python3 is not installed"
DAY=2026-03-02
day() { date -d "$DAY + $1 days" +%F; }
python3 "$HRV_TOP/tests/demo/company.py" --day $DAY company ||
    bail "set-up: a company"

for who in dpo hr auditor purge; do
	gpg_person $who
	gpg-connect-agent --homedir "$T/gpg-$who" /bye >/dev/null 2>&1
done
at "$DAY 08:00:00" vault_new

# ---- the first day -----------------------------------------------------------

must as hr at "$DAY 09:00:00" hrv import company/people.csv --map bamboohr \
    --json
json_is '"\(.rows) \(.added) \(.rejected)"' '48 48 0' 'the company comes in'
add() # NUMBER CLASS DATE EVENT TITLE FILE
{
	local event=()
	[ "$4" = - ] || event=(--event "$4")
	must as hr at "$DAY 09:01:00" hrv record add "number:$1" \
	    --class "$2" --date "$3" "${event[@]}" --title "$5" "company/$6"
}
while IFS=$'\t' read -r number class dated event title file; do
	add "$number" "$class" "$dated" "$event" "$title" "$file"
done <company/papers.tsv
while IFS=$'\t' read -r file name closed; do
	must as hr at "$DAY 09:02:00" hrv subject add --kind candidate \
	    --from "company/$file" --json
	must as hr at "$DAY 09:02:00" hrv subject event "$(json .id)" closed \
	    "$closed"
done <company/resumes.tsv

must as hr at "$DAY 09:03:00" hrv retention due --json
json 'select(.state == "due") | .record' | sort >due
N=$(wc -l <due)
ok "some papers are over ($N)" test "$N" -gt 10
ok "no more than the brakes let pass" test "$N" -le 25
must as dpo at "$DAY 09:04:00" hrv hold place --matter 'Tribunal 1/26' \
    --reason 'Claim' --subject number:E-1005
must as hr at "$DAY 09:05:00" hrv record list number:E-1005 --json
json .id | sort >held
HELD=$(json 'select(.class == "contract") | .id')
comm -23 due held >expected
ok "a hold covers some of what is due" test "$(wc -l <expected)" -lt "$N"
must as hr at "$DAY 09:06:00" hrv record list number:E-1002 --json
OVER=$(json 'select(.class == "contract") | .id')

# ---- the notice --------------------------------------------------------------

gone=0
for ((i = 1; i <= 13; i++)); do
	must as purge at "$(day $i) 03:00:00" hrv purge run --json
	gone=$((gone + $(json .destroyed)))
done
is $gone 0 "thirteen nightly runs destroy nothing"
json_is .protected "$N" "they count what is protected"
json_is .certificate null "and certify nothing"
as hr at "$(day 13) 12:00:00" hrv record read "$OVER" --purpose administration
exit_is 0 "inside the notice what is due can be read"

# ---- the night after ---------------------------------------------------------

must as purge at "$(day 14) 03:00:00" hrv purge plan --json
is "$(json '.destroy[].record' | sort)" "$(cat expected)" \
    "the plan is what was due and is not held"
must as purge at "$(day 14) 03:01:00" hrv purge run --json
json_is .destroyed "$(wc -l <expected)" "so many are destroyed"
json_is .protected $((N - $(wc -l <expected))) "the held ones are not"
RUN=$(json .certificate)
mkdir cert
must as purge at "$(day 14) 03:02:00" hrv purge show "$RUN" --output cert
is "$(jq -r '.facts.records[].id' "cert/$RUN.json" | sort)" \
    "$(cat expected)" "the certificate names exactly them"
survivors=0
while read -r record; do
	as hr at "$(day 14) 09:00:00" hrv record read "$record" \
	    --purpose administration
	[ "$rc" -eq 12 ] && [ -z "$out" ] || survivors=$((survivors + 1))
done <expected
is $survivors 0 "none of them can be read"
as hr at "$(day 14) 09:01:00" hrv record read "$OVER" \
    --purpose administration
exit_is 12 "reading one says that it is gone on purpose"
err_like "$(day 14)" "when"
err_like 'uk\.file6' "by which rule"
err_like "$RUN" "and with which certificate"
as hr at "$(day 14) 09:01:00" hrv record show "$OVER" --json
json_is '"\(.state) \(.run)"' "purged $RUN" "so does looking at it"
as hr at "$(day 14) 09:02:00" hrv record read "$HELD" --output held.txt \
    --purpose administration
exit_is 0 "a held one is still read"
ok "and is what it was" cmp held.txt company/papers/003-contract.txt
must as hr at "$(day 14) 09:03:00" hrv subject find 'Rosalind Achterberg'
out_unlike Achterberg "who has no record left is not found any more"

must as purge at "$(day 15) 03:00:00" hrv purge run --json
json_is '"\(.destroyed) \(.certificate)"' '0 null' "the next run does nothing"
must as auditor at "$(day 15) 04:00:00" hrv audit log --json \
    --op purge.heartbeat
is "$(json .index | wc -l)" 14 "but is in the log, as were those before"

# ---- the certificate ---------------------------------------------------------

must as auditor at "$(day 15) 05:00:00" hrv audit vkey
VKEY=$out
as auditor hrv purge verify "cert/$RUN.json" --vkey "$VKEY" --json
exit_is 0 "the certificate verifies, without a vault"
json_is .ok true "it says so"
ok "plain gpg verifies it" gpg --homedir "$T/gpg-auditor" --batch \
    --verify "cert/$RUN.json.sig" "cert/$RUN.json"
jq -r .log.entry "cert/$RUN.json" | base64 -d >entry
ok "another program finds its entry in the log" python3 \
    "$HRV_TOP/tests/tools/verify_checkpoint.py" proof --vkey "$VKEY" \
    --leaf entry "cert/$RUN.tlog-proof"
sed "s/$OVER/$HELD/" "cert/$RUN.json" >"forged.json"
cp "cert/$RUN.json.sig" forged.json.sig
cp "cert/$RUN.tlog-proof" forged.tlog-proof
as auditor hrv purge verify forged.json
exit_is 9 "an altered certificate does not verify"

# ---- who holds no key --------------------------------------------------------

only_key() # NAME
{
	gpg --homedir "$T/gpg-$1" --batch --with-colons -K 2>/dev/null |
	    grep -c '^sec:'
}
for who in purge auditor; do
	is "$(only_key $who)" 1 "$who has one secret key only"
	as $who at "$(day 15) 06:00:00" hrv record read "$HELD" \
	    --purpose administration
	ok "$who reads no record" test "$rc" -eq 5 -o "$rc" -eq 8
	is "$out" '' "and sees nothing of it"
	as $who at "$(day 15) 06:00:00" hrv subject find Pryce
	isnt "$rc" 0 "$who finds nobody"
	as $who at "$(day 15) 06:00:00" hrv record show "$HELD" --json
	out_unlike 'Contract of employment|003-contract' "$who sees no title"
	as $who at "$(day 15) 06:00:00" hrv hold list
	out_unlike 'Tribunal|Claim' "$who sees no matter"
done
as auditor at "$(day 15) 07:00:00" hrv purge run
exit_is 5 "the auditor destroys nothing"
as auditor at "$(day 15) 07:00:00" hrv audit verify --json
exit_is 0 "but verifies the log"
json_is .ok true "which is whole"
as purge at "$(day 15) 07:30:00" hrv check
exit_is 0 "nothing is damaged"
done_testing
