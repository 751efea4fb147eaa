/* qr.c - tests of QR codes: what is drawn is what the library made, with its margin, and nothing else. */
#include "check.h"

#include "site/qr.h"

#include <qrencode.h>

static bool
drawn(const struct qr *qr, int x, int y)
{
	int times = 0;

	for (size_t i = 0; i < qr->runs.n; i++) {
		const struct qr_run *run = &qr->runs.at[i];

		times += run->y == y && x >= run->x && x < run->x + run->width;
	}
	assert_true(times <= 1);
	return times == 1;
}

static void
each_square_is_drawn_once(void **state)
{
	static const char text[] =
	    "otpauth://totp/Keydesk:ann@example.test?secret=GEZDGNBVGY3TQOJQ";
	struct qr qr = qr_of(test_arena(), str_of(text), S("A code"));
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	(void)state;
	CHECK_STR(qr.says, "A code");
	assert_int_equal(qr.size, code->width + 8);
	for (int y = 0; y < qr.size; y++)
		for (int x = 0; x < qr.size; x++) {
			bool inside =
			    x >= 4 && y >= 4 && x < code->width + 4 && y < code->width + 4;
			bool dark = inside && (code->data[(y - 4) * code->width + x - 4] & 1);

			assert_int_equal(drawn(&qr, x, y), dark);
		}
	QRcode_free(code);
}

/* The mark in three corners: a line of 7, and under it 1 on either side. */
static void
marks_in_three_corners(void **state)
{
	struct qr qr = qr_of(test_arena(), S("x"), S("A code"));
	int64_t last = qr.size - 4 - 7;
	int corners = 0;

	(void)state;
	for (size_t i = 0; i < qr.runs.n; i++) {
		const struct qr_run *run = &qr.runs.at[i];

		corners += run->width == 7 && (run->x == 4 || run->x == last) &&
		           (run->y == 4 || run->y == last) && !(run->x == last && run->y == last);
	}
	assert_int_equal(corners, 3);
}

static void
make(void *length)
{
	char text[400] = { 0 };

	memset(text, 'x', sizeof text);
	qr_of(test_arena(), (str){ text, *(size_t *)length }, (str){ 0 });
}

static void
texts_that_are_none(void **state)
{
	size_t none = 0, most = 300, more = 301;

	(void)state;
	make(&most);
	CHECK_FAULT(test_arena(), make, &none, "a QR code of 0 bytes");
	CHECK_FAULT(test_arena(), make, &more, "a QR code of 301 bytes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_square_is_drawn_once),
		cmocka_unit_test(marks_in_three_corners),
		cmocka_unit_test(texts_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
