#!/bin/bash
# SPDX-License-Identifier: ISC
# On a file system that knows no files without a name a document is written
# under a hidden one: a signal in the middle removes it.
. "$(dirname "$0")/../lib.sh"

CC=$(command -v cc || command -v gcc || command -v clang) ||
    skip_all "no compiler for the file system that is made up"
# Refuses O_TMPFILE, and makes what is to be durable take its time.
cat >shim.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static int
refused(int flags)
{
	if ((flags & O_TMPFILE) != O_TMPFILE)
		return 0;
	errno = EOPNOTSUPP;
	return 1;
}
#define OPENAT(name)                                                           \
	int name(int dir, const char *path, int flags, ...)                    \
	{                                                                      \
		int (*real)(int, const char *, int, ...) =                     \
		    dlsym(RTLD_NEXT, #name);                                   \
		va_list ap;                                                    \
		int mode;                                                      \
		va_start(ap, flags);                                           \
		mode = va_arg(ap, int);                                        \
		va_end(ap);                                                    \
		return refused(flags) ? -1 : real(dir, path, flags, mode);     \
	}
OPENAT(openat)
OPENAT(openat64)
int
fsync(int fd)
{
	int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
	struct stat st;
	if (getenv("SLOW") != NULL && fstat(fd, &st) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 5)
		sleep(90);
	return real(fd);
}
END
"$CC" -shared -fPIC -o shim.so shim.c -ldl || bail "set-up: the shim"

vault_new
must as hr hrv subject add --kind employee --name "Zoë Example" --json
S=$(json .id)
printf 'text\n' >doc.txt
must as hr hrv record add "$S" --class contract doc.txt --json
R=$(json .id)
mkdir out
# One process, so that $! is the program's.
reads=(env GNUPGHOME="$T/gpg-hr" XDG_STATE_HOME="$T/state-hr"
    LD_PRELOAD="$T/shim.so")
what=("$HRV" record read "$R" --purpose administration --output out/doc.txt)
parts() { find out -name '.*.part' | wc -l; }

"${reads[@]}" "${what[@]}" >/dev/null 2>&1 </dev/null
is $? 0 "a document is written without files that have no name"
ok "as it is" cmp out/doc.txt doc.txt
is "$(parts)" 0 "and its hidden name is gone"
rm out/doc.txt

for sig in TERM INT HUP; do
	# A shell starts what it puts aside with SIGINT ignored.
	set -m
	"${reads[@]}" SLOW=1 "${what[@]}" >/dev/null 2>&1 </dev/null &
	set +m
	pid=$!
	for ((i = 0; i < 1200; i++)); do
		[ "$(parts)" -eq 0 ] || break
		sleep 0.05
	done
	is "$(parts)" 1 "half a document has a hidden name"
	sleep 0.2
	kill -$sig "$pid"
	wait "$pid"
	is $? 130 "SIG$sig ends the program"
	is "$(find out -mindepth 1 | wc -l)" 0 "and leaves nothing behind"
done
done_testing
