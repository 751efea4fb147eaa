// cluster.test.js - three machines of Keydesk on the three nodes of one Galera cluster: limits are exact, what
// was ended is ended everywhere once its page has come, and one node may die or freeze.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const path = require('node:path');
const test = require('node:test');
const { Admin } = require('./admin.js');
const { Cluster } = require('./galera.js');
const { until } = require('../process/master.js');
const { Installation, PROGRAM } = require('../process/real.js');

const LIMIT = 10;
const ROUNDS = 4;
const SECRET_ROUNDS = process.env.SOAK === '1' ? 5 : 2; // tests/soak.sh runs this twenty times: a hundred rounds
const MOST_ROUNDS = 20; // until one was whole, in which nobody was told to come again: a cluster may stand still for seconds
const REVOCATIONS = 200;
const UNCONFIRMED = 20; // of those, at most: a node of a machine that stalls may need longer than a page waits
const person = { email: 'ann@example.com', password: 'correct horse battery' };
const seconds = (from) => (Date.now() - from) / 1000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let ring, here, machines, ann, org;

// The command line on these nodes, the first one preferred; resolves to { code, out, err }.
const keydesk = (nodes, args, { input = '', env = {} } = {}) => new Promise((resolve) => {
  const child = execFile(PROGRAM, args, { env: { ...here.env, KEYDESK_DB_SOCKET: nodes.map((node) => node.socket).join(','), ...env } },
    (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  child.stdin.on('error', () => {}); // of a command that reads nothing
  child.stdin.end(input);
});

// A machine that prefers this node and knows the others; alone: that knows no other.
function start(number, node, alone = false, settings = {}) {
  const nodes = alone ? [node] : [node, ...ring.others(node)];
  return here.start({
    KEYDESK_MACHINE: String(number), KEYDESK_LISTEN: path.join(here.dir, `s${number}`), KEYDESK_THREADS: '8', KEYDESK_ACCOUNT_KEYS: String(LIMIT),
    KEYDESK_DB_SOCKET: nodes.map((one) => one.socket).join(','), ...settings,
  });
}

// An organization of its own, with somebody signed in at the first machine.
async function newcomer(name) {
  const made = await keydesk(ring.nodes, ['organization', 'add', '--name', name, '--json']);
  const id = JSON.parse(made.out).id, email = `${name.toLowerCase()}@example.com`;
  const added = await keydesk(ring.nodes, ['user', 'add', '--organization', id, '--email', email, '--name', 'Ann', '--role', 'admin'], { input: `${person.password}\n` });
  assert.equal(added.code, 0, added.err);
  return { id, admin: await new Admin(machines[0]).signIn({ email, password: person.password }) };
}

const same = (answers) => { assert.ok(answers.every((one) => one === answers[0]), answers.join('\n--\n')); return answers[0]; };
const everywhere = async (statement) => same(await ring.all(statement, here.name));

// What is still being written (use, up to ten seconds late) is not the same yet on all nodes when each is asked.
const becomes_same = async (statement) => {
  let answers;
  await until(async () => (answers = await ring.all(statement, here.name)).every((one) => one === answers[0]));
  same(answers);
};

// When a test fails, what the machines and the nodes have said belongs to it.
const shown = (work) => async () => {
  try {
    await work();
  } catch (error) {
    for (const machine of machines) console.log(machine.log.split('\n').filter((line) => / fault |housekeeper/.test(line)).slice(-5).join('\n'));
    for (const node of ring.nodes) console.log(node.log().split('\n').filter((line) => /\[(Warning|ERROR)\]|view\(/.test(line)).slice(-8).join('\n'));
    throw error;
  }
};

// Rows and chains, as each node has them.
async function check_all() {
  for (const table of ['client', 'secret', 'audit_entry', 'audit_head', 'session']) await becomes_same(`CHECKSUM TABLE ${table}`);
  for (const node of ring.nodes) {
    const walked = await keydesk([node], ['audit', 'verify']);
    assert.equal(walked.code, 0, walked.out + walked.err);
  }
  // An act and its entry are one transaction.
  assert.equal(await everywhere("SELECT (SELECT COUNT(*) FROM client) - (SELECT COUNT(*) FROM audit_entry WHERE act = 'client.create')"), '0');
}

test.before(async () => {
  ring = await Cluster.start(3);
  here = new Installation('cluster', ring.nodes[0].socket);
  org = here.key.organization;
  machines = await Promise.all(ring.nodes.map((node, i) => start(i + 1, node)));
  const added = await keydesk(ring.nodes, ['user', 'add', '--organization', org, '--email', person.email, '--name', 'Ann', '--role', 'admin'], { input: `${person.password}\n` });
  assert.equal(added.code, 0, added.err);
  ann = await new Admin(machines[0]).signIn(person);
});

test.after(async () => {
  try {
    await here?.remove();
  } finally {
    await ring?.stop();
  }
});

test('KD28: migrated through all three nodes at once, a database has each migration once', shown(async () => {
  const env = { KEYDESK_DB_NAME: `${here.name}_more` };
  const all = await Promise.all(ring.nodes.map((node) => keydesk([node], ['migrate'], { env })));
  for (const one of all) assert.equal(one.code, 0, one.err);
  const said = all.map((one) => (one.err.match(/has run/g) || []).length).reduce((sum, n) => sum + n);
  assert.equal(await everywhere(`SELECT COUNT(*) FROM ${env.KEYDESK_DB_NAME}.migration WHERE ran_at IS NOT NULL`), String(said));
  await ring.nodes[1].sql(`DROP DATABASE ${env.KEYDESK_DB_NAME}`);
}));

test('KD28: a session made at one machine is one at the others, as soon as its page has come', shown(async () => {
  for (let i = 0; i < 30; i++) {
    const who = await new Admin(machines[i % 3]).signIn(person);
    for (const machine of machines) assert.equal((await who.at(machine).get('/credentials')).status, 200);
    assert.equal((await who.send('/credentials', '/sign-out', {}, ['csrf'])).status, 303);
    for (const machine of machines) assert.equal((await who.at(machine).get('/credentials')).status, 303, 'signed out everywhere');
  }
}));

// A round takes a fraction of a second, unless an applier waits for a local lock: what waits for what.
async function say_stall() {
  for (const node of ring.nodes) {
    console.log(`# stall, node ${node.number}:\n${await node.sql("SELECT id, command, time_ms, state, LEFT(info, 80) FROM information_schema.processlist WHERE command <> 'Sleep' AND info NOT LIKE '%processlist%'")}`);
    console.log(node.log().split('\n').filter((line) => /BF/.test(line)).slice(-3).join('\n'));
  }
}

test('KD28: 30 creations at once on three nodes leave exactly 10, in each round, and whole chains on each node', shown(async () => {
  let whole = 0;
  for (let round = 0; round < ROUNDS || (!whole && round < MOST_ROUNDS); round++) {
    const { id, admin } = await newcomer(`Round${round}`);
    const began = Date.now(), forms = [];
    for (const machine of machines) forms.push((await admin.at(machine).get('/credentials/new')).body);
    const watch = setTimeout(say_stall, 1500);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => admin.at(machines[i % 3]).post('/credentials',
      { name: `K${i}`, csrf: /name="csrf" value="([^"]*)"/.exec(forms[i % 3])[1], once: randomBytes(11).toString('hex') })));
    clearTimeout(watch);
    const statuses = answers.map((answer) => answer.status);
    assert.ok(!statuses.includes(500), statuses.join(' '));
    const made = statuses.filter((status) => status === 200).length, busy = statuses.filter((status) => status === 503).length;
    console.log(`# ${made} made, ${busy} asked to come again, in ${seconds(began).toFixed(1)} s`);
    // A cluster may stand still for seconds (say_stall). What is promised holds then too, but not that each is answered in 3 s.
    assert.ok(made === LIMIT || busy > 0, statuses.join(' '));
    const of = `organization_id = (SELECT id FROM organization WHERE public_id = '${id}')`;
    const rows = Number(await everywhere(`SELECT COUNT(*) FROM client WHERE ${of} AND place IS NOT NULL`));
    assert.ok(rows >= made && rows <= LIMIT && (rows === LIMIT || busy > 0), `${rows} rows`);
    assert.equal(await everywhere(`SELECT COUNT(*) FROM audit_entry WHERE ${of} AND act = 'client.create'`), String(rows));
    if (busy === 0) whole++;
  }
  assert.ok(whole > 0, 'there was a round in which each was answered');
  await check_all();
}));

// Thirty additional secrets at once, ten at each machine, for oneself. How many were made, and how many were told to come again.
async function thirty_secrets(admin, key) {
  const forms = [];
  for (const machine of machines) forms.push((await admin.at(machine).get('/secrets/new')).body);
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => admin.at(machines[i % 3]).post('/secrets',
    { name: `S${i}`, key, 'may-profile': 'profile:read', csrf: /name="csrf" value="([^"]*)"/.exec(forms[i % 3])[1], once: randomBytes(11).toString('hex') })));
  const statuses = answers.map((answer) => answer.status);
  assert.ok(statuses.every((status) => [200, 422, 503].includes(status)), statuses.join(' '));
  const made = statuses.filter((status) => status === 200).length, busy = statuses.filter((status) => status === 503).length;
  console.log(`# ${made} made, ${busy} asked to come again`);
  return { made, busy };
}

const expire = (of, n) => ring.nodes[1].sql(`UPDATE client SET expires_at = UTC_TIMESTAMP(6) WHERE ${of} AND kind = 'additional' AND place IS NOT NULL ORDER BY id LIMIT ${n}`, here.name);

test('LR10: 30 additional secrets at once on three nodes leave exactly 10, also while dead ones give up their places', shown(async () => {
  const whole = new Set(); // with none dead, and with some
  for (let round = 0; round < SECRET_ROUNDS || (whole.size < 2 && round < MOST_ROUNDS); round++) {
    const { id, admin } = await newcomer(`Secrets${round}`);
    const of = `organization_id = (SELECT id FROM organization WHERE public_id = '${id}')`;
    const entitled = await keydesk(ring.nodes, ['entitlement', 'give', '--organization', id, 'profile']);
    assert.equal(entitled.code, 0, entitled.err);
    const key = await admin.createKey('Key');
    const count = async (table, where) => Number(await everywhere(`SELECT COUNT(*) FROM ${table} WHERE ${of} AND ${where}`));
    let ended = 0;
    for (const dead of [0, 4]) {
      if (dead) {
        await expire(of, dead);
        ended += dead;
      }
      const { made, busy } = await thirty_secrets(admin, key.id);
      const rows = await count('client', "kind = 'additional' AND place IS NOT NULL AND deleted_at IS NULL");
      // A cluster may stand still for seconds: not each is answered then, and what was is exact.
      assert.ok(rows === LIMIT || (busy > 0 && rows <= LIMIT), `${rows} rows, ${made} made, ${busy} busy`);
      assert.equal(await count('audit_entry', "act = 'client.create' AND detail LIKE '%additional%'"), await count('client', "kind = 'additional'"));
      assert.equal(await count('audit_entry', "act = 'client.end'"), await count('client', "kind = 'additional' AND deleted_at IS NOT NULL"));
      assert.ok(busy > 0 || await count('audit_entry', "act = 'client.end'") === ended);
      if (busy === 0) whole.add(dead);
    }
    // Nothing lives on under a deleted key, whichever node was asked to make one meanwhile, and could.
    await expire(of, LIMIT);
    const [deleted] = await Promise.all([admin.at(machines[1]).deleteKey(key.id), thirty_secrets(admin, key.id)]);
    assert.ok([303, 503].includes(deleted.status), String(deleted.status));
    if (deleted.status === 303) assert.equal(await count('client', "kind = 'additional' AND deleted_at IS NULL"), 0);
  }
  assert.equal(whole.size, 2, 'there was a round of each kind in which each was answered');
  await check_all();
}));

// Resets a key again and again at a machine and asks the two others at once for the old secret, while a
// heavy transaction keeps their appliers busy. Says how often it was still accepted, but for where the page says that
// a node has not confirmed it, and how many pages said so: on a machine that is overloaded one may need longer than the page waits.
async function stale_after_reset(admin, others, times) {
  await ring.nodes[0].sql('CREATE TABLE IF NOT EXISTS ballast (id BIGINT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(200) NOT NULL)', here.name);
  let going = true, stale = 0, unconfirmed = 0, key = await admin.createKey('Reset');
  const ballast = (async () => {
    while (going) {
      await ring.nodes[0].sql("INSERT INTO ballast (text) SELECT REPEAT('x', 200) FROM seq_1_to_1000; DELETE FROM ballast LIMIT 1000", here.name);
    }
  })();
  const is_everywhere = async () => {
    for (const other of others) assert.ok(await until(async () => (await other.verify({ client_id: key.client_id, client_secret: key.secret })).status === 200));
  };
  try {
    for (let i = 0; i < times; i++) {
      await is_everywhere(); // which takes a moment where nothing confirms it
      let next = await admin.resetKey(key.id);
      // Nothing has happened then: a node may leave a transaction that it has ended without an answer.
      for (let tries = 0; next.answer.status === 503 && tries < 3; tries++) next = await admin.resetKey(key.id);
      assert.equal(next.answer.status, 200);
      const answers = await Promise.all(others.map((other) => other.verify({ client_id: key.client_id, client_secret: key.secret })));
      if (/not confirmed this/.test(next.answer.body)) unconfirmed++;
      else stale += answers.filter((answer) => answer.status === 200).length;
      for (const answer of answers) assert.ok([200, 401].includes(answer.status), String(answer.status));
      key = { ...next, id: key.id };
    }
  } finally {
    going = false;
    await ballast;
  }
  assert.equal((await admin.deleteKey(key.id)).status, 303);
  return { stale, unconfirmed };
}

test('KD28: a secret that was reset through one node is refused by the others once the page has come, each of 200 times but where a node is named', shown(async () => {
  const { stale, unconfirmed } = await stale_after_reset(ann, machines.slice(1), REVOCATIONS);
  console.log(`# ${unconfirmed} of ${REVOCATIONS} pages named a node that has not confirmed it`);
  assert.equal(stale, 0);
  assert.ok(unconfirmed <= UNCONFIRMED, `${unconfirmed} were not confirmed`);
}));

test('KD28: without confirmation the same test sees old secrets accepted', shown(async () => {
  const alone = await start(4, ring.nodes[0], true); // it knows no other node, so it can ask none
  const { stale } = await stale_after_reset(ann.at(alone), machines.slice(1), 60);
  console.log(`# accepted after the page in ${stale} of 120 requests`);
  assert.ok(stale > 0);
  await alone.stop();
}));

test('KD28: a command that ends a key ends it on each node before it returns', shown(async () => {
  for (let i = 0; i < 10; i++) {
    const key = await ann.createKey('Command');
    const done = await keydesk(ring.nodes, ['client', 'delete', '--organization', org, '--id', key.id]);
    assert.equal(done.code, 0, done.err);
    assert.doesNotMatch(done.err, /confirmed/);
    for (const machine of machines) assert.equal((await machine.verify({ client_id: key.client_id, client_secret: key.secret })).status, 401);
  }
}));

test('KD30: three machines rotate and activate a signing key at once through three nodes: one does each, and tokens of all are good on all', shown(async () => {
  const from_all = (...args) => Promise.all(ring.nodes.map((node, i) => keydesk([node, ...ring.others(node)], ['signing', ...args, '--environment', 'production'], { env: { KEYDESK_MACHINE: String(i + 1) } })));
  const token_of = async (machine) => {
    const answer = await machine.ask('/auth', { body: JSON.stringify({ client_id: here.key.client_id, client_secret: here.key.client_secret }), params: { CONTENT_TYPE: 'application/json' } });
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text).token;
  };
  const tokens = await Promise.all(machines.map(token_of));
  for (let round = 0; round < ROUNDS; round++) {
    for (const args of [['rotate'], ['activate', '--yes']]) {
      const said = await from_all(...args);
      assert.deepEqual(said.map((one) => one.code).sort(), [0, 1, 1], said.map((one) => one.err).join(''));
      assert.equal(await everywhere("SELECT COUNT(*) FROM signing_key WHERE active_for = 'production'"), '1');
    }
    tokens.push(...await Promise.all(machines.map(token_of)));
    assert.equal(new Set(tokens.map((token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).kid)).size, round + 2);
    for (const token of tokens) {
      for (const machine of machines) assert.equal((await machine.ask('/verify', { params: { KEYDESK_ASK: 'caller', HTTP_AUTHORIZATION: `Bearer ${token}` } })).status, 200);
    }
  }
}));

test('KD28: a node that only reads is no node for us', shown(async () => {
  const [first, second] = ring.nodes;
  await second.sql('SET GLOBAL read_only = 1');
  try {
    assert.match((await keydesk([second], ['organization', 'list'])).err, /read-only/);
    assert.equal((await keydesk([second, first], ['organization', 'list'])).code, 0);
  } finally {
    await second.sql('SET GLOBAL read_only = 0');
  }
}));

test('KD28: a node that becomes read-only is left by a machine that runs: writes go elsewhere at once, and then all', shown(async () => {
  const [first] = ring.nodes;
  await first.sql(`CREATE USER plain@localhost; GRANT ALL ON ${here.name}.* TO plain@localhost`);
  const machine = await start(5, first, false, { KEYDESK_DB_USER: 'plain' }), admin = ann.at(machine);
  const connections = () => first.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'plain'");
  assert.equal((await admin.createKey('Before')).answer.status, 200);
  assert.notEqual(await connections(), '0');
  await first.sql('SET GLOBAL read_only = 1');
  try {
    assert.equal((await admin.createKey('After')).answer.status, 200);
    assert.ok(await until(async () => {
      const asked = await Promise.all(Array.from({ length: 40 }, () => machine.verify(here.key)));
      assert.deepEqual([...new Set(asked.map((answer) => answer.status))], [200]);
      return await connections() === '0';
    }), 'all of its processes have left');
  } finally {
    await first.sql('SET GLOBAL read_only = 0');
  }
  await machine.stop();
}));

// What is asked all the time: creations and deletions at each machine, and the question of a gateway.
function load() {
  const state = { going: true, asked: 0, made: [], deleted: [], refused: [], slowest: 0, good: new Map() };
  const note = async (what, machine, work) => {
    const began = Date.now();
    let status;
    try {
      status = (await work()).status;
    } catch (error) {
      status = error.message;
    }
    state.asked++;
    state.slowest = Math.max(state.slowest, seconds(began));
    if (![200, 303, 422].includes(status)) state.refused.push({ what, status, began, ended: Date.now() });
    else state.good.set(`${what} ${machines.indexOf(machine)}`, began); // the last one
  };
  const write = async (machine) => {
    const admin = ann.at(machine);
    while (state.going) {
      let id;
      await note('create', machine, async () => {
        const made = await admin.createKey('Load');
        if (made.answer.status === 200) state.made.push(id = made.id);
        return made.answer;
      });
      if (id) {
        await note('delete', machine, async () => {
          const answer = await admin.deleteKey(id), to = answer.headers.location;
          if (/did=deleted/.test(to)) state.deleted.push(id);
          else if (to) return { status: `303 to ${to}` };
          return answer;
        });
      }
      await pause(20);
    }
  };
  const verify = async (machine) => {
    while (state.going) {
      await note('verify', machine, () => machine.verify(here.key));
      await pause(5);
    }
  };
  state.ended = Promise.all(machines.flatMap((machine) => [write(machine), verify(machine), verify(machine)]));
  return state;
}

// Says the longest time without a good answer to a gateway, and to people: of it nothing is asserted, as these machines stall for seconds.
function report(state, from) {
  const span = (list) => (list.length ? (Math.max(...list.map((one) => one.ended)) - from) / 1000 : 0);
  const of = (what) => state.refused.filter((one) => (one.what === 'verify') === (what === 'verify'));
  const words = state.refused.map((one) => `${one.what} ${one.status}`).reduce((all, word) => ({ ...all, [word]: (all[word] || 0) + 1 }), {});
  console.log(`# ${state.asked} asked; the slowest answer took ${state.slowest.toFixed(1)} s; refused until ${span(of('verify')).toFixed(1)} s (gateway), ${span(of('write')).toFixed(1)} s (people): ${JSON.stringify(words)}`);
}

async function check_acknowledged(state) {
  const rows = new Map((await everywhere("SELECT public_id, status FROM client WHERE name = 'Load'")).split('\n').map((line) => line.split('\t')));
  for (const id of state.made) assert.ok(rows.has(id), `${id} was shown and is lost`);
  for (const id of state.deleted.filter((one) => rows.get(one) !== 'deleted')) {
    const log = await everywhere(`SELECT at, machine, act FROM audit_entry WHERE object = '${id}' ORDER BY at`);
    assert.fail(`${id} was deleted and is back; its audit log:\n${log}`);
  }
  await check_all();
}

test('KD28: one node is killed with -9 under load: nothing acknowledged is lost, and each machine answers again', shown(async () => {
  const state = load(), [first, second, third] = ring.nodes;
  await pause(2000);
  const killed = Date.now();
  await first.kill();
  await pause(12000);
  report(state, killed);
  const settled = Date.now();
  assert.ok(await until(() => state.good.size === 9 && [...state.good.values()].every((began) => began >= settled), 60), 'each machine answers each question again');
  assert.ok(state.made.length > 10);
  await first.start([second, third]);
  await pause(1000);
  state.going = false;
  await state.ended;
  await check_acknowledged(state);
}));

test('KD28: a frozen node is named as not confirmed, and the others go on', shown(async () => {
  const [, , third] = ring.nodes, { admin } = await newcomer('Frozen'), key = await admin.createKey('Frozen');
  const frozen = Date.now();
  third.signal('SIGSTOP');
  try {
    const reset = await admin.resetKey(key.id);
    assert.equal(reset.answer.status, 200, reset.answer.body);
    assert.match(reset.answer.body, new RegExp(`The database node ${third.socket} has not confirmed this`));
    console.log(`# answered ${seconds(frozen).toFixed(1)} s after the freeze`);
    for (const machine of machines.slice(0, 2)) {
      assert.equal((await machine.verify({ client_id: key.client_id, client_secret: key.secret })).status, 401);
      assert.equal((await machine.verify({ client_id: key.client_id, client_secret: reset.secret })).status, 200);
    }
    // The machine that preferred it waits once, and then asks another node.
    const began = Date.now();
    assert.equal((await machines[2].verify({ client_id: key.client_id, client_secret: key.secret })).status, 401);
    console.log(`# the machine that preferred it answered after ${seconds(began).toFixed(1)} s`);
    assert.ok(seconds(began) < 20, 'far beyond what is promised');
    const deleted = await admin.deleteKey(key.id);
    assert.match(deleted.headers.location, /^\/credentials\?did=deleted&late=\d+\.[\w-]{16}$/);
    const page = (await admin.get(deleted.headers.location)).body;
    assert.match(page, new RegExp(`The database node ${third.socket} has not confirmed this`));
    const said = await keydesk(ring.nodes, ['organization', 'add', '--name', 'Late']);
    assert.equal(said.code, 0);
    assert.match(said.err, new RegExp(`the database node ${third.socket} has not confirmed this`));
    const late = deleted.headers.location.split('?')[1];
    for (const forged of ['late=7', late.replace(/late=\d+/, 'late=3'), late.slice(0, -1)])
      assert.doesNotMatch((await admin.get(`/credentials?${forged}`)).body, /has not confirmed/);
    const stranger = (await new Admin(machines[0]).get(`/sign-in?${late}`)).body;
    assert.match(stranger, /The database node has not confirmed this/);
    assert.ok(!stranger.includes(third.socket), 'strangers do not hear the names');
  } finally {
    third.signal('SIGCONT');
  }
  assert.ok(await until(() => ring.is_whole(), 60));
  assert.ok(await until(async () => {
    const key = await admin.createKey('Back'), { headers } = await admin.deleteKey(key.id);
    return !/late=/.test(headers.location);
  }, 30), 'it confirms again');
  await check_all();
}));
