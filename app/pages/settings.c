/* settings.c - what holds for all of the organization.
 *
 *      GET  /settings      what it has chosen, what holds otherwise, and what the installation has set
 *      POST /settings      save what it chooses
 */
#include "core/additional.h"
#include "core/audit.h"
#include "core/member_permission.h"
#include "core/policy.h"
#include "core/rotation.h"
#include "pages/pages.h"
#include "site/route.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(policy_words, int(keys), int(days), text(overlap), int(additional), text(leaver), flag(ends));
SHAPE(overlap_option, text(minutes), text(words), flag(chosen));
SHAPE(places_used, int(production), int(integration), flag(above));
SHAPE(leaver_words, text(now), text(end), int(known), flag(asked));
SHAPE(member_api, text(name), text(may), flag(lost));
SHAPE(installation_words, int(keys_max), int(additional_max), int(days_max), int(leaver_max),
    int(idle_minutes), int(session_hours), int(proof_minutes), int(token_minutes));
SHAPE(settings_view, part(name, input), part(account_keys, input), part(cadence_days, input),
    part(overlap_minutes, input), part(additional_secrets, input), part(leaver_days, input),
    flag(end_now), flag(factor_required), int(without_factor), int(version),
    list(overlaps, overlap_option), flag(may_change), text(theirs), part(now, policy_words),
    part(otherwise, policy_words), part(used, places_used), part(additional, places_used),
    part(leavers, leaver_words), list(members, member_api), flag(members_any),
    part(installation, installation_words));
PAGE(settings, "Settings", .menu = MENU_SETTINGS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the organization's name."),
	    .max = 100 },
	{ .name = STR_INIT("account_keys"), .label = STR_INIT("Account keys"), .max = 20 },
	{ .name = STR_INIT("cadence_days"), .label = STR_INIT("Refresh cadence"), .max = 20 },
	{ .name = STR_INIT("overlap_minutes"),
	    .label = STR_INIT("Overlap of a rotation"),
	    .max = 20 },
	{ .name = STR_INIT("additional_secrets"),
	    .label = STR_INIT("Additional secrets"),
	    .max = 20 },
	{ .name = STR_INIT("leaver_days"),
	    .label = STR_INIT("What they know ends after"),
	    .max = 20 },
	{ .name = STR_INIT("end_now") },
	{ .name = STR_INIT("factor_required") },
	{ .name = STR_INIT("version") },
};

/* What was chosen, as numbers: 0 is nothing, but for leaver_days, where nothing is -1. */
struct choice {
	int64_t keys, days, minutes, additional, leaver_days;
};

/* ---- what is shown */

static struct policy_words
words_of(struct request *rq, const struct policy *policy)
{
	str days = fmt(rq->arena, "%" PRId64 " %s", policy->leaver_days,
	    policy->leaver_days == 1 ? "day" : "days");

	return (struct policy_words){ .keys = policy->account_keys,
		.days = policy->cadence_days,
		.overlap = rotation_overlap_near(policy->overlap_minutes * MINUTE)->words,
		.additional = policy->additional_secrets,
		.leaver = policy->leaver_days ? days : S("never"),
		.ends = policy->leaver_days > 0 };
}

static struct overlap_options
options_of(struct request *rq, str chosen)
{
	struct overlap_option *at = NEW(rq->arena, struct overlap_option, ROTATION_OVERLAPS);

	for (size_t i = 0; i < ROTATION_OVERLAPS; i++) {
		const struct rotation_overlap *overlap = &rotation_overlaps[i];

		at[i].minutes = fmt(rq->arena, "%" PRId64, overlap->span / MINUTE);
		at[i].words = overlap->words;
		at[i].chosen = str_eq(at[i].minutes, chosen);
	}
	return (struct overlap_options){ at, ROTATION_OVERLAPS };
}

