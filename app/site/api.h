/* api.h - what the pages about an API of the catalogue share. */
#ifndef SITE_API_H
#define SITE_API_H

#include "core/catalogue.h"
#include "site/page.h"

/* The API of the address's :id, with all that there is of it. */
struct api_about {
	str id;
	int64_t version;
	struct catalogue catalogue; /* the whole, of which it is a part */
	const struct api *api;
};

/* In the arena; NULL when there is none. */
const struct api_about *api_about(struct request *);

/* "Organization", and what that means for who grants it. */
str api_level_words(str level);
str api_level_means(str level);

/* A count of catalogue_held(): "12", "1000 or more". */
str api_count_words(struct arena *, int64_t);

/* For operators only: who holds an API. words: "2 organizations, 1 credential". */
SHAPE(api_holder, text(id), text(name), flag(entitled), text(credentials));
SHAPE(api_holding, flag(held), flag(more), text(words), list(holders, api_holder));
struct api_holding api_holding(struct request *, str word);

#endif
