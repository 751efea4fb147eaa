/* apis.c - the APIs of the catalogue: for operators who holds them, for an organization which it may use.
 *
 *      GET /apis
 */
#include "core/actor.h"
#include "pages/pages.h"
#include "site/api.h"
#include "site/route.h"
#include "sql.h"

enum { ROWS_A_PAGE = 50, NAMES_MAX_BYTES = 32 << 10 };

SHAPE(apis_row, text(id), text(name), text(word), text(level), text(permissions), flag(entitled),
    flag(asked), text(organizations), text(credentials));
SHAPE(apis_view, list(rows, apis_row), flag(operates), flag(belongs), int(total), int(usable),
    text(next), flag(further));
PAGE(apis, "APIs", .menu = MENU_APIS);

/* "Read-only, Read-write" */
static str
names_of(struct arena *a, const struct catalogue_permissions_rows *permissions, int64_t api)
{
	struct buf b = buf_new(a, NAMES_MAX_BYTES);

	for (size_t i = 0; i < permissions->n; i++)
		if (permissions->at[i].api == api)
			buf_fmt(&b, "%s%.*s", b.n ? ", " : "", STR(permissions->at[i].name));
	return buf_str(&b);
}

static bool
is_entitled(const struct entitled_apis_rows *entitled, int64_t api)
{
	for (size_t i = 0; i < entitled->n; i++)
		if (entitled->at[i].api == api)
			return true;
	return false;
}

static bool
is_asked(const struct wish_of_rows *wishes, str word)
{
	for (size_t i = 0; i < wishes->n; i++)
		if (str_eq(wishes->at[i].api, word))
			return true;
	return false;
}

/* The first to show: the one behind `after`. */
static size_t
first_of(const struct request *rq, const struct catalogue_apis_rows *apis)
{
	str after = query_text(rq, S("after"));

	for (size_t i = 0; i < apis->n; i++)
		if (str_eq(apis->at[i].word, after))
			return i + 1;
	return 0;
}

static struct apis_row
row_of(struct request *rq, const struct catalogue_apis_row *api, bool operates)
{
	struct apis_row row = { .id = api->id,
		.name = api->name,
		.word = api->word,
		.level = api_level_words(api->level) };
	struct catalogue_held held;

	if (operates) {
		held = catalogue_held(rq, api->word);
		row.organizations = api_count_words(rq->arena, held.organizations);
		row.credentials = api_count_words(rq->arena, held.credentials);
	}
	return row;
}

struct reply
apis(struct request *rq)
{
	const struct catalogue_apis_rows all = sql_catalogue_apis(rq->db);
	const struct catalogue_permissions_rows names = sql_catalogue_permissions(rq->db);
	struct entitled_apis_rows entitled = { 0 };
	struct wish_of_rows wishes = { 0 };
	struct apis_view view = { .operates = access_may(rq->actor, OPERATOR),
		.belongs = access_may(rq->actor, CREDENTIALS_SEE),
		.total = (int64_t)all.n };
	size_t first = first_of(rq, &all), n = all.n - first;
	struct apis_row *at;

	if (n > ROWS_A_PAGE) {
		n = ROWS_A_PAGE;
		view.next = all.at[first + n - 1].word;
	}
	view.further = first > 0;
	if (view.belongs) {
		entitled = sql_entitled_apis(rq->db, .org = rq->org);
		wishes = sql_wish_of(rq->db, .org = rq->org);
	}
	view.usable = (int64_t)entitled.n;
	at = NEW(rq->arena, struct apis_row, n);
	for (size_t i = 0; i < n; i++) {
		at[i] = row_of(rq, &all.at[first + i], view.operates);
		at[i].permissions = names_of(rq->arena, &names, all.at[first + i].api);
		at[i].entitled = is_entitled(&entitled, all.at[first + i].api);
		at[i].asked = is_asked(&wishes, all.at[first + i].word);
	}
	view.rows = (struct apis_rows){ at, n };
	return show(rq, 200, &apis_page, &view);
}
