/* settings_parts.h - a row of the table of settings: for this folder. */
#ifndef CORE_SETTINGS_PARTS_H
#define CORE_SETTINGS_PARTS_H

#include "core/settings.h"

#include <stddef.h>

enum setting_kind {
	SETTING_TEXT,   /* a str of min to max bytes */
	SETTING_INT,    /* an int64_t from min to max */
	SETTING_SMALL,  /* an int or uint32_t from min to max, which is below 2^31 */
	SETTING_SECRET, /* a str: the first line of the file that the variable names */
	SETTING_CHOICE, /* a str: one of the words of the default, the first if it is absent */
};

struct setting {
	const char *variable;
	enum setting_kind kind;
	size_t offset;
	const char *otherwise;
	int64_t min, max;
	const char *meaning;
};

/* Every setting, in the order in which they are printed: settings_table.c. */
extern const struct setting settings_table[];
extern const size_t settings_table_n;

#endif
