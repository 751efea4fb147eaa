// leaving.test.js - somebody is let go while 16 connections use all that they have and 4 more write as them: from the moment
// the door has answered nothing is accepted on any worker, and nothing was made by them after.
// Once: when somebody is gone is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { Answered } = require('./answered.js');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

const ROUNDS = process.env.SOAK === '1' ? 100 : 1;
const PASSWORD = 'seventeen tin boats';
const WORKERS = 4, SECRETS = 10, SESSIONS = 3, TOKENS = 200, SEEN = 5, AT_ONCE = 64;
const agent = new http.Agent({ keepAlive: true, maxSockets: 96 });

let stack, log, admin, org, key, people = 0;
const rows = (statement) => stack.sql(statement);
const number = async (statement) => Number((await rows(statement))[0][0]);
const each = (n, make) => Promise.all(Array.from({ length: n }, (_, i) => make(i)));
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Waits until that is so, at most 30 s; what is said when it never is.
async function until(so, said) {
  for (const end = Date.now() + 30000; Date.now() < end; await pause(20)) if (await so()) return;
  assert.fail(said());
}

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: String(WORKERS), KEYDESK_THREADS: '8' } });
  admin = await new Visitor(stack.url, agent).signIn(stack.people.Admin);
  org = (await stack.sql(`SELECT o.public_id FROM organization o JOIN user u ON u.organization_id = o.id JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`))[0][0];
  // The additional secrets of the examples would take up the organization's ten places: they end with their keys.
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  await stack.sql('DELETE FROM entitlement');
  await stack.sql("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, '2026-01-01' FROM organization o JOIN api a ON a.word IN ('profile', 'analytics', 'data')");
  key = await admin.createKey('Key');
  log = new Answered(stack);
});
test.after(async () => {
  agent.destroy();
  await stack?.stop();
});

const trade = ({ client_id, secret }) => ask(`${stack.url}/auth`, {
  method: 'POST', agent, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id, client_secret: secret }),
});
const verify = (headers) => ask(`${stack.url}/verify`, { headers, agent });
const bearer = (token) => verify({ Authorization: `Bearer ${token}` });
const write = (session, name) => session.send('/credentials/scoped/new', '/credentials/scoped/new', { name, 'may-analytics': 'analytics:read' });

// Somebody with all that one can have.
async function somebody() {
  const email = `leaver-${people++}@example.test`;
  await stack.keydesk(['user', 'add', '--organization', org, '--email', email, '--name', 'Lea Ver', '--role', 'compliance_admin'], `${PASSWORD}\n`);
  const [[user, id, person]] = await rows(`SELECT u.id, u.public_id, p.id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${email}'`);
  const who = { email, user, id, person, password: PASSWORD };
  await rows(`INSERT INTO data_access (user_id, tenure_id, organization_id, granted_at) SELECT live_id, id, organization_id, UTC_TIMESTAMP(6) FROM tenure WHERE live_id = ${user}`);
  who.sessions = [];
  while (who.sessions.length < SESSIONS) who.sessions.push(await new Visitor(stack.url, agent).signIn(who));
  who.secrets = await each(SECRETS, async (i) => {
    const made = await admin.handSecret({ key: key.id, member: id, 'may-profile': 'profile:read', name: `Report ${i}` });
    return who.sessions[i % SESSIONS].openSecret(made);
  });
  await each(SEEN, async (i) => assert.equal((await write(who.sessions[i % SESSIONS], `Seen ${i}`)).status, 200));
  who.tokens = await each(TOKENS, async (i) => JSON.parse((await trade(who.secrets[i % SECRETS])).body).token);
  assert.equal(new Set(who.tokens).size, TOKENS);
  return who;
}

// What each of the 16 and the 4 asks, how many of them, and the status of who was let in.
function uses(who) {
  const one = (list, i) => list[i % list.length];
  return {
    secret: [5, (i) => verify(basic(one(who.secrets, i).client_id, one(who.secrets, i).secret))],
    token: [5, (i) => bearer(one(who.tokens, i))],
    trade: [2, (i) => trade(one(who.secrets, i))],
    page: [2, (i) => one(who.sessions, i).get('/secrets')],
    data: [2, (i) => one(who.sessions, i).get('/data-api')],
    write: [4, (i) => write(one(who.sessions, i), `Late ${i}`)],
  };
}

