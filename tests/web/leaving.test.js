// leaving.test.js - somebody is let go while 16 connections use all that they have and 4 more write as them: from the moment
// the door has answered nothing is accepted on any worker, and nothing was made by them after.
// Once: when somebody is gone is decided behind the web server; team.test.js lets people go behind both.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

const ROUNDS = process.env.SOAK === '1' ? 100 : 1;
const PASSWORD = 'seventeen tin boats';
const SECRETS = 10, SESSIONS = 3, TOKENS = 200, SEEN = 5;
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

let stack, admin, org, key, people = 0;
const number = async (statement) => Number((await stack.sql(statement))[0][0]);
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: '4' } });
  admin = await new Visitor(stack.url, agent).signIn(stack.people.Admin);
  org = (await stack.sql(`SELECT o.public_id FROM organization o JOIN user u ON u.organization_id = o.id JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`))[0][0];
  // The additional secrets of the examples would take up the organization's ten places: they end with their keys.
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  await stack.sql('DELETE FROM entitlement');
  await stack.sql("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, '2026-01-01' FROM organization o JOIN api a ON a.word IN ('profile', 'analytics', 'data')");
  key = await admin.createKey('Key');
});
test.after(async () => {
  agent.destroy();
  await stack?.stop();
});

const trade = ({ client_id, secret }) => ask(`${stack.url}/auth`, {
  method: 'POST', agent, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id, client_secret: secret }),
});

// Somebody with all that one can have.
async function somebody() {
  const email = `leaver-${people++}@example.test`;
  await stack.keydesk(['user', 'add', '--organization', org, '--email', email, '--name', 'Lea Ver', '--role', 'compliance_admin'], `${PASSWORD}\n`);
  const [[user, id, person]] = await stack.sql(`SELECT u.id, u.public_id, p.id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${email}'`);
  const who = { email, user, id, person, password: PASSWORD, secrets: [], sessions: [], tokens: [] };
  await stack.sql(`INSERT INTO data_access (user_id, tenure_id, organization_id, granted_at) SELECT live_id, id, organization_id, UTC_TIMESTAMP(6) FROM tenure WHERE live_id = ${user}`);
  for (let i = 0; i < SESSIONS; i++) who.sessions.push(await new Visitor(stack.url, agent).signIn(who));
  for (let i = 0; i < SECRETS; i++) {
    const made = await admin.handSecret({ key: key.id, member: id, 'may-profile': 'profile:read', name: `Report ${i}` });
    who.secrets.push(await who.sessions[0].openSecret(made));
  }
  for (let i = 0; i < SEEN; i++) assert.equal((await write(who.sessions[0], `Seen ${people} ${i}`)).status, 200);
  while (who.tokens.length < TOKENS) who.tokens.push(...await Promise.all(who.secrets.map(async (one) => JSON.parse((await trade(one)).body).token)));
  assert.equal((await stack.sql(`SELECT id FROM session WHERE user_id = ${user}`)).length, SESSIONS);
  return who;
}

const write = (session, name) => session.send('/credentials/scoped/new', '/credentials/scoped/new', { name, 'may-analytics': 'analytics:read' });

// What each of the 16 and the 4 asks, and whether an answer means that they were let in.
function uses(who) {
  const one = (list, i) => list[i % list.length];
  const verify = (headers) => ask(`${stack.url}/verify`, { headers, agent }).then(({ status }) => ({ status, good: status === 200 }));
  const page = (path) => (i) => one(who.sessions, i).get(path).then(({ status }) => ({ status, good: status === 200 }));
  const secret = (i) => verify(basic(one(who.secrets, i).client_id, one(who.secrets, i).secret));
  const token = (i) => verify({ Authorization: `Bearer ${one(who.tokens, i)}` });
  const traded = (i) => trade(one(who.secrets, i)).then(({ status }) => ({ status, good: status === 200 }));
  const writes = (i) => write(one(who.sessions, i), `Late ${who.user} ${i} ${Math.random()}`).then(({ status }) => ({ status, good: status === 200 }));
  return Object.entries({ secret: [secret, 5], token: [token, 5], trade: [traded, 2], page: [page('/secrets'), 3], data: [page('/data-api'), 1], write: [writes, 4] });
}

// Goes on until it is stopped; each answer says when it was asked.
function everything(who) {
  const said = [], state = { going: true };
  const loops = uses(who).flatMap(([kind, [use, n]]) => Array.from({ length: n }, async (_, at) => {
    for (let i = at; state.going; i++) {
      const began = performance.now();
      said.push({ kind, began, ...await use(i) });
    }
  }));
  return { said, stop: async () => { state.going = false; await Promise.all(loops); } };
}

// Each resolves to the last entry of the organization's log that may be theirs.
const last = (act, who) => number(`SELECT MAX(id) FROM audit_entry WHERE act = '${act}' AND object = '${who.id}'`);
const doors = {
  console: async (who) => {
    const answer = await admin.send(`/team/${who.id}/deactivate`, `/team/${who.id}/deactivate`, { confirm: who.id });
    assert.equal(answer.headers.location, `/team/${who.id}/receipt`);
    return () => last('user.deactivate', who);
  },
  command: async (who) => {
    await stack.keydesk(['user', 'deactivate', '--organization', org, '--id', who.id]);
    return () => last('user.deactivate', who);
  },
  sql: async (who) => {
    const [[entry]] = await stack.sql(`UPDATE user SET status = 'deactivated' WHERE id = ${who.user}; SELECT MAX(id) FROM audit_entry`);
    return () => Number(entry);
  },
};

