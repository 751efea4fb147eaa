/* doctor_mail.c - what the doctor says of the mail server, and of what waits for it. */
#include "doctor.h"

#include "core/mail.h"
#include "core/mail_send.h"
#include "sql.h"

#include <inttypes.h>

static void
ok(struct doctor *d, str says)
{
	doctor_says(d, DOCTOR_OK, says, (str){ 0 });
}

void
doctor_mail(struct doctor *d)
{
	const struct mail_place *place = &d->settings->mail;
	struct handing tried;

	if (!mail_possible(d->settings)) {
		ok(d, S("no mail server is set; pages show links to copy"));
		return;
	}
	tried = mail_try_server(d->arena, place);
	if (tried.outcome == HANDED_OVER)
		ok(d, fmt(d->arena, "%.*s is there%s%s", STR(place->url),
			  place->tls || place->must_tls ? ", its certificate is good" : "",
			  place->user.n ? ", and lets us in" : ""));
	else
		doctor_says(d, DOCTOR_WRONG,
		    fmt(d->arena, "%.*s: %.*s", STR(place->url), STR(tried.why)),
		    S("Look at KEYDESK_SMTP_URL and the settings beside it. Mail waits for 3 "
		      "days."));
}

void
doctor_outbox(struct doctor *d)
{
	const struct mail_waiting_row *waits = sql_mail_waiting(d->desk->db);
	str says;

	if (!waits->n) {
		ok(d, S("no mail waits"));
		return;
	}
	says = fmt(d->arena, "%" PRId64 " mails wait, the oldest since %.*s", waits->n,
	    STR(clock_for_people(d->arena, waits->since)));
	if (!mail_possible(d->settings))
		doctor_says(d, DOCTOR_WARN, says,
		    S("No mail server is set: set KEYDESK_SMTP_URL, or they are given up after 3 "
		      "days."));
	else if (waits->error.n)
		doctor_says(d, DOCTOR_WARN,
		    fmt(d->arena, "%.*s: %.*s", STR(says), STR(waits->error)), (str){ 0 });
	else
		ok(d, says);
}
