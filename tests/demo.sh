#!/bin/bash
# SPDX-License-Identifier: ISC
# The main job of hrvault on a made-up company, for people to watch: `make demo`.
#
# What it makes stays in ./demo (./demo-2, ... when that exists). Keys of the
# people in it are made for the occasion; the caller's own gpg home, home folder
# and clock are not touched. Everything said is checked: a step that does not
# end as announced ends the demo with exit 1.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
hrvault=${HRV:-$top/build/hrvault}
people="dpo hr auditor purge lucja"

# Nothing of the caller's is looked at but PATH and TERM.
for name in $(compgen -e); do
	case $name in
	PATH | TERM | NO_COLOR) ;;
	*) unset "$name" ;;
	esac
done
export LC_ALL=C.UTF-8 TZ=Europe/London
umask 077
bold='' off=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$(printf '\033[1m') off=$(printf '\033[0m')
fi
export NO_COLOR=1

# ---- what goes wrong ends it -------------------------------------------------

live='' demo=''
stop_agents()
{
	local who home
	for who in $people; do
		for home in "$live/$who" "$demo/keys/$who"; do
			[ -d "$home" ] || continue
			gpgconf --homedir "$home" --kill all >/dev/null 2>&1
			gpgconf --homedir "$home" --remove-socketdir \
			    >/dev/null 2>&1
		done
	done
}
leave()
{
	local rc=$?
	trap - EXIT
	[ -z "$live" ] || stop_agents
	[ -z "$live" ] || rm -rf "$live"
	exit $rc
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
die()
{
	printf '\ndemo: %s\n' "$*" >&2
	[ -z "$demo" ] || printf 'demo: what there is so far: %s\n' "$demo" >&2
	exit 1
}

# ---- telling -----------------------------------------------------------------

steps=0
part() { steps=$((steps + 1)); printf '\n%s%d. %s%s\n' "$bold" $steps "$*" "$off"; }
tell() { printf '%s\n' "$*" | fold -s -w 78 | sed 's/ *$//'; }
# The same after something that was shown.
then_tell() { printf '\n'; tell "$@"; }
# A command as somebody would type it.
typed()
{
	local a
	printf '\n'
	printf '  %s%s$' "$bold" "$1"
	shift
	for a in "$@"; do
		case $a in
		'' | *[!A-Za-z0-9_./:=,@+-]*) printf " '%s'" "$a" ;;
		*) printf ' %s' "$a" ;;
		esac
	done
	printf '%s\n' "$off"
}
indented()
{
	sed -e 's/^/  /' -e 's/ *$//'
}

# ---- doing -------------------------------------------------------------------

# days N: from here on commands run so many days before today.
ago=0
days() { ago=$1; }
date_ago() { date -d "$1 days ago" +%F; }
today() { date_ago "$ago"; }

# with WHO CMD...: with that person's keys, on the day that it is in the story.
with()
{
	local who=$1
	shift
	local -a e=(GNUPGHOME="$live/$who" XDG_STATE_HOME="$demo/state/$who"
	    HRVAULT_DIR="$demo/vault")
	[ "$ago" -eq 0 ] || e+=(LD_PRELOAD="$faketime" FAKETIME="-${ago}d"
	    DONT_FAKE_MONOTONIC=1)
	env "${e[@]}" "$@"
}
# hrv WHO ARGS...: hrvault, unseen, into .out and .err; has to succeed.
hrv()
{
	local who=$1
	shift
	with "$who" "$hrvault" --no-input "$@" >"$live/.out" 2>"$live/.err" \
	    </dev/null && return
	cat "$live/.err" >&2
	die "'hrvault $1 ${2:-}' failed"
}
# field NAME...: those of the JSON that the last hrv() printed, a line each
# document.
field()
{
	python3 -c '
import json, sys
for line in sys.stdin.read().splitlines():
    d = json.loads(line)
    print(*("" if d[k] is None else d[k] for k in sys.argv[1:]), sep="\t")
' "$@" <"$live/.out"
}
# show WHO CMD...: shown with what it says; has to end with exit $want (0).
want=0 most=40
show()
{
	local who=$1 rc n
	shift
	typed "$who" "$@"
	if [ "$1" = hrvault ]; then
		shift
		set -- "$hrvault" "$@"
	fi
	with "$who" "$@" >"$live/.shown" 2>&1 </dev/null
	rc=$?
	n=$(wc -l <"$live/.shown")
	head -n "$most" "$live/.shown" | indented
	[ "$n" -le "$most" ] ||
	    echo "... and $((n - most)) more lines" | indented
	[ "$rc" -eq "$want" ] || die "that ended with exit $rc instead of $want"
	[ "$want" -eq 0 ] || echo "(exit $rc)" | indented
	want=0 most=40
}
# holds WHAT CMD...: the demo checks for itself.
holds()
{
	local what=$1
	shift
	"$@" || die "not so: $what"
}

