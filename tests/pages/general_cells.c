/* general_cells.c - who may do what, by line and by address, written down once more: the program is held against it. */
#include "pages/general.h"

#define ALL      "nobody member compliance_admin admin operator deactivated"
#define SOMEBODY "member compliance_admin admin operator"
#define USERS    "member compliance_admin admin"
#define BOTH     "compliance_admin admin"

/* One line of the table of who may do what, for one address; of those that fit the first holds. */
struct cell {
	const char *line;
	enum method method;  /* METHOD_NONE: whichever */
	const char *address; /* a * at its end: and all that begin so */
	const char *may;
	const char *scoped; /* for a scoped credential, where that differs */
};

static const struct cell cells[] = {
	{ "account API keys: see", GET, "/credentials", BOTH, NULL },
	{ "account API keys: see", GET, "/credentials/:id", BOTH, NULL },
	{ "account API keys: see", GET, "/credentials/:id/places", BOTH, NULL },
	{ "account API keys: see", GET, "/credentials/:id/replacement", BOTH, NULL },
	{ "account API keys: open the first ones", METHOD_NONE, "/credentials/:id/open", "admin",
	    NULL },
	{ "account API keys: create", POST, "/credentials", "admin", NULL },
	{ "account API keys: create", GET, "/credentials/new", "admin", NULL },
	{ "scoped credentials: create", METHOD_NONE, "/credentials/scoped/*", BOTH, NULL },
	{ "credentials: edit, reset, delete", METHOD_NONE, "/credentials/:id/*", "admin", BOTH },
	{ "credentials: where they are used", METHOD_NONE, "/places/*", "admin", BOTH },
	{ "credentials: what must be updated", METHOD_NONE, "/replacement-items/*", "admin", BOTH },
	{ "additional secrets: how often one may call", METHOD_NONE, "/secrets/:id/limit", "admin",
	    NULL },
	{ "additional secrets", METHOD_NONE, "/secrets*", USERS, NULL },
	{ "Data API: grant and take away access", METHOD_NONE, "/data-api/access*", "admin", NULL },
	{ "Data API: page, key", METHOD_NONE, "/data-api*", "admin", NULL },
	{ "team: see", GET, "/team", BOTH, NULL },
	{ "team: see", GET, "/team/:id", BOTH, NULL },
	{ "team: see", GET, "/team/:id/receipt", BOTH, NULL },
	{ "team: see", GET, "/team/:id/receipt.json", BOTH, NULL },
	{ "team: invite, role, deactivate", METHOD_NONE, "/team*", "admin", NULL },
	{ "audit log: of the organization, of members their own", METHOD_NONE, "/audit*", SOMEBODY,
	    NULL },
	{ "refusals: of one's own credentials, of nobody's", METHOD_NONE, "/decisions*", SOMEBODY,
	    NULL },
	{ "settings: see", GET, "/settings", BOTH, NULL },
	{ "settings: change", METHOD_NONE, "/settings*", "admin", NULL },
	{ "catalogue: see", GET, "/apis", BOTH " operator", NULL },
	{ "catalogue: see", GET, "/apis/:id", BOTH " operator", NULL },
	{ "catalogue: ask for an API", METHOD_NONE, "/apis/:id/ask", BOTH, NULL },
	{ "catalogue: change", METHOD_NONE, "/apis*", "operator", NULL },
	{ "organizations", METHOD_NONE, "/organizations*", "operator", NULL },
	{ "accounts: see", GET, "/accounts", BOTH, NULL },
	{ "accounts: see", GET, "/accounts/:id", BOTH, NULL },
	{ "accounts: see", GET, "/workspaces/:id", BOTH, NULL },
	{ "accounts: change", METHOD_NONE, "/accounts*", "admin", NULL },
	{ "accounts: change", METHOD_NONE, "/workspaces*", "admin", NULL },
	{ "search", METHOD_NONE, "/search", BOTH, NULL },
	{ "oneself", GET, "/", SOMEBODY, NULL },
	{ "oneself", METHOD_NONE, "/profile*", SOMEBODY, NULL },
	{ "oneself", POST, "/sign-out", SOMEBODY, NULL },
	{ "oneself", POST, "/environment", SOMEBODY, NULL },
	{ "who is not signed in", METHOD_NONE, "/sign-in*", ALL, NULL },
	{ "who is not signed in", METHOD_NONE, "/forgot*", ALL, NULL },
	{ "who is not signed in", METHOD_NONE, "/reset/*", ALL, NULL },
	{ "who is not signed in", METHOD_NONE, "/invite/*", ALL, NULL },
	{ "who is not signed in", METHOD_NONE, "/setup/*", ALL, NULL },
	{ "programs", METHOD_NONE, "/verify", ALL, NULL },
	{ "programs", POST, "/auth", ALL, NULL },
	{ "programs", POST, "/oauth/*", ALL, NULL },
	{ "programs", POST, "/integration/oauth/*", ALL, NULL },
	{ "programs", GET, "/.well-known/*", ALL, NULL },
	{ "programs", GET, "/integration/*", ALL, NULL },
	{ "programs", GET, "/health/*", ALL, NULL },
	{ "programs", GET, "/metrics", ALL, NULL },
};

static bool
fits(const struct cell *cell, const struct route *route)
{
	str address = str_of(cell->address), pattern = str_of(route->pattern);

	if (cell->method != METHOD_NONE && cell->method != route->method)
		return false;
	if (str_ends(address, S("*")))
		return str_starts(pattern, str_part(address, 0, address.n - 1));
	return str_eq(pattern, address);
}

static bool
among(str words, str word)
{
	while (words.n)
		if (str_eq(str_cut(words, ' ', &words), word))
			return true;
	return false;
}

const char *
cell_of(const struct about *about, enum who who, bool *may)
{
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		const struct cell *cell = &cells[i];
		str roles = str_of(about->scoped && cell->scoped ? cell->scoped : cell->may);

		if (!fits(cell, about->route))
			continue;
		*may = among(roles, str_of(who_word(who)));
		return cell->line;
	}
	*may = false;
	return NULL;
}

/* Where who may ask is answered otherwise by what these tests have made. */
struct answered {
	const char *address;
	const char *who; /* each of them */
	int status;
	const char *why;
};

static const struct answered others[] = {
	{ "/verify", ALL, 401, "a program without a secret" },
	{ "/reset/:token", ALL, 404, "the token is made up" },
	{ "/invite/:token", ALL, 404, "the token is made up" },
	{ "/setup/:token", ALL, 404, "the token is made up" },
	{ "/decisions/:decision", "member operator", 404, "it is about a key, which admins see" },
	{ "/profile/organizations/:id/enter", "operator", 404, "this one belongs to none" },
};

bool
cell_answered(const struct about *about, enum who who, int status)
{
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (str_eq(str_of(others[i].address), str_of(about->route->pattern)) &&
		    among(str_of(others[i].who), str_of(who_word(who))))
			return status == others[i].status;
	if (about->route->method == GET)
		return status == 200 || status == 303;
	return status != 404 && status < 500;
}
