#!/bin/bash
# SPDX-License-Identifier: ISC
# The base vault and the commands for points.py: run.sh [POINTS [NAMES]].
# 0 points: every one. NAMES: an expression for the scenarios to try.
. "$(dirname "$0")/../lib.sh"

points=${1:-0}
schedule=$T/at-once.cfg
cat >"$schedule" <<'E2'
schedule = {
  id = "at-once"; version = "1"; title = "No notice"; jurisdiction = "XX";
  timezone = "Europe/London"; minimum_age = 13;
  compartments = ( "general", "pay" ); purposes = ( "administration" );
  purge = { notice = "P0D"; };
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; special_category = false; rules = ( "r" ); },
    { id = "slip"; title = "Slip"; who = ( "employee" );
    compartment = "pay"; purpose = "administration";
    legal_basis = "contract"; special_category = false; rules = ( "r" ); } );
  rules = ( { id = "r"; cite = "test"; at_expiry = "purge";
    keep = { on = "record.created"; plus = "P1Y"; }; } );
};
E2
for who in nia kim lee leaver; do gpg_person $who; done
# All of it is two days old and more, so that of the two epochs of key backups
# the first is to die and the second has closed.
HRV_AT=$(date -u -d '-5 days' '+%F %H:%M:%S')
vault_new "$T/v" "$schedule"
mkdir base out escrow backup
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}" \
    --days 2 --keep 2
must as dpo hrv backup keys "$T/backup" --escrow "$T/escrow"
HRV_AT=$(date -u -d '-2 days' '+%F %H:%M:%S')
must as dpo hrv backup keys "$T/backup" --escrow "$T/escrow"
must as dpo hrv member add "${FPRS[leaver]}" --role hr --compartment pay
must as hr hrv subject add --kind employee --name "Wambui 山田" --number E-1 --json
S=$(json .id)
echo 'a document' >base/doc.txt
must as hr hrv record add "$S" --class note --date 2026-11-01 base/doc.txt --json
R=$(json .id)
must as hr hrv record add "$S" --class slip --date 2026-11-01 base/doc.txt
for day in 2020-01-01 2020-01-02; do
	must as hr hrv record add "$S" --class note --date $day base/doc.txt
done
must as dpo hrv hold place --matter "a matter" --reason "a reason" \
    --record "$R" --json
cat >base/people.csv <<'E2'
Number,Name,Started
E-7,Ana Souza,2019-03-01
E-8,Ötzi Öz,2020-04-01
E-9,Le Thi Hoa,2021-05-01
E2
cat >base/people.cfg <<'E2'
map = {
  format = "hrvault-map/1"; id = "people"; version = "1"; title = "People";
  kind = "employee";
  columns = (
    { column = "Number"; to = "subject.number"; required = true; },
    { column = "Name"; to = "subject.name"; required = true; },
    { column = "Started"; to = "subject.hired"; dates = ( "YYYY-MM-DD" ); } );
  rest = "record"; record = { class = "note"; title = "Row"; source = "file";
    provided_by = "employer"; };
};
E2
must as dpo hrv key split --threshold 2 "${FPRS[kim]}" "${FPRS[lee]}" \
    --output out
for who in kim lee; do
	file=$(echo out/share-"${FPRS[$who]:32}"-*)
	HRVAULT_DIR='' must as $who hrv key share "$file" --confirm \
	    --output "base/word-$who"
	HRVAULT_DIR='' must as $who hrv key share "$file" \
	    --to "${FPRS[leaver]}" --output "base/pass-$who"
done
must as hr hrv key split --confirm base/word-kim
must as dpo hrv backup records "$T/backup"
must as dpo hrv backup keys "$T/backup" --escrow "$T/escrow"
must as dpo hrv backup log "$T/backup"
unset HRV_AT

mv v escrow backup base/
for d in gpg-* state-*; do cp -a "$d" base/; done
unset HRVAULT_DIR
scenario() # NAME WHO AGAIN GROWS CMD...
{
	local name=$1 who=$2 again=$3 grows=$4
	shift 4
	jq -n --arg name "$name" --arg who "$who" --argjson again "$again" \
	    --argjson grows "$grows" '{name: $name, who: $who, again: $again,
	    grows: $grows, cmd: $ARGS.positional} + ($more | fromjson)' \
	    --arg more "${more:-{\}}" --args -- "$@"
}
{
	scenario 'subject add' hr '[1]' true \
	    subject add --kind employee --name "Noor" --number E-2
	scenario 'record add' hr '[]' true \
	    record add "$S" --class note doc.txt
	scenario 'import' hr '[]' false import people.csv --map ./people.cfg
	scenario 'hold place' dpo '[]' true \
	    hold place --matter m --reason r --subject "$S"
	scenario 'purge run' purge '[]' false purge run
	scenario 'member add' dpo '[1]' false \
	    member add "${FPRS[nia]}" --role hr --compartment general
	scenario 'member remove' dpo '[4, 5]' false \
	    member remove "${FPRS[leaver]}"
	scenario 'member renew' dpo '[1]' false \
	    member renew "${FPRS[leaver]}" --compartment -
	scenario 'key rotate' hr '[]' true key rotate --compartment pay
	more='{"apart": "reseal|retired"}' \
	    scenario 'key rotate --reencrypt' hr '[]' true \
	    key rotate --compartment pay --reencrypt
	for key in meta write index; do
		scenario "key rotate $key" dpo '[]' true key rotate --key $key
	done
	scenario 'key split' dpo '[1]' true \
	    key split --threshold 2 "${FPRS[kim]}" "${FPRS[lee]}" --output .
	scenario 'key split --confirm' hr '[5]' false \
	    key split --confirm word-lee
	scenario 'key recover' leaver '[]' false \
	    key recover pass-kim pass-lee
	scenario 'backup records' dpo '[]' true backup records backup
	more='{"apart": "epoch"}' scenario 'backup keys' dpo '[]' true \
	    backup keys backup --escrow escrow
	scenario 'backup log' dpo '[]' true backup log backup
	scenario 'backup escrow' dpo '[]' true \
	    backup escrow other --custodian "${FPRS[dpo]}"
	more='{"files": ["escrow/*.pgp", "escrow/*.json", "escrow/*.sig",
	    "v/certificates/*.json", "v/certificates/*.sig"]}' \
	    scenario 'backup expire' dpo '[]' false \
	    backup expire --escrow escrow
	# The empty file of its lock may stay; the folder it was built in may not.
	more='{"new": "n", "files": ["n.restoring"]}' \
	    scenario 'restore' dpo '[1]' false \
	    restore backup --to n --escrow escrow
	more='{"files": ["n*"]}' \
	    scenario 'restore, a drill' dpo '[]' true \
	    restore backup --drill n --escrow escrow
} | jq -s --arg names "${2:-}" 'map(select(.name | test($names)))' \
    >scenarios.json
HRV=$HRV nice python3 "$HRV_TOP/tests/crash/points.py" scenarios.json \
    "$T/base" "$HRV_B/tools" "$points"
rc=$?
for d in base/gpg-*; do
	gpgconf --homedir "$PWD/$d" --kill all >/dev/null 2>&1
	gpgconf --homedir "$PWD/$d" --remove-socketdir >/dev/null 2>&1
done
finished=1
exit $rc