not_before() { [[ ! $1 < $2 ]]; }

# ---- before the first step ---------------------------------------------------

for tool in gpg gpgconf gpg-connect-agent python3 sha256sum tar; do
	command -v "$tool" >/dev/null || die "$tool is missing"
done
[ -x "$hrvault" ] || die "there is no $hrvault; run 'make' first"
for faketime in /usr/lib/*/faketime/libfaketime.so.1 \
    /usr/lib*/faketime/libfaketime.so.1; do
	[ -e "$faketime" ] && break
done
[ -e "$faketime" ] || die "libfaketime is missing"

name=demo i=1
until mkdir "$name" 2>/dev/null; do
	[ -e "$name" ] || die "cannot make a folder here"
	i=$((i + 1))
	name=demo-$i
done
demo=$(pwd)/$name
cd "$demo" || exit 1
mkdir keys state
# Sockets of agents need short paths: the homes live here and move at the end.
live=$(mktemp -d /tmp/hvd.XXXXXX) || die "cannot make a folder in /tmp"
export HOME=$live

started=$SECONDS
first=15

tell "${bold}hrvault: the main job, on a company that does not exist${off}"
printf '\n'
tell "Everything below really happens, in $demo. Only the calendar is" \
    "helped along: the story begins on $(date_ago $first) and ends today," \
    "by giving the program another date (libfaketime). This machine's" \
    "clock stays as it is."

# ------------------------------------------------------------------------------
part "Four people and their keys"
tell "Whoever uses a vault has an OpenPGP key. These are thrown away with the" \
    "demo; your own gpg home is not touched. Here are a data protection" \
    "officer (dpo), an HR officer (hr), an auditor, the account of the nightly" \
    "purge job (purge), and Łucja, an employee, who will ask what is stored."
declare -A key=()
make_key() # NAME LABEL
{
	local g=(gpg --homedir "$live/$1" --batch --quiet --no-tty
	    --faked-system-time "$(date -d '30 days ago' +%Y%m%dT000000)"
	    --pinentry-mode loopback --passphrase '')
	mkdir "$live/$1" "$demo/state/$1" &&
	    "${g[@]}" --quick-gen-key "$2 <$1@kiln.example>" ed25519 cert,sign \
		never 2>/dev/null || return 1
	key[$1]=$(gpg --homedir "$live/$1" --batch --with-colons -K \
	    2>/dev/null | awk -F: '$1 == "fpr" { print $10; exit }')
	"${g[@]}" --quick-add-key "${key[$1]}" cv25519 encr never 2>/dev/null &&
	    gpg --homedir "$live/$1" --batch --armor --export "${key[$1]}" \
		>"$live/$1.asc" 2>/dev/null
}
make_key dpo "Data protection officer" && make_key hr "HR officer" &&
    make_key auditor "Auditor" && make_key purge "Purge account" &&
    make_key lucja "Łucja Ødegård" || die "cannot make keys"
