/* factor_confirm.c - turn the second factor on: a seed, shown once, and the first code that the app makes of it.
 *
 *      POST /profile/factor            a new seed, shown this once as a QR code and as text
 *      POST /profile/factor/confirm    the first code: on, and the recovery codes
 */
#include "core/actor.h"
#include "core/desk.h"
#include "core/throttle.h"
#include "crypto/totp.h"
#include "http/url.h"
#include "pages/pages.h"
#include "site/factor.h"
#include "site/qr.h"
#include "site/session.h"

SHAPE(factor_confirm_view, part(code, input), flag(seeded), text(seed), part(qr, qr), int(minutes));
PAGE(factor_confirm, "Turn the second factor on", .menu = MENU_PROFILE);

static const str not_the_code = STR_INIT(
    "This is not the code. Type the next one that the app shows; the phone's clock must be right.");

static const struct form_rule rules[] = {
	{ .name = STR_INIT("code"),
	    .label = STR_INIT("Code"),
	    .required = STR_INIT("Type the code that the app shows."),
	    .max = 100,
	    .secret = true },
};

/* What apps read (the key URI format): longer names are cut, as they only label the entry. */
static str
uri_of(struct request *rq, str seed)
{
	enum { LABEL_MAX = 40 };
	str host = str_part(rq->desk->settings->host, 0, LABEL_MAX);
	str email = str_part(rq->actor->email, 0, LABEL_MAX);

	return fmt(rq->arena, "otpauth://totp/Keydesk:%.*s?secret=%.*s&issuer=Keydesk%%20%.*s",
	    STR(url_encode(rq->arena, email)), STR(seed), STR(url_encode(rq->arena, host)));
}

/* In groups, for who types it. */
static str
grouped(struct request *rq, str seed)
{
	enum { GROUP = 4 };
	struct buf b = buf_new(rq->arena, 2 * seed.n);

	for (size_t i = 0; i < seed.n; i++) {
		if (i && i % GROUP == 0)
			buf_add_char(&b, ' ');
		buf_add_char(&b, seed.at[i]);
	}
	return buf_str(&b);
}

static struct reply
form(struct request *rq, int status, struct factor_confirm_view *view)
{
	view->minutes = FACTOR_BEGUN_MINUTES;
	return show(rq, status, &factor_confirm_page, view);
}

struct reply
factor_new(struct request *rq)
{
	struct factor_confirm_view view = { .seeded = true };
	struct reply reply;
	str seed;

	if (rq->unproven)
		return factor(rq);
	seed = factor_begin(rq);
	if (seed.n == 0)
		return see_other(rq, "/profile/factor");
	seed = totp_base32(rq->arena, seed);
	view.seed = grouped(rq, seed);
	view.qr = qr_of(rq->arena, uri_of(rq, seed), S("QR code for your authenticator app"));
	reply = form(rq, 200, &view);
	reply.reveals = true;
	return reply;
}

struct reply
factor_confirm_save(struct request *rq)
{
	struct factor_confirm_view view = { 0 };
	struct factor_codes codes;
	bool filled = form_read(rq, factor_confirm_view, rules, &view);
	str code = view.code.value;

	view.code.value = (str){ 0 };
	if (!filled)
		return form(rq, 422, &view);
	if (rq->before.too_often) {
		view.code.error = S("Too many attempts. Wait ten minutes, then try again.");
		return form(rq, 422, &view);
	}
	switch (factor_confirm(rq, code, &codes)) {
	case FACTOR_CONFIRMED:
		throttle_clear_code(rq, rq->actor->email, device_get(rq));
		return factor_reveal(rq, &codes);
	case FACTOR_WRONG:
		view.code.error = not_the_code;
		return form(rq, 422, &view);
	case FACTOR_BEFORE: /* the same form, sent twice: its codes were in the reply that nobody saw */
		return see_other(rq, "/profile/factor?did=factor-on-before");
	case FACTOR_NONE:
		break;
	}
	return see_other(rq, "/profile/factor?did=factor-over");
}
