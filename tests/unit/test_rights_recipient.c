/* SPDX-License-Identifier: ISC */
#include "tests/unit/unit.h"

#include <string.h>

#include "hrvault/policy.h"
#include "vault/handle.h"
#include "vault/recipient.h"

static const struct recipient_row abroad = { .id = { .kind = ID_RECIPIENT },
	.kind = "group",
	.country = "US",
	.safeguard = "scc",
	.until = "2026-06-30" };

static void
test_a_safeguard_counts_on_its_last_day_and_not_after(void **state)
{
	struct hrv_vault v = { .dir = NULL };
	(void)state;

	OK_(recipient_check(&v, &abroad, "2026-06-30", err));
	FAILS(recipient_check(&v, &abroad, "2026-07-01", err), HRV_EREFUSED);
}

static void
test_none_is_no_safeguard_abroad(void **state)
{
	struct hrv_vault v = { .dir = NULL };
	struct recipient_row r = { .id = { .kind = ID_RECIPIENT },
		.country = "IN",
		.safeguard = "none" };
	(void)state;

	FAILS(recipient_check(&v, &r, "2026-01-01", err), HRV_EREFUSED);
	memcpy(r.country, "NO", 3);
	OK_(recipient_check(&v, &r, "2026-01-01", err));
	memcpy(r.country, "GB", 3);
	OK_(recipient_check(&v, &r, "2026-01-01", err));
}

static void
test_the_jurisdiction_of_the_schedule_is_near(void **state)
{
	struct hrv_schedule s = { .jurisdiction = "US-CA" };
	struct hrv_vault v = { .schedule = &s };
	(void)state;

	assert_true(recipient_near(&v, "US"));
	assert_true(recipient_near(&v, "DE"));
	assert_false(recipient_near(&v, "CA"));
	OK_(recipient_check(&v, &abroad, "2030-01-01", err));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_safeguard_counts_on_its_last_day_and_not_after),
		cmocka_unit_test(test_none_is_no_safeguard_abroad),
		cmocka_unit_test(test_the_jurisdiction_of_the_schedule_is_near),
	};

	return RUN(tests);
}
