#!/bin/bash
# SPDX-License-Identifier: ISC
# slow
# Keys divided among custodians come back from any m of them, after a round of
# confirmations, by two people; another implementation combines the same key.
. "$(dirname "$0")/../lib.sh"

vault_new
for who in kim lee mo; do gpg_person $who; done
custodians=("${FPRS[kim]}" "${FPRS[lee]}" "${FPRS[mo]}")
mkdir s1 s1b s2 words

as dpo hrv key split --threshold 2 "${custodians[@]}" --output s1 --json
exit_is 0 "in founding one person divides the keys"
json_is .state pending "nobody has confirmed yet"
split1=$(json .split)
is "$(find s1 -name 'share-*.gpg' | wc -l)" 3 "a file for each custodian"
is "$(find s1 ! -perm 600 -type f | wc -l)" 0 "which nobody else can read"
# share_of FOLDER NAME: the file that was made for somebody
share_of() { echo "$1"/share-"${FPRS[$2]:32}"-*.gpg; }
for who in kim lee mo; do
	is "$(gpg --homedir "$T/gpg-$who" --batch --list-only --list-packets \
	    "$(share_of s1 $who)" 2>/dev/null | grep -c 'pubkey enc')" 1 \
	    "the share of $who is for one key"
done
as dpo hrv status --json
json_is .recovery.state pending "status says that it waits"
json_is '.attention[] | select(.text | test("0 of 3")) | .level' warning \
    "and for how many"

# One that fails leaves nothing: here its shares have no place to go.
as dpo hrv key split --threshold 2 "${custodians[@]}" --output s1
isnt "$rc" 0 "a split whose shares cannot be written fails"
is "$(find "$HRVAULT_DIR" -name 'recovery.*')" "$HRVAULT_DIR/recovery.$split1" \
    "and leaves no file that a share could open"
as dpo hrv status --json
json_is .recovery.split "$split1" "the one before it is as it was"
as dpo hrv check --json
json_is '.remarks | map(select(test("recovery"))) | length' 0 "nothing is odd"
echo x >"$HRVAULT_DIR/recovery.00112233445566778899aabbccddeeff"
as dpo hrv check --json
json_is '.remarks[] | select(test("recovery")) | .[0:20]' \
    'recovery.00112233445' "what a killed one left is told"
rm "$HRVAULT_DIR/recovery.00112233445566778899aabbccddeeff"

# One that not all confirm is taken back, with what its shares lead to.
mkdir s0
must as dpo hrv key split --threshold 2 "${custodians[@]}" --output s0 --json
split0=$(json .split)
not_ok "a pending one replaces a pending one" \
    test -e "$HRVAULT_DIR/recovery.$split1"
as purge hrv key split --withdraw
exit_is 5 "the purge account takes nothing back"
mkdir whole && cp -a "$HRVAULT_DIR" state-* whole
back() { rm -rf "$HRVAULT_DIR" state-* && cp -a whole/. .; }
withdraw() { as hr "$HRV_B/tools/killat" -c "$@" "$HRV" key split --withdraw; }
withdraw -n calls 0 >/dev/null 2>&1
state=none
for i in $(seq $(($(cat calls) * 3 / 4)) -1 1); do
	back
	withdraw -e 28 "$i" >/dev/null 2>&1 && continue
	as dpo hrv status --json
	state=$(json .recovery.state)
	[ "$state" = none ] || break
done
is "$state" pending "a withdrawal that fails at the last moment withdraws nothing"
ok "and leaves what the shares lead to" test -e "$HRVAULT_DIR/recovery.$split0"
back
as hr hrv key split --withdraw --json
exit_is 0 "another member takes it back"
json_is '.splits[0]' "$split0" "the one that waits"
not_ok "its file is gone" test -e "$HRVAULT_DIR/recovery.$split0"
as hr hrv key split --withdraw
exit_is 4 "once"
as dpo hrv status --json
json_is .recovery.state none "and there is none"
as auditor hrv audit verify --full --json
json_is .ok true "the log verifies"
must as dpo hrv key split --threshold 2 "${custodians[@]}" --output s1b --json
split1=$(json .split)
rm -r s1 && mv s1b s1

