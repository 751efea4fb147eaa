/* qr.c - a text as a QR code: runs of dark squares. */
#include "site/qr.h"

#include "base/arena.h"
#include "base/fault.h"

#include <qrencode.h>

/* 331 bytes fit into version 13, which is 69 squares wide. */
enum { MARGIN = 4, TEXT_MAX_BYTES = 300, WIDTH_MAX = 69, DARK = 1 };

static bool
is_dark(const QRcode *code, int x, int y)
{
	return x < code->width && (code->data[y * code->width + x] & DARK);
}

/* Into at, which may be NULL to count them: the runs of one row. */
static size_t
runs_of(const QRcode *code, int y, struct qr_run *at)
{
	size_t n = 0;

	for (int x = 0, from; x < code->width; x++) {
		if (!is_dark(code, x, y))
			continue;
		for (from = x; is_dark(code, x, y); x++)
			;
		if (at)
			at[n] = (struct qr_run){ from + MARGIN, y + MARGIN, x - from };
		n++;
	}
	return n;
}

/* No more runs than a row has in every other place: taken at once, as nothing may fault while the code is held. */
static struct qr_runs
all_runs(struct qr_run *at, const QRcode *code)
{
	size_t n = 0;

	for (int y = 0; y < code->width; y++)
		n += runs_of(code, y, at + n);
	return (struct qr_runs){ at, n };
}

struct qr
qr_of(struct arena *a, str text, str says)
{
	struct qr_run *at = NEW(a, struct qr_run, WIDTH_MAX * (WIDTH_MAX + 1) / 2);
	struct qr qr = { .says = says };
	const char *bytes = str_c(a, text);
	QRcode *code;

	if (text.n == 0 || text.n > TEXT_MAX_BYTES)
		fault(a->fault, "a QR code of %zu bytes", text.n);
	code = QRcode_encodeString8bit(bytes, 0, QR_ECLEVEL_M);
	if (!code) /* not tested: only without memory */
		fault(a->fault, "libqrencode cannot make a QR code");
	qr.size = code->width + 2 * MARGIN;
	qr.runs = all_runs(at, code);
	QRcode_free(code);
	return qr;
}
