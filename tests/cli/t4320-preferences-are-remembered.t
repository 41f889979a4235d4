#!/bin/bash
# SPDX-License-Identifier: ISC
# Preferences have a history; an address that said no is known as such.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård' \
    --email Lucja@Example.org --phone '+44 20 7946 0000'
S=$out

as dpo hrv subject preference "$S" --channel pigeon --set no
exit_is 2 "only channels there are"
as dpo hrv subject suppressed lucja@example.org --json
json_is .suppressed false "nobody said no yet"
as dpo hrv subject preference "$S" --channel email --set no --json
exit_is 0 "no e-mail, please"
json_is .addresses 1 "one address is suppressed"
as dpo hrv subject suppressed lucja@example.org --json
json_is .suppressed true "however it is written"
as dpo hrv subject suppressed '020 7946 0000' --json
json_is .suppressed false "another channel is another question"
as dpo hrv subject preference "$S" --channel post --set no --json
json_is .addresses 0 "letters have no address here"
must as dpo hrv subject update "$S" --email new@example.org --reason 'moved'
as dpo hrv subject suppressed new@example.org --json
json_is .suppressed true "a new address takes the no over"
not_ok "no address in the database" grep -rqi 'lucja@example' vault
as dpo hrv subject show "$S" --json
json_is '.preferences | map(.channel + " " + (.allowed | tostring)) | join(",")' \
    'email false,post false' "with their history"
as dpo hrv subject show "$S"
out_like 'email no since' "readable as well"
as dpo hrv subject preference "$S" --channel email --set yes
exit_is 0 "a mind can be changed"
as dpo hrv subject suppressed new@example.org
out_like 'not suppressed' "then the address is free"
as dpo hrv subject suppressed lucja@example.org
out_unlike 'not suppressed' "but not the one that is no longer theirs"

# However a number is dialled it is the same phone.
suppressed() # WANT NAME NUMBER...
{
	local want=$1 name=$2 n
	shift 2
	for n in "$@"; do
		must as dpo hrv subject suppressed "$n" --json
		json_is .suppressed "$want" "$name: $n"
	done
}
ways=('+44 20 7946 0000' '+44 (0)20 7946-0000' '020 7946 0000'
    '0044 20 7946 0000' '442079460000' '(020) 7946 0000 ext. 7')
suppressed false "nobody said no to calls" "${ways[@]}"
must as dpo hrv subject preference "$S" --channel phone --set no
suppressed true "no calls" "${ways[@]}"
suppressed false "other numbers" '+44 20 7946 0001' '20 7946 000' '7946 0000'
must as dpo hrv subject add --kind candidate --name 'Jörg Weiß' \
    --phone '030 1234567' --phone 4915112345678
must as dpo hrv subject preference "$out" --channel phone --set no
suppressed true "typed as at home" '+49 30 1234567' 0049301234567 0301234567 \
    '+49 151 12345678' '0151 12345678'
must as dpo hrv subject add --kind candidate --name 'Aoife Ní Bhriain' \
    --phone '020 7946 0000'
must as dpo hrv subject mailing --channel phone --json
is "$out" "" "nor is who has the number now called"
must as dpo hrv subject preference "$S" --channel phone --set yes
suppressed false "a mind can be changed" "${ways[@]}"
as dpo hrv audit verify
exit_is 0 "the log is whole"

done_testing