for who in $people; do
	gpg --homedir "$live/$who" --batch --quiet --import "$live"/*.asc \
	    2>/dev/null || die "cannot import keys"
	printf '  %-8s %s\n' "$who" "${key[$who]}"
done | indented
rm -f "$live"/*.asc

# ------------------------------------------------------------------------------
days $first
part "A vault  ($(today))"
tell "The dpo founds it, with the retention schedule for the United Kingdom" \
    "and the law on people's requests in England and Wales. All that follows" \
    "is in one folder; HRVAULT_DIR says which."
tell "controller.cfg says who answers for the data and where people can" \
    "complain; it will stand in every answer."
cat >controller.cfg <<'EOF'
controller = {
  id = "kiln"; version = "1";
  name = "Kiln & Daughters Ltd";
  address = ( "4 Clay Street", "Stoke-on-Trent ST1 9XX" );
  contact = { name = "Personnel office"; email = "hr@kiln.example"; };
  data_protection_officer = { name = "Data protection officer";
                              email = "dpo@kiln.example"; };
  authorities = ( { name = "Information Commissioner's Office";
                    web = "ico.org.uk"; } );
  automated_decisions = "none";
};
EOF
show dpo hrvault init --founder dpo@kiln.example --schedule uk --law uk-ew \
    --controller controller.cfg --origin kiln.example/staff
then_tell "The others get keys for what they do, and no more: the HR officer" \
    "none for medical papers; the auditor and the purge job none that opens" \
    "any record at all."
most=3
show dpo hrvault member add hr@kiln.example --role hr --compartment \
    general,recruitment,pay,disciplinary,references,safety
hrv dpo member add "${key[auditor]}" --role auditor
hrv dpo member add "${key[purge]}" --role purge
show dpo hrvault member list

# ------------------------------------------------------------------------------
part "People"
python3 "$top/tests/demo/company.py" --day "$(today)" company ||
    die "cannot make up a company"
tell "The list of employees comes as a CSV file from another system; a map" \
    "says what its columns mean. First a rehearsal that stores nothing."
show hr hrvault import company/people.csv --map bamboohr --check
show hr hrvault import company/people.csv --map bamboohr
then_tell "Candidates come as JSON Resume files. A decision on an application is" \
    "an event; from it the schedule counts."
n=0
while IFS=$'\t' read -r file _ closed; do
	n=$((n + 1))
	if [ $n -eq 1 ]; then
		show hr hrvault subject add --kind candidate --from \
		    "company/$file"
		hrv hr --json subject find rosalind@example.org
		candidate=$(field id)
		show hr hrvault subject event "$candidate" closed "$closed"
	else
		hrv hr --json subject add --kind candidate --from \
		    "company/$file"
		candidate2=$(field id)
		hrv hr subject event "$candidate2" closed "$closed"
	fi
done <company/resumes.tsv

# ------------------------------------------------------------------------------
part "Papers"
tell "Contracts, payslips, a warning, an accident: each is encrypted under a" \
    "key of its own. The class says how long it is kept."
n=0
while IFS=$'\t' read -r number class dated event title file; do
	who=hr
	[ "$class" != medical ] || who=dpo
	args=("number:$number" --class "$class" --date "$dated")
	[ "$event" = - ] || args+=(--event "$event")
	args+=(--title "$title" "company/$file")
	case $file in
	*013-payslip*) show $who hrvault record add "${args[@]}" ;;
	*) hrv $who record add "${args[@]}" ;;
	esac
	n=$((n + 1))
done <company/papers.tsv
then_tell "... and $((n - 1)) more like it."

# ------------------------------------------------------------------------------
part "Looking up"
tell "Names are nowhere stored in the clear, yet found: by any word, without" \
    "regard to accents and case, in any script, by number or e-mail. People" \
    "of the same name are listed, never guessed."
show hr hrvault subject find 'odegard'
show hr hrvault subject find 'παπαδοπουλου'
show hr hrvault subject find 'pryce owen'
show hr hrvault record list number:E-1001
hrv hr --json record list number:E-1001
medical=$(field class id | awk '$1 == "medical" { print $2 }')
payslip=$(field class keep_until id |
    sort -k2 | awk '$1 == "payslip" { id = $3 } END { print id }')
then_tell "Reading needs a purpose. The entry in the log is on disk before the" \
    "first byte is decrypted. What the HR officer has no key for stays" \
    "closed, and the attempt is in the log too."
show hr hrvault record read "$payslip" --purpose payroll
want=5
show hr hrvault record read "$medical" --purpose occupational_health

# ------------------------------------------------------------------------------
part "What is due"
tell "Six years after somebody left, a personnel file has done its duty" \
    "(Limitation Act 1980); payslips three tax years after theirs; an" \
    "application half a year after the decision."
most=8
show hr hrvault retention due
hrv hr --json retention due
field record | sort >"$live/due"
hrv hr --json subject find number:E-1002
hrv hr --json record list "$(field id)"
leaver=$(field class id | awk '$1 == "contract" { print $2 }')
then_tell "Why, for one of them:"
show hr hrvault record explain "$leaver"

# ------------------------------------------------------------------------------
part "A legal hold"
tell "A former employee goes to the tribunal. From now on nothing about her" \
    "can be destroyed or altered, by anybody, whatever the schedule says."
show dpo hrvault hold place --matter 'Tribunal 2207/26' \
    --reason 'Claim of unpaid overtime' --subject number:E-1005
hrv hr --json record list number:E-1005
held=$(field class id | awk '$1 == "contract" { print $2 }')
field id | sort >"$live/held"

# ------------------------------------------------------------------------------
days $((first - 1))
part "A request for access  ($(today))"
tell "Łucja wants to know what is stored about her. The clock of the law" \
    "starts, and until her case is answered nothing of hers is destroyed."
show dpo hrvault case open --subject number:E-1001 --right access \
    --received "$(today)" --channel letter
hrv dpo --json case list
case_=$(field id)
most=3
show dpo hrvault case identity "$case_" --method 'passport seen in person'
show dpo hrvault case collect "$case_"
then_tell "What a doctor wrote is undecided until somebody decides. Here it is" \
    "kept back, on a ground of that law that a doctor's opinion has to support," \
    "and she is told so, though not whose opinion it was."
show dpo hrvault case withhold "$case_" "$medical" --code S3P2-5 \
    --opinion 'Letter 26/114 of the company doctor' --opinion-date "$(today)" \
    --reason 'The doctor advised to talk about it in person first.'
then_tell "The answer is encrypted to her key; she opens it with plain gpg."
mkdir package
show dpo hrvault case export "$case_" --to "${key[lucja]}" \
    --output package/answer.tar.gpg
show lucja gpg --quiet --batch --output package/answer.tar --decrypt \
    package/answer.tar.gpg
mkdir package/opened
tar -x -C package/opened --strip-components 1 -f package/answer.tar ||
    die "the package is no tar file"
rm -f package/answer.tar
(cd package/opened && find . -type f | sort | sed 's,^\./,,') | indented
show lucja gpg --quiet --batch --trust-model always --verify \
    package/opened/manifest.json.sig package/opened/manifest.json
python3 "$top/tests/demo/package.py" package/opened >"$live/.out" ||
    die "the package is not what its manifest says"
indented <"$live/.out"
then_tell "index.html is what she reads; a letter comes with it:"
most=22
show lucja cat package/opened/letter.txt
hrv dpo --json record list number:E-1001
field id | sort >"$live/hers"
for record in $(cat "$live/hers"); do
	holds "$record is in the manifest" grep -q "\"$record\"" \
	    package/opened/manifest.json
done
most=4
show dpo hrvault case deliver "$case_" --method in-person
most=4
show dpo hrvault case close "$case_"

# ------------------------------------------------------------------------------
part "Days pass"
tell "What is due is announced first: for fourteen days it can still be held." \
    "The purge job looks every night and destroys nothing yet."
most=60
show purge hrvault purge plan
hrv purge --json purge plan
python3 -c '
import json, sys
print(*sorted(r["until"] for r in json.load(sys.stdin)["protected"]
    if r["why"] == "notice")[-1:])' <"$live/.out" >"$live/notice"
notice=$(cat "$live/notice")
printf '\n'
run=
while [ "$ago" -gt 0 ] || [ -z "$run" ]; do
	hrv purge --json purge run
	IFS=$'\t' read -r destroyed kept run < <(field destroyed protected \
	    certificate)
	printf '%s  purge run: %2s destroyed, %2s protected\n' "$(today)" \
	    "$destroyed" "$kept" | indented
	if [ "$destroyed" != 0 ]; then
		holds "the notice was kept" not_before "$(today)" "$notice"
		break
	fi
	[ "$ago" -gt 0 ] || die "nothing was destroyed"
	days $((ago - 1))
done

# ------------------------------------------------------------------------------
days 0
part "Gone, and what shows it  ($(today))"
tell "Destroyed is the key; what is left of the record is noise. Exactly what" \
    "was due went, but for what is held and what a case froze."
mkdir certificate
hrv purge purge show "$run" --output certificate
python3 -c '
import json, sys
print(*sorted(r["id"] for r in json.load(sys.stdin)["facts"]["records"]),
    sep="\n")' <"certificate/$run.json" >"$live/gone" ||
    die "the certificate names no records"
sort "$live/held" "$live/hers" | comm -23 "$live/due" - >"$live/expected"
holds "what was due and free is what went" cmp -s "$live/gone" \
    "$live/expected"
want=12
show hr hrvault record read "$leaver" --purpose administration
show hr hrvault record read "$held" --purpose administration
show hr hrvault subject find rosalind
then_tell "The certificate of destruction can be checked by anybody, with or" \
    "without hrvault."
most=24
show auditor hrvault purge show "$run"
show auditor hrvault purge verify "certificate/$run.json"
show auditor gpg --quiet --batch --trust-model always --verify \
    "certificate/$run.json.sig" "certificate/$run.json"

then_tell "Its entry in the log, too: by a small Python program that shares no" \
    "line with hrvault."
with auditor "$hrvault" audit vkey >vkey 2>/dev/null || die "no vkey"
python3 -c '
import base64, json, sys
sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)["log"]["entry"]))
' <"certificate/$run.json" >certificate/entry || die "no entry"
ln -s "$top/tests/tools/verify_checkpoint.py" verify_checkpoint.py
show auditor python3 verify_checkpoint.py proof --vkey "$(cat vkey)" \
    --leaf certificate/entry "certificate/$run.tlog-proof"

# ------------------------------------------------------------------------------
part "Those without a key, and the log"
tell "The purge account destroyed the records without ever being able to read" \
    "one; neither can the auditor."
want=5
show purge hrvault record read "$held" --purpose administration
want=5
show auditor hrvault record read "$held" --purpose administration
then_tell "What the auditor can do is see that the log is whole, and give its" \
    "newest signed head to somebody else, who checks it with another program."
show auditor hrvault audit verify
show auditor hrvault audit log --op record.read
with auditor "$hrvault" audit checkpoint >checkpoint 2>/dev/null ||
    die "no checkpoint"
show auditor cat checkpoint
show auditor python3 verify_checkpoint.py checkpoint \
    --vkey "$(cat vkey)" checkpoint
then_tell "And what there is to do today:"
show dpo hrvault status

# ------------------------------------------------------------------------------
part "What is left to look at"
stop_agents
for who in $people; do
	rm -f "$live/$who"/S.*
	mv "$live/$who" "keys/$who" || die "cannot keep the key of $who"
done
cat >as <<END
#!/bin/sh
# ./as WHO COMMAND...: hrvault as one of dpo, hr, auditor, purge.
[ \$# -gt 1 ] || { echo "usage: \$0 dpo|hr|auditor|purge COMMAND..." >&2; exit 2; }
GNUPGHOME='$demo/keys/'\$1 XDG_STATE_HOME='$demo/state/'\$1 HRVAULT_DIR='$demo/vault'
export GNUPGHOME XDG_STATE_HOME HRVAULT_DIR
who=\$1
shift
'$hrvault' "\$@"
rc=\$?
gpgconf --homedir "\$GNUPGHOME" --kill all >/dev/null 2>&1
exit \$rc
END
chmod +x as
cat <<END
  $name/vault          the vault: try 'strings' and 'grep' on it
  $name/package        the answer to the request, encrypted and opened
                       (look at package/opened/index.html with a browser)
  $name/certificate    the certificate of destruction, its signature and proof
  $name/checkpoint     the signed head of the log; vkey verifies it
  $name/company        what the company was made of
  $name/keys           the gpg homes of the people in it
  $name/as             a vault to play with: $name/as hr subject find owen

END
tell "${bold}All of it went as announced${off}, in $((SECONDS - started))" \
    "seconds. When done: rm -r $name"
