/* SPDX-License-Identifier: ISC */
/*
 * Topics of `hrvault help`. Layer: cli. Lines of at most 78 columns, written
 * for somebody who has never seen the program.
 */
#include "cli/help.h"

static const char exit_codes[] =
    "    0  done\n"
    "    1  failed: the message says why\n"
    "    2  usage: a word, an option or a file of yours is wrong\n"
    "    3  partly done: the message says which part\n"
    "    4  not found\n"
    "    5  refused: a hold, the schedule, a role, a restriction, an open "
    "case\n"
    "    6  not carried out: a confirmation or an approval is needed\n"
    "    7  busy: somebody else is writing; try again\n"
    "    8  key, agent or passphrase\n"
    "    9  integrity: what is stored is not what was written\n"
    "   10  no vault here\n"
    "   11  the log cannot be written, so nothing was read\n"
    "   12  purged: gone on purpose; the message names the certificate\n"
    "  130  interrupted\n"
    "\n"
    "Data goes to standard output, everything else to standard error. With\n"
    "--json an error is one line on standard error:\n"
    "\n"
    "  {\"error\":{\"code\":5,\"name\":\"held\",\"message\":\"...\","
    "\"hint\":\"...\"}}\n"
    "\n"
    "'code' is the exit code; 'name' is a word that stays the same; 'hint' is\n"
    "null where there is none.\n";

static const char roles[] =
    "Every member has one role. It decides which keys the member is given, so\n"
    "what a role may not read it cannot read.\n"
    "\n"
    "  hr       subjects, records, import, cases, disclosures, purge;\n"
    "           reads the compartments granted\n"
    "  legal    places and releases holds, approves; reads no compartment\n"
    "  dpo      all that hr may, holds, approves; reads the compartments\n"
    "           granted; the founder of a vault has this role and all keys\n"
    "  purge    destroys what is due; can decrypt nothing. For the timer\n"
    "  auditor  reads and verifies the log; can decrypt nothing, writes\n"
    "           nothing\n"
    "\n"
    "You can grant only keys that you hold yourself. As soon as a vault has\n"
    "two members with the role dpo or legal, steps that cannot be undone take\n"
    "two people: one proposes, another approves with 'hrvault proposal\n"
    "approve', and the first repeats the command.\n";

static const char holds[] =
    "A hold covers the records that are named (--record) and those that all\n"
    "its other words say yes to: about or linked to one of its people\n"
    "(--subject), of one of its classes (--class), dated in its range "
    "(--from,\n"
    "--to), ever under a schedule of its jurisdiction, and in its query. What\n"
    "is not given restricts nothing. It is asked anew whenever it matters, so\n"
    "records that come later are held too; --frozen holds only those that are\n"
    "there now.\n"
    "\n"
    "A query joins conditions by 'and', 'or', 'not' and parentheses:\n"
    "\n"
    "  class = payslip and (created >= 2020-01-01 or person = number:E-1001)\n"
    "  compartment in (pay, disciplinary) and not restricted = claims\n"
    "  kind = employee and subject.ended >= 2024-07-01\n"
    "\n"
    "  = !=            record subject linked person class compartment\n"
    "                  provided_by kind restricted jurisdiction; also\n"
    "                  'in (A, B)'\n"
    "  = != < <= > >=  created stored, and any event: subject.NAME,\n"
    "                  record.NAME\n"
    "\n"
    "'linked' is somebody else whom the record is about, 'person' either of\n"
    "the two. An event that is not known is neither yes nor no, and what the\n"
    "query cannot tell is held. The query is logged with the schedule it was\n"
    "read with, and the records it found that day are listed in the log.\n"
    "\n"
    "See what it would cover first: 'hrvault hold preview'.\n";

static const char policy[] =
    "A schedule is a text file. It names classes of records, and rules that\n"
    "say until when a record must exist (keep) and may exist (limit), each\n"
    "with the law it rests on. Dates are counted from events: the day a\n"
    "person left, a payday, a birthday.\n"
    "\n"
    "  hrvault policy check FILE     every mistake with its line and remedy\n"
    "  hrvault policy test FILE      the cases that the file brings along\n"
    "  hrvault policy explain FILE --class C --event NAME=DATE\n"
    "                                which dates follow from which facts\n"
    "\n"
    "  pending     the event that starts the clock is not known; never due\n"
    "  live        must or may be kept, and used\n"
    "  restricted  must still exist, but may no longer be used\n"
    "  due         to be destroyed after the notice\n"
    "  review      a person has to decide\n"
    "\n"
    "Schedules, laws and calendars that come with the program are given by\n"
    "their id, others by their path (with a '/' or ending in '.cfg').\n";