/* What members may give themselves, an API to a line. What the organization has lost of it is said so. */
static struct member_apis
members_of(struct request *rq)
{
	struct member_given_rows given = sql_member_given(rq->db, .org = rq->org);
	struct member_api *apis = NEW(rq->arena, struct member_api, given.n);
	size_t n = 0;

	for (size_t i = 0; i < given.n; i++) {
		const struct member_given_row *g = &given.at[i];

		if (i && g->api == given.at[i - 1].api)
			apis[n - 1].may =
			    fmt(rq->arena, "%.*s, %.*s", STR(apis[n - 1].may), STR(g->name));
		else
			apis[n++] = (struct member_api){ g->api_name, g->name, !g->entitled };
	}
	return (struct member_apis){ apis, n };
}

static void
fill_used(struct request *rq, const struct policy *now, struct settings_view *view)
{
	const struct settings_used_row *keys = sql_settings_used(rq->db, .org = rq->org);
	int64_t limit = now->account_keys, most = now->additional_secrets;
	int64_t live = additional_places(rq, S("production")).used;
	int64_t test = additional_places(rq, S("integration")).used;

	view->used = (struct places_used){ keys->production, keys->integration,
		keys->production > limit || keys->integration > limit };
	view->additional = (struct places_used){ live, test, live > most || test > most };
}

static void
fill_leavers(struct request *rq, const struct policy *now, struct settings_view *view)
{
	view->leavers.now = clock_for_people(rq->arena, rq->now);
	view->leavers.end = clock_for_people(rq->arena, rq->now + now->leaver_days * DAY);
	view->leavers.known = sql_policy_leavers(rq->db, .org = rq->org, .due = rq->now)->known;
}

static struct installation_words
installation_of(const struct settings *settings)
{
	return (struct installation_words){ .keys_max = settings->account_keys_max,
		.additional_max = ADDITIONAL_SECRETS_MAX,
		.days_max = CADENCE_MAX_DAYS,
		.leaver_max = LEAVER_MAX_DAYS,
		.idle_minutes = settings->session_idle_minutes,
		.session_hours = settings->session_hours,
		.proof_minutes = settings->proof_minutes,
		.token_minutes = settings->token_seconds / 60 };
}

static struct reply
form(struct request *rq, int status, struct settings_view *view)
{
	const struct settings *installation = rq->desk->settings;
	struct policy now = policy_of(rq), otherwise = policy_default(installation);

	view->may_change = access_may(rq->actor, ADMIN);
	view->overlaps = options_of(rq, view->overlap_minutes.value);
	view->now = words_of(rq, &now);
	view->otherwise = words_of(rq, &otherwise);
	view->members = members_of(rq);
	view->members_any = view->members.n > 0;
	view->installation = installation_of(installation);
	view->without_factor = sql_factor_without(rq->db, .org = rq->org)->n;
	fill_used(rq, &now, view);
	fill_leavers(rq, &now, view);
	return show(rq, status, &settings_page, view);
}

struct reply
settings(struct request *rq)
{
	const struct settings_get_row *organization = sql_settings_get(rq->db, .org = rq->org);
	struct settings_view view = { 0 };

	if (!organization)
		return not_found(rq);
	form_fill(rq, settings_view, &view, settings_get_row, organization);
	return form(rq, 200, &view);
}

/* ---- what is saved */

struct bounds {
	int64_t least, most;
};

/* A number within these bounds; nothing is `otherwise`. */
static int64_t
number_of(struct request *rq, struct input *input, const struct bounds *bounds, int64_t otherwise)
{
	int64_t number = 0;

	if (input->value.n == 0)
		return otherwise;
	if (input->error.n == 0 &&
	    (!str_int(input->value, &number) || number < bounds->least || number > bounds->most))
		input->error = fmt(rq->arena,
		    "Give a whole number from %" PRId64 " to %" PRId64
		    ", or nothing for the default.",
		    bounds->least, bounds->most);
	return number;
}

static int64_t
overlap_of(struct request *rq, struct input *input)
{
	for (size_t i = 0; i < ROTATION_OVERLAPS; i++) {
		int64_t minutes = rotation_overlaps[i].span / MINUTE;

		if (str_eq(input->value, fmt(rq->arena, "%" PRId64, minutes)))
			return minutes;
	}
	if (input->value.n && input->error.n == 0)
		input->error = S("Choose one of these lengths.");
	return 0;
}

