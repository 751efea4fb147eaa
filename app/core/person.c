/* person.c - people, their users in organizations, and the first set-up. */
#include "core/person.h"

#include "base/random.h"
#include "core/audit.h"
#include "core/desk.h"
#include "core/hashing.h"
#include "core/secret.h"
#include "sql.h"

static str
password_hash(struct request *rq, str password)
{
	return hash_make(rq, PERMIT_PEOPLE, &rq->desk->settings->people, password);
}

enum proof
person_prove(struct request *rq, str email, str password, struct proven *proven)
{
	const struct person_by_email_row *person =
	    sql_person_by_email(rq->db, .email = str_lower(rq->arena, email));
	const struct person_home_row *home;

	*proven = (struct proven){ 0 };
	if (!person || person->password_hash.n == 0) {
		password_hash(rq, password); /* as much work as for a wrong password */
		return PROOF_WRONG;
	}
	if (!hash_check(rq, PERMIT_PEOPLE, person->password_hash, password))
		return PROOF_WRONG;
	if (!hash_current(rq, &rq->desk->settings->people, person->password_hash))
		sql_person_rehash(rq->db, .person = person->person, .before = person->password_hash,
		    .password_hash = password_hash(rq, password));
	home = sql_person_home(rq->db, .person = person->person);
	*proven = (struct proven){ .person = person->person,
		.user = home ? home->user : 0,
		.org = home ? home->org : 0,
		.name = person->email };
	return home || person->is_operator ? PROOF_GOOD : PROOF_NOWHERE;
}

static int64_t
person_make(struct request *rq, const struct person_wish *wish)
{
	str email = str_lower(rq->arena, wish->email);
	str hash = wish->password.n ? password_hash(rq, wish->password) : (str){ 0 };
	const struct person_by_email_row *there;

	if (sql_person_add(rq->db, .public_id = secret_id_make(rq->arena), .email = email,
		.name = wish->name, .password_hash = hash, .is_operator = wish->is_operator,
		.now = rq->now))
		return db_insert_id(rq->db);
	there = sql_person_by_email(rq->db, .email = email);
	return there ? there->person : 0;
}

int64_t
person_join(struct request *rq, int64_t org, const struct person_wish *wish)
{
	static const char *const roles[] = { [ROLE_NONE] = "",
		[ROLE_MEMBER] = "member",
		[ROLE_COMPLIANCE_ADMIN] = "compliance_admin",
		[ROLE_ADMIN] = "admin" };
	int64_t person = person_make(rq, wish), user;
	str public_id = secret_id_make(rq->arena);
	struct audit_who who = { .org = org, .person = person, .name = wish->email };

	if (!sql_user_add(rq->db, .public_id = public_id, .org = org, .person = person,
		.role = str_of(roles[wish->role]), .now = rq->now))
		return 0;
	user = db_insert_id(rq->db);
	if (rq->actor)
		who = (struct audit_who){ org, rq->actor->person, rq->actor->email };
	audit_by(rq, &who, S("user.create"), public_id,
	    fmt(rq->arena, "{\"role\":\"%s\"}", roles[wish->role]));
	return user;
}

bool
person_set_password(struct request *rq, str email, str password)
{
	const struct person_by_email_row *person =
	    sql_person_by_email(rq->db, .email = str_lower(rq->arena, email));
	str hash;

	if (!person)
		return false;
	hash = password_hash(rq, password);
	sql_person_password(rq->db, .person = person->person, .password_hash = hash);
	sql_sessions_end(rq->db, .person = person->person);
	audit(rq, S("person.set-password"), person->id, (str){ 0 });
	return true;
}

int64_t
organization_create(struct request *rq, str name, str *public_id)
{
	struct audit_who who = { .name = rq->actor ? rq->actor->email : S("command line") };

	*public_id = secret_id_make(rq->arena);
	sql_organization_add(rq->db, .public_id = *public_id, .name = name, .now = rq->now);
	who.org = db_insert_id(rq->db);
	who.person = rq->actor ? rq->actor->person : 0;
	audit_by(rq, &who, S("organization.create"), *public_id, (str){ 0 });
	return who.org;
}

str
setup_begin(struct request *rq)
{
	str token;
	struct digest hash;
	struct audit_who who = { .name = S("command line") };

	if (sql_installation_get(rq->db))
		return (str){ 0 };
	token = random_base62(rq->arena, 43);
	hash = digest_sha256(token);
	sql_setup_links_end(rq->db);
	sql_setup_link_add(rq->db, .token_hash = DIGEST_STR(hash), .now = rq->now);
	audit_by(rq, &who, S("setup.link"), (str){ 0 }, (str){ 0 });
	return token;
}

static int64_t
setup_link(struct request *rq, str token)
{
	struct digest hash = digest_sha256(token);
	const struct setup_link_open_row *row =
	    sql_setup_link_open(rq->db, .token_hash = DIGEST_STR(hash));

	return row ? row->link : 0;
}

bool
setup_open(struct request *rq, str token)
{
	return setup_link(rq, token) != 0;
}

bool
setup_finish(struct request *rq, str token, str organization, const struct person_wish *wish,
    struct proven *proven)
{
	int64_t link = setup_link(rq, token), org, user;
	str public_id;
	struct audit_who who = { .name = wish->email };

	*proven = (struct proven){ 0 };
	if (!link || !sql_setup_link_use(rq->db, .link = link, .now = rq->now) ||
	    !sql_installation_claim(rq->db, .now = rq->now))
		return false;
	org = organization_create(rq, organization, &public_id);
	user = person_join(rq, org, wish);
	*proven = (struct proven){ .user = user, .org = org, .name = wish->email };
	proven->person =
	    sql_person_by_email(rq->db, .email = str_lower(rq->arena, wish->email))->person;
	who.person = proven->person;
	audit_by(rq, &who, S("setup.finish"), public_id, (str){ 0 });
	return true;
}
