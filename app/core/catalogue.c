/* catalogue.c - the catalogue as the database has it. */
#include "core/catalogue.h"

#include "sql.h"

#include <inttypes.h>

static struct api_permission
permission_of(const struct catalogue_permissions_row *row)
{
	return (struct api_permission){ row->word, row->name, row->only_reads, row->includes };
}

static struct api_permissions
permissions_of(struct arena *a, const struct catalogue_permissions_rows *rows, int64_t api)
{
	struct api_permission *at;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += rows->at[i].api == api;
	at = NEW(a, struct api_permission, n);
	n = 0;
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].api == api)
			at[n++] = permission_of(&rows->at[i]);
	return (struct api_permissions){ at, n };
}

static struct api_endpoint
endpoint_of(const struct catalogue_endpoints_row *row)
{
	return (struct api_endpoint){ row->method, row->path, row->needs, row->permission };
}

static struct api_endpoints
endpoints_of(struct arena *a, const struct catalogue_endpoints_rows *rows, int64_t api)
{
	size_t n = 0;
	struct api_endpoint *at;

	for (size_t i = 0; i < rows->n; i++)
		n += rows->at[i].api == api;
	at = NEW(a, struct api_endpoint, n);
	n = 0;
	for (size_t i = 0; i < rows->n; i++)
		if (rows->at[i].api == api)
			at[n++] = endpoint_of(&rows->at[i]);
	return (struct api_endpoints){ at, n };
}

struct catalogue
catalogue_read(struct request *rq)
{
	const struct catalogue_apis_rows apis = sql_catalogue_apis(rq->db);
	const struct catalogue_permissions_rows permissions = sql_catalogue_permissions(rq->db);
	const struct catalogue_endpoints_rows endpoints = sql_catalogue_endpoints(rq->db);
	struct api *at = NEW(rq->arena, struct api, apis.n);

	for (size_t i = 0; i < apis.n; i++) {
		const struct catalogue_apis_row *row = &apis.at[i];

		at[i] = (struct api){ .word = row->word,
			.name = row->name,
			.description = row->description,
			.level = row->level,
			.choice = row->choice,
			.permissions = permissions_of(rq->arena, &permissions, row->api),
			.endpoints = endpoints_of(rq->arena, &endpoints, row->api) };
	}
	return (struct catalogue){ .apis = { at, apis.n } };
}

const struct api *
catalogue_api(const struct catalogue *catalogue, str word)
{
	for (size_t i = 0; i < catalogue->apis.n; i++)
		if (str_eq(catalogue->apis.at[i].word, word))
			return &catalogue->apis.at[i];
	return NULL;
}

const struct api_permission *
api_permission_of(const struct api *api, str word)
{
	for (size_t i = 0; i < api->permissions.n; i++)
		if (str_eq(api->permissions.at[i].word, word))
			return &api->permissions.at[i];
	return NULL;
}

struct catalogue_held
catalogue_held(struct request *rq, str word)
{
	return (struct catalogue_held){
		.organizations = sql_catalogue_entitled_count(rq->db, .word = word)->organizations,
		.credentials = sql_catalogue_granted_count(rq->db, .word = word)->credentials,
	};
}

int64_t
catalogue_permission_held(struct request *rq, str api, str permission)
{
	return sql_catalogue_permission_count(rq->db, .api = api, .permission = permission)
	    ->credentials;
}

str
catalogue_count_words(struct arena *a, int64_t n, const char *one, const char *many)
{
	return fmt(a, "%" PRId64 "%s %s", n, n == CATALOGUE_COUNT_MAX ? " or more" : "",
	    n == 1 ? one : many);
}
