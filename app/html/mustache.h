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

/* Where templates come from: read() gives the text of a name, at NULL when there is none. What it takes of the arena
 * is given back with the end of linking. */
struct mustache_source {
	str (*read)(void *arg, struct arena *, str name);
	void *arg;
};

/* What to link: template `name` against `shape`. With a body, {{>body}} in it shows the template `body`,
 * whose context is body_shape above shape; it is how a page stands in its layout.
 *
 * strict is the console's way, and each of these a fault: a name without a member, or whose member has
 * no text; a part that is missing; {{{ }}} and {{& }}; a <form method="post"> without {{>csrf}}; an
 * attribute's value without quotes; a text that begins an address (href, src, action, formaction ...:
 * href="/contacts/{{id}}" is fine, href="{{address}}" and href="/{{address}}" are not); a name elsewhere
 * in a tag, in a comment, or in a script; inline scripts and styles, style= and on...=; a section that
 * does not end in the tag, attribute or form in which it began. Not strict is the specification's way:
 * misses show nothing, and HTML is only text. A list whose shape is NULL is never anything but empty. */
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
 * text: escaped; its section is shown when it is not empty, once, with {{.}}.
 * int: decimal; its section is shown when it is not 0.
 * flag: only a section, shown when it is true.
 * time: "2026-11-20T14:03:09Z" in an attribute, else <time datetime="...">20 Nov 2026, 14:03 UTC</time>;
 * its section is shown when there is one. A year without four digits shows nothing.
 * part: its section has the part's names. list: once for each. many: once for each, {{.}}. */
void mustache_show(const struct mustache *, struct buf *, const void *data, const void *body_data);

#endif
