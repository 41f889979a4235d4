#!/bin/bash
# SPDX-License-Identifier: ISC
# `make demo` in an environment with nothing but PATH: ends with 0, leaves its
# folder, and does not touch the home of who calls it.
# slow
. "$(dirname "$0")/../lib.sh"

[ "$HRV_MODE" = plain ] || skip_all "it moves the clock"
mkdir work home/.gnupg
cd work || exit 1
state() { find "$HOME" -printf '%p %s %m %t\n' | sort; }
state >../before
run env -i PATH="$PATH" HOME="$HOME" HRV="$HRV" "$HRV_TOP/tests/demo.sh" </dev/null
exit_is 0 "the demo ends well"
out_like 'All of it went as announced' "and says so"
out_unlike $'\033' "without colours, where there is no terminal"
is "$err" '' "and nothing is complained of"
state >../after
ok "the caller's home is as it was" cmp ../before ../after
is "$(ls)" demo "there is one folder"
for f in vault package/answer.tar.gpg package/opened/index.html checkpoint \
    keys/dpo certificate as; do
	ok "with $f" test -e "demo/$f"
done
run demo/as hr subject find yildiz
out_like 'Çağla Yıldız' "its vault can be played with"
not_ok "no name lies in the vault's files" grep -rqE 'Yıldız|Ødegård|Tribunal' \
    demo/vault
left=0
for home in $(pgrep -fa '^gpg-agent --homedir /tmp/hvd' | awk '{ print $4 }'); do
	[ -e "$home" ] || left=$((left + 1))
done
is $left 0 "no agent is left"
done_testing