# The round of confirmations, without a vault and in a home of their own.
confirm() # FOLDER NAME
{
	HRVAULT_DIR='' as "$2" hrv key share "$(share_of "$1" "$2")" --confirm \
	    --output "words/$1-$2"
}
for who in kim lee; do must confirm s1 $who; done
as hr hrv key split --confirm words/s1-kim --json
exit_is 0 "any writer takes a confirmation in"
json_is .confirmed 1 "one has confirmed"
as hr hrv key split --confirm words/s1-kim
exit_is 5 "not twice"
mo=$(share_of s1 mo) mo=${mo##*-}
sed "s/^index .*/index ${mo%.gpg}/" words/s1-lee >words/moved
as hr hrv key split --confirm words/moved
exit_is 5 "nor for another share"
sed '/^share /{s/0$/1/;t;s/.$/0/}' words/s1-lee >words/altered
as hr hrv key split --confirm words/altered
exit_is 9 "nor for an altered one"
mv "$HRVAULT_DIR/recovery.$split1" aside
as hr hrv key split --confirm words/s1-lee --json
exit_is 9 "nor without the file that the shares open"
err_like "recovery.$split1 is missing" "which is named"
printf x | cat aside - >"$HRVAULT_DIR/recovery.$split1"
as hr hrv key split --confirm words/s1-lee
exit_is 9 "nor with another one"
mv aside "$HRVAULT_DIR/recovery.$split1"
as purge hrv key split --confirm words/s1-lee
exit_is 5 "the purge account has no part in it"
confirm s1 mo
must as hr hrv key split --confirm words/s1-lee words/s1-mo --json
json_is 'select(.index != null) | .state' "$(printf 'pending\nready')" \
    "it counts when all have confirmed"
as dpo hrv status --json
json_is .recovery.state ready "status says so"

# The last holder of a key may go while shares lead to it: if the file that
# they open is really there.
mkdir kept && cp -a "$HRVAULT_DIR" state-* kept
must as dpo hrv --yes member renew "${FPRS[dpo]}" --compartment general
mv "$HRVAULT_DIR/recovery.$split1" aside
as dpo hrv --yes member remove "${FPRS[hr]}" --json
exit_is 5 "without the file the last holder stays"
is "$(json_err .error.name)" last-holder "for that reason"
printf x | cat aside - >"$HRVAULT_DIR/recovery.$split1"
as dpo hrv --yes member remove "${FPRS[hr]}"
exit_is 5 "nor does another file do"
mv aside "$HRVAULT_DIR/recovery.$split1"
as dpo hrv --yes member remove "${FPRS[hr]}"
exit_is 0 "with it he may go"
rm -rf "$HRVAULT_DIR" state-* && cp -a kept/* .

# Another language, from what custodians see with nothing but gpg.
for who in kim mo; do
	gpg --homedir "$T/gpg-$who" --batch --quiet -d "$(share_of s1 $who)" \
	    >"open-$who" 2>/dev/null
done
run python3 "$HRV_TOP/tests/tools/shamir.py" combine open-kim open-mo
exit_is 0 "another implementation combines two opened shares"
key=$(head -n 1 "$T/.out") kcv=$(tail -n 1 "$T/.out")
as auditor hrv audit log --op key.split --json
is "$(json "select(.payload.split == \"$split1\") | .payload.kcv" | base64 -d | xxd -p)" \
    "$kcv" "and its check value is the one in the log"
unlike "$(cat "$HRVAULT_DIR"/recovery.* | xxd -p | tr -d '\n')" "$key" \
    "the key lies nowhere in the vault"

# Nobody is left who holds pay: a new officer has general only.
gpg_person nia
must as dpo hrv member add "${FPRS[nia]}" --role hr --compartment general
must as hr hrv subject add --kind employee --name "Nadège Öz" --json
S=$(json .id)
echo 'salary: 1' >pay.txt
class=$(as hr "$HRV" policy show --json |
    jq -r '[.classes[] | select(.compartment == "pay")][0].id')
must as hr hrv record add "$S" --class "$class" pay.txt --json
R=$(json .id)
as nia hrv record read "$R" --purpose administration --output -
exit_is 5 "the new officer cannot read pay"
hand() # FOLDER NAME TO FILE
{
	HRVAULT_DIR='' as "$2" hrv key share "$(share_of "$1" "$2")" \
	    --to "${FPRS[$3]}" --output "$4"
}
must hand s1 kim nia kim-nia
must hand s1 lee nia lee-nia
must hand s1 kim dpo for-dpo
head=$(as auditor "$HRV" audit verify --json | jq -r .size)
slots=$(cat "$HRVAULT_DIR"/slots.* | sha256sum)
as nia hrv key recover kim-nia
exit_is 6 "one share is not enough"
err_like '2 of 3 custodians' "it says how many are"
as nia hrv key recover kim-nia kim-nia
exit_is 5 "the same custodian twice is one"
as nia hrv key recover lee-nia for-dpo
exit_is 8 "a share for somebody else does not open"
as dpo hrv key recover for-dpo lee-nia
exit_is 8 "nor here"
head -c 60 kim-nia >short
as nia hrv key recover short lee-nia
exit_is 9 "a damaged file is found"
as purge hrv key recover kim-nia lee-nia
exit_is 5 "the purge account recovers nothing"
as auditor hrv key recover kim-nia lee-nia
exit_is 5 "nor an auditor"
is "$(cat "$HRVAULT_DIR"/slots.* | sha256sum)" "$slots" \
    "none of that touched the slot file"
as auditor hrv audit verify --json
ok "but the refusals are in the log" test "$(json .size)" -gt "$head"

as nia hrv key recover kim-nia lee-nia --json
exit_is 0 "two of three give the keys back"
json_is '.compartments | index("pay") != null' true "pay among them"
json_is '.keys | map(select(startswith("kek/hold"))) | length' 0 \
    "a role gets what the role may hold, whatever the shares lead to"
as nia hrv record read "$R" --purpose administration --output -
exit_is 0 "the new officer reads pay"
out_is 'salary: 1' "and it is what was stored"
as auditor hrv audit verify
exit_is 0 "the log verifies"
as auditor hrv audit log --op key.recover --json
json_is 'select(.result == "ok") | .payload.shares | length' 2 \
    "the entry has the custodians' signatures"
as dpo hrv check --json
exit_is 0 "nothing is damaged"

# After founding it takes two; another m makes the old shares worthless.
vault_second second dpo
as dpo hrv key split --threshold 3 "${custodians[@]}" --output s2
exit_is 6 "after founding a second person approves"
must as dpo hrv proposal list --json
must as second hrv proposal approve "$(json 'select(.status == "open") | .id')"
must as dpo hrv key split --threshold 3 "${custodians[@]}" --output s2 --json
ok "until it counts, the old one does" test -e "$HRVAULT_DIR/recovery.$split1"
must hand s1 kim second kim-second
must hand s1 lee second lee-second
must hand s2 mo second mo-second
as second hrv key recover kim-second lee-second --quorum
exit_is 5 "custodians whom one person chose stand in for nobody"
err_like 'by one person in founding' "as it says"
as second hrv key recover kim-second mo-second
exit_is 5 "shares of two splits do not mix"
for who in kim lee mo; do must confirm s2 $who; done
must as hr hrv key split --confirm words/s2-kim words/s2-lee words/s2-mo
not_ok "the old file is gone once the new one counts" \
    test -e "$HRVAULT_DIR/recovery.$split1"
as second hrv key recover kim-second lee-second
exit_is 5 "and the old shares are worth nothing"
err_like replaced "as it says"

# Nobody is left to approve: the custodians are the second person.
for who in kim lee mo; do must hand s2 $who second "$who-q"; done
as second hrv key recover kim-q lee-q mo-q
exit_is 6 "with an approver left, the approver is asked"
as second hrv key recover kim-q lee-q mo-q --quorum
exit_is 5 "no quorum stands in for one who could approve"
err_like "${FPRS[dpo]} could approve" "who is named"
on() { date -u -d "+$1 days" '+%F %H:%M:%S'; }
cp -a "$HRVAULT_DIR" before
as second at "$(on 16)" hrv key recover kim-q lee-q mo-q
exit_is 6 "the same is proposed once more"
must as dpo at "$(on 16)" hrv proposal list --json
must as dpo at "$(on 16)" hrv proposal reject \
    "$(json 'select(.status == "open" and .kind == "key.recover") | .id')" \
    --reason no
as second at "$(on 16)" hrv key recover kim-q lee-q mo-q --quorum
exit_is 5 "what was rejected after one that lapsed was answered"
rm -rf "$HRVAULT_DIR" state-* && cp -a before "$HRVAULT_DIR"
as second at "$(on 16)" hrv key recover kim-q lee-q mo-q --quorum --json
exit_is 0 "who said nothing until the proposal lapsed keeps nobody out"
as auditor hrv audit log --op key.recover --json
json_is 'select(.payload.quorum != null) | .payload.quorum' 3 \
    "and the entry says that it did"
as auditor hrv audit verify
exit_is 0 "the log verifies"

done_testing
