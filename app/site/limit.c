/* limit.c - how many calls a minute a credential may make, as pages say it. */
#include "site/limit.h"

#include "core/desk.h"
#include "core/rate.h"
#include "site/chart.h"

struct limit_shown
limit_shown_of(struct request *rq, const struct client_card_row *card)
{
	int64_t chosen = card->per_minute, most = rate_in_force(rq->desk->settings, chosen);
	bool cut = chosen > most;

	return (struct limit_shown){ .most = most ? chart_number(rq->arena, most) : (str){ 0 },
		.own = chosen && !cut,
		.chosen = cut ? chart_number(rq->arena, chosen) : (str){ 0 } };
}
