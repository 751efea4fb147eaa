// races.test.js - many at once: limits, resets under load, floods, forged records, kills.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { until } = require('../process/master.js');
const { start } = require('./stack.js');
const { Visitor, ask, atOnce, basic, field, revealed } = require('./visitor.js');

// A part of it shows the same; `make soak` has all of it.
const full = process.env.SOAK === '1';
const ROUNDS = full ? 100 : 15;
const SECRETS = full ? 100 : 5;
const RESETS = full ? 20 : 6;
const FORGED = full ? 100000 : 4000;

let stack, admin;

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: '4' } });
  admin = await new Visitor(stack.url, new http.Agent({ keepAlive: true })).signIn(stack.people.Admin);
  await clear();
});
test.after(() => stack?.stop());

// Account keys, and with them their additional secrets.
async function clear() {
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
}

async function metric(name) {
  const { body } = await ask(`${stack.url}/metrics`);
  return Number(new RegExp(`^keydesk_${name}_total (\\d+)$`, 'm').exec(body)[1]);
}

test(`ID4 ID5: 20 creations at once leave exactly 2 keys, ${ROUNDS} times over`, async () => {
  const csrf = await admin.csrf();
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await atOnce(20, (i) =>
      new Visitor(stack.url).post.call({ ...admin, agent: undefined, keep: (x) => x, cookie: () => admin.cookie() }, '/credentials',
        { csrf, name: `Key ${i}`, once: `${round}-${i}-${'x'.repeat(14)}` }));
    const made = answers.filter(({ status }) => status === 200).map(revealed);
    assert.equal(made.length, 2, `round ${round}: ${answers.map(({ status }) => status)}`);
    assert.ok(answers.every(({ status }) => status === 200 || status === 422), String(answers.map(({ status }) => status)));
    const rows = await stack.sql("SELECT COUNT(*) FROM client WHERE environment = 'production' AND kind = 'account' AND deleted_at IS NULL");
    assert.deepEqual(rows, [['2']]);
    for (const { client_id, secret } of made) assert.equal((await ask(`${stack.url}/verify`, { headers: basic(client_id, secret) })).status, 200);
    for (const { id } of made) assert.equal((await admin.deleteKey(id)).status, 303);
  }
});

test(`LR10: 30 additional secrets at once leave exactly 10, ${SECRETS} times over, and each ends with its account key`, async () => {
  const csrf = await admin.csrf();
  await stack.sql("DELETE FROM entitlement");
  await stack.sql("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, '2026-01-01' FROM organization o JOIN api a ON a.word = 'profile'");
  for (let round = 0; round < SECRETS; round++) {
    const key = await admin.createKey('Key');
    const before = await stack.sql("SELECT COUNT(*) FROM audit_entry WHERE act = 'client.create'");
    const answers = await atOnce(30, (i) =>
      new Visitor(stack.url).post.call({ ...admin, agent: undefined, keep: (x) => x, cookie: () => admin.cookie() }, '/secrets',
        { csrf, key: key.id, 'may-profile': 'profile:read', name: `Secret ${i}`, once: `s${round}-${i}-${'x'.repeat(14)}` }));
    const made = answers.filter(({ status }) => status === 200).map(revealed);
    assert.equal(made.length, 10, `round ${round}: ${answers.map(({ status }) => status)}`);
    assert.ok(answers.every(({ status }) => status === 200 || status === 422), String(answers.map(({ status }) => status)));
    assert.deepEqual(await stack.sql("SELECT COUNT(*) FROM client WHERE kind = 'additional' AND environment = 'production' AND deleted_at IS NULL"), [['10']]);
    const after = await stack.sql("SELECT COUNT(*) FROM audit_entry WHERE act = 'client.create'");
    assert.equal(Number(after[0][0]) - Number(before[0][0]), 10);
    const ask_all = (status) => Promise.all(made.map(async ({ client_id, secret }) => {
      assert.equal(client_id, key.client_id);
      assert.equal((await ask(`${stack.url}/verify`, { headers: basic(client_id, secret) })).status, status);
    }));
    await ask_all(200);
    assert.equal((await admin.deleteKey(key.id)).status, 303);
    await ask_all(401);
  }
});

test('a form sent 20 times at once makes one key', async () => {
  const { body } = await admin.get('/credentials/new');
  const fields = { csrf: field(body, 'csrf'), once: field(body, 'once'), name: 'Once' };
  const answers = await atOnce(20, () => admin.post('/credentials', fields));
  assert.equal(answers.filter((answer) => revealed(answer).secret).length, 1);
  assert.ok(answers.every(({ status }) => status === 200));
  await clear();
});