// Goes on until it is stopped; each answer says when it was asked, and its number which worker gave it.
function everything(who) {
  const said = [], state = { going: true }, using = uses(who);
  const once = async (kind, i) => {
    const began = performance.now(), { status, headers } = await using[kind][1](i);
    said.push({ kind, began, status, good: status === 200, number: headers['x-request-number'] });
  };
  const loops = Object.entries(using).flatMap(([kind, [n]]) => Array.from({ length: n }, async (_, at) => {
    for (let i = at; state.going; i += n) await once(kind, i);
  }));
  const all_kinds = (such) => until(() => new Set(said.filter(such).map(({ kind }) => kind)).size === Object.keys(using).length, () => `a kind is missing: ${JSON.stringify(said.filter(such).slice(-20))}`);
  return {
    said,
    worked: () => all_kinds(({ good }) => good),
    // What was asked from then on: all kinds, and of each worker a secret, a token and a page, many at a time so that all are needed.
    refused: async (since) => {
      for (const kind of ['secret', 'token', 'page']) {
        const first = said.length;
        const workers = () => new Set(said.slice(first).filter((one) => one.kind === kind).map(({ number }) => log.read().get(number)).filter(Boolean));
        await until(async () => {
          await each(AT_ONCE, (i) => once(kind, i));
          return workers().size === WORKERS;
        }, () => `workers that were asked for a ${kind}: ${[...workers()]}`);
      }
      await all_kinds(({ began }) => began >= since);
    },
    stop: async () => { state.going = false; await Promise.all(loops); },
  };
}

// All that is theirs or made by them, row by row.
const theirs = async ({ user, person }) => (await rows(`SELECT CONCAT('entry ', id) FROM audit_entry WHERE person_id = ${person}
  UNION ALL SELECT CONCAT('client ', id) FROM client WHERE created_by = ${person} OR owner_id = ${user}
  UNION ALL SELECT CONCAT('secret ', id) FROM secret WHERE created_by = ${person} OR owner_id = ${user}
  UNION ALL SELECT CONCAT('exposure ', id) FROM exposure WHERE user_id = ${user}
  UNION ALL SELECT CONCAT('session ', id) FROM session WHERE user_id = ${user}`)).map(([row]) => row);

// What a receipt has to say, from the rows that it is about.
async function truth({ user }) {
  const [[sessions, secrets, data, known]] = await rows(`SELECT (SELECT COUNT(*) FROM session WHERE user_id = ${user}),
    (SELECT COUNT(*) FROM client WHERE kind = 'additional' AND owner_id = ${user} AND deleted_at IS NULL),
    (SELECT COUNT(*) FROM data_access WHERE user_id = ${user}),
    (SELECT COUNT(DISTINCT e.secret_id) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE e.user_id = ${user} AND s.owner_id IS NULL AND s.status IN ('active', 'retiring'))`);
  return { sessions: Number(sessions), secrets: Number(secrets), data: Number(data), known: Number(known) };
}

// Each resolves when it has answered. plain: the word that a receipt has for how it was done.
const doors = {
  console: async (who) => {
    const answer = await admin.send(`/team/${who.id}/deactivate`, `/team/${who.id}/deactivate`, { confirm: who.id });
    assert.equal(answer.headers.location, `/team/${who.id}/receipt`);
  },
  command: (who) => stack.keydesk(['user', 'deactivate', '--organization', org, '--id', who.id]),
  sql: (who) => rows(`UPDATE user SET status = 'deactivated' WHERE id = ${who.user}`),
  'off and on': (who) => rows(`UPDATE user SET status = 'deactivated' WHERE id = ${who.user}; UPDATE user SET status = 'active' WHERE id = ${who.user}`),
};

const swept = ({ user }) => until(async () => await number(`SELECT COUNT(*) FROM tenure WHERE user_id = ${user} AND swept_at IS NULL`) === 0, () => 'it was not swept');

