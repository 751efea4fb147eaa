/* choice.h - what the forms of a scoped credential and of an additional secret share: permissions and people to choose
 * from, an end, and allowed addresses.
 *
 * Permissions are fields called may-WORD, one name for each API, whose values are permissions by full name.
 */
#ifndef SITE_CHOICE_H
#define SITE_CHOICE_H

#include "core/scoped.h"
#include "site/page.h"
#include "sql.h"

SHAPE(choice_permission, text(may), text(name), flag(only_reads), flag(chosen));
SHAPE(choice_lost, text(may), text(name), flag(in_force), flag(chosen));
SHAPE(choice_api, text(word), text(name), text(description), text(where), flag(one), flag(chosen),
    list(permissions, choice_permission));
SHAPE(choice_person, text(id), text(name), text(email), flag(chosen));

/* PEOPLE_LOOK: among so many active people words are looked for; whoever comes behind them is found by their whole address. */
enum { CHOICES_SHOWN = 50, PEOPLE_LOOK = 10000 };

/* The values of all fields called may-WORD. */
struct strs choice_may(struct request *);

/* Those offers by API, with what is picked of them. where says in words where an API of that level works; NULL: no words. */
struct choice_apis choice_apis(struct request *, const struct scoped_offers_rows *,
    const struct strs *may, str (*where)(const struct request *, str level));

/* Whether the text is one of these; and whether both have the same ones, in any order. */
bool choice_among(const struct strs *, str);
bool choice_same(const struct strs *, const struct strs *);

/* What is held and not offered, with what of it is picked: it may stay, and cannot be given anew. */
struct choice_losts choice_losts(struct request *, const struct scoped_grants_rows *held,
    const struct scoped_offers_rows *, const struct strs *may);

/* Active people of the organization with these words in their name or address, CHOICES_SHOWN at most, behind the one
 * of the id `chosen`, whether or not still active. *many when there is something to look for. */
struct choice_persons choice_people(struct request *, str find, str chosen, bool *many);

/* What is wrong with the permissions, as the form says it; empty when nothing is. which is an API's name. */
str choice_may_error(struct request *, enum may_wrong, str which);

/* An end as a field of the type datetime-local has it, in UTC; and what was typed there, as a time. It sets the field's
 * error. `was` is when the thing ends now, 0 for a new one: that time may stay although it is over. */
str choice_end_text(struct arena *, int64_t time);
void choice_end_read(struct request *, int64_t was, struct input *, int64_t *time);
str choice_end_past(void);

/* Words, one to a line. */
str choice_lines(struct arena *, str words);

#endif
