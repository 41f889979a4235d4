/* SPDX-License-Identifier: ISC */
/*
 * TZif files (RFC 8536): reading one, and local time at an instant. Layer:
 * base. Invariant: every count of the file is checked against the bytes that
 * are there before anything is read, and no error ends in Universal Time.
 */
#include "vault/base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/base/buf.h"
#include "vault/base/zone_rule.h"

#define NAME_MAX_BYTES 63
#define FILE_MAX_BYTES (1 << 20)
#define HEADER_BYTES 44
#define TYPE_BYTES 6
#define DAY_SECONDS 86400

struct zone {
	size_t n;	 /* transitions */
	int64_t *at;	 /* their instants, ascending */
	int32_t *offset; /* what holds from each of them on */
	int32_t first;	 /* what held before the first */
	bool has_rule;	 /* what holds after the last */
	struct zone_rule rule;
};

/* The six counts of a header, in the order of the file. */
enum { UT_N, STD_N, LEAP_N, TIME_N, TYPE_N, CHAR_N, COUNTS };

bool
zone_name_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+-";
	const char *part = name;

	if (name == NULL || strlen(name) > NAME_MAX_BYTES)
		return false;
	/* No dot is allowed anywhere, so that no part can be "..". */
	for (;;) {
		size_t len = strspn(part, allowed);

		if (len == 0 || (part[len] != '/' && part[len] != '\0'))
			return false;
		if (part[len] == '\0')
			return true;
		part += len + 1;
	}
}

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static int64_t
be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Bytes of the data block behind a header, times being `width` bytes wide. */
static size_t
block_bytes(const uint32_t c[COUNTS], size_t width)
{
	return (size_t)c[TIME_N] * (width + 1) +
	       (size_t)c[TYPE_N] * TYPE_BYTES + c[CHAR_N] +
	       (size_t)c[LEAP_N] * (width + 4) + c[STD_N] + c[UT_N];
}

/* Reads a header and steps over it; false when it is not one, or counts more
 * than a file may hold. */
static bool
header(const uint8_t **p, const uint8_t *end, size_t width, uint32_t c[COUNTS])
{
	const uint8_t *h = *p;

	if (end - h < HEADER_BYTES || memcmp(h, "TZif", 4) != 0 || h[4] < '2')
		return false;
	for (size_t i = 0; i < COUNTS; i++) {
		c[i] = be32(h + 20 + 4 * i);
		if (c[i] > FILE_MAX_BYTES)
			return false;
	}
	*p = h + HEADER_BYTES;
	return block_bytes(c, width) <= (size_t)(end - *p);
}

/* Fills z from the 64-bit block at p, which block_bytes() has measured. */
static bool
transitions(struct zone *z, const uint8_t *p, const uint32_t c[COUNTS])
{
	size_t n = c[TIME_N];
	const uint8_t *index = p + 8 * n;
	const uint8_t *types = index + n;

	z->n = n;
	z->first = (int32_t)be32(types);
	for (size_t i = 0; i < n; i++) {
		if (index[i] >= c[TYPE_N])
			return false;
		z->at[i] = be64(p + 8 * i);
		z->offset[i] = (int32_t)be32(types + TYPE_BYTES * index[i]);
		if (i > 0 && z->at[i] <= z->at[i - 1])
			return false;
	}
	/* RFC 8536 3.2: an offset lies well within two days. */
	for (uint32_t i = 0; i < c[TYPE_N]; i++) {
		int32_t o = (int32_t)be32(types + (size_t)TYPE_BYTES * i);

		if (o < -2 * DAY_SECONDS || o > 2 * DAY_SECONDS)
			return false;
	}
	return true;
}

/* The footer: LF, the rule or nothing, LF. */
static bool
footer(struct zone *z, const uint8_t *p, const uint8_t *end)
{
	const uint8_t *stop;

	if (p == end || *p++ != '\n')
		return false;
	stop = memchr(p, '\n', (size_t)(end - p));
	if (stop == NULL)
		return false;
	z->has_rule = stop > p;
	return !z->has_rule ||
	       zone_rule_parse((const char *)p, (size_t)(stop - p), &z->rule);
}

