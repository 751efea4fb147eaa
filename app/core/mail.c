/* mail.c - mail that the program sends: the outbox. */
#include "core/mail.h"

#include "base/random.h"
#include "base/utf8.h"
#include "core/mail_parts.h"
#include "http/form.h"
#include "sql.h"

enum { ID_CHARS = 22 }; /* 130 bits */

static const str context = STR_INIT("outbox ");

bool
mail_possible(const struct settings *settings)
{
	return settings->mail.url.n > 0;
}

/* The seal covers the row's id, so that two rows cannot be exchanged. */
static str
seal_context(struct arena *a, str id)
{
	return fmt(a, "%.*s%.*s", STR(context), STR(id));
}

static bool
is_mail(const struct mail *mail)
{
	return is_email(mail->to) && mail->subject.n && mail->subject.n <= MAIL_SUBJECT_MAX &&
	       utf8_ok(mail->subject, false) && mail->text.n && mail->text.n <= MAIL_TEXT_MAX &&
	       utf8_ok(mail->text, true);
}

void
mail_queue(struct request *rq, const struct mail *mail)
{
	const struct keyring *ring = rq->desk->keyring;
	str id = random_base62(rq->arena, ID_CHARS);

	if (!mail_possible(rq->desk->settings))
		fault(rq->arena->fault, "a mail without a mail server");
	if (!is_mail(mail))
		fault(rq->arena->fault, "a mail that cannot be sent");
	sql_mail_add(rq->db, .public_id = id, .recipient = mail->to, .subject = mail->subject,
	    .key_number = ring->active,
	    .sealed = digest_seal(
		rq->arena, &ring->keys[ring->active].seal, seal_context(rq->arena, id), mail->text),
	    .now = rq->now);
}

bool
mail_unseal(const struct desk *desk, struct arena *a, const struct mail_seal *seal, str *text)
{
	const struct ring_key *key = keyring_key(desk->keyring, (int)seal->key_number);

	*text = seal->sealed;
	return key && digest_unseal(a, &key->seal, seal_context(a, seal->id), text);
}

/* One that cannot be opened stays as it is, and is given up when it is due. */
static int64_t
reseal(struct request *rq, const struct mail_sealed_row *row, int number)
{
	str text;

	if (!mail_unseal(rq->desk, rq->arena,
		&(struct mail_seal){ row->public_id, row->key_number, row->sealed }, &text))
		return 0;
	return sql_mail_sealed_anew(rq->db, .id = row->id, .number = number,
	    .sealed = digest_seal(rq->arena, &rq->desk->keyring->keys[number].seal,
		seal_context(rq->arena, row->public_id), text));
}

int64_t
mail_reseal(struct request *rq, int number)
{
	struct mail_sealed_rows rows;
	int64_t after = 0, resealed = 0;

	do {
		rows = sql_mail_sealed(rq->db, .after = after, .number = number);
		for (size_t i = 0; i < rows.n; i++)
			resealed += reseal(rq, &rows.at[i], number);
		if (rows.n)
			after = rows.at[rows.n - 1].id;
	} while (rows.n > 0);
	return resealed;
}