async function swept(who) {
  for (const end = Date.now() + 30000; Date.now() < end; await pause(50)) {
    if (await number(`SELECT COUNT(*) FROM tenure WHERE user_id = ${who.user} AND swept_at IS NULL`) === 0) return;
  }
  assert.fail('it was not swept');
}

async function check_receipt(who, door) {
  const items = Object.fromEntries(await stack.sql(`SELECT kind, COUNT(*) FROM departure_item WHERE tenure_id = (SELECT MAX(id) FROM tenure WHERE user_id = ${who.user}) GROUP BY kind`));
  const known = await number(`SELECT COUNT(DISTINCT e.secret_id) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE e.user_id = ${who.user} AND s.owner_id IS NULL AND s.status <> 'revoked'`);
  assert.ok(known >= SEEN);
  assert.deepEqual(items, { session: String(SESSIONS), secret: String(SECRETS), data_access: '1', known: String(known) });
  assert.equal((await stack.sql(`SELECT door FROM tenure WHERE user_id = ${who.user}`))[0][0], door);
  for (const left of ['session WHERE user_id', 'data_access WHERE user_id', 'client WHERE deleted_at IS NULL AND owner_id'])
    assert.equal(await number(`SELECT COUNT(*) FROM ${left} = ${who.user}`), 0, left);
}

async function round(door) {
  const who = await somebody();
  const load = everything(who);
  await pause(400);
  const entry = await doors[door](who);
  const returned = performance.now();
  await pause(600);
  await load.stop();
  const kinds = new Set(load.said.map(({ kind }) => kind));
  assert.equal(kinds.size, 6);
  for (const kind of kinds) {
    const of = load.said.filter((one) => one.kind === kind);
    assert.ok(of.some(({ began, good }) => began < returned && good), `${kind} worked before`);
    const after = of.filter(({ began }) => began >= returned);
    assert.ok(after.length > 0, `${kind} was tried after`);
    for (const { good, status } of after) assert.ok(!good && [303, 401, 403, 429].includes(status), `${kind}: ${status} after the ${door} had answered`);
  }
  const until = await entry();
  assert.equal(await number(`SELECT COUNT(*) FROM audit_entry WHERE person_id = ${who.person} AND id > ${until}`), 0, 'nothing was made by them after');
  for (const one of who.tokens) assert.equal((await ask(`${stack.url}/verify`, { agent, headers: { Authorization: `Bearer ${one}` } })).status, 401);
  await assert.rejects(new Visitor(stack.url, agent).signIn(who), /sign-in: 422/);
  await swept(who);
  await check_receipt(who, door);
  return who;
}

// A door that opens again: nothing of before works, and the sign-in does.
async function check_back(who) {
  for (const one of who.secrets) assert.equal((await ask(`${stack.url}/verify`, { agent, headers: basic(one.client_id, one.secret) })).status, 401);
  for (const one of who.tokens.slice(0, 20)) assert.equal((await ask(`${stack.url}/verify`, { agent, headers: { Authorization: `Bearer ${one}` } })).status, 401);
  for (const one of who.sessions) assert.equal((await one.get('/secrets')).status, 303);
  const session = await new Visitor(stack.url, agent).signIn(who);
  assert.equal((await session.get('/secrets')).status, 200);
  assert.equal((await session.get('/data-api')).status, 403);
}

test(`RX7 KD10 KD15: in the console, under 16 connections and 4 writers (${ROUNDS})`, async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const who = await round('console');
    assert.equal((await admin.send(`/team/${who.id}/reactivate`, `/team/${who.id}/reactivate`, {})).status, 303);
    await check_back(who);
  }
});

test(`RX7 KD10 KD15: by the command, under 16 connections and 4 writers (${ROUNDS})`, async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const who = await round('command');
    await stack.keydesk(['user', 'reactivate', '--organization', org, '--email', who.email]);
    await check_back(who);
  }
});

test(`RX7 KD10 KD15: by a plain UPDATE, under 16 connections and 4 writers (${ROUNDS})`, async () => {
  for (let i = 0; i < ROUNDS; i++) {
    const who = await round('sql');
    await stack.sql(`UPDATE user SET status = 'active' WHERE id = ${who.user}`);
    await check_back(who);
  }
});

test('RX7 KD11: off and on by plain SQL in one moment, under the same load: nothing of before works', async () => {
  const who = await somebody();
  const load = everything(who);
  await pause(400);
  await stack.sql(`UPDATE user SET status = 'deactivated' WHERE id = ${who.user}; UPDATE user SET status = 'active' WHERE id = ${who.user}`);
  const returned = performance.now();
  await pause(400);
  await load.stop();
  for (const { kind, began, good } of load.said) assert.ok(began < returned || !good, `${kind} worked on`);
  await swept(who);
  await check_back(who);
});
