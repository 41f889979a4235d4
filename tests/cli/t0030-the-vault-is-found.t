#!/bin/bash
# SPDX-License-Identifier: ISC
# Which vault a command means: option, variable, configuration file; exit 10.
. "$(dirname "$0")/../lib.sh"

"$HRV" help member >/dev/null 2>&1 ||
    skip_all 'no command that opens a vault'
hrv member list
exit_is 10 'no vault named: exit 10'
err_like 'add --vault DIR' 'and what to do'
hrv member list --json
is "$(json_err '.error | "\(.code) \(.name)"')" '10 no-vault' 'as JSON'
hrv --vault "$T/none" member list
exit_is 10 'a folder that is not there'
mkdir "$T/empty"
HRVAULT_DIR=$T/empty hrv member list
exit_is 10 'an empty folder'

gpg_person dpo
must as dpo hrv init "$T/v" --founder "$FPR" \
    --schedule "$HRV_TOP/tests/policy/retention.cfg" --law uk-ew --json
json_is 'has("vault") and has("origin") and has("vkey")' true 'init: fields'
as dpo hrv init "$T/v" --founder "$FPR" \
    --schedule "$HRV_TOP/tests/policy/retention.cfg"
isnt "$rc" 0 'init never writes over a vault'
as dpo hrv --vault "$T/v" member list --json
exit_is 0 'by option'
HRVAULT_DIR=$T/v as dpo hrv member list --json
json_is .fingerprint "$FPR" 'by variable'
mkdir -p "$HOME/.config/hrvault"
printf '# mine\n\nvault = "%s"\n' "$T/v" >"$HOME/.config/hrvault/config"
as dpo hrv member list --json
json_is .role dpo 'by configuration file'
HRVAULT_DIR=$T/none as dpo hrv member list
exit_is 10 'the variable comes before the file'
HRVAULT_DIR=$T/none as dpo hrv --vault "$T/v" member list
exit_is 0 'the option before the variable'
mkdir "$T/conf"
mkdir "$T/conf/hrvault"
cp -r "$T/v" "$HOME/mine"
echo 'vault = ~/mine' >"$T/conf/hrvault/config"
XDG_CONFIG_HOME=$T/conf as dpo hrv member list
exit_is 0 '~ is the home folder'
gpg_person stranger
as stranger hrv --vault "$T/v" member list
exit_is 8 'somebody who is no member: exit 8'
done_testing
