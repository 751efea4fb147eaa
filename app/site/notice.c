/* notice.c - what an act that ended in a redirect says on the page it led to. */
#include "site/notice.h"

#include "core/desk.h"
#include "site/route.h"

struct notice {
	str did, says;
};

static const struct notice notices[] = {
	{ STR_INIT("deleted"), STR_INIT("The key is deleted. Its secrets have stopped working.") },
	{ STR_INIT("credential-deleted"),
	    STR_INIT("The credential is deleted. Its secrets have stopped working.") },
	{ STR_INIT("waits"),
	    STR_INIT(
		"The old secret has ended. The new one waits to be opened by the one it is for.") },
	{ STR_INIT("revoked"),
	    STR_INIT(
		"The secret is revoked. Its next request is refused, and its place is free.") },
	{ STR_INIT("deactivated"),
	    STR_INIT("Deactivated. The next request with its secret is refused.") },
	{ STR_INIT("activated"),
	    STR_INIT("Activated. Its secret works from the next request on.") },
	{ STR_INIT("edited"),
	    STR_INIT("Saved. It holds from the next request on; the secret stays.") },
	{ STR_INIT("limited"), STR_INIT("The limit is saved. It holds from the next request on.") },
	{ STR_INIT("handed"),
	    STR_INIT("It is made, and waits for the one it is for. Nobody else ever sees it.") },
	{ STR_INIT("made"), STR_INIT("It is made. Its public key works from now on.") },
	{ STR_INIT("made-before"),
	    STR_INIT("This form was sent before, with another choice: this was made then, and "
		     "nothing now.") },
	{ STR_INIT("registered"), STR_INIT("The public key is registered. It works from now on.") },
	{ STR_INIT("finished"), STR_INIT("The old secret has ended.") },
	{ STR_INIT("cancelled"),
	    STR_INIT("The new secret has ended. The old one is the secret again.") },
	{ STR_INIT("stored"), STR_INIT("Noted: the secret is stored.") },
	{ STR_INIT("data-granted"),
	    STR_INIT("Access is given. The page is in their menu from the next request on.") },
	{ STR_INIT("data-taken"),
	    STR_INIT("Access is taken away. Their next request is refused.") },
	{ STR_INIT("declared"), STR_INIT("The place is declared.") },
	{ STR_INIT("removed"), STR_INIT("The place is removed. The secret goes on working.") },
	{ STR_INIT("ticked"), STR_INIT("Ticked off.") },
	{ STR_INIT("unticked"), STR_INIT("The tick is taken back.") },
	{ STR_INIT("closed"), STR_INIT("The replacement is closed.") },
	{ STR_INIT("secret-in-address"),
	    STR_INIT("There was a secret in the address of this page. It is not kept here, but "
		     "it may be in the history of the browser and in logs on the way: replace "
		     "it.") },
	{ STR_INIT("secret-unknown"), STR_INIT("No secret of this organization begins so. "
					       "What was typed is kept nowhere.") },
	{ STR_INIT("saved"), STR_INIT("Saved.") },
	{ STR_INIT("role"), STR_INIT("The role is changed. It holds from the next request on.") },
	{ STR_INIT("reactivated"),
	    STR_INIT("Reactivated. They can sign in again; nothing of before works.") },
	{ STR_INIT("left"),
	    STR_INIT("You are deactivated, and signed out everywhere. Nothing of yours is "
		     "accepted any more.") },
	{ STR_INIT("account-created"), STR_INIT("The account is created.") },
	{ STR_INIT("workspace-created"), STR_INIT("The workspace is created.") },
	{ STR_INIT("renamed"), STR_INIT("Renamed.") },
	{ STR_INIT("archived"), STR_INIT("Archived. The next request into it is refused.") },
	{ STR_INIT("restored"), STR_INIT("Restored. It is in every scope that it was in.") },
	{ STR_INIT("api-added"),
	    STR_INIT("The API is added. Nobody may use it until an organization is "
		     "entitled to it.") },
	{ STR_INIT("api-removed"),
	    STR_INIT("The API is removed. The next request to it is refused.") },
	{ STR_INIT("founded-before"),
	    STR_INIT("This form was sent before, and created this organization then. If the "
		     "link got lost, make a new one.") },
	{ STR_INIT("entitled"), STR_INIT("It may use this API from the next request on.") },
	{ STR_INIT("withdrawn"),
	    STR_INIT("It may not use this API any more. The next request is refused.") },
	{ STR_INIT("declined"), STR_INIT("Declined. Whoever asked sees it beside the API.") },
	{ STR_INIT("uninvited"),
	    STR_INIT("The link is withdrawn. Whoever opens it finds nothing.") },
	{ STR_INIT("mailed"), STR_INIT("A mail with the link is on its way to them.") },
	{ STR_INIT("forgotten"),
	    STR_INIT("If this address is known here, a mail with a link is on its way to it. It "
		     "works once, for an hour.") },
	{ STR_INIT("reset"),
	    STR_INIT("Your password is set, and all your sessions are ended. Sign in with it.") },
	{ STR_INIT("organization-closed"),
	    STR_INIT("The organization is closed. The next request of anybody in it is "
		     "refused.") },
	{ STR_INIT("reopened"), STR_INIT("The organization is open again.") },
	{ STR_INIT("asked"), STR_INIT("Asked. The operator sees it from now on.") },
	{ STR_INIT("signed-out"), STR_INIT("You are signed out.") },
	{ STR_INIT("signed-out-everywhere"),
	    STR_INIT("You are signed out everywhere. All your sessions are ended.") },
	{ STR_INIT("session-ended"),
	    STR_INIT("The session is ended. Its next request is refused.") },
	{ STR_INIT("others-ended"),
	    STR_INIT("All other sessions are ended. Their next requests are refused.") },
	{ STR_INIT("factor-on"),
	    STR_INIT("Your second factor is on. From the next sign-in on, a code is asked for.") },
	{ STR_INIT("factor-on-before"),
	    STR_INIT("Your second factor is on. If you have not stored the recovery codes, make "
		     "new ones.") },
	{ STR_INIT("codes-before"),
	    STR_INIT("This form has made new recovery codes already. If you have not stored them, "
		     "make new ones.") },
	{ STR_INIT("factor-off"),
	    STR_INIT("Your second factor is off. All your other sessions are ended.") },
	{ STR_INIT("factor-over"),
	    STR_INIT("That took too long, or was begun in another browser. Begin again.") },
	{ STR_INIT("factor-reset"),
	    STR_INIT("The second factor is off. All sessions of this person are ended.") },
	{ STR_INIT("code-over"),
	    STR_INIT(
		"That took too long, or too many codes were wrong. Give your password again.") },
	{ STR_INIT("password"),
	    STR_INIT("Your password is changed. All other sessions are ended.") },
};

