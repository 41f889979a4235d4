#!/bin/bash
# SPDX-License-Identifier: ISC
# Every shipped schedule, law and calendar reads without a mistake; every rule
# of a schedule has a citation and a case that holds.
# san
. "$(dirname "$0")/../lib.sh"
dir=$HRV_TOP/policy

# Where sensitive papers are kept apart, in every schedule for employers.
apart="criminal disciplinary equality family general investigation legal
medical pay pension recruitment references rightwork safety"

# The id of the file's one thing stands first in it.
id_of() { sed -n 's/^  id = "\([^"]*\)";$/\1/p' "$1" | head -n 1; }
# Entries { id = ...; } of a list, one a line: "id rest-of-the-entry".
entries() # FILE LIST
{
	awk -v list="$2" '
	$0 ~ "^  " list " = \\(" { in_list = 1; next }
	in_list && /^  \)/ { exit }
	in_list && /^    { id = / { if (text != "") print text; text = "" }
	in_list && !/^ *#/ { text = text " " $0 }
	END { if (text != "") print text }' "$1" |
	    sed 's/^ *{ id = "\([^"]*\)";/\1/'
}
compartments() # FILE
{
	sed -n '/^  compartments = (/,/);/p' "$1" | grep -o '"[^"]*"' |
	    tr -d '"' | sort
}

for kind in schedule law calendar; do
	n=0
	for file in "$dir/${kind}s"/*.cfg; do
		name=${file##*/}
		n=$((n + 1))
		hrv policy check "$file" --json
		is "$rc $(json '"\(.ok) \(.kind)"')" "0 true $kind" \
		    "$kind $name has no mistake"
		is "$(id_of "$file")" "${name%.cfg}" "$name is named by its id"
		ok "$name says that it is a sample" \
		    grep -q 'not legal advice' "$file"
	done
	ok "there are files of the kind $kind" test $n -ge 6
done

for file in "$dir"/schedules/*.cfg; do
	name=${file##*/}
	hrv policy test "$file" --json
	exit_is 0 "$name passes its tests"
	json_is '"\(.failed) \(.failures | length)"' '0 0' "$name: none fails"
	json_is '.untested_rules | join(" ")' '' "$name: every rule has a case"

	entries "$file" rules >"$T/rules"
	ok "$name has rules" test "$(wc -l <"$T/rules")" -ge 10
	is "$(grep -Ev ' cite = "[^"]{5,}";' "$T/rules")" '' \
	    "$name: every rule has a citation"
	hrv policy test "$file" --json
	ok "$name has a case for each rule at least" \
	    test "$(json .passed)" -ge "$(wc -l <"$T/rules")"

	entries "$file" classes | grep -v '^vault\.' |
	    sed -n 's/.* compartment = "\([^"]*\)";.*/\1/p' | sort -u >"$T/used"
	is "$(cat "$T/used")" "$(compartments "$file")" \
	    "$name: every compartment has a class"
	if [ "$name" = nara-grs2.cfg ]; then
		is "$(comm -23 "$T/used" <(tr ' ' '\n' <<<"$apart"))" '' \
		    "$name: compartments as everywhere"
	else
		is "$(cat "$T/used")" "$(tr ' ' '\n' <<<"$apart")" \
		    "$name: sensitive papers apart from the others"
	fi
done

# What the checks above are good for: a rule without a case is found.
awk '/^    { class = "staff_register"/ { next } /^    { class = "work_permit"/ {
    next } { print }' "$dir/schedules/fr.cfg" >"$T/fr.cfg"
hrv policy test "$T/fr.cfg" --json
json_is '.untested_rules | join(" ")' fr.registre 'a rule without a case shows'
# and a date that is off by one.
sed 's/keep_until = "2030-12-31"/keep_until = "2031-01-01"/' \
    "$dir/schedules/de.cfg" >"$T/de.cfg"
hrv policy test "$T/de.cfg" --json
isnt "$rc" 0 'a case that does not hold is a failure'
json_is .failed 1 'and one is counted'
done_testing