int
zone_parse(const void *data, size_t len, const char *name, struct zone **ret,
    struct hrv_err *err)
{
	const uint8_t *p = data, *end = p + len;
	uint32_t c[COUNTS];
	struct zone *z = NULL;
	int rc = HRV_EFAILED;

	/* The 32-bit block comes first and is stepped over. */
	if (!header(&p, end, 4, c))
		goto damaged;
	p += block_bytes(c, 4);
	if (!header(&p, end, 8, c) || c[TYPE_N] == 0 || c[LEAP_N] != 0)
		goto damaged;
	z = calloc(1, sizeof(*z));
	if (z != NULL) {
		z->at = calloc((size_t)c[TIME_N] + 1, sizeof(*z->at));
		z->offset = calloc((size_t)c[TIME_N] + 1, sizeof(*z->offset));
	}
	if (z == NULL || z->at == NULL || z->offset == NULL) {
		rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
		goto out;
	}
	if (!transitions(z, p, c) || !footer(z, p + block_bytes(c, 8), end))
		goto damaged;
	*ret = z;
	return HRV_OK;
damaged:
	rc = hrv_fail_as(err, HRV_EFAILED, "zone-data",
	    "the data of time zone \"%s\" cannot be used: damaged, of version "
	    "1, or with leap seconds",
	    name);
	hrv_hint(err, "install the tzdata package again");
out:
	zone_free(z);
	return rc;
}

static int
unknown(const char *name, struct hrv_err *err)
{
	/* A name from outside may hold anything; show it only if it is one. */
	hrv_fail_as(err, HRV_EUSAGE, "unknown-zone", "no time zone \"%s\"",
	    zone_name_valid(name) ? name : "?");
	return hrv_hint(err,
	    "use a name of the tz database such as \"Europe/London\"; the "
	    "tzdata package must be installed");
}

static int
read_file(int fd, const char *name, struct buf *out, struct hrv_err *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return unknown(name, err);
	do {
		uint8_t *to = buf_reserve(out, 8192);

		if (to == NULL)
			return buf_ok(out, err);
		n = read(fd, to, 8192);
		if (n < 0 && errno != EINTR)
			return hrv_fail(err, HRV_EIO,
			    "reading time zone \"%s\" failed", name);
		out->len += n > 0 ? (size_t)n : 0;
		if (out->len > FILE_MAX_BYTES)
			return unknown(name, err);
	} while (n != 0);
	/* zone.tab and its like lie in the same folder. */
	if (out->len < 4 || memcmp(out->data, "TZif", 4) != 0)
		return unknown(name, err);
	return HRV_OK;
}

int
zone_load(
    const char *dir, const char *name, struct zone **ret, struct hrv_err *err)
{
	struct buf path = BUF_INIT, data = BUF_INIT;
	int fd = -1, rc;

	if (!zone_name_valid(name))
		return unknown(name, err);
	buf_addf(&path, "%s/%s", dir != NULL ? dir : ZONE_DIR, name);
	rc = buf_ok(&path, err);
	if (rc != HRV_OK)
		goto out;
	fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		rc = unknown(name, err);
		if (errno != ENOENT && errno != ENOTDIR)
			rc = hrv_fail(err, HRV_EIO,
			    "opening time zone \"%s\" failed", name);
		goto out;
	}
	rc = read_file(fd, name, &data, err);
	if (rc == HRV_OK)
		rc = zone_parse(data.data, data.len, name, ret, err);
out:
	if (fd >= 0)
		close(fd);
	buf_clear(&data);
	buf_clear(&path);
	return rc;
}

void
zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->at);
	free(z->offset);
	free(z);
}

int32_t
zone_offset(const struct zone *z, int64_t when)
{
	size_t low = 0, high = z->n;

	/* low: how many transitions have happened. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at[mid] <= when)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == z->n && z->has_rule)
		return zone_rule_offset(&z->rule, when);
	return low == 0 ? z->first : z->offset[low - 1];
}

int64_t
zone_local_day(const struct zone *z, int64_t when)
{
	int64_t local = when + zone_offset(z, when);

	return local / DAY_SECONDS - (local % DAY_SECONDS < 0);
}
