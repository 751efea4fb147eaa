/* organization_new.c - found an organization: the operator's.
 *
 *      GET  /organizations/new    the form
 *      POST /organizations        found it, and show its first admin's invitation once, or the form again
 */
#include "core/client.h"
#include "core/invitation.h"
#include "pages/pages.h"
#include "site/organization.h"

SHAPE(api_choice, text(word), text(name), text(description), text(level), flag(chosen));
SHAPE(organization_new_view, part(name, input), part(admin_name, input), part(admin_email, input),
    many(apis), text(apis_error), list(choices, api_choice), flag(production), flag(integration),
    text(once), int(days));
PAGE(organization_new, "Create an organization", .menu = MENU_ORGANIZATIONS);

static const struct form_rule rules[] = {
	{ .name = STR_INIT("name"),
	    .label = STR_INIT("Name"),
	    .required = STR_INIT("Give the organization's name."),
	    .max = 100 },
	{ .name = STR_INIT("admin_name"),
	    .label = STR_INIT("Name of its first admin"),
	    .required = STR_INIT("Give the name of its first admin."),
	    .max = 100 },
	{ .name = STR_INIT("admin_email"),
	    .label = STR_INIT("E-mail address of its first admin"),
	    .required = STR_INIT("Give the e-mail address of its first admin."),
	    .max = 254,
	    .check = is_email,
	    .refused = STR_INIT("This is not an e-mail address.") },
	{ .name = STR_INIT("apis"), .label = STR_INIT("APIs") },
	{ .name = STR_INIT("production"), .label = STR_INIT("Production") },
	{ .name = STR_INIT("integration"), .label = STR_INIT("Integration") },
};

static bool
holds(struct strs words, str word)
{
	for (size_t i = 0; i < words.n; i++)
		if (str_eq(words.at[i], word))
			return true;
	return false;
}

static struct reply
form(struct request *rq, int status, struct organization_new_view *view)
{
	struct organization_new_apis_rows apis = sql_organization_new_apis(rq->db);
	struct api_choice *choices = NEW(rq->arena, struct api_choice, apis.n);

	for (size_t i = 0; i < apis.n; i++)
		choices[i] =
		    (struct api_choice){ apis.at[i].word, apis.at[i].name, apis.at[i].description,
			    apis.at[i].level, holds(view->apis, apis.at[i].word) };
	view->choices = (struct api_choices){ choices, apis.n };
	view->days = INVITATION_DAYS;
	if (view->once.n == 0)
		view->once = once_number(rq);
	return show(rq, status, &organization_new_page, view);
}

struct reply
organization_new(struct request *rq)
{
	struct organization_new_view view = { 0 };

	return form(rq, 200, &view);
}

static struct founding
wish_of(const struct organization_new_view *view)
{
	return (struct founding){ .name = view->name.value,
		.admin_name = view->admin_name.value,
		.admin_email = view->admin_email.value,
		.once = view->once,
		.apis = view->apis.at,
		.apis_n = view->apis.n,
		.production = view->production,
		.integration = view->integration };
}

struct reply
organization_new_save(struct request *rq)
{
	struct organization_new_view view = { .once = form_field(rq, S("once")) };
	bool good = form_read(rq, organization_new_view, rules, &view) && view.once.n;
	struct founding wish = wish_of(&view);
	struct founded_organization made;
	struct reply reply;

	if (!good)
		return form(rq, 422, &view);
	switch (organization_found(rq, &wish, &made)) {
	case FOUNDED:
		return invitation_reveal(rq, made.id, made.token);
	case FOUNDED_BEFORE:
		reply = see_other(rq, "/organizations/%.*s?did=founded-before", STR(made.id));
		reply.undo = true;
		return reply;
	case FOUNDED_NOTHING:
		break;
	}
	view.apis_error = S("There is no such API any more. Pick again.");
	reply = form(rq, 422, &view);
	reply.undo = true;
	return reply;
}
