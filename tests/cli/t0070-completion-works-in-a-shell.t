#!/bin/bash
# SPDX-License-Identifier: ISC
# The completion scripts are right, and bash's offers what the tables have.
. "$(dirname "$0")/../lib.sh"

hrv completion bash
exit_is 0 'a script for bash'
cp "$T/.out" "$T/c.bash"
ok 'bash can read it' bash -n "$T/c.bash"

# What bash would offer for the words given; the last one is being typed.
offers()
{
	bash -c '. "$1"; shift
	    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hrvault
	    printf "%s\n" "${COMPREPLY[@]}"' - "$T/c.bash" "$@"
}
like "$(offers hrvault pol)" '^policy$' 'nouns'
like "$(offers hrvault policy '')" '^explain$' 'verbs'
unlike "$(offers hrvault policy e)" '^check$' 'only those that fit'
like "$(offers hrvault --vault /x policy '')" '^check$' \
    'verbs behind an option with its value'
like "$(offers hrvault policy explain x --cl)" '^--class$' 'options'
like "$(offers hrvault init x --fou)" '^--founder$' \
    'options of a verb without noun'
like "$(offers hrvault policy check --js)" '^--json$' 'options of all'

for shell in zsh fish; do
	hrv completion $shell
	exit_is 0 "a script for $shell"
	out_like 'explain' 'with verbs'
	if command -v $shell >/dev/null; then
		ok "$shell can read it" $shell -n "$T/.out"
	else
		skip "$shell can read it" "no $shell here"
	fi
done
done_testing
