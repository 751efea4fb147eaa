/* verdict.c - the verdicts about a caller: which are refusals of who is accepted, their words, as what they are counted. */
#include "core/verify.h"

bool
verdict_forbids(enum verdict verdict)
{
	return verdict == VERDICT_ADDRESS || verdict == VERDICT_CANONICAL ||
	       verdict == VERDICT_ENDPOINT || verdict == VERDICT_PERMISSION ||
	       verdict == VERDICT_READS || verdict == VERDICT_SCOPE || verdict == VERDICT_LIMITED;
}

str
verdict_word(enum verdict verdict)
{
	static const str words[] = {
		[VERDICT_NONE] = STR_INIT("none"),
		[VERDICT_GOOD] = STR_INIT("good"),
		[VERDICT_MALFORMED] = STR_INIT("malformed"),
		[VERDICT_FORGED] = STR_INIT("forged"),
		[VERDICT_UNKNOWN] = STR_INIT("unknown"),
		[VERDICT_MISMATCH] = STR_INIT("mismatch"),
		[VERDICT_WRONG] = STR_INIT("wrong"),
		[VERDICT_SIGNATURE] = STR_INIT("signature"),
		[VERDICT_AUDIENCE] = STR_INIT("audience"),
		[VERDICT_TIMES] = STR_INIT("assertion_times"),
		[VERDICT_REPLAYED] = STR_INIT("replayed"),
		[VERDICT_PENDING] = STR_INIT("pending"),
		[VERDICT_REVOKED] = STR_INIT("revoked"),
		[VERDICT_TOKEN_REVOKED] = STR_INIT("token_revoked"),
		[VERDICT_EXPIRED] = STR_INIT("expired"),
		[VERDICT_CLIENT] = STR_INIT("client_off"),
		[VERDICT_ORGANIZATION] = STR_INIT("organization_off"),
		[VERDICT_OWNER] = STR_INIT("owner_off"),
		[VERDICT_ENVIRONMENT] = STR_INIT("wrong_environment"),
		[VERDICT_CLIENT_EXPIRED] = STR_INIT("client_expired"),
		[VERDICT_ADDRESS] = STR_INIT("address"),
		[VERDICT_CANONICAL] = STR_INIT("not_canonical"),
		[VERDICT_ENDPOINT] = STR_INIT("no_endpoint"),
		[VERDICT_PERMISSION] = STR_INIT("permission"),
		[VERDICT_READS] = STR_INIT("only_reads"),
		[VERDICT_SCOPE] = STR_INIT("scope"),
		[VERDICT_LIMITED] = STR_INIT("rate_limited"),
		[VERDICT_OPEN] = STR_INIT("open"),
	};

	return words[verdict];
}

enum use_outcome
verdict_outcome(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_GOOD:
	case VERDICT_OPEN:
		return USE_ACCEPTED;
	case VERDICT_REVOKED:
	case VERDICT_TOKEN_REVOKED:
		return USE_REVOKED;
	case VERDICT_EXPIRED:
	case VERDICT_CLIENT_EXPIRED:
		return USE_EXPIRED;
	case VERDICT_CLIENT:
	case VERDICT_ORGANIZATION:
	case VERDICT_OWNER:
		return USE_DEACTIVATED;
	case VERDICT_ENVIRONMENT:
		return USE_ENVIRONMENT;
	case VERDICT_ADDRESS:
	case VERDICT_CANONICAL:
	case VERDICT_ENDPOINT:
	case VERDICT_PERMISSION:
	case VERDICT_READS:
	case VERDICT_SCOPE:
		return USE_PERMISSION;
	case VERDICT_LIMITED:
		return USE_LIMITED;
	case VERDICT_NONE:
	case VERDICT_MALFORMED:
	case VERDICT_FORGED:
	case VERDICT_UNKNOWN:
	case VERDICT_MISMATCH:
	case VERDICT_WRONG:
	case VERDICT_SIGNATURE:
	case VERDICT_AUDIENCE:
	case VERDICT_TIMES:
	case VERDICT_REPLAYED:
	case VERDICT_PENDING:
		break;
	}
	return USE_WRONG;
}
