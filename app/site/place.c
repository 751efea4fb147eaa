/* place.c - where a credential is used, as pages show it. */
#include "site/place.h"

#include "base/utf8.h"
#include "core/secret.h"
#include "site/use.h"
#include "sql.h"

#include <stdlib.h>

enum { NOTE_CHARS = 160 };

str
place_note(const struct request *rq, str note)
{
	uint32_t point;
	size_t end = 0;

	for (int i = 0; i < NOTE_CHARS && end < note.n; i++)
		end += utf8_first(str_part(note, end, note.n), &point);
	return end == note.n ? note : fmt(rq->arena, "%.*s…", STR(str_part(note, 0, end)));
}

struct place_shown
place_show(const struct request *rq, const struct sighted_place *place)
{
	struct place_shown shown = { .id = place->id,
		.name = place->name,
		.owner = place->owner,
		.note = place_note(rq, place->note),
		.networks = place->networks,
		.program = place->program,
		.recognised = place->recognised,
		.seen = moment_of(rq, place->last_at),
		.address = place->address,
		.by = use_program(rq, place->by),
		.state = S("Declared, never seen"),
		.tone = S("needs") };

	if (!place->recognised) {
		shown.state = S("Declared, not recognised");
		shown.tone = S("neutral");
	} else if (place->last_at > rq->now - DECLARED_SEEN_DAYS * DAY) {
		shown.state = S("Declared and seen");
		shown.tone = S("works");
	} else if (place->last_at) {
		shown.state = S("Declared, seen long ago");
		shown.tone = S("neutral");
	}
	return shown;
}

/* Never seen first, then the latest. */
static int
by_need(const void *a, const void *b)
{
	const struct sighted_place *left = a, *right = b;

	if (!left->last_at || !right->last_at)
		return (left->last_at != 0) - (right->last_at != 0);
	return (right->last_at > left->last_at) - (right->last_at < left->last_at);
}

struct places_brief
places_brief(struct request *rq, str client, size_t most)
{
	const struct declared_place_client_row *of =
	    sql_declared_place_client(rq->db, .org = rq->org, .id = client);
	struct places_brief brief = { 0 };
	struct place_shown *rows;
	struct sightings seen;
	size_t n;

	if (!of)
		return brief;
	seen = sightings_of(rq, of->client);
	n = seen.places_n < most ? seen.places_n : most;
	qsort(seen.places, seen.places_n, sizeof *seen.places, by_need);
	rows = NEW(rq->arena, struct place_shown, n);
	for (size_t i = 0; i < n; i++)
		rows[i] = place_show(rq, &seen.places[i]);
	brief.n = (int64_t)seen.places_n;
	brief.unseen = (int64_t)seen.unseen;
	brief.unknown = (int64_t)seen.unknown;
	brief.rows = (struct place_showns){ rows, n };
	brief.more = (int64_t)(seen.places_n - n);
	return brief;
}

bool
place_input_is_secret(struct input *input)
{
	if (!secret_like(input->value))
		return false;
	input->value = (str){ 0 };
	input->error = S("This looks like a secret. Say where it is, never the secret itself.");
	return true;
}
