#!/bin/bash
# SPDX-License-Identifier: ISC
# Every command has a manual page that names its verbs and options as --help
# does, has the sections a reader looks for, and shows only what is understood.
. "$(dirname "$0")/../lib.sh"

pages=$HRV_TOP/docs/man
[ "$(type -t scdoc)" = file ] || skip_all "scdoc is not installed"

# Without bold, underlining and escapes, as --help writes it.
plain() { sed -e 's/[*_\\]//g' "$1"; }

hrv help
nouns=$(sed -n '/^Options of every/,$d; s/^  \([a-z]\{3,\}\)  .*/\1/p' \
    "$T/.out")
like "$nouns" '^record$' 'nouns are found'

# every FILE: each line of $T/wanted stands in the plain page FILE.
every()
{
	local missing
	missing=$(while IFS= read -r want; do
		grep -qxF -e "$want" "$1" || echo "$want"
	done <"$T/wanted")
	if [ -s "$T/wanted" ] && [ -z "$missing" ]; then
		pass "$2"
	else
		flunk "$2" "not in the page: $missing"
	fi
}
# The "--name VALUE" of a page of help, its own options only.
options()
{
	sed -n '/^Options$/,/^$/s/^  \(--.*\)/\1/p' "$1" |
	    sed -e 's/   *.*//' -e 's/[*_\\]//g'
}

# ---- what a page names -----------------------------------------------------

for n in $nouns; do
	page=$pages/hrvault-$n.1.scd
	[ -f "$page" ] || { flunk "$n has a page"; continue; }
	plain "$page" >page
	hrv "$n" --help
	cp "$T/.out" help
	if head -n 1 help | grep -q ' VERB$'; then
		sed -n '4,/^$/s/^  \([a-z].*\)/\1/p' help |
		    sed -e 's/   *.*//' -e 's/^/## /' >wanted
		every page "hrvault-$n names every verb"
		verbs=$(sed 's/^## \([a-z-]*\).*/\1/' wanted)
		for v in $verbs; do
			hrv "$n" "$v" --help
			options "$T/.out" >wanted
			[ -s wanted ] || continue
			awk -v v="$v" '/^#/ { on = $1 == "##" && $2 == v } on' \
			    page >part
			every part "hrvault-$n: options of $v"
		done
	else
		options help >wanted
		[ ! -s wanted ] || every page "hrvault-$n: options"
	fi
	printf '# %s\n' NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES \
	    'SEE ALSO' >wanted
	every page "hrvault-$n has its sections"
done

plain "$pages/hrvault.1.scd" >page
hrv help
sed -n '/^Options of every/,/^$/s/^  \(--.*\)/\1/p' "$T/.out" |
    sed 's/   *.*//' >wanted
every page 'hrvault(1) names the options of every command'
printf 'hrvault-%s(1)\n' $nouns >wanted
every page 'hrvault(1) names every page'
hrv help exit-codes
sed -n 's/^ *\([0-9][0-9]*\)  .*/\1/p' "$T/.out" >wanted
every page 'hrvault(1) names every exit code'
printf '# %s\n' 'EXIT STATUS' ENVIRONMENT FILES EXAMPLES >wanted
every page 'hrvault(1) has its sections'
for page in "$pages"/hrvault-*.1.scd; do
	n=${page##*/hrvault-}
	like "$nouns" "^${n%.1.scd}\$" "${page##*/} is about a command"
done

# ---- how they are built ----------------------------------------------------

for page in "$pages"/*.scd; do
	scdoc <"$page" >made 2>said
	is "$? $(cat said)" '0 ' "${page##*/} is built without warnings"
	[ "$(type -t groff)" = file ] || continue
	is "$(groff -man -ww -z -Tutf8 -Kutf8 made 2>&1)" '' \
	    "${page##*/} is set without warnings"
done

# ---- their examples --------------------------------------------------------

# There is no vault here, so a command ends before it does anything; one that
# is not understood ends in exit 2. Files that are named are there.
export HRVAULT_DIR=$T/none
for f in name why reason address passport; do echo text >"$f.txt"; done
for page in "$pages"/*.scd; do
	sed -n '/^# EXAMPLES/,/^# SEE/p' "$page" |
	    awk '/^```$/ { on = !on; next } on' |
	    sed -e ':a' -e '/\\$/{N;s/ *\\\n */ /;ba' -e '}' >shown
	bad=
	while IFS= read -r line; do
		case $line in hrvault*) ;; *) continue ;; esac
		# Files that are schedules, shares, certificates or lists of
		# people,
		# or where answers go, are not there.
		case $line in
		*./our.cfg* | 'hrvault import'* | *'purge verify'* | \
		    *'key share'*) continue ;;
		esac
		words=${line#hrvault }
		words=${words%%[<>&]*}
		words=${words% 3}
		eval "set -- $words"
		run "$HRV" --no-input "$@" <name.txt
		case $rc in
		2) bad+="$line: $err " ;;
		esac
	done <shown
	is "$bad" '' "${page##*/} shows what is understood"
done
done_testing
