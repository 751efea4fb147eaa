/* command_receipt.c - the receipt of somebody's departure at the command line, with its live check. */
#include "command.h"

#include "site/receipt.h"
#include "sql.h"

#include <inttypes.h>

static const char *
yes(bool accepted)
{
	return accepted ? "ACCEPTED" : "refused";
}

static void
say_tally(const char *what, const struct receipt_tally *tally)
{
	say("%-20s %" PRId64 " accepted of %" PRId64 " asked about (%" PRId64 " in all)\n", what,
	    tally->accepted, tally->checked, tally->count);
}

static void
say_receipt(struct command_run *run, const struct receipt *r)
{
	const struct receipt_departure *d = &r->departure;
	const struct receipt_checks *check = &r->check;

	say("%.*s, %.*s, of %.*s\n", STR(r->person.name), STR(r->person.email),
	    STR(r->organization.name));
	say("departure %" PRId64 " of %" PRId64 ": %.*s, door: %.*s%s\n", d->number, d->of,
	    STR(d->ended_at ? clock_iso(run->arena, d->ended_at) : S("not noted yet")),
	    STR(d->door.n ? d->door : S("not noted yet")),
	    d->finished ? "" : "; being finished: the sweep runs within seconds");
	if (r->returned)
		say("active again: the check is about what they had before\n");
	say("checked %.*s, request %.*s\n\n", STR(clock_iso(run->arena, r->checked_at)),
	    STR(r->request));
	say_tally("additional secrets", &check->secrets);
	say_tally("tokens of these", &check->tokens);
	say_tally("sessions", &check->sessions);
	say("%-20s %s\n", "Data API access", yes(check->data_access.accepted));
	say("%-20s %s\n", "sign-in", yes(check->sign_in.accepted));
	say("%-20s %" PRId64 " work of %" PRId64 ": replace them\n", "known, used by others",
	    check->known.accepted, check->known.count);
	say("%-20s %" PRId64 " scoped credentials\n", "owner of", r->owned_count);
	if (r->operator.ended)
		say("%-20s ended%s\n", "operator",
		    r->operator.still ? ", and made one again since" : "");
	else if (r->operator.still)
		say("%-20s STILL, by no right of this organization\n", "operator");
	if (r->verify_max_age_ms)
		say("At the gateway, other machines follow an end within %" PRId64 " ms.\n",
		    r->verify_max_age_ms);
	say("\n%.*s\n", STR(r->url));
}

enum exit_code
command_user_receipt(struct command_run *run)
{
	str email = str_lower(run->arena, str_trim(run->options.email));
	const struct receipt_user_row *user;
	struct receipt receipt;

	if (!email.n) {
		say_wrong("give --email");
		return EXIT_USAGE;
	}
	if (!command_organization(run))
		return EXIT_REFUSED;
	user = sql_receipt_user(run->rq.db, .org = run->rq.org, .email = email);
	if (!user || !receipt_of(&run->rq, user->id, 0, &receipt)) {
		say_wrong(
		    "%.*s has not left this organization, or left it before there were receipts",
		    STR(email));
		return EXIT_REFUSED;
	}
	if (run->options.json)
		say_json(run, &receipt_shape, &receipt);
	else
		say_receipt(run, &receipt);
	if (!receipt.check.alarm)
		return EXIT_DONE;
	say_wrong("something that ended with this departure is accepted");
	return EXIT_DIFFERS;
}
