#!/bin/bash
# SPDX-License-Identifier: ISC
# Recipients are registered with country and safeguard; names are sealed.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk

as dpo hrv recipient list
exit_is 0 "an empty list is no error"
as dpo hrv recipient add --name 'Lohnbüro Müller' --kind processor --country DE
exit_is 0 "registered"
out_like '^T-' "by an id of its own"
as dpo hrv recipient add --name 'Head office' --kind group --country US --json
exit_is 0 "also where nothing may go yet"
json_is .usable false "which is told"
as dpo hrv recipient add --name 'Head office' --kind group --country US \
    --safeguard scc --until 2099-12-31 --json
json_is .usable true "a safeguard in force will do"
as dpo hrv recipient add --name 'Old shield' --kind other --country US \
    --safeguard adequacy --until 2020-07-16 --json
json_is .usable false "a lapsed one will not"
as dpo hrv recipient add --name 'Somebody' --kind friend --country GB
exit_is 2 "only kinds there are"
as dpo hrv recipient add --name 'Somebody' --kind other --country Britain
exit_is 2 "a country is two letters"
as dpo hrv recipient add --name 'Somebody' --kind other --country GB \
    --until 2027-01-01
exit_is 2 "an end of what?"

as dpo hrv recipient list --json
is "$(wc -l <"$T/.out")" 4 "all are listed"
is "$(jq -r .name "$T/.out" | head -n 1)" 'Lohnbüro Müller' "by name"
as dpo hrv recipient list
out_like 'Old shield.*US.*2020-07-16' "readable as well"
not_ok "no name in the database" grep -rq 'Lohnb' vault
as dpo hrv audit verify
exit_is 0 "the log is whole"

done_testing
