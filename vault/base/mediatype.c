/* SPDX-License-Identifier: ISC */
/*
 * libmagic in a child. Layer: base. Invariant: bytes from outside are parsed
 * only behind the filter below, and what the child answers is taken only if
 * it looks like a media type.
 */
#include "vault/base/mediatype.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <magic.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct mediatype {
	pid_t pid; /* 0: none */
	int fd;	   /* to the child; -1: none */
};

enum { WAIT_MS = 5000, CPU_SECONDS = 10 };

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

/* Lets one call through. */
#define ALLOW(nr)                                                              \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                       \
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* From here on: memory, the one descriptor that is open, and the end (signal
 * masks and the like touch nobody else; valgrind needs them). What else is
 * asked for fails with EPERM, which libmagic takes for "no". */
static bool
shut_in(void)
{
#ifdef ARCH
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_read),
		ALLOW(SYS_write),
		ALLOW(SYS_brk),
		ALLOW(SYS_mmap),
		ALLOW(SYS_munmap),
		ALLOW(SYS_mremap),
		ALLOW(SYS_madvise),
		ALLOW(SYS_futex),
		ALLOW(SYS_rt_sigreturn),
		ALLOW(SYS_rt_sigprocmask),
		ALLOW(SYS_gettid),
		ALLOW(SYS_sched_yield),
		ALLOW(SYS_exit),
		ALLOW(SYS_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0;
#else
	return false; /* no filter for this machine: no child either */
#endif
}

static void
limit(int what, rlim_t most)
{
	struct rlimit l = { most, most };

	(void)setrlimit((__rlimit_resource_t)what, &l);
}

static bool
read_all(int fd, void *p, size_t len)
{
	uint8_t *at = p;

	while (len > 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

/* The child: reads a length and that many bytes, answers a length byte and
 * the type. Ends with the socket. */
static void
serve(int fd)
{
	/* Neither $MAGIC nor ~/.magic decides what is parsed. */
	int cleared = clearenv();
	magic_t magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS);
	uint8_t *head = malloc(MEDIATYPE_HEAD);
	uint32_t len;

	if (cleared != 0 || magic == NULL || head == NULL ||
	    magic_load(magic, NULL) != 0)
		_exit(1);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CPU, CPU_SECONDS);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (!shut_in())
		_exit(1);
	while (read_all(fd, &len, sizeof(len)) && len <= MEDIATYPE_HEAD &&
	       read_all(fd, head, len)) {
		const char *type = magic_buffer(magic, head, len);
		char answer[1 + MEDIATYPE_TEXT] = { 0 };
		size_t n = type == NULL ? 0 : strnlen(type, MEDIATYPE_TEXT);

		explicit_bzero(head, len);
		if (n >= MEDIATYPE_TEXT)
			n = 0;
		answer[0] = (char)n;
		if (n > 0)
			memcpy(answer + 1, type, n);
		if (write(fd, answer, 1 + n) != (ssize_t)(1 + n))
			break;
	}
	_exit(0);
}

