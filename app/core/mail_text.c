/* mail_text.c - a mail as the text that goes over the wire. */
#include "core/mail_text.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "crypto/base64.h"

enum {
	MESSAGE_MAX = 32768,
	PLAIN_SUBJECT_MAX = 60,
	LINE_BYTES = 57, /* of the body: 76 characters */
	WORD_BYTES = 45, /* of an encoded word: 60 characters, 72 with what is around them */
};

/* With the padding that mail wants. */
static void
add_base64(struct buf *out, str bytes)
{
	char text[BASE64_CHARS(LINE_BYTES)];

	buf_add(out, (str){ text, base64_write(BASE64_PLAIN, bytes, text) });
	for (size_t n = bytes.n; n % 3; n++)
		buf_add_char(out, '=');
}

static bool
is_plain(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] < ' ' || s.at[i] > '~')
			return false;
	return s.n <= PLAIN_SUBJECT_MAX && str_find(s, S("=?")) == s.n;
}

/* How many bytes of whole characters fit into an encoded word. */
static size_t
word_length(str s)
{
	size_t n = 0;

	while (n < s.n) {
		uint32_t point;
		size_t bytes = utf8_first(str_part(s, n, s.n), &point);

		bytes = bytes ? bytes : 1;
		if (n + bytes > WORD_BYTES)
			break;
		n += bytes;
	}
	return n;
}

static void
add_subject(struct buf *out, str subject)
{
	buf_add(out, S("Subject: "));
	if (is_plain(subject)) {
		buf_add(out, subject);
		subject.n = 0;
	}
	while (subject.n) {
		str word = str_part(subject, 0, word_length(subject));

		buf_add(out, S("=?UTF-8?B?"));
		add_base64(out, word);
		buf_add(out, S("?="));
		subject = str_part(subject, word.n, subject.n);
		if (subject.n)
			buf_add(out, S("\r\n "));
	}
	buf_add(out, S("\r\n"));
}

static void
add_date(struct buf *out, int64_t at)
{
	static const char days[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	struct clock_parts p = clock_split(at);

	buf_fmt(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[at / DAY % 7], p.day,
	    months[p.month - 1], p.year, p.hour, p.minute, p.second);
}

/* Lines of a mail end with CRLF. */
static str
with_crlf(struct arena *a, str text)
{
	struct buf out = buf_new(a, 2 * MAIL_TEXT_MAX + 2);

	for (str line; text.n;) {
		line = str_cut(text, '\n', &text);
		buf_add(&out, line);
		buf_add(&out, S("\r\n"));
	}
	return buf_str(&out);
}

static void
add_body(struct buf *out, str text)
{
	for (size_t at = 0; at < text.n; at += LINE_BYTES) {
		add_base64(out, str_part(text, at, LINE_BYTES));
		buf_add(out, S("\r\n"));
	}
}

static str
header_safe(struct arena *a, str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] <= ' ' || s.at[i] > '~' || s.at[i] == '<' || s.at[i] == '>')
			fault(a->fault, "what cannot stand in a mail's header");
	return s;
}

str
mail_message(struct arena *a, const struct mail_head *head, const struct mail *mail)
{
	struct buf out = buf_new(a, MESSAGE_MAX);
	str domain;

	str_cut(header_safe(a, head->from), '@', &domain);
	buf_fmt(&out, "From: Keydesk <%.*s>\r\n", STR(head->from));
	buf_fmt(&out, "To: <%.*s>\r\n", STR(header_safe(a, mail->to)));
	add_subject(&out, mail->subject);
	add_date(&out, head->at);
	buf_fmt(&out, "Message-ID: <%.*s@%.*s>\r\n", STR(header_safe(a, head->id)), STR(domain));
	buf_add(&out, S("Auto-Submitted: auto-generated\r\n"
			"MIME-Version: 1.0\r\n"
			"Content-Type: text/plain; charset=utf-8\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n"));
	add_body(&out, with_crlf(a, mail->text));
	return buf_str(&out);
}