/* Fewer days than have passed since somebody left end secrets at once: that is asked for by itself. */
static void
check_leavers(struct request *rq, const struct choice *choice, struct settings_view *view)
{
	int64_t days =
	    choice->leaver_days < 0 ? rq->desk->settings->leaver_days : choice->leaver_days;
	int64_t ending;

	if (days == 0 || view->leaver_days.error.n)
		return;
	ending = sql_policy_leavers(rq->db, .org = rq->org, .due = rq->now - days * DAY)->ending;
	if (ending == 0)
		return;
	view->leavers.asked = true;
	if (!view->end_now)
		view->leaver_days.error = fmt(rq->arena,
		    "This ends %" PRId64 " %s at once: somebody who knows %s left longer ago. Tick "
		    "that below, or give more days.",
		    ending, ending == 1 ? "secret" : "secrets", ending == 1 ? "it" : "them");
}

static bool
read_form(struct request *rq, struct settings_view *view, struct choice *choice)
{
	bool good = form_read(rq, settings_view, rules, view);
	struct bounds keys = { 1, rq->desk->settings->account_keys_max };

	choice->keys = number_of(rq, &view->account_keys, &keys, 0);
	choice->days =
	    number_of(rq, &view->cadence_days, &(struct bounds){ 1, CADENCE_MAX_DAYS }, 0);
	choice->minutes = overlap_of(rq, &view->overlap_minutes);
	choice->additional = number_of(
	    rq, &view->additional_secrets, &(struct bounds){ 1, ADDITIONAL_SECRETS_MAX }, 0);
	choice->leaver_days =
	    number_of(rq, &view->leaver_days, &(struct bounds){ 0, LEAVER_MAX_DAYS }, -1);
	check_leavers(rq, choice, view);
	return good && view->account_keys.error.n == 0 && view->cadence_days.error.n == 0 &&
	       view->overlap_minutes.error.n == 0 && view->additional_secrets.error.n == 0 &&
	       view->leaver_days.error.n == 0;
}

static bool
same(const struct settings_view *view, const struct settings_get_row *saved)
{
	return str_eq(view->name.value, saved->name) &&
	       str_eq(view->account_keys.value, saved->account_keys) &&
	       str_eq(view->cadence_days.value, saved->cadence_days) &&
	       str_eq(view->overlap_minutes.value, saved->overlap_minutes) &&
	       str_eq(view->additional_secrets.value, saved->additional_secrets) &&
	       str_eq(view->leaver_days.value, saved->leaver_days) &&
	       view->factor_required == saved->factor_required;
}

/* Somebody else was faster: what was typed stays, beside what is saved now, and can be saved over it. Unless it
 * is saved already, because the form was sent twice. */
static struct reply
meanwhile(struct request *rq, struct settings_view *view, const struct settings_get_row *saved)
{
	if (same(view, saved))
		return see_other(rq, "/settings?did=saved");
	view->theirs = saved->name;
	view->version = saved->version;
	return form(rq, 422, view);
}

/* As it is written: a text, in which 0 is not nothing. */
static str
days_text(struct request *rq, int64_t days)
{
	return days < 0 ? (str){ 0 } : fmt(rq->arena, "%" PRId64, days);
}

struct reply
settings_save(struct request *rq)
{
	struct settings_view view = { 0 };
	struct choice choice = { 0 };
	const struct settings_get_row *before, *after;

	if (!read_form(rq, &view, &choice))
		return form(rq, 422, &view);
	before = sql_settings_get(rq->db, .org = rq->org);
	if (!before)
		return not_found(rq);
	if (!sql_settings_save(rq->db, .org = rq->org, .name = view.name.value,
		.account_keys = choice.keys, .cadence_days = choice.days,
		.overlap_minutes = choice.minutes, .additional_secrets = choice.additional,
		.leaver_days = days_text(rq, choice.leaver_days),
		.factor_required = view.factor_required, .version = view.version))
		return meanwhile(rq, &view, before);
	after = sql_settings_get(rq->db, .org = rq->org);
	/* Saving the same again has changed the version, so it has an entry too. */
	if (!audit_change(rq, S("organization.edit"), before->id, settings_get_row, before, after))
		audit(rq, S("organization.save"), before->id, (str){ 0 });
	return see_other(rq, "/settings?did=saved");
}
