#!/bin/bash
# SPDX-License-Identifier: ISC
# Whom an answer names as told: nobody of what was not done, everybody of what
# was, also when it is gone; and no answer reached anybody before it was made.
. "$(dirname "$0")/../lib.sh"

D=2026-03-02
at "$D 08:00:00" vault_new
must as dpo at "$D 08:10:00" hrv policy adopt \
    "$HRV_TOP/policy/calendars/uk-ew.cfg"
must as dpo at "$D 08:11:00" hrv policy adopt "$HRV_TOP/policy/laws/uk-ew.cfg"
NOW="2026-03-03 09:00:00"
hr() { as hr at "$NOW" hrv "$@"; }
echo text >f
must hr recipient add --name 'Agency Ltd' --kind other --country IE
TO=$out
person() # NAME
{
	must hr subject add --kind employee --name "$1"
	S=$out
	must hr record add "$S" --class equality_monitoring --date 2026-02-01 \
	    --json f
	R=$(json .id)
	must hr subject consent "$S" --purpose audit --text-version 1 \
	    --given 2026-02-01
	must hr disclose "$R" --to "$TO" --purpose audit --output "copy-$R"
}
opened() # RIGHT
{
	must hr case open --subject "$S" --right "$1" --received $D --json
	C=$(json .id)
	must hr case identity "$C" --method desk
}
told() { must hr case outcome "$C" --json; json '.recipients | length'; }

# ---- a restriction, rejected and granted -------------------------------------

person 'Rita Reject'
opened restriction
must hr case resolve "$C" --outcome rejected --reason 'it is right as it is'
is "$(told)" 0 "of a restriction that was rejected nobody is to be told"
must hr case letter "$C" --kind outcome --output rejected.txt
unlike "$(cat rejected.txt)" 'Who else is told|Agency' "and no letter says so"
hr case told "$C" --recipient "$TO"
exit_is 5 "nor is it noted"
hr case deliver "$C" --method post --on $D
exit_is 2 "nobody had the answer the day before it was decided"
err_like '2026-03-03' "which is said"
must hr case deliver "$C" --method post --on 2026-03-03
must hr case close "$C"
opened restriction
must hr case resolve "$C" --outcome granted --ground accuracy
is "$(told)" 1 "of one that was granted they are"
must hr case letter "$C" --kind outcome --output granted.txt
like "$(cat granted.txt)" 'Agency Ltd' "as the letter says"
must hr case deliver "$C" --method post
must hr case close "$C"

# ---- a package ---------------------------------------------------------------

gpg_person leaver
hrv_import dpo "$T/gpg-leaver/public.asc"
opened access
must hr case collect "$C"
must hr case export "$C" --to "${FPRS[leaver]}" --output a.gpg
hr case deliver "$C" --method post --on $D
exit_is 2 "nobody had the package the day before it was made"
must hr case deliver "$C" --method post --on 2026-03-03

# ---- an erasure, when it is done ---------------------------------------------

person 'Ella Erased'
opened erasure
must hr case collect "$C"
must hr case erase "$C"
is "$(told)" 1 "who had what is erased is to be told"
for day in 03-10 03-17; do
	must as purge at "2026-$day 03:00:00" hrv purge run --json
done
json_is .destroyed 1 "it is gone"
NOW="2026-03-17 09:00:00"
is "$(told)" 1 "who had it is still to be told"
must hr case collect "$C"
is "$(told)" 1 "also when the case was collected again"
must hr case letter "$C" --kind outcome --output erased.txt
like "$(cat erased.txt)" 'Agency Ltd' "as the letter says"
must hr case told "$C" --recipient "$TO" --json
json_is '.recipients[0].told' 2026-03-17 "and that they were is noted"
as auditor at "$NOW" hrv audit verify
exit_is 0 "the log is whole"
as dpo at "$NOW" hrv check
exit_is 0 "so are the tables"
done_testing