test(`LR4: ${RESETS} resets under 8 connections: from the moment the page arrives the old secret is 401 and the new 200`, async () => {
  const key = await admin.createKey('Under load');
  let secret = key.secret;
  let total = 0;
  for (let round = 0; round < RESETS; round++) {
    const old = basic(key.client_id, secret);
    const agents = Array.from({ length: 8 }, () => new http.Agent({ keepAlive: true, maxSockets: 1 }));
    let arrived = false, going = true, calls = 0, accepted = 0;
    const wrong = [];
    const load = agents.map(async (agent) => {
      while (going) {
        const after = arrived;
        const { status } = await ask(`${stack.url}/verify`, { headers: old, agent });
        calls++;
        if (status === 200) accepted++;
        if (after ? status !== 401 : status !== 200 && status !== 401) wrong.push(`${after ? 'after' : 'before'}: ${status}`);
      }
    });
    while (calls < 500) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await admin.resetKey(key.id);
    arrived = true;
    const fresh = basic(key.client_id, next.secret);
    for (let i = 0; i < 20; i++) assert.equal((await ask(`${stack.url}/verify`, { headers: fresh })).status, 200);
    while (calls < 1000) await new Promise((resolve) => setTimeout(resolve, 5));
    going = false;
    await Promise.all(load);
    assert.deepEqual(wrong, []);
    assert.ok(accepted > 0, 'the old secret worked before');
    secret = next.secret;
    total += calls;
  }
  assert.ok(total >= RESETS * 1000);
  // Whichever worker is asked: on until each of them has been.
  const gone = basic(key.client_id, key.secret), begun = stack.log().length;
  const asked = () => new Set(stack.log().slice(begun).split('\n').filter((line) => line.includes('route=/verify')).map((line) => /pid=(\d+)/.exec(line)[1])).size;
  assert.ok(await until(async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, () => ask(`${stack.url}/verify`, { headers: gone })));
    assert.ok(answers.every(({ status }) => status === 401));
    return asked() >= 4;
  }), `workers that answered: ${asked()}`);
  await clear();
});

test(`UI1: ${FORGED} forged secrets ask neither the database nor Argon2`, async () => {
  const key = await admin.createKey('Forged');
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const random = (n) => Array.from({ length: n }, () => alphabet[Math.floor(Math.random() * 62)]).join('');
  const crc = (text) => {
    let c = 0xffffffff;
    for (const byte of Buffer.from(text)) {
      c ^= byte;
      for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    let left = (c ^ 0xffffffff) >>> 0, out = '';
    for (let i = 0; i < 6; i++, left = Math.floor(left / 62)) out = alphabet[left % 62] + out;
    return text + out;
  };
  // Well formed to the last character, with the sid of a real secret: only the tag is not ours.
  const forged = () => crc(`${key.secret.slice(0, 21)}${random(54)}`);
  assert.equal(crc(key.secret.slice(0, -6)), key.secret, 'the checksum is computed as Keydesk does');
  const before = { argon2: await metric('argon2_computations'), reads: await metric('secret_reads'), forged: await metric('secrets_forged') };
  const executed = async () => Number((await stack.sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'"))[0][1]);
  const statements = await executed();
  let left = FORGED;
  // On many connections, as each of very many refusals is held back a moment.
  await Promise.all(Array.from({ length: 128 }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (left-- > 0) {
      const { status } = await ask(`${stack.url}/verify`, { headers: basic(key.client_id, forged()), agent });
      if (status !== 401) throw new Error(`a forged secret got ${status}`);
    }
  }));
  assert.equal(await metric('argon2_computations'), before.argon2);
  assert.equal(await metric('secret_reads'), before.reads);
  assert.ok(await metric('secrets_forged') >= before.forged + FORGED);
  // The housekeeper asks a little meanwhile; forged secrets would have asked thousands of times.
  assert.ok(await executed() - statements < FORGED / 20);
  await clear();
});

// A FastCGI request as records: what an attacker puts into a body, hoping that it is read as one.
function records(uri) {
  const record = (type, data) => Buffer.concat([Buffer.from([1, type, 0, 1, data.length >> 8, data.length & 255, 0, 0]), data]);
  const pairs = { REQUEST_URI: uri, REQUEST_METHOD: 'GET', CONTENT_LENGTH: '0', REMOTE_ADDR: '6.6.6.6', SSL_CLIENT_VERIFY: 'SUCCESS' };
  const params = Buffer.concat(Object.entries(pairs).map(([k, v]) => Buffer.concat([Buffer.from([k.length, v.length]), Buffer.from(k + v)])));
  return Buffer.concat([record(1, Buffer.from([0, 1, 1, 0, 0, 0, 0, 0])), record(4, params), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]);
}

test('records hidden in a body are never read as a request', async () => {
  const evil = records(`/setup/${'S'.repeat(43)}`);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  for (let offset = 7000; offset < 7900; offset += 1) {
    const body = Buffer.concat([Buffer.alloc(offset, 'A'), evil, Buffer.alloc(12000 - offset - evil.length, 'B')]);
    const { status } = await ask(`${stack.url}/auth`, { method: 'POST', body, headers: { 'Content-Length': body.length }, agent });
    assert.equal(status, 415);
  }
  const huge = Buffer.concat([Buffer.alloc(90000, 'A'), evil]);
  assert.equal((await ask(`${stack.url}/auth`, { method: 'POST', body: huge, headers: { 'Content-Length': huge.length } })).status, 413);
  assert.ok(!stack.log().includes('route=/setup/:token'), 'a forged request was executed');
});

test('KD2: 20 wrong passwords at once are 20 attempts, and a known device still signs in', async () => {
  const known = await new Visitor(stack.url).signIn(stack.people.Member);
  await known.send('/', '/sign-out', {});
  const wrong = await Promise.all(Array.from({ length: 20 }, () =>
    new Visitor(stack.url).send('/sign-in', '/sign-in', { email: stack.people.Member.email, password: 'not the password' })));
  assert.ok(wrong.every(({ status }) => status === 422 || status === 503));
  const stranger = await new Visitor(stack.url).send('/sign-in', '/sign-in', stack.people.Member);
  assert.equal(stranger.status, 422, 'the right password from an unknown device waits');
  assert.match(stranger.body, /Too many attempts/);
  const again = await known.send('/sign-in', '/sign-in', stack.people.Member);
  assert.equal(again.status, 303, 'a device that has signed in before has a budget of its own');
});
