/* chart.c - numbers as bars: accepted below, refused above them. */
#include "site/chart.h"

#include "base/buf.h"

enum { HEIGHT = 100, STEP = 10, HIGHEST = 94, LEAST = 3, NUMBER_MAX = 32 };

str
chart_number(struct arena *a, int64_t n)
{
	struct buf out = buf_new(a, NUMBER_MAX);
	str digits = fmt(a, "%lld", (long long)(n < 0 ? 0 : n));

	for (size_t i = 0; i < digits.n; i++) {
		if (i && (digits.n - i) % 3 == 0)
			buf_add_char(&out, ',');
		buf_add_char(&out, digits.at[i]);
	}
	return buf_str(&out);
}

static int64_t
at_least_none(int64_t n)
{
	return n < 0 ? 0 : n;
}

static int64_t
height_of(int64_t n, int64_t most)
{
	int64_t height;

	if (n <= 0)
		return 0;
	height = (int64_t)((double)n / (double)most * HIGHEST + 0.5);
	return height < LEAST ? LEAST : height;
}

/* The sums of all points, and the most that one of them has. */
struct sums {
	int64_t accepted, refused, most;
};

static struct sums
sums_of(const struct chart_wish *wish)
{
	struct sums sums = { 0 };

	for (size_t i = 0; i < wish->n; i++) {
		int64_t accepted = at_least_none(wish->points[i].accepted);
		int64_t refused = at_least_none(wish->points[i].refused);

		sums.accepted += accepted;
		sums.refused += refused;
		if (accepted + refused > sums.most)
			sums.most = accepted + refused;
	}
	return sums;
}

/* Both kinds of bars, those of no height left out. */
static void
draw(struct arena *a, const struct chart_wish *wish, int64_t most, struct chart *chart)
{
	struct chart_bar *good = NEW(a, struct chart_bar, wish->n);
	struct chart_bar *bad = NEW(a, struct chart_bar, wish->n);

	chart->good.at = good;
	chart->bad.at = bad;
	for (size_t i = 0; i < wish->n; i++) {
		int64_t below = height_of(wish->points[i].accepted, most);
		int64_t above = height_of(wish->points[i].refused, most);
		int64_t x = (int64_t)i * STEP + 1;

		if (below)
			good[chart->good.n++] = (struct chart_bar){ x, HEIGHT - below, below };
		if (above)
			bad[chart->bad.n++] =
			    (struct chart_bar){ x, HEIGHT - below - above, above };
	}
}

static struct chart_rows
table_of(struct arena *a, const struct chart_wish *wish)
{
	struct chart_row *rows = NEW(a, struct chart_row, wish->n);
	size_t n = 0;

	for (size_t i = wish->n; i-- > 0;) {
		const struct chart_point *point = &wish->points[i];
		str accepted = chart_number(a, point->accepted);
		str refused = chart_number(a, point->refused);

		if (point->accepted > 0 || point->refused > 0)
			rows[n++] = (struct chart_row){ point->label, accepted, refused };
	}
	return (struct chart_rows){ rows, n };
}

struct chart
chart_of(struct arena *a, const struct chart_wish *wish)
{
	struct sums sums = sums_of(wish);
	struct chart chart = { .id = wish->id,
		.title = wish->title,
		.each = wish->each,
		.accepted = chart_number(a, sums.accepted),
		.refused = chart_number(a, sums.refused),
		.why = wish->why,
		.most = chart_number(a, sums.most),
		.width = (int64_t)wish->n * STEP,
		.calls = sums.accepted + sums.refused };
	const struct chart_point *last;

	if (wish->n == 0 || chart.calls == 0)
		return chart;
	last = &wish->points[wish->n - 1];
	draw(a, wish, sums.most, &chart);
	chart.rows = table_of(a, wish);
	chart.first = wish->points[0].label;
	chart.last = fmt(a, "%.*s: %.*s", STR(wish->now),
	    STR(chart_number(a, at_least_none(last->accepted) + at_least_none(last->refused))));
	chart.says = fmt(a, "%.*s: %.*s accepted, %.*s refused; the most in one %.*s is %.*s",
	    STR(wish->title), STR(chart.accepted), STR(chart.refused), STR(wish->each),
	    STR(chart.most));
	return chart;
}
