/* decision_words.c - what a refusal was, in words for people: one table. */
#include "core/decision_words.h"

/* clang-format off */
static const struct decision_words all[REASONS] = {
	[REASON_NOTHING] = { STR_INIT("Nothing was shown"),
		STR_INIT("The request had no client ID with a secret, and no token."),
		STR_INIT("Send one proof in a header: Authorization: Basic with client ID and secret, Authorization: Bearer with a token, or X-API-Key with X-API-Secret.") },
	[REASON_MALFORMED] = { STR_INIT("Not readable as a secret or token"),
		STR_INIT("What was shown is mistyped or cut off, or there were two proofs in one request, or one in the address."),
		STR_INIT("Copy the secret again, whole, from where it is stored. Send one proof, in a header.") },
	[REASON_FORGED] = { STR_INIT("Forged: never issued here"),
		STR_INIT("It has the form of a secret or token. This Keydesk has not made it, or has retired the key of the ring that it was made under."),
		STR_INIT("If the caller is a program of yours, it is set up for another installation. Otherwise somebody guesses, and nothing is to be done.") },
	[REASON_UNKNOWN] = { STR_INIT("Unknown"),
		STR_INIT("There is no such secret or client ID here."),
		STR_INIT("Use one that is listed in API Credentials, or create one.") },
	[REASON_MISMATCH] = { STR_INIT("The client ID is another one"),
		STR_INIT("The secret or token was sent with a client ID, or in an environment, that it does not belong to."),
		STR_INIT("Send it with the client ID below.") },
	[REASON_WRONG] = { STR_INIT("Not the text of the secret"),
		STR_INIT("It was issued here and bears the id of the secret below, but it is not that secret."),
		STR_INIT("Copy the secret again from where it is stored. If nobody has it any more, reset it.") },
	[REASON_PENDING] = { STR_INIT("Not opened yet"),
		STR_INIT("The secret waits to be opened by the one it is for."),
		STR_INIT("Its owner opens it, and uses the text that is shown then.") },
	[REASON_REVOKED] = { STR_INIT("The secret has ended"),
		STR_INIT("It was reset, replaced or revoked, or its overlap is over."),
		STR_INIT("Bring the caller to the secret that works now. If nobody has that, reset it.") },
	[REASON_EXPIRED] = { STR_INIT("Expired"),
		STR_INIT("The secret or the token has come to its end."),
		STR_INIT("For a token, fetch a new one. For a secret, reset it.") },
	[REASON_CLIENT] = { STR_INIT("Deactivated"),
		STR_INIT("The credential, or the account key that it goes with, was deactivated or deleted."),
		STR_INIT("Activate it again. What is deleted stays so: create another one.") },
	[REASON_ORGANIZATION] = { STR_INIT("The organization is closed"),
		STR_INIT("All its secrets are refused while it is."),
		STR_INIT("The operator of this Keydesk opens it again.") },
	[REASON_OWNER] = { STR_INIT("Its owner has left"),
		STR_INIT("An additional secret ends with the access of the member that it belongs to."),
		STR_INIT("Make one for whoever takes over.") },
	[REASON_ENVIRONMENT] = { STR_INIT("Wrong environment"),
		STR_INIT("It belongs to the other environment than the one that was asked for."),
		STR_INIT("Use a credential of the environment that is called, or call the other one.") },
	[REASON_CLIENT_EXPIRED] = { STR_INIT("The credential has expired"),
		STR_INIT("The credential, or the account key that it goes with, has come to its end."),
		STR_INIT("Give it a later end.") },
	[REASON_ADDRESS] = { STR_INIT("Address not allowed"),
		STR_INIT("The credential may be used from certain networks, and the caller’s address is in none of them."),
		STR_INIT("If it should be used from there, add the address to its networks.") },
	[REASON_CANONICAL] = { STR_INIT("Not canonical"),
		STR_INIT("The address of the call has another, plain spelling, so that two readers could take it for two things."),
		STR_INIT("Send it without //, dot segments, semicolons and backslashes, and encode only what needs it.") },
	[REASON_ENDPOINT] = { STR_INIT("No such endpoint"),
		STR_INIT("The catalogue has no endpoint with this method and path."),
		STR_INIT("Look for the endpoint in APIs. An operator adds those that are missing.") },
	[REASON_PERMISSION] = { STR_INIT("A permission is missing"),
		STR_INIT("The credential does not have the permission that the call needs, its organization may not use the API, or the token was made without it."),
		STR_INIT("Give it the permission. A token that was made before must be fetched anew.") },
	[REASON_READS] = { STR_INIT("It may only read"),
		STR_INIT("The call changes something, and the secret is read-only."),
		STR_INIT("Take Read-only from it, or use another one.") },
	[REASON_SCOPE] = { STR_INIT("Outside its scope"),
		STR_INIT("The account or workspace of the call is not the organization’s, is archived, or was not picked."),
		STR_INIT("Pick it in the credential’s scope. One that is archived is restored in Accounts.") },
	[REASON_REQUEST] = { STR_INIT("The request was not understood"),
		STR_INIT("It was not of the form that this address takes. Nothing was decided about the caller."),
		STR_INIT("The error’s description, beside this id, says what is wrong with it.") },
	[REASON_RATE] = { STR_INIT("Rate limited"),
		STR_INIT("There were more requests than the limit allows."),
		STR_INIT("Wait for as long as Retry-After said, and send fewer.") },
	[REASON_BUSY] = { STR_INIT("Too much at once"),
		STR_INIT("A queue of Keydesk was full. Nothing was decided about the caller."),
		STR_INIT("Send it again. If it happens often, whoever runs Keydesk gives it more permits or cores.") },
	[REASON_DATABASE] = { STR_INIT("The database did not answer"),
		STR_INIT("Nothing was decided about the caller."),
		STR_INIT("Send it again. If it stays so, whoever runs Keydesk asks keydesk doctor.") },
	[REASON_FAULT] = { STR_INIT("A fault of Keydesk"),
		STR_INIT("Something went wrong here. Nothing was decided about the caller."),
		STR_INIT("Whoever runs Keydesk finds it in the log, by the time below.") },
	[REASON_TOKEN_REVOKED] = { STR_INIT("The token was revoked"),
		STR_INIT("Its own client has ended it before its time. The secret that it was made from goes on."),
		STR_INIT("The caller trades its client ID and secret for another token.") },
	[REASON_SIGNATURE] = { STR_INIT("Signed with another key"),
		STR_INIT("None of the public keys that the credential has now fits the assertion’s signature, or its algorithm is not theirs."),
		STR_INIT("Compare the thumbprint of the program’s key with the one of the credential. Sign with ES256, EdDSA, RS256 or PS256, as the key is.") },
	[REASON_AUDIENCE] = { STR_INIT("Not meant for this address"),
		STR_INIT("The assertion is signed right. Its aud names another address, or another one too."),
		STR_INIT("Set aud to the issuer that the metadata names, and to nothing else.") },
	[REASON_TIMES] = { STR_INIT("Too old, too early, or good for too long"),
		STR_INIT("The assertion is signed right. By its exp, nbf and iat it is over, not good yet, or good for more than 10 minutes."),
		STR_INIT("Make one for each request, with iat now and exp a minute later. If that is so, the program’s clock is wrong.") },
	[REASON_REPLAYED] = { STR_INIT("The assertion was used before"),
		STR_INIT("It is signed right, and its jti has been accepted from this credential already."),
		STR_INIT("Make an assertion with a jti of its own for each request. If the program does, somebody else has one of its assertions.") },
};
/* clang-format on */

