/* mustache.h - parse a template, link it to a shape, show it.
 *
 * Linking resolves every name once, against the shapes in scope, into a flat array of operations. What a
 * visitor could trip over is found then: a name that no shape in scope has, a part that is missing.
 */
#ifndef HTML_MUSTACHE_H
#define HTML_MUSTACHE_H

#include "base/buf.h"
#include "base/shape.h"

struct mustache;

/* Where templates come from: read() gives the text of a name, at NULL when there is none. */
struct mustache_source {
	str (*read)(void *arg, struct arena *, str name);
	void *arg;
};

/* What to link: template `name` against `shape`. With a body, {{>body}} in it shows the template `body`,
 * whose context is body_shape above shape; it is how a page stands in its layout.
 *
 * strict is the console's way: a name without a member is a fault, {{{ }}} and {{& }} are refused, a
 * <form method="post"> must hold {{>csrf}}, an attribute's value must be quoted, and a text may not
 * begin an href, src, action or formaction. Not strict is the specification's: misses show nothing. */
struct mustache_link {
	const struct mustache_source *source;
	str name;
	const struct shape *shape;
	str body;
	const struct shape *body_shape;
	bool strict;
};

/* In the arena given, to be shown any number of times, from any thread. A fault says
 * "contact_list.mustache:3: contact_list_row has no 'nmae'". */
const struct mustache *mustache_link(struct arena *, const struct mustache_link *);

/* Appends the filled-in template. data is a struct of link.shape, body_data of link.body_shape.
 * int: decimal. flag: nothing by itself, a section is shown when true. text: escaped, a section is
 * shown when not empty. time: "2026-11-20T14:03:09Z" in an attribute, else <time datetime="...">20 Nov
 * 2026, 14:03 UTC</time>; a section is shown when there is one. int: a section is shown when not 0.
 * part: its section has the part's names. list: its section once for each. many: once for each, {{.}}. */
void mustache_show(const struct mustache *, struct buf *, const void *data, const void *body_data);

#endif
