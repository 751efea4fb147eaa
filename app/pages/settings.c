/* settings.c - what holds for all of the organization.
 *
 *      GET  /settings      the name, and the limits in force
 *      POST /settings      save the name
 */
#include "core/audit.h"
#include "core/policy.h"
#include "pages/pages.h"
#include "site/route.h"
#include "sql.h"

SHAPE(settings_view, part(name, input), int(version), flag(may_change), int(limit),
    int(cadence_days), int(idle_minutes), int(session_hours), int(token_minutes));
PAGE(settings, "Settings", .menu = MENU_SETTINGS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the organization's name."),
	    .max = 100 },
	{ .name = STR_INIT("version") },
};

static struct settings_view
view_of(struct request *rq)
{
	const struct settings *in_force = rq->desk->settings;
	struct policy policy = policy_of(rq);

	return (struct settings_view){ .may_change = access_may(rq->actor, ADMIN),
		.limit = policy.account_keys,
		.cadence_days = policy.cadence_days,
		.idle_minutes = in_force->session_idle_minutes,
		.session_hours = in_force->session_hours,
		.token_minutes = in_force->token_seconds / 60 };
}

struct reply
settings(struct request *rq)
{
	const struct settings_get_row *organization = sql_settings_get(rq->db, .org = rq->org);
	struct settings_view view = view_of(rq);

	if (!organization)
		return not_found(rq);
	form_fill(rq, settings_view, &view, settings_get_row, organization);
	return show(rq, 200, &settings_page, &view);
}

struct reply
settings_save(struct request *rq)
{
	struct settings_view view = view_of(rq);
	const struct settings_get_row *before, *after;

	if (!form_read(rq, settings_view, rules, &view))
		return show(rq, 422, &settings_page, &view);
	before = sql_settings_get(rq->db, .org = rq->org);
	if (!before)
		return not_found(rq);
	if (!sql_settings_save(
		rq->db, .org = rq->org, .name = view.name.value, .version = view.version))
		return conflict(
		    rq, S("Someone else has changed the settings meanwhile. Open them again."));
	after = sql_settings_get(rq->db, .org = rq->org);
	/* Saving the same name again has changed the version, so it has an entry too. */
	if (!audit_change(rq, S("organization.edit"), before->id, settings_get_row, before, after))
		audit(rq, S("organization.save"), before->id, (str){ 0 });
	return see_other(rq, "/settings?did=saved");
}