static const char controller[] =
    "Whoever asks for their data must learn who answers and where to "
    "complain.\n"
    "That is a file of its own, adopted like a schedule ('hrvault policy "
    "adopt\n"
    "FILE', or 'hrvault init --controller FILE'). Without it no package for a\n"
    "person can be made. It stands in every package, letter and certificate "
    "of\n"
    "destruction and in 'hrvault policy register'. It names offices, not "
    "staff.\n"
    "\n"
    "  controller = {\n"
    "    id = \"northwind\"; version = \"2026-11\";\n"
    "    name = \"Northwind Tools Ltd\";\n"
    "    address = ( \"1 Mill Lane\", \"Leeds LS1 4AP\" );\n"
    "    contact = { name = \"Personnel office\";\n"
    "                email = \"personnel@northwind.example\"; };\n"
    "    authorities = ( { name = \"Information Commissioner's Office\";\n"
    "                      web = \"ico.org.uk\"; laws = ( \"uk-ew\" ); } );\n"
    "    automated_decisions = \"none\";\n"
    "\n"
    "    # and, where there is one:\n"
    "    data_protection_officer = { name = \"DPO\"; email = \"...\"; };\n"
    "    representatives = ( { region = \"EU\"; name = \"...\";\n"
    "        address = ( \"...\" ); email = \"...\"; } );\n"
    "    complaints = { name = \"...\"; email = \"...\"; };\n"
    "    court = \"the county court or the High Court\";\n"
    "  };\n"
    "\n"
    "An authority or representative without 'laws' is for every law. Without\n"
    "'complaints' the contact takes them. 'automated_decisions' says in a\n"
    "sentence which there are and by what logic, or \"none\".\n";

static const char quickstart[] =
    "You need an OpenPGP key that can sign and encrypt ('gpg "
    "--quick-gen-key').\n"
    "\n"
    "1. Make a vault. You become its first member, with the role dpo.\n"
    "     hrvault init --vault ~/vault --founder FINGERPRINT \\\n"
    "         --schedule uk --law uk-ew\n"
    "2. Say once where it is.\n"
    "     mkdir -p ~/.config/hrvault\n"
    "     echo 'vault = ~/vault' > ~/.config/hrvault/config\n"
    "3. Grant others what they need.\n"
    "     hrvault member add FINGERPRINT --role hr --compartment general\n"
    "4. Take in a person and a document. Left empty, an option asks.\n"
    "     hrvault subject add --kind employee --name\n"
    "     hrvault record add S-... --class contract contract.pdf\n"
    "5. See what is due, and why.\n"
    "     hrvault retention due --within P90D\n"
    "     hrvault record explain R-...\n"
    "\n"
    "Ids are opaque; the first six characters behind the letter are enough.\n"
    "'hrvault NOUN VERB --help' explains every option.\n";

static const char input[] =
    "Options that take text about a person, or a reason, keep it out of the\n"
    "list of processes and of the shell's history if you want:\n"
    "\n"
    "  --reason -         reads it from standard input\n"
    "  --reason @FILE     reads it from a file\n"
    "  --reason           asks for it on the terminal\n"
    "  --reason @@home    is the text '@home'\n"
    "\n"
    "A line end behind the last line is left out. With --no-input nothing is\n"
    "asked; a question that would be needed is exit 6. --yes answers plain\n"
    "confirmations, never a count and never for a second person.\n"
    "\n"
    "The passphrase of your key is asked for by the agent's pinentry. Where\n"
    "nobody sits at one, in front of the command:\n"
    "\n"
    "  hrvault --passphrase-fd 3 subject list 3<FILE\n"
    "\n"
    "Behind 'case export' the same option is the passphrase of the package.\n"
    "\n"
    "Dates are written 2026-03-02, durations P90D, P6M or P1Y6M.\n";

static const char environment[] =
    "  HRVAULT_DIR      the vault, where --vault is not given\n"
    "  XDG_CONFIG_HOME  the configuration file is hrvault/config in it\n"
    "                   (default ~/.config). It has one setting:\n"
    "                       vault = ~/vault\n"
    "  XDG_STATE_HOME   what this account remembers of each vault's log is in\n"
    "                   hrvault/ there (default ~/.local/state). Keep it: it\n"
    "                   is how a log that was cut back is found out\n"
    "  TMPDIR           private scratch folders (default /tmp)\n"
    "  GNUPGHOME        where gpg keeps your keys\n"
    "  NO_COLOR, TERM   no bold type with NO_COLOR or TERM=dumb\n"
    "\n"
    "PATH is not used: programs are run from /usr/bin and /bin.\n";

const struct topic help_topics[] = {
	{ "quickstart", "From nothing to a vault with a record", quickstart },
	{ "roles", "Who may do and read what", roles },
	{ "holds", "What a hold covers, and queries", holds },
	{ "policy", "Schedules: what must be kept until when", policy },
	{ "controller", "Who is responsible, and how to say so", controller },
	{ "input", "Handing over text about people", input },
	{ "environment", "Files and variables that are looked at",
	    environment },
	{ "exit-codes", "Exit codes and the form of errors", exit_codes },
	{ NULL, NULL, NULL },
};
