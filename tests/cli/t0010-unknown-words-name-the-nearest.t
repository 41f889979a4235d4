#!/bin/bash
# SPDX-License-Identifier: ISC
# A word that is not known names the nearest one, and nothing runs.
# san valgrind
. "$(dirname "$0")/../lib.sh"

usage() # NAME PATTERN ARGS...
{
	local name=$1 pattern=$2
	shift 2
	hrv "$@"
	if [ "$rc" -eq 2 ] && [ -z "$out" ] && [[ $err =~ $pattern ]]; then
		pass "$name"
	else
		flunk "$name" "wanted exit 2 and: $pattern"
	fi
}

usage 'a mistyped noun' "did you mean 'hrvault policy'\?" polcy check x
usage 'a mistyped verb' "did you mean 'hrvault policy check'\?" policy chekc x
usage 'a verb without its noun' "did you mean .*'hrvault policy explain'" \
    explain x
usage 'a word like none of ours' "'hrvault help' lists" zzzzzzzzzzzz
usage 'a verb like none of ours' "policy --help' lists" policy zzzzzzzzzzzz
usage 'a mistyped global option' 'did you mean --json\?' --jsno policy check x
usage 'a mistyped option' 'did you mean --class\?' \
    policy explain uk --clas payslip
usage 'an option like none of ours' "policy check --help' lists" \
    policy check x --zzzzzzzzz
usage 'an option of another verb' 'unknown option --class' \
    policy check x --class payslip
usage 'an option with one dash' 'unknown option -x' policy check x -x
usage 'a noun without verb' 'policy needs a verb' policy
usage 'no word at all' 'no command given'
usage 'a missing argument' "write 'hrvault policy check FILE'" policy check
usage 'too many arguments' 'too many arguments' policy check a b
usage 'a missing option' 'policy explain: --class is missing' \
    policy explain uk
usage 'an option without its value' '--class needs a value' \
    policy explain uk --class
usage 'an option followed by another' '--class needs a value' \
    policy explain uk --class --json
usage 'a flag with a value' '--yes takes no value' policy check x --yes=1
usage 'an option given twice' '--on is given twice' policy explain uk \
    --class x --on 2026-01-01 --on 2026-01-02
usage 'a folder that is standard output' '--output: a folder, not a file' \
    purge show D-ABCDEF --output -
usage 'a global option given twice' '--vault is given twice' \
    --vault a status --vault b
usage 'a day that does not exist' '--on: not a date' policy explain uk \
    --class x --on 2026-02-29
usage 'an event without its date' '--event: not an event with its date' \
    policy explain uk --class x --event subject.ended
usage 'an unknown shell' 'bash, zsh and fish' completion tcsh
usage 'an unknown topic' "did you mean 'hrvault help roles'" help rols

hrv help rols --json
is "$(json_err .error.hint)" "did you mean 'hrvault help roles'?" \
    'an unknown topic in JSON'
hrv completion tcsh --json
is "$(json_err .error.code)" 2 'an unknown shell in JSON'
hrv --version --json
is "$(json '.version | type')" string 'the version in JSON'

hrv 'Alicia Example' Sample
err_unlike 'Alicia|Sample' 'a word that may be a name is not repeated'
hrv policy 'Alicia Example'
err_unlike 'Alicia' 'nor behind a noun'
hrv policy check x '--Alicia Example=1'
err_unlike 'Alicia' 'nor in the place of an option'

hrv --json policy chekc x
is "$(json_err '.error | "\(.code) \(.name) \(.hint)"')" \
    "2 usage did you mean 'hrvault policy check'?" 'the error in JSON'
hrv policy chekc x --json
is "$(json_err .error.code)" 2 'also when --json stands last'
done_testing
