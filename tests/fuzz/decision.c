/* decision.c - fuzzes app/core/decision.c: nothing but what was made opens, however near it comes.
 *
 * The input is an id as it stands; it is laid over one that was made; and it is what is sealed, as what callers send is:
 * whatever that was, it is shown as visible characters, and short.
 */
#include "fuzz.h"

#include "core/decision.c"

static struct request *
fuzz_request(void)
{
	static const struct keyring ring = { .active = 1,
		.keys = { [1] = { .status = KEY_ACTIVE, .decision = { "one key of the ring" } },
		    [2] = { .status = KEY_READING, .decision = { "another key of it" } },
		    [3] = { .status = KEY_RETIRED } } };
	static struct desk desk = { .keyring = &ring };
	static struct request rq;

	rq = (struct request){ .arena = fuzz_arena(), .desk = &desk };
	return &rq;
}

static void
check_shown(str text, size_t most)
{
	must(text.n <= most);
	for (size_t i = 0; i < text.n; i++)
		must(text.at[i] > ' ' && text.at[i] < 0x7f);
}

static void
check_sealed(struct request *rq, str input)
{
	str rest, method = str_cut(input, ' ', &rest), path = str_cut(rest, ' ', &rest);
	struct decision d = { .at = 1800000000 * SECOND,
		.reason = REASON_CANONICAL,
		.asked = ASKED_CALL,
		.method = method,
		.path = path,
		.address = rest };
	struct decision opened;

	must(decision_open(rq, decision_make(rq, &d), &opened));
	must(opened.at == d.at && opened.reason == d.reason && opened.asked == d.asked);
	must(!opened.sid.n && !opened.id.n && !opened.permission);
	must(!opened.address.n || is_address(opened.address));
	check_shown(opened.address, INET6_ADDRSTRLEN);
	check_shown(opened.path, DECISION_PATH_BYTES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	str input = fuzz_copy(data, n);
	struct request *rq = fuzz_request();
	struct decision d = { .at = 1800000000 * SECOND, .reason = REASON_WRONG }, opened;
	str made = decision_make(rq, &d);
	char laid[DECISION_CHARS];

	must(!decision_open(rq, input, &opened));
	memcpy(laid, made.at, sizeof laid);
	fuzz_lay_over(laid, sizeof laid, input);
	must(decision_open(rq, (str){ laid, sizeof laid }, &opened) ==
	     str_eq(made, (str){ laid, sizeof laid }));
	check_sealed(rq, input);
	fuzz_free(input);
	return 0;
}
