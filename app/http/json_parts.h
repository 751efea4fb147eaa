/* json_parts.h - what reading a posted object and reading a file share, inside http/. */
#ifndef HTTP_JSON_PARTS_H
#define HTTP_JSON_PARTS_H

#include "http/json.h"

/* Whether a text is nested deeper than jansson may be asked to follow: brackets outside of strings, however wrong the rest
 * is; that jansson finds out. */
bool json_too_deep(str);

#endif
