/* api.c - what the pages about an API of the catalogue share. */
#include "site/api.h"

#include "sql.h"

#include <inttypes.h>

enum { HOLDERS_MAX = 50 };

const struct api_about *
api_about(struct request *rq)
{
	const struct catalogue_api_by_id_row *row = sql_catalogue_api_by_id(rq->db, .id = rq->id);
	struct api_about *about;

	if (!row)
		return NULL;
	about = NEW(rq->arena, struct api_about, 1);
	*about = (struct api_about){
		.id = rq->id, .version = row->version, .catalogue = catalogue_read(rq)
	};
	about->api = catalogue_api(&about->catalogue, row->word);
	return about->api ? about : NULL;
}

str
api_level_words(str level)
{
	if (str_eq(level, S("account")))
		return S("Account");
	if (str_eq(level, S("workspace")))
		return S("Workspace");
	return S("Organization");
}

str
api_level_means(str level)
{
	if (str_eq(level, S("account")))
		return S("A credential reaches all accounts of its organization, later ones too.");
	if (str_eq(level, S("workspace")))
		return S(
		    "A credential reaches the workspaces and accounts that are picked for it.");
	return S("A credential needs no scope: it is about the organization as a whole.");
}

str
api_count_words(struct arena *a, int64_t n)
{
	return fmt(a, "%" PRId64 "%s", n, n == CATALOGUE_COUNT_MAX ? " or more" : "");
}

struct api_holding
api_holding(struct request *rq, str word)
{
	struct catalogue_held held = catalogue_held(rq, word);
	const struct catalogue_holders_rows rows = sql_catalogue_holders(rq->db, .word = word);
	struct api_holder *at = NEW(rq->arena, struct api_holder, rows.n);
	str organizations =
	    catalogue_count_words(rq->arena, held.organizations, "organization", "organizations");
	str credentials =
	    catalogue_count_words(rq->arena, held.credentials, "credential", "credentials");

	for (size_t i = 0; i < rows.n; i++)
		at[i] = (struct api_holder){ .id = rows.at[i].id,
			.name = rows.at[i].name,
			.entitled = rows.at[i].entitled != 0,
			.credentials = api_count_words(rq->arena, rows.at[i].credentials) };
	return (struct api_holding){ .held = held.organizations != 0 || held.credentials != 0,
		.more = rows.n == HOLDERS_MAX,
		.words = fmt(rq->arena, "%.*s, %.*s", STR(organizations), STR(credentials)),
		.holders = { at, rows.n } };
}
