#!/bin/bash
# SPDX-License-Identifier: ISC
# What came after the backup may be what keeps a record: a longer period, a
# request, a later date. After a restore nothing is destroyed until two people
# said that it was entered again; where nothing of the kind came, work goes on.
. "$(dirname "$0")/../lib.sh"
vault_new "$T/vault" "$HRV_TOP/tests/bench/schedule.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
today=$(date -u +%F)
must as hr hrv subject add --kind employee --name "Sigrid Undset" --json
S=$(json .id)
echo paper >f
must as hr hrv record add "$S" --class note --date 2020-01-01 f --json
R=$(json .id)
must as dpo hrv backup escrow "$T/escrow" --custodian "${FPRS[dpo]}"
vault_second dpo2 dpo
must as dpo hrv backup records "$T/b"
must as dpo hrv backup keys "$T/b" --escrow "$T/escrow"
must as dpo hrv backup log "$T/b"
cp -a b calm
mkdir knows && cp -a state-* knows
restore() # FOLDER OPTION...: with the approval of dpo2
{
	local p
	rm -rf new new.restoring
	run as dpo hrv restore "$T/$1" --to "$T/new" --escrow "$T/escrow" \
	    "${@:2}" --json
	p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
	must as dpo2 hrv --vault "$T/new" proposal show "$p" --json
	words=$(json '.effects[]')
	must as dpo2 hrv --vault "$T/new" proposal approve "$p"
	run as dpo hrv --vault "$T/new" restore "$T/$1" --to "$T/new" \
	    --escrow "$T/escrow" "${@:2}" "${how:---json}"
	[ "$rc" -eq 0 ] || bail "set-up: restore"
}

# Only a document came after it: nothing that is there needed that.
must as hr hrv record add "$S" --class note --date "$today" f
must as dpo hrv backup log "$T/calm"
rm -rf b.calm && cp -a calm b.calm
export HRVAULT_DIR=$T/new
restore b.calm
json_is '"\(.reenter_all) \(.held_back)"' "0 null" \
    "where nothing came that could keep a record, nothing is listed"
unlike "$words" 'nothing is destroyed before' "and nothing is held back"
run as purge hrv purge run --json
exit_is 0 "a run runs"
rm -rf state-* && cp -a knows/state-* .

# A request that froze the record.
export HRVAULT_DIR=$T/vault
must as hr hrv case open --subject "$S" --right access --received "$today" \
    --json
must as hr hrv subject preference "$S" --channel email --set no
must as dpo hrv backup log "$T/b"
export HRVAULT_DIR=$T/new
how=--no-color restore b
out_like "case\.open +$today" "what is to be entered again is listed"
out_like 'subject\.preference' "all of it"
out_unlike 'Undset' "without anybody's name"
like "$words" 'nothing is destroyed before' "and the approver was told"
run as hr hrv record read "$R" --purpose administration --output -
exit_is 0 "everything else works"
run as purge hrv purge run --json
exit_is 6 "nothing is destroyed"
is "$(json_err .error.name)" restored "for that reason"
like "$(json_err .error.hint)" 'purge confirm-restore' "with the next step"
run as hr hrv record void "$R" --reason wrong --json
exit_is 6 "nor by a void"
is "$(json_err .error.name)" restored "for that reason"
run as auditor hrv status --check
exit_is 2 "monitoring tells"
out_like 'confirm-restore' "and what to do"
run as auditor hrv status --json
json_is .held_back true "so does status"
must as auditor hrv audit log --op restore --json
json_is '[.payload.reenter[].op] | index("case.open") != null' true \
    "the log keeps the list"

# It is restored once more, before anybody said so.
must as dpo hrv backup records "$T/again"
must as dpo hrv backup keys "$T/again" --escrow "$T/escrow"
must as hr hrv case open --subject "$S" --right access --received "$today"
must as dpo hrv backup log "$T/again"
restore again

# One person does not say so, two do.
run as auditor hrv purge confirm-restore
exit_is 5 "an auditor has no part in it"
run as hr hrv purge confirm-restore
exit_is 6 "it takes two"
P=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as hr hrv proposal approve "$P"
exit_is 5 "who are not one"
must as hr hrv case open --subject "$S" --right access --received "$today"
must as dpo hrv proposal show "$P"
out_like 'entered again' "the other sees what he says"
must as dpo hrv proposal approve "$P"
run as purge hrv purge run
exit_is 6 "approving alone changes nothing"
run as hr hrv purge confirm-restore --json
exit_is 0 "repeated, it counts"
run as purge hrv purge run
exit_is 6 "for the first restore: the second waits for its own"
run as hr hrv purge confirm-restore
must as dpo hrv proposal approve \
    "$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)"
must as hr hrv purge confirm-restore
run as purge hrv purge run --json
json_is '"\(.destroyed) \(.protected)"' "0 1" \
    "destruction goes on, and what was entered again keeps"
run as auditor hrv status --json
json_is .held_back false "status agrees"
run as hr hrv purge confirm-restore
exit_is 4 "there is nothing more to say"
run as auditor hrv audit verify --full --json
json_is .ok true "the log verifies"

# Nobody knows what came after it.
rm -rf state-* && cp -a knows/state-* . && rm -r b/log
gpg_person law
run as dpo hrv --vault "$T/vault" --yes member add "${FPRS[law]}" --role legal
rm -rf new new.restoring
run as dpo hrv restore "$T/b" --to "$T/new" --escrow "$T/escrow" --without-log
p=$(grep -o 'P-[0-9A-Z]*' "$T/.err" | head -n 1)
run as dpo2 hrv proposal show "$p" --json
like "$(json '.effects[]')" 'nothing is destroyed before' \
    "without a log everything may have come"
done_testing
