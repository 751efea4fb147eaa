/* browser.c - what a browser calls itself, in words. */
#include "site/browser.h"

struct mark {
	str part, word;
};

/* The first that is found. Most say that they are Chrome and Safari too, so those come last. */
static const struct mark browsers[] = {
	{ STR_INIT("Edg"), STR_INIT("Edge") },
	{ STR_INIT("OPR/"), STR_INIT("Opera") },
	{ STR_INIT("SamsungBrowser/"), STR_INIT("Samsung Internet") },
	{ STR_INIT("Vivaldi/"), STR_INIT("Vivaldi") },
	{ STR_INIT("Firefox/"), STR_INIT("Firefox") },
	{ STR_INIT("FxiOS/"), STR_INIT("Firefox") },
	{ STR_INIT("CriOS/"), STR_INIT("Chrome") },
	{ STR_INIT("Chrome/"), STR_INIT("Chrome") },
	{ STR_INIT("Safari/"), STR_INIT("Safari") },
};

/* An iPhone says that it is like a Mac, and Android that it is Linux. */
static const struct mark systems[] = {
	{ STR_INIT("iPhone"), STR_INIT("iPhone") },
	{ STR_INIT("iPad"), STR_INIT("iPad") },
	{ STR_INIT("Android"), STR_INIT("Android") },
	{ STR_INIT("CrOS"), STR_INIT("ChromeOS") },
	{ STR_INIT("Windows"), STR_INIT("Windows") },
	{ STR_INIT("Mac OS X"), STR_INIT("macOS") },
	{ STR_INIT("Linux"), STR_INIT("Linux") },
};

static str
find(const struct mark *marks, size_t n, str program)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(program, marks[i].part) < program.n)
			return marks[i].word;
	return (str){ 0 };
}

str
browser_words(struct arena *a, str program)
{
	str browser = find(browsers, sizeof browsers / sizeof browsers[0], program);
	str system = find(systems, sizeof systems / sizeof systems[0], program), rest;

	if (browser.n == 0)
		browser = str_cut(str_cut(str_trim(program), ' ', &rest), '/', &rest);
	if (browser.n == 0)
		browser = S("A program without a name");
	return system.n ? fmt(a, "%.*s on %.*s", STR(browser), STR(system)) : browser;
}
