#!/bin/bash
# SPDX-License-Identifier: ISC
# Several accounts of one group work on one vault, whatever their umask, the
# purge account among them; readers beside writers; an account outside of the
# group is told so.
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "needs root, to be several accounts"
[ "$(type -t setpriv)" = file ] || skip_all "setpriv is missing"

group=60000
declare -A uids=([dpo]=60001 [hr]=60002 [purge]=60003 [auditor]=60004
    [outsider]=60009)
for who in dpo hr purge auditor outsider; do gpg_person $who; done
chmod 711 "$T"
# The program is taken along: the source tree may be closed to others.
mkdir -m 755 "$T/prog" "$T/prog/build"
cp "$HRV" "$T/prog/build/hrvault"
cp -r "$HRV_TOP/policy" "$T/prog/policy"
chmod -R go+rX "$T/prog"
for who in "${!uids[@]}"; do
	mkdir -m 700 "$T/home-$who"
	chown -R "${uids[$who]}:${uids[$who]}" "$T/gpg-$who" "$T/state-$who" \
	    "$T/home-$who"
done
mkdir -m 2770 "$T/shared"
chown 0:$group "$T/shared"
export HRVAULT_DIR=$T/shared/vault

# on NAME UMASK CMD...: the program as that account
on()
{
	local who=$1 mask=$2 g=$group
	shift 2
	[ "$who" != outsider ] || g=${uids[outsider]}
	run env -C "$T/home-$who" GNUPGHOME="$T/gpg-$who" HOME="$T/home-$who" \
	    XDG_STATE_HOME="$T/state-$who" bash -c 'umask "$0"; exec "$@"' \
	    "$mask" setpriv --reuid "${uids[$who]}" --regid "$g" \
	    --clear-groups "$T/prog/build/hrvault" --yes "$@" </dev/null
}
modes() { find "$HRVAULT_DIR" "$@" -printf './%P %m %g\n'; }

on dpo 077 init --founder "${FPRS[dpo]}" --schedule uk
exit_is 0 "one account of the group makes the vault"
on dpo 077 policy show --json
comps=$(json '.compartments | map(.id? // .) | join(",")')
on dpo 077 member add "${FPRS[hr]}" --role hr --compartment "$comps"
on dpo 077 member add "${FPRS[purge]}" --role purge
on dpo 077 member add "${FPRS[auditor]}" --role auditor
exit_is 0 "and takes the others in"
on hr 077 subject add --kind employee --name 'Ngozi Öz' --json
exit_is 0 "another writes, with a umask that would lock everybody out"
S=$(json .id)
echo text >"$T/home-hr/doc.txt"
chmod 644 "$T/home-hr/doc.txt"
on hr 000 record add "$S" --class contract doc.txt --json
exit_is 0 "and with one that would let everybody in"
R=$(json .id)
on dpo 027 record read "$R" --purpose administration --output -
exit_is 0 "the first reads it"
on purge 077 purge run
exit_is 0 "the purge account runs"
on purge 077 record read "$R" --purpose administration --output -
exit_is 5 "and can read nothing"
on auditor 077 audit verify
exit_is 0 "the auditor's account verifies"
on dpo 077 hold place --matter m --reason r --subject "$S"
exit_is 0 "the first writes again, over what the others left"
is "$(modes -type f | awk '$2 != 660')" '' "every file is for the group, only"
is "$(modes -type d | awk '$2 != 2770 && $1 != "./seen"')" '' \
    "every folder hands the group on"
is "$(modes | awk -v g=$group '$3 != g')" '' "everything is the group's"

# Readers beside a writer.
writer()
{
	local i
	for i in 1 2 3 4 5 6; do
		on hr 077 record add "$S" --class contract doc.txt
		[ "$rc" -eq 0 ] || echo "writer $rc $err"
	done
}
reader()
{
	local i
	for i in 1 2 3 4; do
		on "$1" 077 "${@:2}"
		[ "$rc" -eq 0 ] || echo "$1 $rc $err"
	done
}
writer >w1 &
reader auditor audit verify >w2 2>&1
wait
is "$(cat w1 w2)" '' "an auditor reads beside a writer, and neither waits"
on hr 077 record list "$S" --json
is "$(json .record | wc -l)" 7 "nothing was lost"

# Whoever makes the write-ahead log anew gives it the group's mode only once it
# is there; who comes in between waits for that.
wal=$HRVAULT_DIR/vault.db-wal
on dpo 077 status
not_ok "nobody has the vault open" test -e "$wal"
setpriv --reuid "${uids[dpo]}" --regid "$group" --clear-groups \
    bash -c 'umask 077; : >"$0"; sleep 1; chmod 660 "$0"' "$wal" &
while [ ! -e "$wal" ]; do sleep 0.01; done
on hr 077 record add "$S" --class contract doc.txt
exit_is 0 "a file that is being made keeps nobody out"
wait
on hr 077 record list "$S" --json
is "$(json .record | wc -l)" 8 "and it is stored"

on outsider 077 status
ok "an account outside of the group gets in nowhere" \
    test "$rc" -eq 10 -o "$rc" -eq 8
err_like 'hint: ' "and is told what to do"
err_like 'group|permission|account' "and why"
on outsider 077 --as "${FPRS[dpo]}" subject list
ok "whatever key it names" test "$rc" -eq 10 -o "$rc" -eq 8

for who in "${!uids[@]}"; do
	setpriv --reuid "${uids[$who]}" --regid "${uids[$who]}" --clear-groups \
	    gpgconf --homedir "$T/gpg-$who" --kill all >/dev/null 2>&1
done
done_testing
