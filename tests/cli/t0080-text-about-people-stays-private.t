#!/bin/bash
# SPDX-License-Identifier: ISC
# Values about people come from standard input, a file or the terminal; nobody
# sees them in the list of processes, in errors or as commands to a terminal.
. "$(dirname "$0")/../lib.sh"

"$HRV" help subject >/dev/null 2>&1 || skip_all 'no subjects yet'
gpg_person dpo
must as dpo hrv init "$T/v" --founder "$FPR" \
    --schedule "$HRV_TOP/tests/policy/retention.cfg"
export HRVAULT_DIR=$T/v GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo

# The name that a subject got, by its number.
name_of() { hrv subject find "number:$1" --json || hrv subject find "$1" --json
	json 'select(.name) | .name'; }
add() { run "$HRV" subject add --kind employee "$@"; }

add --number N-1 --name - <<<'Mei Lín'
exit_is 0 'a name from standard input'
is "$(name_of N-1)" 'Mei Lín' 'without its line end'
printf 'Ørjan Åse\r\n' >"$T/name"
add --number N-2 --name "@$T/name" </dev/null
is "$(name_of N-2)" 'Ørjan Åse' 'a name from a file'
add --number N-3 --name=@@handle </dev/null
is "$(name_of N-3)" '@handle' '@@ is one @'
add --number - --name - <<<'Sample'
exit_is 2 'standard input twice'
err_like 'only once' 'is said'
add --number N-4 --name "@$T/none" </dev/null
exit_is 4 'a file that is not there'
printf 'a\0b' >"$T/nul"
add --number N-4 --name "@$T/nul" </dev/null
exit_is 2 'a NUL byte'
: >"$T/nothing"
add --number N-4 --name "@$T/nothing" </dev/null
exit_is 2 'an empty file'
add --number N-4 --name '' </dev/null
exit_is 6 'left empty where nobody can be asked: exit 6'
add --number N-4 --no-input --name </dev/null
exit_is 6 'the same as the last word, with --no-input'

if command -v script >/dev/null; then
	printf 'Asked Person\n' | script -qec \
	    "$HRV subject add --kind employee --number N-5 --name" \
	    "$T/typescript" >"$T/tty" 2>&1
	is "$(name_of N-5)" 'Asked Person' 'left empty on a terminal: asked'
	printf 'x\n' | script -qec \
	    "$HRV --no-input subject add --kind employee --number N-6 --name" \
	    "$T/typescript" >"$T/tty" 2>&1
	is $? 6 '--no-input does not ask there'
else
	skip 'left empty on a terminal: asked' 'no script(1) here'
fi

mkfifo "$T/fifo"
"$HRV" subject add --kind employee --name 'Geheim Secret' --number - \
    <"$T/fifo" >/dev/null 2>&1 &
pid=$!
exec 7>"$T/fifo"
sleep 0.5
seen=$(tr '\0' ' ' <"/proc/$pid/cmdline")
like "$seen" 'subject add' 'the process waits'
unlike "$seen" 'Geheim' 'and ps does not show the name'
kill $pid
wait $pid 2>/dev/null
exec 7>&-

printf 'Eve \033[2J\342\200\256live' >"$T/evil"
add --number N-7 --name "@$T/evil" </dev/null
hrv subject list
out_like 'Eve \\x1b\[2J<U\+202E>live' 'what a terminal would obey is shown'
out_unlike $'\033' 'and not sent'
hrv subject list --json
out_unlike $'\033|\342\200\256' 'nor in JSON'
is "$(json 'select(.number == "N-7") | .name')" \
    "$(cat "$T/evil")" 'where the value is what it was'
done_testing
