/* mail_out.c - mail that the program sends: the housekeeper's part. */
#include "core/mail.h"
#include "core/mail_parts.h"

#include "base/log.h"
#include "core/mail_send.h"
#include "core/mail_text.h"
#include "sql.h"

/* Others wait for the housekeeper too. A goodbye may take a second more. */
enum { TURN_MAILS = 20 };
static const int64_t turn_time = MAIL_SECONDS * SECOND, mail_least = 2 * SECOND;

static const int64_t pause_first = 30 * SECOND, pause_most = 15 * MINUTE;

struct turn {
	struct desk *desk;
	struct arena *arena;
	int64_t now, until; /* until: by clock_monotonic() */
};

static int64_t
pause_after(int64_t tries)
{
	int64_t pause = pause_first;

	for (int64_t i = 0; i < tries && pause < pause_most; i++)
		pause *= 2;
	return pause < pause_most ? pause : pause_most;
}

/* To whom is not for the log. */
static void
say(const struct mail_due_row *row, const char *became, str why)
{
	struct log_line line;

	log_begin(&line, "mail");
	log_text(&line, "id", row->public_id);
	log_text(&line, "became", str_of(became));
	log_int(&line, "try", row->tries + 1);
	if (why.n)
		log_text(&line, "why", why);
	log_end(&line);
}

static void
give_up(struct turn *t, const struct mail_due_row *row, str why)
{
	sql_mail_given_up(t->desk->db, .id = row->id, .error = why);
	say(row, "given-up", why);
}

static void
failed(struct turn *t, const struct mail_due_row *row, str why)
{
	sql_mail_failed(t->desk->db, .id = row->id, .error = why);
	say(row, "failed", why);
}

static struct handing
hand_over(struct turn *t, const struct mail_due_row *row, str text)
{
	const struct mail_place *place = &t->desk->settings->mail;
	struct mail mail = { .to = row->recipient, .subject = row->subject, .text = text };
	struct mail_head head = { .id = row->public_id, .from = place->from, .at = row->made_at };
	struct letter letter = { .to = row->recipient,
		.message = mail_message(t->arena, &head, &mail),
		.within = t->until - clock_monotonic() };

	if (letter.within < mail_least)
		letter.within = mail_least;
	return mail_hand_over(t->arena, place, &letter);
}

/* False when the server is not there for others either. */
static bool
send_one(struct turn *t, const struct mail_due_row *row)
{
	int64_t next = t->now + pause_after(row->tries);
	struct handing handing;
	str text;

	if (!sql_mail_try(t->desk->db, .id = row->id, .due_at = row->due_at, .next = next))
		return true;
	if (!mail_unseal(t->desk, t->arena,
		&(struct mail_seal){ row->public_id, row->key_number, row->sealed }, &text)) {
		give_up(t, row, S("its text cannot be opened with this key ring"));
		return true;
	}
	handing = hand_over(t, row, text);
	if (handing.outcome == HANDED_OVER) {
		sql_mail_sent(t->desk->db, .id = row->id, .now = clock_now());
		say(row, "sent", (str){ 0 });
		return true;
	}
	handing.why = str_part(handing.why, 0, MAIL_ERROR_MAX);
	failed(t, row, handing.why);
	if (handing.outcome == HANDED_NONE)
		sql_mail_hold_all(t->desk->db, .now = t->now, .next = next);
	return handing.outcome == HANDED_BACK;
}

/* A mail that is cut off at the turn's end may have been taken all the same, and would arrive twice: it begins only when
 * there is time for one twice as slow as the slowest before it. */
static void
send_all(struct turn *t, const struct mail_due_rows *due)
{
	int64_t needs = mail_least;

	for (size_t i = 0; i < due->n; i++) {
		int64_t began = clock_monotonic(), took;

		if (t->until - began < needs || !send_one(t, &due->at[i]))
			break;
		took = clock_monotonic() - began;
		if (2 * took > needs)
			needs = 2 * took;
	}
}

void
mail_send_due(struct desk *desk, struct arena *arena)
{
	struct turn t = { desk, arena, clock_now(), clock_monotonic() + turn_time };
	struct mail_due_rows due;

	sql_mail_give_up_old(desk->db, .before = t.now - MAIL_GIVE_UP_DAYS * DAY);
	if (!mail_possible(desk->settings))
		return;
	due = sql_mail_due(desk->db, .now = t.now, .count = TURN_MAILS);
	send_all(&t, &due);
}
