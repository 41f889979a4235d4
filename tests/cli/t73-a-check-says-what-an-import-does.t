#!/bin/bash
# SPDX-License-Identifier: ISC
# A check rejects what the import will, for the same reasons, and counts the
# same; where the schedule asks two people for a new version, a later file is
# proposed as a whole and comes in once somebody approved it.
. "$(dirname "$0")/../lib.sh"
vault_new
vault_second counsel legal
head='Employee #,First Name,Last Name,Birth Date,Hire Date,Termination Date,Work Email,Salary'
cat >one.csv <<END
$head
1,Ana,Ñandú,1980-01-01,2010-01-01,2026-01-01,ana@example.org,1
2,Åke,Müller,1981-01-01,2011-01-01,,ake@example.org,7
END
import() { as hr hrv import "$@" --map bamboohr --json; }
counts='[.rows, .added, .updated, .unchanged, .rejected, .waiting, .records] |
    join(" ")'

import one.csv --check
exit_is 0 "a check of new people"
json_is "$counts" '2 2 0 0 0 0 2' "counts them and their records"
must as dpo hrv subject list --json
out_is '' "and stores none"
must import one.csv
json_is "$counts" '2 2 0 0 0 0 2' "the import does just that"
import one.csv --check
json_is "$counts" '2 0 0 2 0 0 0' "the same file again brings nothing"

# Wrong against what is stored: found by opening it, which the log has.
cat >two.csv <<END
$head
1,Ana,Other,1980-01-01,2010-01-01,2026-01-01,ana@example.org,1
2,Åke,Müller,1981-01-01,2011-02-01,,ake@example.org,7
3,New,Person,1982-01-01,2012-01-01,,new@example.org,3
END
import two.csv --check
exit_is 3 "a check of what contradicts the vault"
json_is "$counts" '3 1 0 0 2 0 1' "says how many"
cp .out checked
must as dpo hrv audit log --op record.import --json
is "$(tail -n 1 .out | jq -r '"\(.phase) \(.result) \(.payload.check)"')" \
    'outcome ok 1' "whom it opened is logged"
import two.csv
exit_is 3 "the import"
json_is "$counts" '3 1 0 0 2 0 1' "agrees"
is "$(jq -c .errors .out)" "$(jq -c .errors checked)" "also in its reasons"
err_like 'what a reason names a command for' "and the hint fits them"

# A new version takes two people by the shipped schedule.
cat >three.csv <<END
$head
1,Ana,Ñandú,1980-01-01,2010-01-01,2026-01-01,ana@example.org,2
2,Åke,Müller,1981-01-01,2011-01-01,2026-02-01,ake@example.org,7
3,Other,Name,1982-01-01,2012-01-01,,new@example.org,3
END
import three.csv --check
json_is "$counts" '3 0 1 0 1 1 0' "a check tells what would wait"
as hr hrv import three.csv --map bamboohr --check
out_like '1 more would get a new version .*two people' "in words"
import three.csv --rejects r1
exit_is 6 "the import proposes it"
json_is "$counts" '3 0 1 0 1 1 0' "as the check said"
P=$(json .proposal)
err_like "$P waits for the second" "the message names the proposal"
err_like "1 were rejected" "and what was rejected"
ok "one row stands in the file of rejects" test "$(wc -l <r1)" = 2
must as hr hrv record list number:1 --json
json_is .version 1 "nothing of that row is stored"
import three.csv --rejects r2
exit_is 6 "the same file again"
json_is .proposal "$P" "waits for the same proposal"
must as dpo hrv proposal show "$P"
like "$(tr -s ' \n' ' ' <.out)" \
    '1 records of people who are here already get a new version' \
    "the second person is told what it comes to"
as hr hrv proposal approve "$P"
exit_is 5 "nobody approves his own"
as dpo hrv proposal approve "$P"
exit_is 0 "somebody else does"
sed 's/,2$/,9/' three.csv >four.csv
import four.csv --rejects r3
exit_is 6 "the approval is for exactly this file"
isnt "$(json .proposal)" "$P" "another takes one of its own"
import three.csv --rejects r4
exit_is 3 "with it the file comes in"
json_is "$counts" '3 0 1 1 1 0 1' "all of it but what is wrong"
must as hr hrv record list number:1 --json
json_is .version 2 "as a new version"
must as dpo hrv proposal show "$P" --json
json_is .status "done" "and the approval is used up"
must as dpo hrv audit verify
done_testing
