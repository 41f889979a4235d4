#!/bin/bash
# SPDX-License-Identifier: ISC
# A document goes in, is listed, shown, read for a purpose, and amended.
# san
. "$(dirname "$0")/../lib.sh"

gpg_person dpo
export HRVAULT_DIR=$T/vault
must as dpo hrv init --founder "${FPRS[dpo]}" --schedule uk
must as dpo hrv subject add --kind employee --name 'Łucja Ødegård' \
    --number E-1001 --born 1980-02-29
S=$out
must as dpo hrv subject add --kind candidate --name '山田 花子'
CAND=$out
head -c 100000 /dev/urandom >body
printf '%%PDF-1.4\n' | cat - body >march.pdf

as dpo hrv record add number:E-1001 --class payslip --json \
    --date 2026-03-31 --event pay_date=2026-03-31 --title 'March – Łucja' \
    --source 'pay run 3' --provided-by employer march.pdf
exit_is 0 "stored"
R=$(json .id)
json_is .sha256 "$(sha256sum march.pdf | cut -d' ' -f1)" "with its hash"
json_is .keep_until 2029-04-05 "kept until three tax years are over"
json_is .purge_from 2029-04-06 "destroyed from the day after"
json_is .media application/pdf "its type is found from the content"
run as dpo "$HRV" record add "$S" --class personnel_file --json - <march.pdf
exit_is 0 "a pipe or standard input will do"
P=$(json .id)
: >empty
as dpo hrv record add "$S" --class personnel_file --json empty
exit_is 0 "an empty file is a document"
json_is .bytes 0 "of no bytes"

as dpo hrv record list "$S"
exit_is 0 "listed"
out_like 'March – Łucja' "with titles"
as dpo hrv record list "$S" --json
is "$(wc -l <"$T/.out")" 3 "three records"
as dpo hrv record list "$S" --json --no-titles
out_unlike 'March' "without titles nothing is opened"
as dpo hrv record show "${R:0:8}" --json
json_is .title 'March – Łucja' "a prefix of the id will do"
json_is .events[0].event record.pay_date "with its events"
as dpo hrv record show "$R"
out_like 'pay_date 2026-03-31' "readable as well"

as dpo hrv record read "$R" --purpose payroll --reason 'asked for a copy' \
    --output copy.pdf --json
exit_is 0 "read"
ok "the bytes are the same" cmp march.pdf copy.pdf
is "$(stat -c %a copy.pdf)" 600 "nobody else may read the copy"
json_is .sha256 "$(sha256sum march.pdf | cut -d' ' -f1)" "its hash is told"
json_is '.audit_index > 0' true "and the entry of the log"
as dpo hrv record read "$R" --purpose payroll --output copy.pdf
exit_is 1 "never overwritten"
ok "as it was" cmp march.pdf copy.pdf
as dpo hrv record read "$R" --purpose payroll --output -
ok "standard output when asked for" cmp march.pdf "$T/.out"
as dpo hrv record read "$R" --purpose payroll
ok "or when it is no terminal" cmp march.pdf "$T/.out"
as dpo hrv record read "$R" --purpose payroll --json
exit_is 2 "but not together with --json"
(umask 0; as dpo hrv record read "$R" --purpose payroll --output open.pdf)
is "$(stat -c %a open.pdf)" 600 "whatever the umask"

echo corrected >new.txt
as dpo hrv record amend "$R" new.txt --json
exit_is 2 "a new version needs a reason"
as dpo hrv record amend "$R" new.txt --reason 'wrong month' --json
exit_is 0 "amended"
json_is .version 2 "the second version"
json_is .superseded.version 1 "the first is superseded"
as dpo hrv record show "$R" --json
json_is .title 'March – Łucja' "the title stays"
json_is .file new.txt "the file name is the new one"
json_is '.versions | length' 2 "both are there"
as dpo hrv record read "$R" --purpose payroll --version 1 --output -
ok "the first is still readable" cmp march.pdf "$T/.out"
as dpo hrv record read "$R" --purpose payroll --output -
out_is corrected "the second is the one read by default"
as dpo hrv record read "$R" --purpose payroll --version 3
exit_is 4 "there is no third"

as dpo hrv record explain "$R"
out_like 'SI 2003/2682' "explain cites the law"
out_like 'Version 1, superseded' "and tells of the version before"
as dpo hrv record explain "$R" --on 2035-01-01 --json
json_is .state due "on a day to come"
as dpo hrv record event "$P" last_entry 2026-05-04 --json
exit_is 0 "an event is dated"
json_is .unchanged false "and new"
as dpo hrv record event "$P" last_entry 2026-05-04 --json
json_is .unchanged true "the second time it is known"
as dpo hrv record event "$P" last_entry 2026-05-04 --retract
exit_is 0 "and taken back"
as dpo hrv record event "$P" last_entry 2026-05-04 --retract
exit_is 4 "once"
as dpo hrv record event "$P" last_entri 2026-05-04
exit_is 2 "a mistyped event"
err_like last_entry "names the nearest"
as dpo hrv record link "$R" "$CAND" --as witness
exit_is 0 "another person is linked"
FPR=${FPRS[dpo]}
as dpo hrv --as "$FPR" record link "$R" "$CAND" --as referee
exit_is 0 "also with a key chosen before the verb"
as dpo hrv record link "$R" "$CAND" --as witness
exit_is 1 "once"
as dpo hrv record link "$R" "$S" --as author
exit_is 2 "not the subject itself"
as dpo hrv record show "$R" --json
json_is '.links | map(.as) | join(",")' referee,witness "and shown"
done_testing
