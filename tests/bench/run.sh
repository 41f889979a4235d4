#!/bin/bash
# SPDX-License-Identifier: ISC
# How long the retention commands take as whole processes, as ratios to work
# of raw SQLCipher on the same machine in the same minutes (make bench).
#
#	BENCH=full	also a vault of 1,000,000 records (about 3 GB of room)
#	REPS=N		repetitions; medians are printed (default 5)
#
# Nothing here passes or fails by time: a command that fails ends it.
. "$(dirname "$0")/../lib.sh"

REPS=${REPS:-5}
SIZES=(10000:1000 100000:10000 100000:1)
[ "${BENCH:-}" != full ] || SIZES+=(1000000:10000)
for need in sqlcipher python3 jq; do
	[ "$(type -t $need)" = file ] || skip_all "$need is not installed"
done
export HRVAULT_DIR=$T/vault
KEY="PRAGMA key = \"x'$(printf '%064d' 7)'\"; PRAGMA cipher_page_size = 4096;"

# timed COMMAND...: seconds, MiB of memory at most, and seconds on a processor
# (children too), into $took, $peak and $used; into
# $switch the seconds from the first file of the next generation of keys to the
# end of the last of the one before, where there were any, and how many of them
# on a processor into $cpu.
timed()
{
	local line
	line=$(python3 - "$HRVAULT_DIR" "$@" <<-'PY'
	import os, re, resource, subprocess, sys, time
	def generations():
	    return {int(m[1]) for m in map(re.compile(
	        r"(?:keys|anchor)[.]([0-9]+)(?:$|[.])").match,
	        os.listdir(sys.argv[1])) if m}
	old = max(generations()) if os.path.isdir(sys.argv[1]) else None
	def spent(pid):
	    with open(f"/proc/{pid}/stat") as f:
	        words = f.read().rpartition(")")[2].split()
	    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
	begun = ended = None
	cpu = 0
	t = time.monotonic()
	p = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL,
	                     stdout=open("out", "w"), stderr=open("err", "w"))
	while p.poll() is None:
	    time.sleep(0.0005)
	    if old is None or ended:
	        p.wait()
	    elif begun is None and max(generations()) > old:
	        begun, cpu = time.monotonic(), -spent(p.pid)
	    elif begun and old not in generations():
	        ended, cpu = time.monotonic(), cpu + spent(p.pid)
	t = time.monotonic() - t
	switch = (ended or begun) - begun if begun else 0
	use = resource.getrusage(resource.RUSAGE_CHILDREN)
	print(f"{t:.4f} {use.ru_maxrss / 1024:.0f} "
	      f"{use.ru_utime + use.ru_stime:.4f} {p.returncode} {switch:.4f} "
	      f"{max(cpu, 0):.4f}")
	PY
	)
	read -r took peak used rc switch cpu <<<"$line"
	[ "$rc" = 0 ] || bail "$*: exit $rc" "$(cat err)"
}
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }

# measure NAME CMD...: the median of REPS runs into ${M[NAME]}, the largest
# memory into ${P[NAME]}, the medians of the switches into ${M[NAME-switch]}
# and ${M[NAME-cpu]}.
# before() is run in front of each one.
declare -A M=() P=()
measure()
{
	local name=$1 i all=() peaks=() switches=() cpus=() uses=()
	shift
	for ((i = 0; i < REPS; i++)); do
		before
		timed "$@"
		all+=("$took")
		peaks+=("$peak")
		uses+=("$used")
		switches+=("$switch")
		cpus+=("$cpu")
	done
	M[$name-used]=$(median "${uses[@]}")
	M[$name-switch]=$(median "${switches[@]}")
	M[$name-cpu]=$(median "${cpus[@]}")
	M[$name]=$(median "${all[@]}")
	P[$name]=$(printf '%s\n' "${peaks[@]}" | sort -n | tail -1)
}
before() { :; }
fresh_vault()
{
	rm -rf "$HRVAULT_DIR" "$XDG_STATE_HOME"
	cp -a "$T/kept-vault" "$HRVAULT_DIR"
	cp -a "$T/kept-state" "$XDG_STATE_HOME"
	sync
}
fresh_raw()
{
	rm -f raw.db raw.db-wal raw.db-shm
	cp kept-raw.db raw.db
	sync
}

