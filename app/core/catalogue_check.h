/* catalogue_check.h - what a catalogue must be before it may replace the one there is. */
#ifndef CORE_CATALOGUE_CHECK_H
#define CORE_CATALOGUE_CHECK_H

#include "core/catalogue.h"
#include "http/json.h"

/* Notes all that is wrong with it, each under the path that it would have in the file
 * ("apis[2].permissions[0].word"). The texts must be UTF-8 without control characters. */
void catalogue_check(struct arena *, const struct catalogue *, struct json_wrongs *);

#endif
