/* log.c - one line of key=value on standard error. */
#include "base/log.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
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
	for (size_t i = 0; i < s.n; i++)
		put(line, s.at[i]);
}

void
log_begin(struct log_line *line, const char *what)
{
	struct clock_parts p = clock_split(clock_now());
	int n = snprintf(line->at, sizeof line->at, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ pid=%d %s",
	    p.year, p.month, p.day, p.hour, p.minute, p.second, p.microsecond / 1000, (int)getpid(),
	    what);

	line->n = n > LOG_LINE_BYTES ? LOG_LINE_BYTES : (size_t)n;
}

void
log_text(struct log_line *line, const char *key, str value)
{
	bool quote = value.n == 0, text = utf8_ok(value, false);

	for (size_t i = 0; i < value.n; i++)
		quote |= value.at[i] <= ' ' || value.at[i] >= 0x7f || value.at[i] == '"' ||
		         value.at[i] == '=';
	put(line, ' ');
	put_str(line, str_of(key));
	put(line, '=');
	if (!quote) {
		put_str(line, value);
		return;
	}
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
log_int(struct log_line *line, const char *key, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, value);

	log_text(line, key, (str){ text, (size_t)n });
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
