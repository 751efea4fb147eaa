/* log.h - one line of key=value on standard error, written by one write(2), so lines never mix.
 *
 * Statement names, not values; account numbers, not addresses; never a secret. Values are quoted where
 * they hold blanks, quotes or control characters, so a line cannot be forged from outside.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

#include <sys/types.h>

struct log_line {
	char at[1024];
	size_t n;
};

/* log_begin(&line, "request"); log_text(&line, "path", rq->path); log_end(&line); What does not fit in
 * 1,000 bytes is left out. */
void log_begin(struct log_line *, const char *what);
/* The same where the process's number is at hand: it costs a system call, and there is a line for each request. */
void log_begin_by(struct log_line *, const char *what, pid_t pid);
void log_text(struct log_line *, const char *key, str);
void log_int(struct log_line *, const char *key, int64_t);
void log_end(struct log_line *);

/* A line that is only a sentence: start, stop, a fallen worker. */
void log_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
