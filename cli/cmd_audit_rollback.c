/* SPDX-License-Identifier: ISC */
/*
 * hrvault audit accept-rollback. Layer: cli.
 */
#include "cli/audit.h"
#include "cli/context.h"
#include "cli/options.h"
#include "cli/out.h"
#include "hrvault/audit.h"

/* Opens a vault that this client would refuse. */
int
audit_accept(struct cli *c, struct hrv_err *err)
{
	struct hrv_doc *doc = NULL;
	struct context x;
	int rc = context_init(c, NULL, &x, err);

	if (rc != HRV_OK)
		return rc;
	x.open.behind = true;
	rc = hrv_open(&x.open, &c->vault, err);
	context_clear(&x);
	if (rc == HRV_OK && arg(c, 0) != NULL)
		rc = hrv_rollback_approve(c->vault, arg(c, 0), &doc, err);
	else if (rc == HRV_OK)
		rc = hrv_rollback_accept(c->vault, &doc, err);
	if (rc == HRV_OK)
		rc = out_doc(c, doc, NULL, err);
	hrv_doc_free(doc);
	return rc;
}
