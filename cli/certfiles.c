/* SPDX-License-Identifier: ISC */
/*
 * Files of certificates. Layer: cli.
 */
#include "cli/certfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"

#define CERT_MAX (64 << 20)

/* path without its ".json", with another suffix; allocated. */
static char *
beside(const char *path, const char *suffix)
{
	size_t len = strlen(path);
	char *out;

	if (len > 5 && strcmp(path + len - 5, ".json") == 0)
		len -= 5;
	out = malloc(len + strlen(suffix) + 1);
	if (out != NULL) {
		memcpy(out, path, len);
		memcpy(out + len, suffix, strlen(suffix) + 1);
	}
	return out;
}

static int
read_beside(struct cli *c, const char *path, const char *suffix, char **ret,
    size_t *ret_len, struct hrv_err *err)
{
	char *name = beside(path, suffix);
	int rc = name == NULL
		     ? hrv_fail(err, HRV_ENOMEM, "out of memory")
		     : input_read_file(c, name, CERT_MAX, ret, ret_len, err);

	if (rc == HRV_EUSAGE)
		hrv_hint(err,
		    "a certificate is three files beside each other: "
		    "D-....json, D-....json.sig and D-....tlog-proof");
	free(name);
	return rc;
}

int
certfiles_read(
    struct cli *c, const char *path, struct certfiles *ret, struct hrv_err *err)
{
	struct certfiles f = { 0 };
	size_t json = 0, sig = 0, proof = 0;
	int rc = input_read_file(c, path, CERT_MAX, &f.json, &json, err);

	if (rc == HRV_OK)
		rc = read_beside(c, path, ".json.sig", &f.sig, &sig, err);
	if (rc == HRV_OK)
		rc = read_beside(c, path, ".tlog-proof", &f.proof, &proof, err);
	if (rc != HRV_OK) {
		certfiles_clear(&f);
		return rc;
	}
	f.f = (struct hrv_certificate_files){ .json = f.json,
		.json_len = json,
		.sig = f.sig,
		.sig_len = sig,
		.proof = f.proof,
		.proof_len = proof };
	*ret = f;
	return HRV_OK;
}

void
certfiles_clear(struct certfiles *f)
{
	input_free(f->json);
	input_free(f->sig);
	input_free(f->proof);
	*f = (struct certfiles){ 0 };
}

static int
write_new(const char *dir, const char *run, const char *suffix,
    const void *data, size_t len, struct hrv_err *err)
{
	char path[4096];
	const char *p = data;
	int fd, rc = HRV_OK;

	if (snprintf(path, sizeof(path), "%s/%s%s", dir, run, suffix) >=
	    (int)sizeof(path))
		return hrv_fail(err, HRV_EUSAGE, "the path is too long");
	fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return hrv_fail(err, errno == EEXIST ? HRV_EEXISTS : HRV_EIO,
		    "cannot write %s%s: %s", run, suffix, strerror(errno));
	while (rc == HRV_OK && len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			rc = hrv_fail(
			    err, HRV_EIO, "cannot write %s%s", run, suffix);
			break;
		}
		p += n;
		len -= (size_t)n;
	}
	if (close(fd) != 0 && rc == HRV_OK)
		rc = hrv_fail(err, HRV_EIO, "cannot write %s%s", run, suffix);
	if (rc != HRV_OK)
		(void)unlink(path);
	return rc;
}

int
certfiles_write(const char *dir, const struct hrv_doc *doc, struct hrv_err *err)
{
	const char *run = hrv_doc_str(doc, "run");
	const char *json = hrv_doc_str(doc, "json");
	const char *text = hrv_doc_str(doc, "text");
	const char *proof = hrv_doc_str(doc, "proof");
	uint8_t *sig = NULL;
	size_t sig_len = 0;
	int rc = hrv_doc_bytes(doc, "signature", &sig, &sig_len, err);

	if (rc == HRV_OK)
		rc = write_new(dir, run, ".json", json, strlen(json), err);
	if (rc == HRV_OK)
		rc = write_new(dir, run, ".txt", text, strlen(text), err);
	if (rc == HRV_OK)
		rc = write_new(dir, run, ".json.sig", sig, sig_len, err);
	if (rc == HRV_OK)
		rc = write_new(
		    dir, run, ".tlog-proof", proof, strlen(proof), err);
	free(sig);
	return rc;
}