# Two tables as a vault of that size has them: what is scanned is a row of 350
# bytes per version, what is deleted a row per key.
make_raw() # RECORDS DUE
{
	rm -f kept-raw.db*
	cat >make.sql <<-SQL
	$KEY
	PRAGMA journal_mode = DELETE; PRAGMA cache_size = -16000;
	CREATE TABLE version (id INTEGER PRIMARY KEY, row BLOB);
	CREATE TABLE dek (id BLOB PRIMARY KEY, w BLOB) WITHOUT ROWID;
	CREATE TABLE due (id BLOB PRIMARY KEY) WITHOUT ROWID;
	BEGIN;
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	    WHERE i < $1) INSERT INTO version SELECT i, randomblob(350) FROM n;
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	    WHERE i < $1) INSERT INTO dek SELECT randomblob(16), randomblob(60)
	    FROM n;
	INSERT INTO due SELECT id FROM dek ORDER BY random() LIMIT $2;
	COMMIT;
	SQL
	sqlcipher kept-raw.db <make.sql >/dev/null ||
	    bail "a raw database to compare with"
	cat >scan.sql <<-SQL
	$KEY
	SELECT sum(length(row)), max(substr(row, 350, 1)) FROM version;
	SQL
	cat >copy.sql <<-SQL
	$KEY
	PRAGMA journal_mode = WAL;
	BEGIN IMMEDIATE;
	CREATE TABLE next (id BLOB PRIMARY KEY, w BLOB) WITHOUT ROWID;
	INSERT INTO next SELECT id, w FROM dek ORDER BY id;
	COMMIT;
	PRAGMA wal_checkpoint(TRUNCATE);
	SQL
	# Keys to go lie anywhere among the others, as those of a vault do.
	cat >delete.sql <<-SQL
	$KEY
	PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;
	BEGIN IMMEDIATE;
	DELETE FROM dek WHERE id IN (SELECT id FROM due);
	COMMIT;
	PRAGMA wal_checkpoint(TRUNCATE);
	SQL
}
make_vault() # RECORDS DUE
{
	rm -rf "$HRVAULT_DIR" "$XDG_STATE_HOME" "$T"/kept-*
	must "$HRV" init --founder "${FPRS[dpo]}" \
	    --schedule "$HRV_TOP/tests/bench/schedule.cfg"
	must "$HRV_B/tools/mass" "$HRVAULT_DIR" "$XDG_STATE_HOME/hrvault" \
	    "$1" "$2"
	mv "$HRVAULT_DIR" "$T/kept-vault"
	cp -a "$XDG_STATE_HOME" "$T/kept-state"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%8.2f", a / b }'; }
row() # NAME WORDS YARDSTICK
{
	printf '  %-38s %9.3f s %s x %-8s %7.3f s CPU %5d MiB\n' "$2" \
	    "${M[$1]}" "$(ratio "${M[$1]}" "${M[$3]}")" "$3" \
	    "${M[$1-used]}" "${P[$1]}"
}
part() # NAME YARDSTICK: what of it was the switch of generations
{
	printf '  %-38s %9.3f s %s x %-8s %7.3f s CPU\n' \
	    '  in it, the switch of generations' "${M[$1-switch]}" \
	    "$(ratio "${M[$1-switch]}" "${M[$2]}")" "$2" "${M[$1-cpu]}"
}
bench() # RECORDS DUE
{
	make_vault "$1" "$2"
	make_raw "$1" "$2"
	before() { :; }
	fresh_vault
	fresh_raw
	measure open "$HRV" hold list
	measure scan sqlcipher -init scan.sql raw.db .quit
	measure plan "$HRV" purge plan --json
	is "$(jq '.destroy_records' out)" "$2" "the plan has what is due"
	measure due "$HRV" retention due --json
	measure full "$HRV" audit verify --full --json
	measure verify "$HRV" audit verify --json
	must "$HRV" backup escrow "$T/escrow-$1-$2" --custodian "${FPRS[dpo]}"
	must "$HRV" backup keys "$T/copies-$1-$2" --escrow "$T/escrow-$1-$2"
	measure file cp "$HRVAULT_DIR/keys.1.db" copied
	measure keys "$HRV" backup keys "$T/copies-$1-$2"
	before() { fresh_raw; }
	measure copy sqlcipher -init copy.sql raw.db .quit
	measure delete sqlcipher -init delete.sql raw.db .quit
	before() { fresh_vault; }
	measure run "$HRV" --yes purge run --json
	is "$(jq '"\(.destroyed) \(.finished)"' -r out)" "$2 true" \
	    "the run destroyed it"
	measure rotate "$HRV" key rotate --compartment general --json
	is "$(jq '.rotated[0].rewrapped >= '"$1" out)" true \
	    "every data key was wrapped anew"
	echo "$1 records, $2 due; medians of $REPS:"
	row open 'open a vault (hold list)' open
	row scan 'raw: read every version row' open
	row delete 'raw: delete the keys that are due' open
	row plan 'purge plan' scan
	row due 'retention due' scan
	row full 'audit verify --full' scan
	row verify 'audit verify' scan
	row file 'raw: copy the file of keys' open
	row keys 'backup keys' file
	row run 'purge run' delete
	row copy 'raw: copy every key' open
	part run copy
	row rotate 'key rotate (a compartment)' copy
	part rotate copy
	[ "$2" -eq 1 ] || SEEN+=("$1 $2 ${M[open]} ${M[plan]} ${M[due]} ${M[run]} ${M[delete]}")
}

gpg_person dpo
export GNUPGHOME=$T/gpg-dpo XDG_STATE_HOME=$T/state-dpo
SEEN=()
for size in "${SIZES[@]}"; do
	bench "${size%:*}" "${size#*:}"
done
echo "per record that is due, without the opening, against the first vault:"
printf '%s\n' "${SEEN[@]}" | awk '{
	p = ($4 - $3) / $2; d = ($5 - $3) / $2; r = ($6 - $3) / $2
	if (NR == 1) { p1 = p; d1 = d; r1 = r }
	printf "  %8d records, %5d due: plan %.2f, retention due %.2f, " \
	    "run %.2f\n", $1, $2, p / p1, d / d1, r / r1 }'
done_testing
