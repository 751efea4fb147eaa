/* settings.c - what holds for all of the organization.
 *
 *      GET  /settings      what it has chosen, what holds otherwise, and what the installation has set
 *      POST /settings      save what it chooses
 */
#include "core/audit.h"
#include "core/policy.h"
#include "core/rotation.h"
#include "pages/pages.h"
#include "site/route.h"
#include "sql.h"

#include <inttypes.h>

SHAPE(policy_words, int(keys), int(days), text(overlap));
SHAPE(overlap_option, text(minutes), text(words), flag(chosen));
SHAPE(settings_view, part(name, input), part(account_keys, input), part(cadence_days, input),
    part(overlap_minutes, input), int(version), list(overlaps, overlap_option), flag(may_change),
    text(theirs), part(now, policy_words), part(otherwise, policy_words), int(keys_max),
    int(days_max), int(production), int(integration), flag(above), int(idle_minutes),
    int(session_hours), int(proof_minutes), int(token_minutes));
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
	{ .name = STR_INIT("version") },
};

/* What was chosen, as numbers: 0 is nothing. */
struct choice {
	int64_t keys, days, minutes;
};

static struct policy_words
words_of(const struct policy *policy)
{
	return (struct policy_words){ .keys = policy->account_keys,
		.days = policy->cadence_days,
		.overlap = rotation_overlap_near(policy->overlap_minutes * MINUTE)->words };
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

static struct reply
form(struct request *rq, int status, struct settings_view *view)
{
	const struct settings *installation = rq->desk->settings;
	const struct settings_used_row *used = sql_settings_used(rq->db, .org = rq->org);
	struct policy now = policy_of(rq), otherwise = policy_default(installation);

	view->may_change = access_may(rq->actor, ADMIN);
	view->overlaps = options_of(rq, view->overlap_minutes.value);
	view->now = words_of(&now);
	view->otherwise = words_of(&otherwise);
	view->keys_max = installation->account_keys_max;
	view->days_max = CADENCE_MAX_DAYS;
	view->production = used->production;
	view->integration = used->integration;
	view->above = used->production > now.account_keys || used->integration > now.account_keys;
	view->idle_minutes = installation->session_idle_minutes;
	view->session_hours = installation->session_hours;
	view->proof_minutes = installation->proof_minutes;
	view->token_minutes = installation->token_seconds / 60;
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

/* A number from 1 to most; nothing is 0. */
static int64_t
number_of(struct request *rq, struct input *input, int64_t most)
{
	int64_t number = 0;

	if (input->error.n == 0 && input->value.n &&
	    (!str_int(input->value, &number) || number < 1 || number > most))
		input->error = fmt(rq->arena,
		    "Give a whole number from 1 to %" PRId64 ", or nothing for the default.", most);
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

static bool
read_form(struct request *rq, struct settings_view *view, struct choice *choice)
{
	bool good = form_read(rq, settings_view, rules, view);

	choice->keys = number_of(rq, &view->account_keys, rq->desk->settings->account_keys_max);
	choice->days = number_of(rq, &view->cadence_days, CADENCE_MAX_DAYS);
	choice->minutes = overlap_of(rq, &view->overlap_minutes);
	return good && view->account_keys.error.n == 0 && view->cadence_days.error.n == 0 &&
	       view->overlap_minutes.error.n == 0;
}

static bool
same(const struct settings_view *view, const struct settings_get_row *saved)
{
	return str_eq(view->name.value, saved->name) &&
	       str_eq(view->account_keys.value, saved->account_keys) &&
	       str_eq(view->cadence_days.value, saved->cadence_days) &&
	       str_eq(view->overlap_minutes.value, saved->overlap_minutes);
}

/* Somebody was faster: what was typed stays, beside what is saved now, and can be saved over it. Unless it
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
		.overlap_minutes = choice.minutes, .version = view.version))
		return meanwhile(rq, &view, before);
	after = sql_settings_get(rq->db, .org = rq->org);
	/* Saving the same again has changed the version, so it has an entry too. */
	if (!audit_change(rq, S("organization.edit"), before->id, settings_get_row, before, after))
		audit(rq, S("organization.save"), before->id, (str){ 0 });
	return see_other(rq, "/settings?did=saved");
}
