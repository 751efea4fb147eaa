/* log.c - one line of key=value on standard error. */
#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOG_LINE_BYTES = 1000 };

static void
put(struct log_line *line, char c)
{
	if (line->n < LOG_LINE_BYTES)
		line->at[line->n++] = c;
}

static void
put_str(struct log_line *line, str s)
{
	size_t room = LOG_LINE_BYTES - line->n, n = s.n < room ? s.n : room;

	if (n)
		memcpy(line->at + line->n, s.at, n);
	line->n += n;
}

/* A number from 0 on as that many digits, and what stands behind it. */
static void
put_digits(struct log_line *line, size_t digits, int value, char behind)
{
	for (size_t i = digits; i > 0; i--, value /= 10)
		line->at[line->n + i - 1] = (char)('0' + value % 10);
	line->n += digits;
	put(line, behind);
}

void
log_begin(struct log_line *line, const char *what)
{
	log_begin_by(line, what, getpid());
}

void
log_begin_by(struct log_line *line, const char *what, pid_t pid)
{
	struct clock_parts p = clock_split(clock_now());

	line->n = 0;
	put_digits(line, 4, p.year, '-');
	put_digits(line, 2, p.month, '-');
	put_digits(line, 2, p.day, 'T');
	put_digits(line, 2, p.hour, ':');
	put_digits(line, 2, p.minute, ':');
	put_digits(line, 2, p.second, '.');
	put_digits(line, 3, p.microsecond / 1000, 'Z');
	log_int(line, "pid", pid);
	put(line, ' ');
	put_str(line, str_of(what));
}

static void
put_key(struct log_line *line, const char *key)
{
	put(line, ' ');
	put_str(line, str_of(key));
	put(line, '=');
}

static void
put_quoted(struct log_line *line, str value)
{
	bool text = utf8_ok(value, false);

	put(line, '"');
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c == '"' || c == '\\')
			put(line, '\\');
		put(line, c < ' ' || c == 0x7f || (c > 0x7f && !text) ? '?' : (char)c);
	}
	put(line, '"');
}

void
log_text(struct log_line *line, const char *key, str value)
{
	bool quote = value.n == 0;

	for (size_t i = 0; i < value.n; i++)
		quote |= value.at[i] <= ' ' || value.at[i] >= 0x7f || value.at[i] == '"' ||
		         value.at[i] == '=';
	put_key(line, key);
	if (quote)
		put_quoted(line, value);
	else
		put_str(line, value);
}

void
log_int(struct log_line *line, const char *key, int64_t value)
{
	char digits[STR_NUMBER_MAX];

	put_key(line, key);
	if (value < 0)
		put(line, '-');
	put_str(line, str_number(digits, value < 0 ? 0 - (uint64_t)value : (uint64_t)value));
}

void
log_end(struct log_line *line)
{
	line->at[line->n++] = '\n';
	if (write(STDERR_FILENO, line->at, line->n) < 0)
		return; /* there is nowhere to say that the log is full */
}

void
log_say(const char *format, ...)
{
	struct log_line line;
	char text[800];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_begin(&line, "say");
	log_text(
	    &line, "text", (str){ text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1 });
	log_end(&line);
}
