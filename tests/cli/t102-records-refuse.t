#!/bin/bash
# SPDX-License-Identifier: ISC
# What record commands refuse, and that nothing is left of it.
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Ada Marmot'
S=$out
must as dpo hrv subject add --kind candidate --name 'Bo Marmot'
CAND=$out
echo 'the marmot sleeps' >doc
must as dpo hrv record add "$S" --class payslip doc
R=$out

add() { as dpo hrv record add "$S" --class payslip "$@"; }
add missing
exit_is 4 "no such file"
err_unlike missing "whose name is not repeated"
mkdir folder
add folder
exit_is 2 "a folder"
mkfifo pipe
add pipe
exit_is 2 "a pipe, without waiting for its writer"
err_like "standard input" "and what to do instead"
add /dev/zero
exit_is 2 "a device"
ln -s doc link
add link
exit_is 0 "a link to a file is fine"
as dpo hrv record add "$S" --class paysip doc
exit_is 2 "no such class"
err_like payslip "the nearest is named"
as dpo hrv record add "$S" --class vault.case doc
exit_is 2 "a class of the vault's own"
as dpo hrv record add "$CAND" --class payslip doc
exit_is 5 "a class that is not for candidates"
as dpo hrv record add "$S" --class payslip --date 2099-01-01 doc
exit_is 2 "a document of tomorrow"
as dpo hrv record add "$S" --class payslip --event closde=2026-01-01 doc
exit_is 2 "no such event"
as dpo hrv record add "$S" --class payslip --event created=2026-01-01 doc
exit_is 2 "an event that the vault keeps itself"
as dpo hrv record add "$S" --class payslip --dependant-born 2020-01-01 doc
exit_is 2 "a birth date that no rule asks for"
as dpo hrv record add "$S" --class radiation_health --event last_entry=2020-06-30 doc
exit_is 2 "a class with an age rule, without a birth date"
err_like 'subject update' "says what to do first"
must as dpo hrv subject update "$S" --born 1990-05-17 --reason 'passport seen'
as dpo hrv record add "$S" --class radiation_health --event last_entry=2020-06-30 --json doc
exit_is 0 "then it works"
json_is .keep_until 2065-05-17 "until the age is reached"
as dpo hrv record show "$(json .id)" --json
out_unlike 1990-05-17 "the birth date is not shown"
as dpo hrv record add S-0123456789 --class payslip doc
exit_is 4 "no such subject"

get() { as dpo hrv record read "$R" --purpose "${P:-payroll}" --output "$1"; }
P=curiosity get out
exit_is 5 "a purpose outside the list"
err_unlike curiosity "is not repeated"
get folder
exit_is 1 "the output is a folder"
get pipe
exit_is 1 "or a pipe"
ln -s nowhere dangling
get dangling
exit_is 1 "or a link"
not_ok "and nothing is written through it" test -e nowhere
get no/such/out
exit_is 4 "the folder is missing"
mkdir -m 500 locked
if [ "$(id -u)" -ne 0 ]; then
	get locked/out
	exit_is 1 "no right to write there"
fi
not_ok "no output in any case" test -e out
GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo run sh -c \
    "exec '$HRV' record read $R --purpose payroll --output - >/dev/full"
exit_is 1 "a full standard output is a failure"
head -c 3000000 /dev/zero >big
must as dpo hrv record add "$S" --class payslip big
GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo run bash -c \
    "'$HRV' record read $out --purpose payroll --output - | head -c 10 >/dev/null
     exit \${PIPESTATUS[0]}"
isnt "$rc" 0 "so is a reader that goes away"
not_ok "no plaintext lies about" grep -rl 'the marmot sleeps' "$HRVAULT_DIR" \
    "$T/state-dpo" "$HOME"
ok "also no part of a file" test -z "$(find . -name '.*.part')"
done_testing
