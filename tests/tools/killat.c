/* SPDX-License-Identifier: ISC */
/*
 * For tests only: runs a command and kills it with SIGKILL as it enters its
 * N-th system call: killat [-c] [-e ERRNO] [-x SCRIPT] [-n FILE] N
 * COMMAND... With N 0 nothing is
 * killed. With -x SCRIPT the shell runs that meanwhile, and the command goes
 * on. With -e ERRNO the call is not made and fails so instead, and
 * everything after it works again. -c counts only calls that can change a file,
 * a folder or a lock, so that every state of the disk comes once. -n writes how
 * many there were. The exit code is the command's, 137 when it was killed.
 * Children of the command (gpg) are left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

static bool
changes(const struct __ptrace_syscall_info *i)
{
	switch (i->entry.nr) {
	case SYS_write:
	case SYS_writev:
	case SYS_pwrite64:
	case SYS_fsync:
	case SYS_fdatasync:
	case SYS_ftruncate:
	case SYS_fallocate:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_unlinkat:
	case SYS_linkat:
	case SYS_mkdirat:
	case SYS_fchmod:
	case SYS_fchmodat:
	case SYS_flock:
	case SYS_copy_file_range:
	case SYS_exit_group:
#ifdef SYS_rename
	case SYS_rename:
	case SYS_unlink:
	case SYS_link:
	case SYS_mkdir:
	case SYS_rmdir:
	case SYS_chmod:
#endif
		return true;
	case SYS_openat:
		return (i->entry.args[2] & (O_CREAT | O_TRUNC)) != 0;
	case SYS_fcntl:
		return i->entry.args[1] == F_SETLK ||
		       i->entry.args[1] == F_SETLKW;
	default:
		return false;
	}
}

/* The child up to its exec, which the parent waits for. */
static void
start(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(126);
	raise(SIGSTOP);
	execvp(argv[0], argv);
	_exit(127);
}

/* Whether the stop is the entry of a call that counts. */
static bool
counts(pid_t pid, bool only_changes)
{
	struct __ptrace_syscall_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(info), &info) <=
		0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	return !only_changes || changes(&info);
}

/* What is done at the point. */
struct plan {
	bool only_changes;
	int fail;	 /* errno; 0: kill */
	const char *run; /* or let go on after this */
	unsigned long at;
	unsigned long n; /* calls so far */
};

/* Makes the call that is being entered fail: one that does not exist is made
 * in its place, and its result replaced. */
static int
fail_call(pid_t pid, int error)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	int status;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) != 0)
		return -1;
	regs.orig_rax = (unsigned long long)-1;
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) != 0 ||
	    ptrace(PTRACE_SYSCALL, pid, NULL, NULL) != 0 ||
	    waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_GETREGS, pid, NULL, &regs) != 0)
		return -1;
	regs.rax = (unsigned long long)-error;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) != 0 ? -1 : 0;
#else
	(void)pid;
	(void)error;
	return -1;
#endif
}

/* Waits for it; what it returns is its own affair. */
static void
run_script(const char *text)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", text, (char *)NULL);
		_exit(127);
	}
	if (pid > 0)
		(void)waitpid(pid, &status, 0);
}

static int
follow(pid_t pid, struct plan *p)
{
	int status, sig = 0;

	for (;;) {
		/* One that was just killed cannot be let run, only waited for.
		 */
		if ((ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig) !=
			    0 &&
			errno != ESRCH) ||
		    waitpid(pid, &status, 0) != pid)
			return 126;
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		sig = WSTOPSIG(status);
		if (sig == (SIGTRAP | 0x80)) {
			sig = 0;
			if (!counts(pid, p->only_changes) || ++p->n != p->at)
				continue;
			if (p->run != NULL)
				run_script(p->run);
			else if (p->fail == 0)
				kill(pid, SIGKILL);
			else if (fail_call(pid, p->fail) != 0)
				return 126;
		} else if (sig == SIGTRAP) {
			sig = 0; /* the exec */
		}
	}
}

int
main(int argc, char **argv)
{
	const char *file = NULL;
	struct plan p = { .only_changes = false };
	int o, rc, status;
	pid_t pid;
	FILE *f;

	while ((o = getopt(argc, argv, "+ce:n:x:")) != -1) {
		if (o == 'c')
			p.only_changes = true;
		else if (o == 'e')
			p.fail = (int)strtol(optarg, NULL, 10);
		else if (o == 'x')
			p.run = optarg;
		else if (o == 'n')
			file = optarg;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	p.at = strtoul(argv[optind], NULL, 10);
	pid = fork();
	if (pid == 0)
		start(argv + optind + 1);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 126;
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		(void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) != 0)
		return 126;
	rc = follow(pid, &p);
	f = file == NULL ? NULL : fopen(file, "we");
	if (f != NULL) {
		fprintf(f, "%lu\n", p.n);
		fclose(f);
	}
	return rc;
}