/* The same where what is replaced is called an API key. */
static const struct notice data_notices[] = {
	{ STR_INIT("finished"), STR_INIT("The old API key has ended.") },
	{ STR_INIT("cancelled"),
	    STR_INIT("The new API key has ended. The old one is the API key again.") },
	{ STR_INIT("stored"), STR_INIT("Noted: the API key is stored.") },
};

/* Those about what /verify lets through: where it may go by rows of a moment ago, other machines follow that moment later. */
static const str of_the_gateway[] = { STR_INIT("deleted"), STR_INIT("credential-deleted"),
	STR_INIT("waits"), STR_INIT("revoked"), STR_INIT("deactivated"), STR_INIT("edited"),
	STR_INIT("limited"), STR_INIT("finished"), STR_INIT("cancelled"), STR_INIT("left"),
	STR_INIT("archived"), STR_INIT("api-removed"), STR_INIT("withdrawn"),
	STR_INIT("organization-closed") };

static str
notice_among(const struct notice *all, size_t n, str did)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(did, all[i].did))
			return all[i].says;
	return (str){ 0 };
}

static str
with_age(const struct request *rq, str did, str says)
{
	int64_t age = rq->desk->settings->verify_max_age_ms;

	for (size_t i = 0; age && i < sizeof of_the_gateway / sizeof of_the_gateway[0]; i++)
		if (str_eq(did, of_the_gateway[i]))
			return fmt(rq->arena, "%.*s Other machines follow within %d ms.", STR(says),
			    (int)age);
	return says;
}

str
notice_of(const struct request *rq)
{
	str did = query_text(rq, S("did")), says = { 0 };

	if (rq->route && rq->route->object == DATA)
		says =
		    notice_among(data_notices, sizeof data_notices / sizeof data_notices[0], did);
	if (!says.n)
		says = notice_among(notices, sizeof notices / sizeof notices[0], did);
	return with_age(rq, did, says);
}
