#!/bin/bash
# SPDX-License-Identifier: ISC
# Health data is kept back for harm only on a fresh opinion of a health
# professional, goes out only with one or when the person knows it, and who
# gave the opinion stays sealed.
. "$(dirname "$0")/../lib.sh"

for p in dpo leaver; do gpg_person $p; done
export HRVAULT_DIR=$T/vault
day() { date -u -d "$1" +%F; }
D=2026-03-02
at "$D 08:00:00" must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk \
    --law uk-ew --controller "$CONTROLLER"
NOW="$D 09:00:00"
d() { as dpo at "$NOW" hrv "$@"; }
must d subject add --kind employee --name 'Ngozi Ødegård'
S=$out
echo '{"fit":"no","code":"Z56"}' >note.json
echo 'a report' >report.txt
add() { must d record add "$S" --class "$1" --json "$2"; R=$(json .id); }
add medical report.txt; REPORT=$R
add medical note.json; NOTE=$R
add personnel_file note.json; FILE=$R
must d case open --subject "$S" --right access --received $D --json
C=$(json .id)
must d case identity "$C" --method desk
must d case collect "$C"
harm() { d case withhold "$C" "$1" --code S3P2-5 --reason 'It would do harm.' "${@:2}"; }
stands() { # RECORD
	must d case show "$C" --json
	json ".items[] | select(.record == \"$1\") | .disposition + \" \" +
	    (.gate // \"\")"
}

# ---- withholding -------------------------------------------------------------

harm "$REPORT"
exit_is 6 "nothing is kept back for harm without an opinion"
err_like '6 months' "which may be so old"
err_like '\-\-opinion REF --opinion-date DAY' "and is given like this"
must d audit log --op case.decide --json
is "$(jq -rs 'last | .result + " " + .code' .out)" 'refused gate' \
    "the refusal is in the log"
harm "$REPORT" --opinion 'Dr. Kallas, OH 7'
exit_is 2 "an opinion has its day"
harm "$REPORT" --opinion 'Dr. Kallas, OH 7' --opinion-date 2025-09-01
exit_is 6 "one older than that is none"
harm "$REPORT" --opinion 'Dr. Kallas, OH 7' --opinion-date 2026-03-03
exit_is 2 "nor one of tomorrow"
d case withhold "$C" "$REPORT" --code S2P3-16 --reason x --opinion 'Dr. K' \
    --opinion-date $D
exit_is 2 "other grounds take none"
harm "$REPORT" --opinion 'Dr. Kallas, OH 7' --opinion-date 2025-10-01
exit_is 0 "a fresh one will do"
is "$(stands "$REPORT")" 'withheld harm:2025-10-01' "with its day"
harm "$FILE"
exit_is 6 "the ground needs it wherever the record lies"
d case decide "$C" "$REPORT" --disclose
exit_is 6 "an opinion that it does harm lets nothing out"
is "$(stands "$REPORT")" 'withheld harm:2025-10-01' "it stays where it was"
d case refuse "$C" --ground S3P2-5 --reason x
exit_is 2 "and no whole request is refused for it"

# ---- taking parts out --------------------------------------------------------

d case redact "$C" "$FILE" --field /code --code S3P2-5
exit_is 6 "nor is a part taken out without one"
d case redact "$C" "$NOTE" --field /code --code S3P2-5 --already-known
exit_is 6 "also of what the person knows"
must d case redact "$C" "$FILE" --field /code --code S3P2-5 \
    --opinion 'Dr. Kallas, OH 7' --opinion-date 2026-02-01
is "$(stands "$FILE")" 'redacted harm:2026-02-01' "with one it is"
must d case redact "$C" "$FILE" --field /fit --code S2P3-16
is "$(stands "$FILE")" 'redacted harm:2026-02-01' "and it stands for the rest"

# ---- disclosing --------------------------------------------------------------

d case decide "$C" "$NOTE" --disclose
exit_is 6 "health data goes out only with an opinion"
must d case decide "$C" "$NOTE" --disclose --already-known
is "$(stands "$NOTE")" 'disclosed known' "or when the person knows it"

# ---- the package -------------------------------------------------------------

must d case export "$C" --to "${FPRS[leaver]}" --output a.gpg
gpg --homedir "$T/gpg-leaver" --batch -q -d a.gpg 2>/dev/null | tar -x
is "$(jq -r ".records[] | select(.record == \"$REPORT\") | .reason" \
    "$C/manifest.json")" 'It would do harm.' "the person reads the reason"
unlike "$(cat "$C"/*.json "$C"/*.html "$C"/*.csv "$C"/*.txt)" 'Kallas|opinion:' \
    "and not whose opinion it was"
must d audit log --reasons --op case.decide
out_like 'opinion: Dr. Kallas, OH 7' "which is sealed with the decision"
must d audit log --reasons --op case.redact
out_like 'opinion: Dr. Kallas, OH 7' "as with a redaction"
NOW="2026-04-02 09:00:00"
d case export "$C" --to "${FPRS[leaver]}" --output b.gpg
exit_is 6 "an opinion that grew old keeps nothing back"
ok "and no file is there" test ! -e b.gpg
harm "$REPORT" --opinion 'Dr. Kallas, OH 9' --opinion-date 2026-04-01
must d case export "$C" --to "${FPRS[leaver]}" --output b.gpg

# Kept back on another ground, its reason has no line that is left out.
must d case withhold "$C" "$REPORT" --code S2P1-5 --reason 'In court.'
is "$(stands "$REPORT")" 'withheld ' "another ground needs none"
must d case export "$C" --to "${FPRS[leaver]}" --output c.gpg
rm -rf "$C"
gpg --homedir "$T/gpg-leaver" --batch -q -d c.gpg 2>/dev/null | tar -x
is "$(jq -r ".records[] | select(.record == \"$REPORT\") | .reason" \
    "$C/manifest.json")" 'In court.' "and its reason is whole"

# ---- the law -----------------------------------------------------------------

sed 's/needs = "opinion"; within = "P6M"/needs = "signoff"/' \
    "$HRV_TOP/policy/laws/uk-ew.cfg" >wrong.cfg
hrv policy check ./wrong.cfg
exit_is 2 "a ground needs an opinion or nothing"
sed 's/needs = "opinion"; within = "P6M"/within = "P6M"/' \
    "$HRV_TOP/policy/laws/uk-ew.cfg" >wrong.cfg
hrv policy check ./wrong.cfg
exit_is 2 "and has no age without one"
as dpo at "$NOW" hrv audit verify
exit_is 0 "the log verifies"
as dpo at "$NOW" hrv check
exit_is 0 "and the vault is whole"
done_testing