static void
stop(struct mediatype *mt)
{
	int status;

	if (mt->fd >= 0)
		(void)close(mt->fd);
	mt->fd = -1;
	if (mt->pid > 0) {
		(void)kill(mt->pid, SIGKILL);
		while (waitpid(mt->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	mt->pid = 0;
}

/* Leaves the child nothing but its end of the socket, as descriptor 3. */
static void
keep_only(int fd)
{
	sigset_t none;

	if (fd != 3 && dup2(fd, 3) != 3)
		_exit(1);
	(void)close_range(4, ~0U, 0);
	(void)close(0);
	(void)close(1);
	(void)close(2);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool
start(struct mediatype *mt)
{
	int pair[2];

	if (mt->pid > 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	mt->pid = fork();
	if (mt->pid == 0) {
		keep_only(pair[1]);
		serve(3);
	}
	(void)close(pair[1]);
	mt->fd = pair[0];
	if (mt->pid < 0) {
		mt->pid = 0;
		stop(mt);
		return false;
	}
	return true;
}

static bool
send_all(int fd, const void *p, size_t len)
{
	const uint8_t *at = p;

	while (len > 0) {
		/* A dead child is an answer, not a signal for the caller. */
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
read_waiting(int fd, void *p, size_t len)
{
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	int n;

	do
		n = poll(&poll_fd, 1, WAIT_MS);
	while (n < 0 && errno == EINTR);
	return n > 0 && read_all(fd, p, len);
}

/* type/subtype in the letters that registered types are made of. */
static bool
is_media_type(const char *s, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.+-_";
	size_t first = strspn(s, letters);

	return first > 0 && s[first] == '/' && s[first + 1] != '\0' &&
	       first + 1 + strspn(s + first + 1, letters) == len;
}

static bool
ask(struct mediatype *mt, const void *head, uint32_t len,
    char out[MEDIATYPE_TEXT])
{
	uint8_t n;

	if (!send_all(mt->fd, &len, sizeof(len)) ||
	    !send_all(mt->fd, head, len) || !read_waiting(mt->fd, &n, 1) ||
	    n >= MEDIATYPE_TEXT || !read_waiting(mt->fd, out, n))
		return false;
	out[n] = '\0';
	return is_media_type(out, n);
}

int
mediatype_new(struct mediatype **ret_mt, struct hrv_err *err)
{
	struct mediatype *mt = calloc(1, sizeof(*mt));

	if (mt == NULL)
		return hrv_fail(err, HRV_ENOMEM, "out of memory");
	mt->fd = -1;
	*ret_mt = mt;
	return 0;
}

void
mediatype_free(struct mediatype *mt)
{
	if (mt == NULL)
		return;
	stop(mt);
	free(mt);
}

void
mediatype_of(struct mediatype *mt, const void *head, size_t len,
    char out[MEDIATYPE_TEXT])
{
	char answer[MEDIATYPE_TEXT] = { 0 };

	if (len > MEDIATYPE_HEAD)
		len = MEDIATYPE_HEAD;
	if (len > 0 && start(mt) && !ask(mt, head, (uint32_t)len, answer)) {
		stop(mt);
		answer[0] = '\0';
	}
	memcpy(out, answer, MEDIATYPE_TEXT);
	if (out[0] == '\0')
		memcpy(out, MEDIATYPE_UNKNOWN, sizeof(MEDIATYPE_UNKNOWN));
}

const char *
mediatype_extension(const char *type)
{
	static const struct {
		const char *type;
		const char *extension;
	} known[] = {
		{ "application/pdf", "pdf" },
		{ "application/json", "json" },
		{ "application/xml", "xml" },
		{ "application/zip", "zip" },
		{ "application/gzip", "gz" },
		{ "application/rtf", "rtf" },
		{ "application/msword", "doc" },
		{ "application/vnd.ms-excel", "xls" },
		{ "application/vnd.ms-powerpoint", "ppt" },
		{ "application/vnd.ms-outlook", "msg" },
		{ "application/vnd.oasis.opendocument.text", "odt" },
		{ "application/vnd.oasis.opendocument.spreadsheet", "ods" },
		{ "application/vnd.openxmlformats-officedocument."
		  "wordprocessingml.document",
		    "docx" },
		{ "application/vnd.openxmlformats-officedocument."
		  "spreadsheetml.sheet",
		    "xlsx" },
		{ "application/vnd.openxmlformats-officedocument."
		  "presentationml.presentation",
		    "pptx" },
		{ "audio/mpeg", "mp3" },
		{ "audio/x-wav", "wav" },
		{ "image/gif", "gif" },
		{ "image/heic", "heic" },
		{ "image/jpeg", "jpg" },
		{ "image/png", "png" },
		{ "image/svg+xml", "svg" },
		{ "image/tiff", "tif" },
		{ "image/webp", "webp" },
		{ "message/rfc822", "eml" },
		{ "text/csv", "csv" },
		{ "text/html", "html" },
		{ "text/plain", "txt" },
		{ "text/rtf", "rtf" },
		{ "text/xml", "xml" },
		{ "text/calendar", "ics" },
		{ "text/vcard", "vcf" },
		{ "video/mp4", "mp4" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].type, type) == 0)
			return known[i].extension;
	return "bin";
}
