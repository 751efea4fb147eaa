/* catalogue_file.c - the catalogue as a file. */
#include "core/catalogue_file.h"

#include "core/catalogue_change.h"
#include "core/catalogue_check.h"
#include "core/file.h"

struct catalogue
catalogue_file_read(struct arena *a, str text, struct json_wrongs *wrongs)
{
	struct catalogue catalogue = { 0 };

	json_file(a, text, catalogue, &catalogue, wrongs);
	catalogue_check(a, &catalogue, wrongs);
	return catalogue;
}

/* "name": "value", with what stands before it. */
static void
add_text(struct buf *b, const char *before, const char *name, str value)
{
	buf_fmt(b, "%s\"%s\": ", before, name);
	json_write_text(b, value);
}

static void
add_permissions(struct buf *b, const struct api_permissions *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct api_permission *p = &list->at[i];

		add_text(b, i ? ",\n        { " : "\n        { ", "word", p->word);
		add_text(b, ", ", "name", p->name);
		buf_fmt(b, ", \"only_reads\": %s", p->only_reads ? "true" : "false");
		if (p->includes.n)
			add_text(b, ", ", "includes", p->includes);
		buf_add(b, S(" }"));
	}
}

static void
add_endpoints(struct buf *b, const struct api_endpoints *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct api_endpoint *e = &list->at[i];

		add_text(b, i ? ",\n        { " : "\n        { ", "method", e->method);
		add_text(b, ", ", "path", e->path);
		add_text(b, ", ", "needs", e->needs);
		if (e->permission.n)
			add_text(b, ", ", "permission", e->permission);
		buf_add(b, S(" }"));
	}
}

static void
add_api(struct buf *b, const struct api *api)
{
	add_text(b, "    {\n      ", "word", api->word);
	add_text(b, ",\n      ", "name", api->name);
	if (api->description.n)
		add_text(b, ",\n      ", "description", api->description);
	add_text(b, ",\n      ", "level", api->level);
	add_text(b, ",\n      ", "choice", api->choice);
	buf_add(b, S(",\n      \"permissions\": ["));
	add_permissions(b, &api->permissions);
	buf_add(b, S("\n      ],\n      \"endpoints\": ["));
	add_endpoints(b, &api->endpoints);
	buf_add(b, api->endpoints.n ? S("\n      ]\n    }") : S("]\n    }"));
}

str
catalogue_file_write(struct arena *a, const struct catalogue *catalogue)
{
	struct buf b = buf_new(a, (size_t)8 * CATALOGUE_FILE_MAX_BYTES);

	buf_add(&b, S("{\n  \"apis\": ["));
	for (size_t i = 0; i < catalogue->apis.n; i++) {
		buf_add(&b, i ? S(",\n") : S("\n"));
		add_api(&b, &catalogue->apis.at[i]);
	}
	buf_add(&b, catalogue->apis.n ? S("\n  ]\n}\n") : S("]\n}\n"));
	return buf_str(&b);
}

size_t
catalogue_begin(struct request *rq, str schema_folder)
{
	struct arena *a = rq->arena;
	str path = fmt(a, "%.*s/catalogue.json", STR(schema_folder)), text;
	struct json_wrongs wrongs = { 0 };
	struct catalogue after;

	if (catalogue_read(rq).apis.n)
		return 0;
	text = file_read(a, path);
	if (!text.at)
		fault(a->fault, "%.*s is not there", STR(path));
	after = catalogue_file_read(a, text, &wrongs);
	if (wrongs.n)
		fault(a->fault, "%.*s: %.*s: %.*s", STR(path), STR(wrongs.at[0].path),
		    STR(wrongs.at[0].words));
	catalogue_change(rq, &after);
	return after.apis.n;
}
