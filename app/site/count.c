/* count.c - how many there are, of what is too many to count. */
#include "site/count.h"

#include "site/chart.h"

str
count_words(struct arena *a, int64_t n)
{
	if (n > COUNT_MAX)
		return fmt(a, "%.*s+", STR(chart_number(a, COUNT_MAX)));
	return chart_number(a, n);
}
