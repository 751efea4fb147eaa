/* api_edit.c - add an API to the catalogue, or change one.
 *
 *      GET  /apis/new         the form
 *      POST /apis             add it
 *      GET  /apis/:id/edit    the form
 *      POST /apis/:id/edit    save it
 */
#include "core/catalogue_change.h"
#include "core/catalogue_check.h"
#include "core/catalogue_lines.h"
#include "pages/pages.h"
#include "site/api.h"
#include "sql.h"

enum { PERMISSIONS_MAX_CHARS = 8000, ENDPOINTS_MAX_CHARS = 40000 };

SHAPE(api_refusal, text(words), flag(holder));
SHAPE(api_edit_view, part(word, input), part(name, input), part(description, input),
    part(level, input), part(choice, input), part(permissions, input), part(endpoints, input),
    int(version), text(id), text(heading), flag(fresh), flag(at_organization), flag(at_account),
    flag(at_workspace), flag(choice_one), flag(choice_many), list(permission_lines, line_wrong),
    list(endpoint_lines, line_wrong), flag(is_refused), list(refused, api_refusal), flag(theirs));
PAGE(api_edit, "API", .menu = MENU_APIS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("word"), .label = STR_INIT("Word"), .max = 100 },
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the API a name."),
	    .max = 100 },
	{ .name = STR_INIT("description"), .label = STR_INIT("Description"), .max = 500 },
	{ .name = STR_INIT("level"),
	    .label = STR_INIT("Level"),
	    .required = STR_INIT("Choose a level."),
	    .max = 20 },
	{ .name = STR_INIT("choice"),
	    .label = STR_INIT("Choice"),
	    .required = STR_INIT("Choose how many a credential may have."),
	    .max = 20 },
	{ .name = STR_INIT("permissions"),
	    .label = STR_INIT("Permissions"),
	    .required = STR_INIT("Give at least one permission."),
	    .max = PERMISSIONS_MAX_CHARS,
	    .lines = true },
	{ .name = STR_INIT("endpoints"),
	    .label = STR_INIT("Endpoints"),
	    .max = ENDPOINTS_MAX_CHARS,
	    .lines = true },
	{ .name = STR_INIT("version") },
};

/* What was typed, read as an API. */
struct typed {
	struct request *rq;
	struct api_edit_view *view;
	struct api api;
	struct catalogue_lines permissions, endpoints;
};

static struct reply
form(struct request *rq, int status, struct api_edit_view *view)
{
	view->at_organization = str_eq(view->level.value, S("organization"));
	view->at_account = str_eq(view->level.value, S("account"));
	view->at_workspace = str_eq(view->level.value, S("workspace"));
	view->choice_one = str_eq(view->choice.value, S("one"));
	view->choice_many = str_eq(view->choice.value, S("many"));
	return show(rq, status, &api_edit_page, view);
}

/* ---- what is wrong with it, at its field */

static str
line_count_words(struct arena *a, const struct line_wrongs *lines)
{
	if (lines->n == 1)
		return fmt(a, "Line %d cannot be taken as it is.", (int)lines->at[0].line);
	return fmt(a, "%zu lines cannot be taken as they are.", lines->n);
}

/* "The path is missing.", or the sentence that it is already. */
static str
sentence(struct arena *a, str member, str words)
{
	if (words.n && words.at[0] >= 'A' && words.at[0] <= 'Z')
		return words;
	return fmt(a, "The %.*s %.*s.", STR(member), STR(words));
}

/* The element and member of "permissions[3].word"; false when the list is another one. */
static bool
element_of(str path, str list, size_t *at, str *member)
{
	str number = str_part(path, list.n + 1, path.n);
	int64_t n;

	if (path.n <= list.n || !str_starts(path, list) || path.at[list.n] != '[')
		return false;
	number = str_cut(number, ']', member);
	*member = str_part(*member, 1, member->n);
	if (!str_int(number, &n))
		return false;
	*at = (size_t)n;
	return true;
}

static void
add_line(struct arena *a, struct line_wrongs *wrongs, struct line_wrong one)
{
	struct line_wrong *at = NEW(a, struct line_wrong, wrongs->n + 1);

	for (size_t i = 0; i < wrongs->n; i++)
		at[i] = wrongs->at[i];
	at[wrongs->n++] = one;
	wrongs->at = at;
}