async function check_receipt(who, door, was) {
  const answer = await admin.get(`/team/${who.id}/receipt.json`), receipt = JSON.parse(answer.body), { check } = receipt;
  assert.equal(receipt.departure.door, door === 'off and on' ? 'sql' : door);
  assert.deepEqual([receipt.departure.finished, check.alarm, check.data_access.accepted], [true, false, false]);
  for (const kind of ['sessions', 'secrets', 'tokens']) assert.deepEqual(check[kind], { count: was[kind] ?? was.secrets, checked: was[kind] ?? was.secrets, accepted: 0 }, kind);
  assert.deepEqual([receipt.sessions.length, receipt.secrets.length, receipt.data_access.length, check.known.count], [was.sessions, was.secrets, was.data, was.known]);
  assert.deepEqual(await truth(who), { sessions: 0, secrets: 0, data: 0, known: was.known });
}

// From somebody who uses all of it to nothing of it.
async function leaves(door) {
  const who = await somebody(), was = await truth(who);
  assert.deepEqual([was.sessions, was.secrets, was.data, was.known], [SESSIONS, SECRETS, 1, SEEN]);
  const load = everything(who);
  let returned, made;
  try {
    await load.worked();
    await doors[door](who);
    returned = performance.now();
    made = new Set(await theirs(who));
    await load.refused(returned);
  } finally {
    await load.stop();
  }
  for (const { kind, began, good, status } of load.said)
    if (began >= returned) assert.ok(!good && [303, 401, 403].includes(status), `${kind}: ${status} after the door (${door}) had answered`);
  assert.deepEqual((await theirs(who)).filter((row) => !made.has(row)), [], 'nothing was made by them after');
  const entry = door === 'console' || door === 'command' ? `(SELECT MAX(id) FROM audit_entry WHERE act = 'user.deactivate' AND object = '${who.id}')` : 'NULL';
  assert.equal(await number(`SELECT COUNT(*) FROM audit_entry WHERE person_id = ${who.person} AND id > ${entry}`), 0, 'nothing of theirs stands behind the entry');
  for (const { status } of await each(TOKENS, (i) => bearer(who.tokens[i]))) assert.equal(status, 401);
  await swept(who);
  was.known = (await truth(who)).known;
  assert.ok(was.known > SEEN, 'they wrote until the end');
  await check_receipt(who, door, was);
  return who;
}

// A door that opens again: nothing of before works, and the sign-in does.
async function check_back(who) {
  for (const { status } of await each(SECRETS, (i) => verify(basic(who.secrets[i].client_id, who.secrets[i].secret)))) assert.equal(status, 401);
  for (const { status } of await each(SECRETS, (i) => trade(who.secrets[i]))) assert.equal(status, 401);
  for (const { status } of await each(TOKENS, (i) => bearer(who.tokens[i]))) assert.equal(status, 401);
  for (const one of who.sessions) assert.equal((await one.get('/secrets')).status, 303);
  const session = await new Visitor(stack.url, agent).signIn(who);
  assert.equal((await session.get('/secrets')).status, 200);
  assert.equal((await session.get('/data-api')).status, 403);
}

async function rounds(door, back) {
  admin = await new Visitor(stack.url, agent).signIn(stack.people.Admin); // the password is asked for again after 15 minutes
  for (let i = 0; i < ROUNDS; i++) {
    const who = await leaves(door);
    if (back) {
      await rows('DELETE FROM sign_in_failure'); // so many wrong sign-ins in ten minutes from one network are its budget
      await assert.rejects(new Visitor(stack.url, agent).signIn(who), /sign-in: 422/);
      await back(who);
    }
    await check_back(who);
  }
}

test(`RX7 KD10 KD15: in the console, under 16 connections and 4 writers (${ROUNDS})`, () => rounds('console', async (who) => {
  assert.equal((await admin.send(`/team/${who.id}/reactivate`, `/team/${who.id}/reactivate`, {})).status, 303);
}));

test(`RX7 KD10 KD15: by the command, under 16 connections and 4 writers (${ROUNDS})`, () => rounds('command', (who) =>
  stack.keydesk(['user', 'reactivate', '--organization', org, '--email', who.email])));

test(`RX7 KD10 KD15: by a plain UPDATE, under 16 connections and 4 writers (${ROUNDS})`, () => rounds('sql', (who) =>
  rows(`UPDATE user SET status = 'active' WHERE id = ${who.user}`)));

test(`RX7 KD11: off and on by plain SQL in one moment, under the same load: nothing of before works (${ROUNDS})`, () => rounds('off and on'));
