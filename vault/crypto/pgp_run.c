/* SPDX-License-Identifier: ISC */
/*
 * The loop that every gpgme operation runs in, and its watchdog. gpgme has no
 * time-out, and gpg waits for ever for an agent that hangs. A time limit of
 * our own would also end the operation of a person who is still looking for
 * the card, so we ask the agent itself: one that is alive greets every new
 * connection, also while its pinentry is open. Layer: crypto. Invariant: no
 * operation outlives a dead agent by more than a few seconds.
 */
#include "vault/crypto/pgp_int.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds: until the agent is asked for the first time, between
 * questions, and until it must have answered. An agent answers nobody while it
 * measures, once in its life, how often to hash a passphrase: tenths of a
 * second of computing, which a busy machine makes several seconds of. */
#define ASK_FIRST 2000
#define ASK_AGAIN 2000
#define ANSWER_BY 6000

struct watch {
	int64_t ask_at;	   /* next question; INT64_MAX: never */
	int64_t answer_by; /* while asking */
	char *socket;
	int fd; /* the question in progress, or -1 */
	bool asking;
	bool stuck;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static gpgme_error_t
io_add(
    void *data, int fd, int dir, gpgme_io_cb_t fnc, void *fnc_data, void **tag)
{
	struct pgp *p = data;

	for (size_t i = 0; i < PGP_IO_MAX; i++) {
		struct pgp_io *io = &p->io[i];

		if (io->used)
			continue;
		*io = (struct pgp_io){ fd, dir, fnc, fnc_data, true };
		*tag = io;
		return 0;
	}
	return gpgme_error(GPG_ERR_TOO_MANY);
}

static void
io_remove(void *tag)
{
	struct pgp_io *io = tag;

	if (io != NULL)
		io->used = false;
}

static void
io_event(void *data, gpgme_event_io_t type, void *type_data)
{
	struct pgp *p = data;

	if (type == GPGME_EVENT_DONE) {
		struct gpgme_io_event_done_data *d = type_data;

		p->done = true;
		p->done_err = d->err ? d->err : d->op_err;
	} else if (type == GPGME_EVENT_NEXT_KEY) {
		if (p->on_key != NULL)
			p->on_key(p->on_key_arg, type_data);
		else
			gpgme_key_unref(type_data);
	}
}

void
pgp_run_init(struct pgp *p)
{
	struct gpgme_io_cbs cbs = { io_add, p, io_remove, io_event, p };

	gpgme_set_io_cbs(p->ctx, &cbs);
}

static void
ask_end(struct watch *w, int64_t now)
{
	if (w->fd >= 0) {
		(void)send(w->fd, "BYE\n", 4, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)close(w->fd);
	}
	w->fd = -1;
	w->asking = false;
	w->ask_at = now + ASK_AGAIN;
}

/* Connects; an agent that is just starting, or whose queue is full, is tried
 * again until the answer is due. */
static void
ask_connect(struct watch *w)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(w->socket);

	if (len >= sizeof a.sun_path)
		return;
	memcpy(a.sun_path, w->socket, len + 1);
	w->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return;
	if (connect(w->fd, (struct sockaddr *)&a, sizeof a) != 0) {
		(void)close(w->fd);
		w->fd = -1;
	}
}

/* Moves the watchdog on; called at every turn of the loop. */
static void
watch_turn(struct pgp *p, struct watch *w)
{
	int64_t now = now_ms();
	char c;

	if (!w->asking && now >= w->ask_at) {
		if (w->socket == NULL)
			w->socket = pgp_agent_socket(p);
		if (w->socket == NULL) {
			w->ask_at = INT64_MAX;
			return;
		}
		w->asking = true;
		w->answer_by = now_ms() + ANSWER_BY;
	}
	if (!w->asking)
		return;
	if (w->fd < 0)
		ask_connect(w);
	if (w->fd >= 0) {
		ssize_t n = recv(w->fd, &c, 1, MSG_DONTWAIT);

		if (n == 1) {
			ask_end(w, now);
			return;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			(void)close(w->fd);
			w->fd = -1;
		}
	}
	w->stuck = now >= w->answer_by;
}

static int
watch_timeout(const struct watch *w)
{
	int64_t left;

	if (w->asking)
		return w->fd >= 0 ? 250 : 100;
	if (w->ask_at == INT64_MAX)
		return -1;
	left = w->ask_at - now_ms();
	return left < 0 ? 0 : (int)left;
}

static void
loop_turn(struct pgp *p, const struct watch *w)
{
	struct pollfd fds[PGP_IO_MAX + 1];
	struct pgp_io *who[PGP_IO_MAX];
	nfds_t n = 0, n_io;

	for (size_t i = 0; i < PGP_IO_MAX; i++) {
		if (!p->io[i].used)
			continue;
		who[n] = &p->io[i];
		fds[n].fd = p->io[i].fd;
		fds[n++].events = p->io[i].dir ? POLLIN : POLLOUT;
	}
	n_io = n;
	if (w->fd >= 0) {
		fds[n].fd = w->fd;
		fds[n++].events = POLLIN;
	}
	if (poll(fds, n, watch_timeout(w)) <= 0)
		return;
	for (nfds_t i = 0; i < n_io && !p->done; i++) {
		/* An earlier callback may have removed this one. */
		if (fds[i].revents != 0 && who[i]->used &&
		    who[i]->fd == fds[i].fd)
			(void)who[i]->fnc(who[i]->arg, who[i]->fd);
	}
}

static int
stuck(struct pgp *p, struct hrv_err *err)
{
	pgp_kill_child(p);
	(void)gpgme_cancel(p->ctx);
	hrv_fail_as(err, HRV_EKEY, "agent", "gpg-agent does not answer");
	return hrv_hint(err, "gpgconf --kill gpg-agent, then try again");
}

bool
pgp_agent_there(const struct pgp *p)
{
	struct watch w = { .fd = -1, .socket = pgp_agent_socket(p) };
	bool there = w.socket == NULL; /* not known, so not denied */

	if (w.socket != NULL)
		ask_connect(&w);
	if (w.fd >= 0) {
		there = true;
		(void)close(w.fd);
	}
	free(w.socket);
	return there;
}

int
pgp_run(struct pgp *p, gpgme_error_t start_err, bool needs_agent,
    gpgme_error_t *ret_gerr, struct hrv_err *err)
{
	struct watch w = { .ask_at = INT64_MAX, .fd = -1 };
	int rc = HRV_OK;

	if (start_err != 0) {
		*ret_gerr = start_err;
		return HRV_OK;
	}
	if (needs_agent)
		w.ask_at = now_ms() + ASK_FIRST;
	while (!p->done && !w.stuck) {
		loop_turn(p, &w);
		if (needs_agent && !p->done)
			watch_turn(p, &w);
	}
	if (w.fd >= 0)
		(void)close(w.fd);
	free(w.socket);
	if (p->done)
		*ret_gerr = p->done_err;
	else
		rc = stuck(p, err);
	return rc;
}
