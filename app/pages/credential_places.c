/* credential_places.c - where a credential is used: what is declared, and what was seen.
 *
 *      GET  /credentials/:id/places    both, and where they differ
 */
#include "http/url.h"
#include "pages/pages.h"
#include "site/key.h"
#include "site/place.h"
#include "site/use.h"

/* Callers that fit no place: what is declared leaves the list, so that the next ones come. */
enum { UNKNOWN_SHOWN = 15 };

SHAPE(unknown_caller, text(program), text(address), part(seen, moment), text(query));
SHAPE(credential_places_view, text(id), text(name), flag(may_change), int(n), int(most), flag(full),
    int(unseen), list(places, place_shown), text(after), int(unknown),
    list(callers, unknown_caller), int(more), flag(others), flag(rest));
PAGE(credential_places, "Where it is used:", .menu = MENU_CREDENTIALS);

/* Those behind the one of that id, or from the first; after is set when there are more. */
static struct place_showns
page_of(struct request *rq, const struct sightings *seen, str behind, str *after)
{
	struct place_shown *rows = NEW(rq->arena, struct place_shown, PLACES_SHOWN);
	size_t first = 0, n = 0;

	for (size_t i = 0; i < seen->places_n; i++)
		if (behind.n && str_eq(seen->places[i].id, behind))
			first = i + 1;
	while (n < PLACES_SHOWN && first + n < seen->places_n) {
		rows[n] = place_show(rq, &seen->places[first + n]);
		n++;
	}
	if (first + n < seen->places_n)
		*after = rows[n - 1].id;
	return (struct place_showns){ rows, n };
}

/* With what the form that declares it is filled in. */
static struct unknown_caller
unknown_of(struct request *rq, const struct sighted_caller *caller)
{
	return (struct unknown_caller){ .program = use_program(rq, caller->program),
		.address = caller->address,
		.seen = moment_of(rq, caller->last_at),
		.query = fmt(rq->arena, "address=%.*s&program=%.*s",
		    STR(url_encode(rq->arena, caller->address)),
		    STR(url_encode(rq->arena, caller->program))) };
}

static struct unknown_callers
unknown_callers(struct request *rq, const struct sightings *seen)
{
	struct unknown_caller *rows = NEW(rq->arena, struct unknown_caller, UNKNOWN_SHOWN);
	size_t n = 0;

	for (size_t i = 0; i < seen->callers_n && n < UNKNOWN_SHOWN; i++)
		if (!seen->callers[i].known)
			rows[n++] = unknown_of(rq, &seen->callers[i]);
	return (struct unknown_callers){ rows, n };
}

struct reply
credential_places(struct request *rq)
{
	const struct client_card_row *key = key_card(rq);
	const struct declared_place_client_row *client =
	    sql_declared_place_client(rq->db, .org = rq->org, .id = rq->id);
	struct credential_places_view view;
	struct sightings seen;
	str behind = query_text(rq, S("after"));

	if (!key || !client)
		return not_found(rq);
	seen = sightings_of(rq, client->client);
	view = (struct credential_places_view){ .id = key->id,
		.name = key->name,
		.may_change = key_may_change(rq, key->kind),
		.n = (int64_t)seen.places_n,
		.most = DECLARED_PLACES_MAX,
		.full = seen.places_n >= DECLARED_PLACES_MAX,
		.unseen = (int64_t)seen.unseen,
		.unknown = (int64_t)seen.unknown,
		.callers = unknown_callers(rq, &seen),
		.others = seen.others };
	view.places = page_of(rq, &seen, behind, &view.after);
	view.rest = view.places.n < seen.places_n && !view.after.n;
	view.more = view.unknown - (int64_t)view.callers.n;
	return show(rq, 200, &credential_places_page, &view);
}
