/* limit.c - how many calls a minute a credential may make, as pages say it. */
#include "site/limit.h"

#include "site/chart.h"

struct limit_shown
limit_shown_of(struct request *rq, const struct client_card_row *card)
{
	int64_t most = card->per_minute ? card->per_minute : rq->desk->settings->calls_per_minute;

	return (struct limit_shown){ .most = most ? chart_number(rq->arena, most) : (str){ 0 },
		.own = card->per_minute != 0 };
}
