/* SPDX-License-Identifier: ISC */
/*
 * vault.cfg. Layer: verbs. Cipher settings are written down although the
 * program sets them itself: whoever reads the vault in ten years must not
 * have to guess what the library's defaults were.
 */
#include "vault/config.h"

#include "policy/cfg.h"

#include <string.h>

#define PACK_SIZE_MIB 1024

void
config_write(struct buf *out)
{
	buf_adds(out, "# hrvault: made once by init, never edited; its hash "
		      "stands in the slot file\nvault = {\n");
	buf_addf(out, "  format = %d;\n", CONFIG_FORMAT);
	buf_adds(out,
	    "  database = \"sqlcipher-3\";   # AES-256-CBC, HMAC-SHA1 a page\n"
	    "  page_size = 4096;\n"
	    "  content = \"c2sp.org/chunked-encryption@v1 "
	    "AEAD_AES_256_GCM\";\n"
	    "  wrap = \"AES-256-GCM-SIV\";\n");
	buf_addf(out, "  pack_size_mib = %d;\n};\n", PACK_SIZE_MIB);
}

static int
read_group(const struct cfg_node *root, struct config *ret,
    struct hrv_file_errors *errors, struct hrv_err *err)
{
	static const char *const keys[] = { "format", "database", "page_size",
		"content", "wrap", "pack_size_mib", NULL };
	const struct cfg_node *g = cfg_group(root, "vault", true, errors);
	int32_t format = 0, page = 0, mib = 0;

	if (g == NULL)
		return HRV_EINTEGRITY;
	cfg_check_keys(g, keys, "vault", errors);
	if (!cfg_int(g, "format", 1, INT32_MAX, &format, errors) ||
	    !cfg_int(g, "page_size", 4096, 4096, &page, errors) ||
	    !cfg_int(g, "pack_size_mib", 1, 1 << 20, &mib, errors))
		return HRV_EINTEGRITY;
	if (format > CONFIG_FORMAT)
		return hrv_fail(err, HRV_EFAILED,
		    "this vault has format %d and needs a newer hrvault",
		    (int)format);
	ret->pack_size = (uint64_t)mib << 20;
	return HRV_OK;
}

int
config_read(const struct buf *text, struct config *ret, struct hrv_err *err)
{
	struct hrv_file_errors errors = HRV_FILE_ERRORS_INIT;
	struct cfg *cfg = cfg_parse(buf_str(text), text->len, &errors);
	int rc = HRV_EINTEGRITY;

	if (cfg != NULL)
		rc = read_group(cfg_root(cfg), ret, &errors, err);
	if (rc == HRV_EINTEGRITY ||
	    (rc == HRV_OK && !hrv_file_errors_none(&errors)))
		rc = hrv_fail(err, HRV_EINTEGRITY, "vault.cfg is damaged");
	cfg_free(cfg);
	hrv_file_errors_clear(&errors);
	return rc;
}
