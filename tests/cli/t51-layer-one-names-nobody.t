#!/bin/bash
# SPDX-License-Identifier: ISC
# Nothing that names or describes a person stands in any file of a vault, nor
# in its databases once they are opened with the keys of the database.
. "$(dirname "$0")/../lib.sh"
dump=$HRV_B/tools/vault_dump
[ -x "$dump" ] || skip_all "vault_dump is not built"

# Markers: every text that somebody typed or handed in has one.
marks="Qxname Qxfamily E-QX7741 qxmail qxhost 07700900417 1987-03-09 Qxtitle
    Qxsource Qxfile Qxbody Qxreason Qxmatter Qxhold Qxwhy"
vault_new "$T/vault" uk
must as hr hrv subject add --kind employee --name "Qxname Qxfamily" \
    --number E-QX7741 --email qxmail@qxhost.example --phone "+447700900417" \
    --born 1987-03-09
S=$(head -n 1 "$T/.out" | grep -o 'S-[0-9A-Z]*')
echo "Qxbody of a document" >Qxfile.txt
must as hr hrv record add "$S" --class personnel_file --title "Qxtitle" \
    --source "Qxsource" Qxfile.txt
R=$(head -n 1 "$T/.out" | grep -o 'R-[0-9A-Z]*')
must as hr hrv record read "$R" --purpose administration \
    --reason "Qxreason" --output out.txt
must as hr hrv subject find "Qxfamily"
must as hr hrv subject update "$S" --name "Qxname Qxfamily-Qxnew" \
    --reason "Qxwhy"
marks="$marks Qxnew"
must as dpo hrv hold place --subject "$S" --matter "Qxmatter" \
    --reason "Qxhold"
run as hr hrv record read "$R" --purpose Qxpurpose --output none.txt
isnt "$rc" 0 "a refusal is logged too"
marks="$marks Qxpurpose"
run as hr hrv subject find "nobody Qxnothing"
marks="$marks Qxnothing"

run "$dump" "$T/vault" "$T/gpg-dpo" "$T/state-dpo"
exit_is 0 "the databases open"
cp "$T/.out" dump.txt
ok "and hold something" test "$(wc -l <dump.txt)" -gt 50

# Every file of the vault, what the databases hold, and what the log says.
must as auditor hrv audit log --json
cp "$T/.out" log.txt
find vault -type f -exec cat {} + >files.bin
cat files.bin dump.txt log.txt >all.bin
ok "there is something to look through" test -s all.bin
tr -d '\n' <all.bin | tr A-Z a-z >all.lower

# seen MARK: in which encoding it stands there, if any.
seen()
{
	local m=$1 hex b i
	if LC_ALL=C grep -aiqF -e "$m" all.bin; then echo raw; fi
	hex=$(printf %s "$m" | xxd -p | tr -d '\n')
	if grep -aqF -e "$hex" all.lower; then echo hex; fi
	# UTF-16 either way round differs only in where it begins.
	if LC_ALL=C grep -aqP -e "$(printf %s "$m" |
	    sed 's/[^a-zA-Z0-9]/\\&/g; s/\([a-zA-Z0-9]\)/\1\\x00/g; s/\\x00$//')" \
	    all.bin; then echo utf16; fi
	# base64 at each of its three phases, without the edges that what lies
	# around would change.
	for i in 0 1 2; do
		b=$(printf "%${i}s%s" "" "$m" | base64 -w0 | tr -d =)
		case $i in 0) b=${b:0} ;; 1) b=${b:2} ;; 2) b=${b:3} ;; esac
		b=${b:0:$((${#b} - 2))}
		[ "${#b}" -ge 6 ] || continue
		if LC_ALL=C grep -aqF -e "$b" all.bin; then echo base64; fi
	done
}

# The search itself must be able to find: with something put in.
printf 'x%s' "Qxproof" >>all.bin
is "$(seen Qxproof)" raw "the search finds plain text"
printf %s Qxproof | xxd -p | tr -d '\n' >>all.lower
like "$(seen Qxproof)" hex "and hex"
printf 'yQxother!' | base64 -w0 >>all.bin
like "$(seen Qxother)" base64 "and base64"
printf 'Qxwide' | iconv -t UTF-16LE >>all.bin
like "$(seen Qxwide)" utf16 "and UTF-16"

for m in $marks; do
	is "$(seen "$m" | sort -u | tr '\n' ' ')" "" "nowhere: $m"
done
# Words of a name are short; their hashes must not stand there either.
for m in Qxname "Qxname Qxfamily" E-QX7741 qxmail@qxhost.example; do
	hex=$(printf %s "$m" | sha256sum | cut -d' ' -f1)
	is "$(grep -ac "$hex" all.lower)" 0 "nor the hash of: $m"
done
hex=$(sha256sum <Qxfile.txt | cut -d' ' -f1)
is "$(grep -ac "$hex" all.lower)" 0 "nor the hash of a content"
done_testing
