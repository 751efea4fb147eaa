/* data_access_take.c - take somebody's access to the Data API away.
 *
 *      GET  /data-api/access/:id    what that does, and what they know
 *      POST /data-api/access/:id    do it
 */
#include "core/actor.h"
#include "core/data_api.h"
#include "pages/pages.h"
#include "site/key.h"
#include "sql.h"

/* A key that they have seen and that works. */
SHAPE(data_known, text(environment), text(hint), flag(retiring));
SHAPE(data_access_take_view, text(id), text(name), text(email), part(granted, moment),
    text(granted_by), part(opened, moment), list(known, data_known), int(known_n));
PAGE(data_access_take, "Take away the access of", .menu = MENU_DATA_API);

/* The person, if they are on the list; admins are not. */
static const struct data_person_get_row *
listed(struct request *rq)
{
	const struct data_person_get_row *person =
	    sql_data_person_get(rq->db, .org = rq->org, .id = rq->id);
	bool on_it = person && person->granted_at && !str_eq(person->role, role_text(ROLE_ADMIN));

	return on_it ? person : NULL;
}

static struct reply
form(struct request *rq, int status, const struct data_person_get_row *person)
{
	struct data_seen_rows seen = sql_data_seen(rq->db, .org = rq->org, .user = person->user);
	struct data_known *known = NEW(rq->arena, struct data_known, seen.n);
	struct data_access_take_view view = { .id = person->id,
		.name = person->name,
		.email = person->email,
		.granted = moment_of(rq, person->granted_at),
		.granted_by = person->granted_by,
		.opened = moment_of(rq, person->opened_at),
		.known = { known, seen.n },
		.known_n = (int64_t)seen.n };

	for (size_t i = 0; i < seen.n; i++)
		known[i] = (struct data_known){ seen.at[i].environment, seen.at[i].hint,
			seen.at[i].retiring };
	return show(rq, status, &data_access_take_page, &view);
}

struct reply
data_access_take(struct request *rq)
{
	const struct data_person_get_row *person = listed(rq);

	return person ? form(rq, 200, person) : not_found(rq);
}

struct reply
data_access_take_save(struct request *rq)
{
	const struct data_person_get_row *person = listed(rq);

	if (rq->unproven)
		return person ? form(rq, 422, person) : not_found(rq);
	switch (data_take(rq, rq->id)) {
	case DATA_CHANGED:
	case DATA_ALREADY: /* the same form again, or somebody was faster */
		return see_other(rq, "/data-api?did=data-taken#people");
	case DATA_BY_ROLE:
	case DATA_NOBODY:
		break;
	}
	return not_found(rq);
}
