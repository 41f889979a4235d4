#!/bin/bash
# SPDX-License-Identifier: ISC
# The units of the purge timer load without a complaint, are shut in, and let
# a destruction run through with nothing but what they allow.
. "$(dirname "$0")/../lib.sh"
units=$HRV_TOP/packaging/systemd
service=$units/hrvault-purge.service

# value KEY [FILE]: all values of a key, in one line.
value() { sed -n "s/^$1=//p" "${2:-$service}" | paste -sd ' '; }

is "$(value User) $(value Group)" 'hrvault-purge hrvault' 'an account of its own'
is "$(value Type)" oneshot 'it ends'
is "$(value ExecStart)" 'hrvault --no-input purge run' 'nobody is asked'
is "$(value ProtectSystem) $(value PrivateNetwork) $(value NoNewPrivileges)" \
    'strict yes yes' 'it can write nowhere else and tell nobody'
is "$(value MemoryDenyWriteExecute)" yes 'no memory is written and run'
is "$(value ReadWritePaths)" /srv/hr/vault 'but into the vault'
is "$(value StateDirectoryMode)" 0700 'its key is its own'
is "$(value Persistent "$units/hrvault-purge.timer")" yes 'no night is missed'

# Each exit code of the program has been thought of.
"$HRV" help exit-codes | grep -oE '^ +[0-9]+ ' | tr -d ' ' | sort >"$T/codes"
ok 'the exit codes are listed' test "$(wc -l <"$T/codes")" -ge 13
is "$({ value SuccessExitStatus; value RestartPreventExitStatus; echo 0 7; } |
    tr ' ' '\n' | sort)" "$(cat "$T/codes")" \
    'each is success, tried again or left to people'

if ! command -v systemd-analyze >/dev/null; then
	skip 'the units load' 'systemd-analyze is not installed'
	skip 'they are shut in' 'systemd-analyze is not installed'
	skip 'the run gets by with the calls they allow' \
	    'systemd-analyze is not installed'
	done_testing
fi

# The program is where a test has it.
mkdir -p "$T/units/hrvault-purge.service.d"
sed "s|^ExecStart=hrvault |ExecStart=$HRV |" "$service" \
    >"$T/units/hrvault-purge.service"
cp "$units/hrvault-purge.timer" "$T/units"
# Manuals may not be there, and units of the machine are not ours.
verify()
{
	systemd-analyze verify --man=no --recursive-errors=no \
	    "$T/units/hrvault-purge.service" "$T/units/hrvault-purge.timer" 2>&1
}
run verify
is "$rc $(grep hrvault <<<"$out")" '0 ' 'the units load'
cp "$units/hrvault-purge-credential.conf" "$T/units/hrvault-purge.service.d"
run verify
is "$rc $(grep hrvault <<<"$out")" '0 ' 'so they do with a credential'
echo 'ProtectSytem=strict' >>"$T/units/hrvault-purge.service"
run verify
like "$out" ProtectSytem 'a slip would be found'
sed -i '$d' "$T/units/hrvault-purge.service"
run systemd-analyze security --offline=yes --threshold=15 \
    "$T/units/hrvault-purge.service"
ok 'it is shut in, to 1.5 of 10' test "$rc" -eq 0

# calls SET...: system calls, those of sets (@) looked up.
calls()
{
	local name
	# shellcheck disable=SC2046 # words
	for name in "$@"; do
		case $name in
		@*) calls $(systemd-analyze syscall-filter "$name" |
		    sed -e 1d -e 's/#.*//') ;;
		*) echo "$name" ;;
		esac
	done | sort -u
}
if ! command -v strace >/dev/null || [ "$HRV_MODE" != plain ]; then
	skip 'the run gets by with the calls they allow' 'needs strace'
	done_testing
fi
# As systemd reads the lines: each adds to those before it, or takes away.
: >"$T/allowed"
while read -r sets; do
	# shellcheck disable=SC2086 # words
	calls ${sets#\~} >"$T/set"
	case $sets in
	~*) comm -23 "$T/allowed" "$T/set" >"$T/next" ;;
	*) sort -u "$T/allowed" "$T/set" >"$T/next" ;;
	esac
	mv "$T/next" "$T/allowed"
done < <(sed -n 's/^SystemCallFilter=//p' "$service")
ok 'the filter lets something through' grep -qx openat "$T/allowed"
cat >at-once.cfg <<'EOC'
schedule = {
  id = "at-once"; version = "1"; title = "No notice"; jurisdiction = "XX";
  timezone = "Europe/London"; compartments = ( "general" );
  purge = { notice = "P0D"; };
  classes = ( { id = "note"; title = "Note"; who = ( "employee" );
    compartment = "general"; purpose = "administration";
    legal_basis = "contract"; rules = ( "r" ); } );
  rules = ( { id = "r"; cite = "test";
    keep = { on = "record.created"; plus = "P1Y"; }; } );
};
EOC
vault_new "$T/v" "$T/at-once.cfg"
must as hr hrv subject add --kind employee --name "Zoë Example" --json
echo "an old note" >note.txt
must as hr hrv record add "$(json .id)" --class note --date 2020-01-01 note.txt
as purge run strace -f -qq -o "$T/trace" "$HRV" --no-input purge run --json \
    </dev/null
is "$rc $(json .destroyed)" '0 1' 'a run under observation destroys a record'
sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' "$T/trace" | sort -u >"$T/called"
ok 'calls were seen' grep -qx openat "$T/called"
is "$(comm -23 "$T/called" "$T/allowed" | paste -sd ' ')" '' \
    'the run gets by with the calls they allow'
is "$(grep -E '(mmap|mprotect)\(.*PROT_WRITE\|PROT_EXEC' "$T/trace")" '' \
    'and without memory that is written and run'
is "$(grep -oE 'socket\(AF_[A-Z0-9]+' "$T/trace" | sort -u)" 'socket(AF_UNIX' \
    'and speaks with its agent only'
done_testing
