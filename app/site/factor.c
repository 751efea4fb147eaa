/* factor.c - what the pages about the second factor share. */
#include "site/factor.h"

#include "core/actor.h"
#include "core/audit.h"
#include "core/client.h"
#include "core/notice.h"
#include "core/throttle.h"
#include "site/session.h"

#include <inttypes.h>

SHAPE(factor_code_row, text(code));
SHAPE(factor_reveal_view, list(codes, factor_code_row), int(seen));
PAGE(factor_reveal, "Shown once: your recovery codes", .menu = MENU_PROFILE, .alone = true);

struct reply
factor_reveal(struct request *rq, const struct factor_codes *codes)
{
	struct factor_code_row *rows = NEW(rq->arena, struct factor_code_row, FACTOR_CODES);
	struct factor_reveal_view view = { .codes = { rows, FACTOR_CODES },
		.seen = factor_state(rq, rq->actor->person).made };
	struct reply reply;

	for (int i = 0; i < FACTOR_CODES; i++)
		rows[i].code = codes->at[i];
	reply = show(rq, 200, &factor_reveal_page, &view);
	reply.reveals = true;
	return reply;
}

void
factor_count(struct request *rq)
{
	str email = rq->actor->email, device = device_get(rq);

	rq->before.too_often = !throttle_count_code(rq, email, device);
	/* Only who knows the password gets so far that a code is looked at. */
	if (rq->before.proven && !rq->before.too_often)
		factor_try(rq, rq->actor->person, throttle_device_coded(rq, email, device));
}

str
factor_refused(struct request *rq, const struct proven *who, enum factor_proof proof)
{
	factor_tell_spent(rq, who);
	if (proof == FACTOR_SPENT)
		return S("Too many wrong codes: use a recovery code, or a browser that you have "
			 "signed in with before.");
	return S("This code is not right, or was used already. Type the next one that the app "
		 "shows.");
}

void
factor_note_recovery(struct request *rq, const struct proven *who)
{
	str left = fmt(rq->arena, "{\"left\":%" PRId64 "}", factor_state(rq, who->person).left);

	audit_by(rq,
	    &(struct audit_who){ .org = who->org, .person = who->person, .name = who->name },
	    &(struct audit_act){ S("person.recovery-code"), (str){ 0 }, left });
	notice_mail(rq, NOTICE_FACTOR_RECOVERY, who->name);
}

bool
factor_given(struct request *rq, str code, str *error)
{
	const struct actor *me = rq->actor;
	struct proven who = {
		.person = me->person, .user = me->user, .org = me->org, .name = me->email
	};
	enum factor_proof proof;

	if (rq->before.too_often) {
		*error = S("Too many attempts. Wait ten minutes, then try again.");
		return false;
	}
	proof = factor_prove(rq, me->person, code);
	switch (proof) {
	case FACTOR_REFUSED:
	case FACTOR_SPENT:
		*error = factor_refused(rq, &who, proof);
		audit(rq, S("proof.refused"), (str){ 0 }, S("{\"why\":\"code\"}"));
		return false;
	case FACTOR_RECOVERY:
		factor_note_recovery(rq, &who);
		break;
	case FACTOR_CODE:
		break;
	}
	throttle_clear_code(rq, me->email, device_get(rq));
	return true;
}

static const struct form_rule rules[] = {
	{ .name = STR_INIT("code"),
	    .label = STR_INIT("Code"),
	    .required = STR_INIT("Type a code."),
	    .max = 100,
	    .secret = true },
};

static struct reply
show_form(struct request *rq, int status, const struct page *page, struct factor_form *form)
{
	form->proof_error = rq->before.proof_error;
	form->once = form_field(rq, S("once"));
	if (form->once.n == 0)
		form->once = once_number(rq);
	return show(rq, status, page, form);
}

struct reply
factor_ask(struct request *rq, const struct page *page)
{
	struct factor_form form = { 0 };

	return factor_on(rq, rq->actor->person) ? show_form(rq, 200, page, &form)
	                                        : see_other(rq, "/profile/factor");
}

bool
factor_asked(struct request *rq, const struct page *page, struct reply *otherwise)
{
	struct factor_form form = { 0 };
	bool good = form_read(rq, factor_form, rules, &form);
	str code = form.code.value;

	form.code.value = (str){ 0 };
	if (good && !factor_on(rq, rq->actor->person)) {
		*otherwise = see_other(rq, "/profile/factor");
		return false;
	}
	good = good && factor_given(rq, code, &form.code.error);
	if (!good)
		*otherwise = show_form(rq, 422, page, &form);
	return good;
}
