/* chart.h - numbers as bars: accepted below, refused above them. A part of a view, shown by part_chart.
 *
 * What is drawn is numbers in a template like any other, so there is nothing to escape or to trust.
 */
#ifndef SITE_CHART_H
#define SITE_CHART_H

#include "base/shape.h"

/* One bar's numbers, and the words for it in the table. */
struct chart_point {
	str label;
	int64_t accepted, refused;
};

/* What is to be drawn, the oldest first; 100 points at most. id is the SVG's in the page; title is a heading
 * ("Calls in the last 24 hours"), each what a point is ("hour"), now the last of them ("this hour"), why a
 * sentence on what was refused, or nothing. */
struct chart_wish {
	str id, title, each, now, why;
	const struct chart_point *points;
	size_t n;
};

/* Bars and their rows in the table, the newest first and without empty ones. Heights and places are in units of
 * which the chart has 100 in height and 10 for each point. What is not 0 is at least 3 high. */
SHAPE(chart_bar, int(x), int(y), int(height));
SHAPE(chart_row, text(label), text(accepted), text(refused));
SHAPE(chart, text(id), text(title), text(each), text(says), text(accepted), text(refused),
    text(why), text(most), text(first), text(last), int(width), list(good, chart_bar),
    list(bad, chart_bar), list(rows, chart_row), int(calls));

/* In the arena. Negative numbers count as 0. */
struct chart chart_of(struct arena *, const struct chart_wish *);

/* "1,234,567" */
str chart_number(struct arena *, int64_t);

#endif
