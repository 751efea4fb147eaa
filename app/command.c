/* command.c - what the subcommands share: their context, their words, their questions. */
#define _GNU_SOURCE
#include "command.h"

#include "base/random.h"
#include "base/utf8.h"
#include "core/machine.h"
#include "core/person.h"
#include "core/signing.h"
#include "http/json.h"
#include "site/password.h"
#include "sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { CACHE_ENTRIES = 64, LINE_MAX_BYTES = 1000 };

void
say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void
say_wrong(const char *format, ...)
{
	va_list args;

	fputs("keydesk: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void
say_json(struct command_run *run, const struct shape *shape, const void *data)
{
	struct buf json = buf_new(run->arena, 1 << 20);

	json_write(&json, shape, data);
	say("%.*s\n", STR(buf_str(&json)));
}

void
command_begin(struct command_run *run, bool owner)
{
	struct arena *a = run->arena;
	struct desk *desk = NEW(a, struct desk, 1);
	int fd;

	*desk = (struct desk){ .settings = run->settings, .start = a };
	desk->keyring = keyring_load(a, str_c(a, run->settings->keyring));
	desk->self = machine_self(a, run->settings);
	desk->shared = shared_make(a->fault, CACHE_ENTRIES, &fd);
	close(fd);
	desk->permits = permits_make(a, 1, 1, 1);
	desk->db = db_open(a, owner ? &run->settings->owner : &run->settings->db);
	desk->signing = signing_open(a);
	run->rq = (struct request){ .arena = a,
		.db = desk->db,
		.desk = desk,
		.now = clock_now(),
		.number = random_base62(a, 16),
		.environment = S("production") };
	db_bind(desk->db, a);
}

bool
command_organization(struct command_run *run)
{
	const struct organization_by_public_id_row *organization;

	if (run->options.organization.n == 0) {
		say_wrong("give --organization ID; `keydesk organization list` shows them");
		return false;
	}
	organization = sql_organization_by_public_id(run->rq.db, .id = run->options.organization);
	if (!organization) {
		say_wrong("there is no organization %.*s", STR(run->options.organization));
		return false;
	}
	run->rq.org = organization->org;
	return true;
}

static str
read_line(struct arena *a, const char *prompt)
{
	struct termios before, quiet;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	char *line = NEW(a, char, LINE_MAX_BYTES);
	str text;

	if (terminal) {
		fputs(prompt, stderr);
		quiet = before;
		quiet.c_lflag &= (tcflag_t)~ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	if (!fgets(line, LINE_MAX_BYTES, stdin))
		line[0] = '\0';
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	text = str_of(line);
	while (text.n && (text.at[text.n - 1] == '\n' || text.at[text.n - 1] == '\r'))
		text.n--;
	return text;
}

bool
command_text_ok(str text, size_t max)
{
	return utf8_ok(text, false) && utf8_visible(text) && utf8_length(text) <= max;
}

str
command_password(struct command_run *run, str email, str name)
{
	str password, wrong;

	if (run->password.n)
		return run->password;
	password = read_line(run->arena, "Password: ");

	if (isatty(STDIN_FILENO) && !str_eq(password, read_line(run->arena, "Once more: "))) {
		say_wrong("the two passwords differ");
		return (str){ 0 };
	}
	wrong = password_words(password_check(password, email, name));
	if (!utf8_ok(password, false))
		wrong = S("The pages take no control characters in a password, such as a tab, and "
			  "only UTF-8.");
	if (wrong.n) {
		say_wrong("%.*s", STR(wrong));
		return (str){ 0 };
	}
	run->password = password;
	return password;
}
