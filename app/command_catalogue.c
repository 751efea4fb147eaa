/* command_catalogue.c - the catalogue of APIs as a file: load, export, diff. */
#include "command.h"

#include "core/catalogue_change.h"
#include "core/catalogue_file.h"
#include "core/file.h"

#include <stdio.h>

/* What load has done, or diff would do: for --json. */
SHAPE(catalogue_line, text(api), many(changes), many(refused));
SHAPE(catalogue_answer, flag(refused), flag(reorders), list(apis, catalogue_line));

static str
read_input(struct arena *a)
{
	char *at = NEW(a, char, CATALOGUE_FILE_MAX_BYTES + 1);
	size_t n = fread(at, 1, CATALOGUE_FILE_MAX_BYTES + 1, stdin);

	if (ferror(stdin) || n > CATALOGUE_FILE_MAX_BYTES)
		fault(a->fault, "standard input cannot be read, or is over %d bytes",
		    CATALOGUE_FILE_MAX_BYTES);
	return (str){ at, n };
}

/* The file's text, read once however often the command is tried. */
static bool
read_file(struct command_run *run)
{
	if (run->options.question.n == 0) {
		say_wrong("say which file, or - for standard input");
		return false;
	}
	if (!run->file.at)
		run->file = str_eq(run->options.question, S("-"))
		                ? read_input(run->arena)
		                : file_read(run->arena, run->options.question);
	if (!run->file.at)
		say_wrong("%.*s cannot be opened", STR(run->options.question));
	return run->file.at != NULL;
}

/* Every mistake of the file is said. */
static bool
read_catalogue(struct command_run *run, struct catalogue *catalogue)
{
	struct json_wrongs *wrongs = NEW(run->arena, struct json_wrongs, 1);

	*catalogue = catalogue_file_read(run->arena, run->file, wrongs);
	for (size_t i = 0; i < wrongs->n; i++)
		say_wrong("%.*s: %.*s", STR(wrongs->at[i].path), STR(wrongs->at[i].words));
	if (wrongs->more)
		say_wrong("and %zu more", wrongs->more);
	return wrongs->n == 0;
}

static str
word_of(const struct catalogue_step *step)
{
	return step->after ? step->after->word : step->before->word;
}

static void
answer_json(struct command_run *run, const struct catalogue_plan *plan)
{
	struct catalogue_line *lines = NEW(run->arena, struct catalogue_line, plan->n);
	struct catalogue_answer answer = {
		.refused = plan->refused, .reorders = plan->reorders, .apis = { lines, plan->n }
	};

	for (size_t i = 0; i < plan->n; i++)
		lines[i] = (struct catalogue_line){ word_of(&plan->at[i]), plan->at[i].words,
			plan->at[i].refused };
	say_json(run, &catalogue_answer_shape, &answer);
}

static void
answer(struct command_run *run, const struct catalogue_plan *plan)
{
	if (run->options.json) {
		answer_json(run, plan);
		return;
	}
	for (size_t i = 0; i < plan->n; i++)
		for (size_t k = 0; k < plan->at[i].words.n; k++)
			say("%.*s: %.*s\n", STR(word_of(&plan->at[i])),
			    STR(plan->at[i].words.at[k]));
	if (plan->reorders)
		say("The APIs come in another order.\n");
	if (plan->n == 0 && !plan->reorders)
		say("The catalogue is what the file says.\n");
	for (size_t i = 0; i < plan->n; i++)
		for (size_t k = 0; k < plan->at[i].refused.n; k++)
			say_wrong("%.*s: %.*s", STR(word_of(&plan->at[i])),
			    STR(plan->at[i].refused.at[k]));
}

enum exit_code
command_catalogue_load(struct command_run *run)
{
	struct catalogue after;
	struct catalogue_plan plan;

	if (!read_file(run))
		return EXIT_USAGE;
	if (!read_catalogue(run, &after))
		return EXIT_REFUSED;
	plan = catalogue_change(&run->rq, &after);
	answer(run, &plan);
	return plan.refused ? EXIT_REFUSED : EXIT_DONE;
}

enum exit_code
command_catalogue_diff(struct command_run *run)
{
	struct catalogue before = catalogue_read(&run->rq), after;
	struct catalogue_plan plan;

	if (!read_file(run))
		return EXIT_USAGE;
	if (!read_catalogue(run, &after))
		return EXIT_REFUSED;
	plan = catalogue_compare(&run->rq, &before, &after);
	answer(run, &plan);
	if (plan.refused)
		return EXIT_REFUSED;
	return plan.n || plan.reorders ? EXIT_DIFFERS : EXIT_DONE;
}

enum exit_code
command_catalogue_export(struct command_run *run)
{
	struct catalogue catalogue = catalogue_read(&run->rq);

	say("%.*s", STR(catalogue_file_write(run->arena, &catalogue)));
	return EXIT_DONE;
}