static struct input *
field_of(struct api_edit_view *view, str member)
{
	const struct shape_member *m = shape_find(&api_edit_view_shape, member);

	return m && m->kind == SHAPE_PART ? (struct input *)(void *)((char *)view + m->offset)
	                                  : &view->name;
}

static void
put_wrong(struct typed *t, str path, str words)
{
	struct arena *a = t->rq->arena;
	struct input *input;
	str member;
	size_t at;

	if (element_of(path, S("permissions"), &at, &member)) {
		add_line(a, &t->permissions.wrongs,
		    (struct line_wrong){ t->permissions.line[at], sentence(a, member, words) });
		return;
	}
	if (element_of(path, S("endpoints"), &at, &member)) {
		add_line(a, &t->endpoints.wrongs,
		    (struct line_wrong){ t->endpoints.line[at], sentence(a, member, words) });
		return;
	}
	input = field_of(t->view, path);
	if (input->error.n == 0)
		input->error = sentence(a, path, words);
}

/* What is wrong with the API beside all others: it stands last, so that what collides is its own. */
static void
check(struct typed *t, const struct catalogue *before, const struct api *saved)
{
	struct api *at = NEW(t->rq->arena, struct api, before->apis.n + 1);
	struct catalogue all = { .apis = { at, 0 } };
	struct json_wrongs *wrongs = NEW(t->rq->arena, struct json_wrongs, 1);
	str own;

	for (size_t i = 0; i < before->apis.n; i++)
		if (&before->apis.at[i] != saved)
			at[all.apis.n++] = before->apis.at[i];
	own = fmt(t->rq->arena, "apis[%zu].", all.apis.n);
	at[all.apis.n++] = t->api;
	catalogue_check(t->rq->arena, &all, wrongs);
	for (size_t i = 0; i < wrongs->n; i++) {
		str path = wrongs->at[i].path;

		if (str_starts(path, own))
			put_wrong(t, str_part(path, own.n, path.n), wrongs->at[i].words);
		else if (str_eq(path, S("apis")))
			t->view->name.error = sentence(t->rq->arena, path, wrongs->at[i].words);
	}
}

/* The lines that are wrong, beside their fields. */
static bool
lines_good(struct typed *t)
{
	struct api_edit_view *view = t->view;
	struct arena *a = t->rq->arena;

	view->permission_lines = t->permissions.wrongs;
	view->endpoint_lines = t->endpoints.wrongs;
	if (t->permissions.wrongs.n && view->permissions.error.n == 0)
		view->permissions.error = line_count_words(a, &t->permissions.wrongs);
	if (t->endpoints.wrongs.n && view->endpoints.error.n == 0)
		view->endpoints.error = line_count_words(a, &t->endpoints.wrongs);
	return t->permissions.wrongs.n == 0 && t->endpoints.wrongs.n == 0;
}

static bool
has_error(const struct api_edit_view *view)
{
	return view->word.error.n || view->name.error.n || view->description.error.n ||
	       view->level.error.n || view->choice.error.n || view->permissions.error.n ||
	       view->endpoints.error.n;
}

/* ---- from the form to the catalogue */

/* Reads the form, and what is wrong with its lines. The word of an API that is there is not typed. */
static bool
read_typed(struct request *rq, struct typed *t, str word)
{
	struct api_edit_view *view = t->view;
	bool good = form_read(rq, api_edit_view, rules, view);

	if (word.n)
		view->word = (struct input){ .value = word };
	else if (view->word.value.n == 0)
		view->word.error = S("Give the API a word.");
	t->api = (struct api){ .word = view->word.value,
		.name = view->name.value,
		.description = view->description.value,
		.level = view->level.value,
		.choice = view->choice.value };
	t->api.permissions =
	    permission_lines_read(rq->arena, view->permissions.value, &t->permissions);
	t->api.endpoints =
	    endpoint_lines_read(rq->arena, t->api.word, view->endpoints.value, &t->endpoints);
	return lines_good(t) && good && view->word.error.n == 0;
}

/* before with the API in the place of the saved one, or behind all others. */
static struct catalogue
with(struct request *rq, const struct catalogue *before, const struct api *saved,
    const struct api *api)
{
	struct api *at = NEW(rq->arena, struct api, before->apis.n + 1);
	size_t n = before->apis.n;

	for (size_t i = 0; i < n; i++)
		at[i] = &before->apis.at[i] == saved ? *api : before->apis.at[i];
	if (!saved)
		at[n++] = *api;
	return (struct catalogue){ .apis = { at, n } };
}