const struct decision_words *
decision_words(enum decision_reason reason)
{
	bool known = reason != REASON_NONE && (size_t)reason < sizeof all / sizeof all[0];

	return &all[known ? reason : REASON_FAULT];
}

str
decision_asked_words(const struct decision *d)
{
	switch (d->asked) {
	case ASKED_CALL:
		return d->method.n ? S("A call, asked about at /verify")
		                   : S("Who the caller is, at /verify");
	case ASKED_TOKEN:
		return S("A token, at /auth");
	case ASKED_OAUTH_TOKEN:
		return S("A token, at /oauth/token");
	case ASKED_OAUTH_INTROSPECT:
		return S("Whether a token is good, at /oauth/introspect");
	case ASKED_OAUTH_REVOKE:
		return S("The end of a token, at /oauth/revoke");
	case ASKED_NOTHING:
		break;
	}
	return S("Not known");
}

str
decision_call_words(struct arena *a, const struct decision *d)
{
	if (!d->method.n && !d->path.n)
		return (str){ 0 };
	return fmt(a, "%.*s %.*s%s", STR(d->method), STR(d->path), d->cut ? "…" : "");
}

str
decision_time_words(struct arena *a, const struct decision *d)
{
	str minutes = clock_for_people(a, d->at);
	struct clock_parts parts = clock_split(d->at);

	return fmt(a, "%.*s:%02d.%03d UTC", STR(str_part(minutes, 0, minutes.n - S(" UTC").n)),
	    parts.second, parts.microsecond / 1000);
}
