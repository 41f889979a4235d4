#!/bin/bash
# SPDX-License-Identifier: ISC
# Every command of the guide for legal counsel is run, as counsel, in the order
# of the page, with its examples replaced by what is there.
. "$(dirname "$0")/../lib.sh"

vault_new
for n in 1 2; do
	must as hr hrv subject add --kind employee --name "Łoś 王 $n" \
	    --number "E-100$n"
done
echo text >doc.txt
must as hr hrv record add number:E-1001 --class contract --date 2021-01-01 \
    doc.txt
vault_second counsel legal
for f in matter reason court; do echo "about the $f" >$f.txt; done
echo "Ewa Ćwik" >custodian.txt

# The commands of the page, one a line.
sed -n 's/^    //p' "$HRV_TOP/docs/guides/counsel.md" |
    sed -e ':a' -e '/\\$/{N;s/\\\n */ /;ba' -e '}' >commands
ok "the guide has commands" test "$(wc -l <commands)" -gt 12
H="H-01ABCD"
# Somebody else's, for counsel to approve.
must as dpo hrv hold place --matter other --reason other --json \
    --subject number:E-1002
as dpo hrv hold release "$(json .id)" --reason over
OTHER=$(printf '%s\n' "$err" | grep -o 'P-[0-9A-Z]*' | head -n 1)
while read -r line; do
	line=${line//H-01ABCD/$H}
	line=${line//P-01ABCD/$OTHER}
	line=${line//0123456789ABCDEF/${FPRS[hr]:24}}
	words=${line#hrvault }
	eval "as counsel hrv --json $words"
	case $rc:$words in
	6:hold\ export* | 6:hold\ release* | 6:member\ link*)
		P=$(json_err .error.message | grep -o 'P-[0-9A-Z]*')
		must as dpo hrv proposal approve "$P"
		eval "as counsel hrv --json $words"
		;;
	esac
	exit_is 0 "$words"
	case $words in
	hold\ place*--until-review*) H=$(json .id) ;;
	esac
done <commands
ok "the export is there" test -s custody.tar
as auditor hrv audit verify
exit_is 0 "the log verifies"
done_testing