/* Whether what was typed is what is saved under its word. */
static bool
is_saved(struct request *rq, const struct catalogue *before, const struct typed *t)
{
	const struct api *saved = catalogue_api(before, t->api.word);
	struct catalogue after;

	if (!saved)
		return false;
	after = with(rq, before, saved, &t->api);
	return catalogue_compare(rq, before, &after).n == 0;
}

/* A sentence of its own, with a capital letter. */
static str
capital(struct arena *a, str words)
{
	char first = words.n ? words.at[0] : ' ';

	if (first < 'a' || first > 'z')
		return words;
	return fmt(a, "%c%.*s", first - 'a' + 'A', STR(str_part(words, 1, words.n)));
}

static void
say_refused(struct request *rq, struct api_edit_view *view, const struct catalogue_plan *plan)
{
	const struct strs *refused = &plan->at[0].refused;
	struct api_refusal *at = NEW(rq->arena, struct api_refusal, refused->n);

	for (size_t i = 0; i < refused->n; i++) {
		at[i].holder = str_starts(refused->at[i], S(" "));
		at[i].words =
		    at[i].holder ? str_trim(refused->at[i]) : capital(rq->arena, refused->at[i]);
	}
	view->refused = (struct api_refusals){ at, refused->n };
	view->is_refused = true;
}

/* Checks and saves; false when the form is to be shown again. */
static bool
save(struct typed *t, const struct catalogue *before, const struct api *saved)
{
	struct catalogue after = with(t->rq, before, saved, &t->api);
	struct catalogue_plan plan;

	check(t, before, saved);
	lines_good(t);
	if (has_error(t->view))
		return false;
	plan = catalogue_change(t->rq, &after);
	if (plan.refused)
		say_refused(t->rq, t->view, &plan);
	return !plan.refused;
}

static struct reply
to_api(struct request *rq, str word, const char *did)
{
	const struct catalogue_api_row *row = sql_catalogue_api(rq->db, .word = word);

	return see_other(rq, "/apis/%.*s?did=%s", STR(row->id), did);
}

/* ---- the pages */

struct reply
api_new(struct request *rq)
{
	struct api_edit_view view = { .fresh = true, .heading = S("Add an API") };

	return form(rq, 200, &view);
}

struct reply
api_new_save(struct request *rq)
{
	struct api_edit_view view = { .fresh = true, .heading = S("Add an API") };
	struct typed t = { .rq = rq, .view = &view };
	struct catalogue before;

	if (!read_typed(rq, &t, (str){ 0 }))
		return form(rq, 422, &view);
	catalogue_hold(rq);
	before = catalogue_read(rq);
	/* The form was sent twice. */
	if (!is_saved(rq, &before, &t) && !save(&t, &before, NULL))
		return form(rq, 422, &view);
	return to_api(rq, t.api.word, "api-added");
}

static struct api_edit_view
view_of(struct request *rq, const struct api_about *about)
{
	const struct api *api = about->api;

	return (struct api_edit_view){ .id = about->id,
		.heading = fmt(rq->arena, "Edit the API “%.*s”", STR(api->name)),
		.version = about->version,
		.word = { .value = api->word },
		.name = { .value = api->name },
		.description = { .value = api->description },
		.level = { .value = api->level },
		.choice = { .value = api->choice },
		.permissions = { .value = permission_lines_write(rq->arena, api) },
		.endpoints = { .value = endpoint_lines_write(rq->arena, api) } };
}

struct reply
api_edit(struct request *rq)
{
	const struct api_about *about = api_about(rq);
	struct api_edit_view view;

	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	return form(rq, 200, &view);
}

struct reply
api_edit_save(struct request *rq)
{
	const struct api_about *about;
	struct api_edit_view view;
	struct typed t = { .rq = rq, .view = &view };

	if (!rq->unproven)
		catalogue_hold(rq);
	about = api_about(rq);
	if (!about)
		return not_found(rq);
	view = view_of(rq, about);
	if (!read_typed(rq, &t, about->api->word))
		return form(rq, 422, &view);
	/* Somebody was faster. What was typed stays; sent again, it is saved over what is saved now. */
	if (view.version != about->version && !is_saved(rq, &about->catalogue, &t)) {
		view.version = about->version;
		view.theirs = true;
		return form(rq, 422, &view);
	}
	if (!save(&t, &about->catalogue, about->api))
		return form(rq, 422, &view);
	return to_api(rq, t.api.word, "saved");
}
