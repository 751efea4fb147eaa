/* settings_members.c - what members may give an additional secret that they make for themselves.
 *
 *      GET  /settings/members    the permissions of the organization's APIs, those that are chosen ticked
 *      POST /settings/members    save what is ticked
 */
#include "core/member_permission.h"
#include "pages/pages.h"
#include "site/choice.h"

SHAPE(settings_members_view, part(permissions, input), int(version), flag(meanwhile),
    list(apis, choice_api), list(lost, choice_lost));
PAGE(settings_members, "What members may give themselves", .menu = MENU_SETTINGS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("permissions"), .label = STR_INIT("Permissions") },
	{ .name = STR_INIT("version") },
};

/* Any of an API's permissions may be ticked, also where a secret is given one. */
static struct choice_apis
offered(struct request *rq, const struct strs *may)
{
	struct scoped_offers_rows offers = sql_scoped_offers(rq->db, .org = rq->org);
	struct choice_apis apis = choice_apis(rq, &offers, may, NULL);
	struct choice_api *many = NEW(rq->arena, struct choice_api, apis.n);

	for (size_t i = 0; i < apis.n; i++) {
		many[i] = apis.at[i];
		many[i].one = false;
	}
	return (struct choice_apis){ many, apis.n };
}

/* What is chosen of APIs that the organization is not entitled to any more. */
static struct choice_losts
lost_of(struct request *rq, const struct member_offers_rows *offers, const struct strs *may)
{
	struct choice_lost *lost = NEW(rq->arena, struct choice_lost, offers->n);
	size_t n = 0;

	for (size_t i = 0; i < offers->n; i++) {
		const struct member_offers_row *o = &offers->at[i];
		str name = fmt(rq->arena, "%.*s: %.*s", STR(o->api_name), STR(o->name));
		bool chosen = choice_among(may, o->may);

		if (!o->entitled)
			lost[n++] = (struct choice_lost){ o->may, name, false, chosen };
	}
	return (struct choice_losts){ lost, n };
}

static struct reply
form(struct request *rq, int status, struct settings_members_view *view, const struct strs *may)
{
	struct member_offers_rows offers = sql_member_offers(rq->db, .org = rq->org);

	view->apis = offered(rq, may);
	view->lost = lost_of(rq, &offers, may);
	return show(rq, status, &settings_members_page, view);
}

static struct strs
given_of(struct request *rq, const struct member_offers_rows *offers)
{
	str *given = NEW(rq->arena, str, offers->n);
	size_t n = 0;

	for (size_t i = 0; i < offers->n; i++)
		if (offers->at[i].given)
			given[n++] = offers->at[i].may;
	return (struct strs){ given, n };
}

struct reply
settings_members(struct request *rq)
{
	struct member_offers_rows offers = sql_member_offers(rq->db, .org = rq->org);
	struct strs given = given_of(rq, &offers);
	struct settings_members_view view = { 0 };

	view.version = sql_member_organization(rq->db, .org = rq->org)->version;
	return form(rq, 200, &view, &given);
}

/* What was ticked stays ticked. */
static struct reply
again(struct request *rq, struct settings_members_view *view, const struct strs *may)
{
	struct reply reply = form(rq, 422, view, may);

	reply.undo = true;
	return reply;
}

/* Whether just these are saved: the form was sent twice. */
static bool
saved(struct request *rq, const struct strs *may)
{
	struct member_offers_rows offers = sql_member_offers(rq->db, .org = rq->org);
	struct strs given = given_of(rq, &offers);

	return choice_same(&given, may);
}

struct reply
settings_members_save(struct request *rq)
{
	struct settings_members_view view = { 0 };
	struct strs may = choice_may(rq);

	if (!form_read(rq, settings_members_view, rules, &view))
		return form(rq, 422, &view, &may);
	switch (member_permission_save(rq, view.version, &may)) {
	case MEMBER_SAVED:
		return see_other(rq, "/settings?did=saved");
	case MEMBER_CHANGED:
		if (saved(rq, &may))
			return see_other(rq, "/settings?did=saved");
		view.meanwhile = true;
		view.version = sql_member_organization(rq->db, .org = rq->org)->version;
		break;
	case MEMBER_UNKNOWN:
		view.permissions.error = choice_may_error(rq, MAY_UNKNOWN, (str){ 0 });
		break;
	case MEMBER_MANY:
		view.permissions.error =
		    fmt(rq->arena, "At most %d permissions.", MEMBER_PERMISSIONS_MAX);
		break;
	}
	return again(rq, &view, &may);
}
