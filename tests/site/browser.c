/* browser.c - browsers as they call themselves, and what says nothing. */
#include "check.h"

#include "site/browser.h"

static void
browsers_and_systems(void **state)
{
	static const struct {
		const char *program, *words;
	} rows[] = {
		{ "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
		    "Firefox on Linux" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
		  "Gecko) Chrome/126.0.0.0 Safari/537.36",
		    "Chrome on Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
		  "Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
		    "Edge on Windows" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
		  "like Gecko) Version/17.5 Safari/605.1.15",
		    "Safari on macOS" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
		  "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
		    "Safari on iPhone" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
		  "(KHTML, like Gecko) FxiOS/127.0 Mobile/15E148 Safari/605.1.15",
		    "Firefox on iPhone" },
		{ "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
		  "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
		    "Samsung Internet on Android" },
		{ "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
		  "Chrome/126.0.0.0 Safari/537.36",
		    "Chrome on ChromeOS" },
		{ "curl/7.88.1", "curl" },
		{ "Test", "Test" },
		{ "", "A program without a name" },
		{ "   ", "A program without a name" },
		{ "/1.0", "A program without a name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		CHECK_STR_EQ(
		    browser_words(test_arena(), str_of(rows[i].program)), str_of(rows[i].words));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(browsers_and_systems) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
