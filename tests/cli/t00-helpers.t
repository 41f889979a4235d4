#!/bin/bash
# SPDX-License-Identifier: ISC
# The helpers of these tests do what they say: people, clocks, failures.
# san
# valgrind
. "$(dirname "$0")/../lib.sh"

say() { echo "$1"; echo "$2" >&2; return "$3"; }
run say one two 3
exit_is 3 "run keeps the exit code"
out_is one "run keeps stdout"
err_is two "run keeps stderr"
run echo '{"id":"S-1","list":[1,2]}'
json_is .id S-1 "json reads a field"
json_is '.list|length' 2 "json reads a list"
json_is .missing null "a missing field is null"

# A helper that cannot fail proves nothing: each must say "not ok".
inner()
{
	printf '#!/bin/bash\n. "%s/tests/lib.sh"\n%s\ndone_testing\n' \
	    "$HRV_TOP" "$1" >"$T/inner.t"
	run bash "$T/inner.t"
}
for bad in 'is a b x' 'like abc "^b" x' 'unlike abc b x' 'ok x false' \
    'not_ok x true' 'isnt a a x' 'run false; exit_is 0 x' \
    'run echo "{}"; json_is .id S-1 x' 'run echo nonsense; json_is .id S-1 x'
do
	inner "$bad"
	out_like '^not ok 1' "reported: $bad"
	exit_is 1 "exit 1: $bad"
done
inner 'must false'
exit_is 1 "a set-up step that fails ends the test"
inner ':'
exit_is 1 "a script without a test fails"
inner 'pass x; exit 0'
exit_is 1 "a script that leaves early fails"
inner 'pass x; echo "$T" >&2'
not_ok "the folder is gone afterwards" test -e "$err"

gpg_person ada
gpg_person bo
isnt "${FPRS[ada]}" "${FPRS[bo]}" "two people have two keys"
is "${#FPR}" 40 "a fingerprint has 40 digits"
echo secret >plain
run as ada gpg --batch --quiet --trust-model always -r "${FPRS[bo]}" \
    -o sealed -e plain
exit_is 0 "ada seals for bo"
run as bo gpg --batch --quiet -d sealed
out_is secret "bo opens it"
run as ada gpg --batch --quiet -d sealed
isnt "$rc" 0 "ada cannot"

if [ "$HRV_MODE" = plain ]; then
	run at '2016-03-01 10:00:00' date +%F
	out_is 2016-03-01 "at sets the day"
	at '2016-03-01 10:00:00' run date +%F
	out_is 2016-03-01 "also through a function"
	at '2016-03-01 10:00:00' as bo run date +%F
	out_is 2016-03-01 "also for a person"
	run as bo at '2016-03-01 10:00:00' gpg --batch -q -o signed -s plain
	exit_is 0 "bo signs in the past, with an agent of today"
	run as bo at '2035-01-01 00:00:00' gpg --batch -q -d sealed
	out_is secret "and opens in the future"
	run as ada gpg --batch --verify signed
	err_like 'Signature made .* 1 Mar 2016|Mar +1 .*2016' \
	    "the signature carries the set day"
	run date +%Y
	isnt "$out" 2016 "the clock is back afterwards"
fi

# vault_new says what the command line's contract says.
cat >fake <<'X'
#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls"
case "$*" in "policy show --json") echo '{"compartments":["pay","medical"]}'; esac
X
chmod +x fake
HRV=$T/fake
vault_new
vault_second counsel legal
like "$(cat calls)" "^--vault $T/vault init --founder ${FPRS[dpo]} --schedule" \
    "vault_new founds with the dpo"
like "$(cat calls)" "member add ${FPRS[hr]} --role hr --compartment pay,medical" \
    "hr is given every compartment of the schedule"
like "$(cat calls)" "member add ${FPRS[counsel]} --role legal" \
    "vault_second adds a second approver"
printf '#!/bin/sh\nexit 5\n' >fake
( vault_new ) >refused 2>&1
isnt $? 0 "vault_new fails when a step fails"
done_testing
