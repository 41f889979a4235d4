#!/bin/bash
# SPDX-License-Identifier: ISC
# Two destruction runs at once destroy once, and a hold that is in the log
# before the destruction keeps its record, whenever it is placed.
# slow
. "$(dirname "$0")/../lib.sh"

DAY=2026-03-02
day() { date -d "$DAY + $1 days" +%F; }
for who in dpo hr auditor purge; do
	gpg_person $who
	gpg-connect-agent --homedir "$T/gpg-$who" /bye >/dev/null 2>&1
done
at "$DAY 08:00:00" vault_new
must as hr at "$DAY 08:30:00" hrv subject add --kind employee \
    --name 'Ngaire Te Awhina' --number E-1
# The person stays, whatever becomes of the other papers.
echo contract >doc.txt
must as hr at "$DAY 08:31:00" hrv record add number:E-1 --class contract doc.txt

# Each round has three payslips, long over, whose notice ends a day after that
# of the round before.
DELAYS=(0 0.02 0.05 0.08 0.12)
ROUNDS=$((2 + ${#DELAYS[@]}))
for ((r = 0; r < ROUNDS; r++)); do
	for n in 1 2 3; do
		echo "payslip $r $n" >slip.txt
		must as hr at "$(day $r) 09:00:00" hrv record add number:E-1 \
		    --class payslip --event pay_date=2019-04-30 slip.txt --json
		json .id >"round-$r-$n"
	done
done
must as purge at "$(day 13) 03:00:00" hrv purge run --json
json_is .destroyed 0 "nothing goes inside the notice"

# In a process of its own: leaves NAME.out, NAME.err and NAME.rc.
aside() # NAME ARGS...
{
	local name=$1
	shift
	hrv_faked "$HRV_AT" "$HRV" "$@" >"$name.out" 2>"$name.err" </dev/null
	echo $? >"$name.rc"
}
reads() # RECORD DAY: the exit code of reading it
{
	as hr at "$2 12:00:00" hrv record read "$1" --purpose payroll
	echo "$rc"
}

# ---- two runs ----------------------------------------------------------------

D=$(day 14)
as purge at "$D 03:00:00" aside one purge run --json &
as purge at "$D 03:00:00" aside two purge run --json &
wait
sum=0
for name in one two; do
	case $(cat $name.rc) in
	# 3: the other one still read the old keys; the next run finishes it.
	0 | 3) sum=$((sum + $(jq .destroyed $name.out))) ;;
	7) diag "$name found the other at work" ;;
	*) flunk "two runs at once" "$(cat $name.rc $name.err)" ;;
	esac
done
is $sum 3 "two runs at once destroy each record once"
must as purge at "$D 03:30:00" hrv purge run --json
must as auditor at "$D 04:00:00" hrv audit log --json --op purge.certificate
is "$(json .run | wc -l)" 1 "and certify once"

# ---- a hold between the plan and the run -------------------------------------

D=$(day 15)
R=$(cat round-1-2)
must as purge at "$D 03:00:00" hrv purge plan --json
json_is '.destroy | length' 3 "a plan shows three"
must as dpo at "$D 03:01:00" hrv hold place --matter M --reason T --record "$R"
must as purge at "$D 03:02:00" hrv purge run --json
json_is .destroyed 2 "a hold placed after it keeps its record"
is "$(reads "$R" "$D")" 0 "which can be read"
is "$(reads "$(cat round-1-1)" "$D")" 12 "unlike the one beside it"

# ---- a hold during the run ---------------------------------------------------

kept=0
for ((i = 0; i < ${#DELAYS[@]}; i++)); do
	r=$((2 + i))
	D=$(day $((14 + r)))
	R=$(cat round-$r-2)
	as purge at "$D 03:00:00" aside run purge run --json &
	sleep "${DELAYS[i]}"
	as dpo at "$D 03:00:00" aside hold hold place --matter M --reason T \
	    --record "$R"
	wait
	case $(cat run.rc)/$(cat hold.rc) in
	[037]/*) ;;
	*) flunk "a run beside a hold ends well" "$(cat run.err)" ;;
	esac
	must as auditor at "$D 04:00:00" hrv audit log --json
	jq -r "select(.time | startswith(\"$D\")) | .op" .out >ops
	placed=$(grep -n '^hold.place' ops | head -n 1 | cut -d: -f1)
	commit=$(grep -n '^purge.commit' ops | head -n 1 | cut -d: -f1)
	got=$(reads "$R" "$D")
	if [ "$(cat hold.rc)" -eq 0 ] &&
	    [ "${placed:-0}" -lt "${commit:-999999}" ]; then
		is "$got" 0 "held ${DELAYS[i]} s after the start: kept"
		kept=$((kept + 1))
	else
		is "$got" 12 "held ${DELAYS[i]} s after the start: too late"
	fi
done
diag "$kept of ${#DELAYS[@]} came in time"

as auditor at "$D 05:00:00" hrv audit verify
exit_is 0 "the log is whole"
as purge at "$D 06:00:00" hrv check
exit_is 0 "and nothing is damaged"
done_testing
