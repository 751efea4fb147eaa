/* operator.c - who runs the installation. */
#include "core/operator.h"

#include "core/duty.h"
#include "core/tenure.h"
#include "sql.h"

void
operator_make(struct request *rq, const struct audit_who *by, int64_t person, int64_t user)
{
	const struct tenure_live_row *live = user ? sql_tenure_live(rq->db, .user = user) : NULL;
	struct audit_who who = *by;

	if (user && !live)
		fault(rq->arena->fault, "a user without a tenure becomes an operator");
	sql_operator_make(rq->db, .person = person, .tenure = live ? live->tenure : 0);
	who.org = 0;
	audit_by(rq, &who,
	    &(struct audit_act){
		S("operator.add"), sql_operator_id(rq->db, .person = person)->id, { 0 } });
}

bool
operator_add(struct request *rq, const struct person_wish *wish)
{
	struct audit_who by = audit_actor(rq, 0);
	str hash = wish->password.n ? person_password_hash(rq, wish->password) : (str){ 0 };
	const struct person_home_row *home;
	int64_t person;
	bool made;

	person = person_make(rq, wish, hash, &made);
	home = sql_person_home(rq->db, .person = person);
	if (home)
		tenure_begin(rq, home->user);
	operator_make(rq, &by, person, home ? home->user : 0);
	return home != NULL;
}

/* False when they were none. */
static bool
end(struct request *rq, int64_t person)
{
	if (!sql_operator_end(rq->db, .person = person))
		return false;
	sql_operator_sessions_end(rq->db, .person = person);
	return true;
}

bool
operator_end(struct request *rq, int64_t person)
{
	person_hold(rq, person);
	if (!end(rq, person))
		return false;
	audit_in(rq, 0,
	    &(struct audit_act){
		S("operator.end"), sql_operator_id(rq->db, .person = person)->id, { 0 } });
	return true;
}

void
operator_left(struct request *rq, int64_t tenure)
{
	const struct operator_of_tenure_row *row = sql_operator_of_tenure(rq->db, .tenure = tenure);
	const struct audit_who of_installation = { .name = S("housekeeper") };
	struct audit_act act = { S("operator.end"), { 0 }, S("{\"reason\":\"left\"}") };

	if (!row || !end(rq, row->person))
		return;
	sql_operator_item(rq->db, .tenure = tenure, .id = row->id, .now = rq->now);
	act.object = row->id;
	duty_note(rq, act.act, act.object, act.detail);
	audit_by(rq, &of_installation, &act);
}
