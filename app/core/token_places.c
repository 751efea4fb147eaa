/* token_places.c - the claims of a token that say where a scoped credential may work: its accounts and workspaces. */
#include "core/token_parts.h"

#include "http/json.h"
#include "sql.h"

SHAPE(token_places_elsewhere, text(places_at), many(accounts), many(workspaces));

/* How much of TOKEN_PLACES_BYTES an id takes: its characters, quotes and a comma. */
enum { PLACE_BYTES = 13 };

struct token_places
token_places_of(struct request *rq, const struct caller *caller, size_t most)
{
	struct token_places_held_rows rows = sql_token_places_held(
	    rq->db, .org = caller->org, .client = caller->client, .count = (int64_t)most);
	str *accounts = NEW(rq->arena, str, rows.n), *workspaces = NEW(rq->arena, str, rows.n);
	struct token_places places = { { accounts, 0 }, { workspaces, 0 } };

	for (size_t i = 0; i < rows.n; i++)
		if (rows.at[i].account)
			accounts[places.accounts.n++] = rows.at[i].id;
		else
			workspaces[places.workspaces.n++] = rows.at[i].id;
	return places;
}

void
token_places_add(struct request *rq, const struct caller *caller, struct buf *json)
{
	const size_t most = TOKEN_PLACES_BYTES / PLACE_BYTES;
	struct token_places places = token_places_of(rq, caller, most + 1);
	struct token_places_elsewhere elsewhere = { 0 };

	if (places.accounts.n + places.workspaces.n <= most) {
		json_write_more(json, &token_places_shape, &places);
		return;
	}
	/* None: who goes by them refuses, and finds out where to ask. */
	elsewhere.places_at =
	    fmt(rq->arena, "%.*s/oauth/introspect", STR(token_issuer(rq, caller->environment)));
	json_write_more(json, &token_places_elsewhere_shape, &elsewhere);
}

str
token_without_places(struct arena *a, str claims)
{
	size_t at;

	if (!str_ends(claims, S("]}")))
		return claims;
	/* Within a text the quotes would be escaped. */
	at = str_find(claims, S(",\"places_at\":\""));
	if (at == claims.n)
		at = str_find(claims, S(",\"accounts\":["));
	return at == claims.n ? claims : fmt(a, "%.*s}", STR(str_part(claims, 0, at)));
}
