// use.test.js - every call is counted once: by the real program, whoever is killed or reloaded meanwhile.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');
const { Installation } = require('./real.js');
const { children, until, is_alive, with_master } = require('./master.js');

let here;
test.before(() => { here = new Installation('use'); });
test.after(() => here?.remove());

const number = async (statement) => Number(await here.sql(statement) || 0);
const tables = ['secret_caller', 'secret_hour', 'secret_day', 'organization_minute', 'organization_day'];
const sums = async () => Promise.all(tables.map((table) => number(`SELECT SUM(calls) FROM ${table}`)));
const clear = async () => { for (const table of tables) await here.sql(`DELETE FROM ${table}`); };

// The master's child with one thread: a worker that serves has more.
function housekeeper(one) {
  return children(one.pid).find((pid) => {
    try {
      return fs.readdirSync(`/proc/${pid}/task`).length === 1;
    } catch {
      return false;
    }
  });
}

// Asks until told to stop, from several connections; resolves to how many were answered 200 and 401, and how many were not answered.
function load(one, connections = 6) {
  const asked = { good: 0, refused: 0, cut: 0 };
  let going = true;
  const work = Array.from({ length: connections }, async (_, n) => {
    for (let i = 0; going; i++) {
      const environment = i % 5 ? 'production' : 'integration';
      const params = { HTTP_X_API_KEY: here.key.client_id, HTTP_X_API_SECRET: here.key.client_secret, HTTP_USER_AGENT: `load/${n}`,
        KEYDESK_ENVIRONMENT: environment, KEYDESK_CLIENT_ADDR: `192.0.2.${n}` };
      try {
        const { status } = await one.ask('/verify', { params });
        if (status === 200) asked.good += 1;
        else if (status === 401) asked.refused += 1;
        else asked.cut += 1;
      } catch {
        asked.cut += 1;
      }
    }
  });
  return async () => { going = false; await Promise.all(work); return asked; };
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function counted(asked) {
  const all = asked.good + asked.refused;
  assert.deepEqual(await sums(), tables.map(() => all));
  assert.equal(await number("SELECT SUM(calls) FROM secret_hour WHERE outcome = 'accepted'"), asked.good);
  assert.equal(await number("SELECT SUM(calls) FROM organization_day WHERE outcome = 'environment'"), asked.refused);
  assert.equal(await number('SELECT SUM(refused) FROM secret_caller'), asked.refused);
  assert.equal(await number("SELECT COUNT(*) FROM secret_caller WHERE program LIKE 'load/%' AND address LIKE '192.0.2.%'"), 6);
}

test('KD19: calls are in the database within 10 s, and exactly as many after reloads and a stop', async () => {
  await clear();
  const one = await here.start();
  const stop = load(one);
  assert.ok(await until(async () => (await sums())[0] > 0, 10), 'written while it goes on');
  for (let i = 0; i < 3; i++) {
    const before = housekeeper(one);
    one.child.kill('SIGHUP');
    assert.ok(await until(() => housekeeper(one) !== before || children(one.pid).length > 3));
    await pause(1.5);
  }
  const asked = await stop();
  assert.equal(asked.cut, 0);
  assert.ok(asked.good > 100 && asked.refused > 20);
  assert.equal(await one.stop(), 0);
  await counted(asked);
});

// The housekeeper's round is 2 s apart from the next; a batch holds 256 callers, and here are seven.
test('use is written once in a round, however much is noted while it is written', async () => {
  const one = await here.start(), began = Date.now();
  const batches = () => number('SELECT SUM(batch) FROM use_batch');
  const before = await batches(), stop = load(one);
  await pause(6);
  const asked = await stop(), written = await batches() - before, rounds = (Date.now() - began) / 2000;
  assert.equal(await one.stop(), 0);
  assert.ok(asked.good > 100);
  assert.ok(written >= 1 && written <= rounds + 1, `${written} batches in at most ${rounds} rounds`);
});

// Its client's row is somebody else's for longer than a statement waits for it.
test('KD19: a request that is tried again after a conflict is counted once', async () => {
  await clear();
  const one = await here.start();
  const basic = `Basic ${Buffer.from(`${here.key.client_id}:${here.key.client_secret}`).toString('base64')}`;
  const post = (at, form) => one.ask(at, { method: 'POST', body: new URLSearchParams(form).toString(), params: { CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_AUTHORIZATION: basic } });
  const { access_token: token } = JSON.parse((await post('/oauth/token', { grant_type: 'client_credentials' })).text);
  const held = here.sql(`START TRANSACTION; SELECT id FROM client WHERE client_id = '${here.key.client_id}' FOR UPDATE; DO SLEEP(2.2); COMMIT`);
  assert.ok(await until(async () => await number("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP(2.2)%'") > 0));
  assert.equal((await post('/oauth/revoke', { token })).status, 200);
  await held;
  assert.equal(await number('SELECT COUNT(*) FROM token_revocation'), 1);
  assert.equal(await one.stop(), 0);
  assert.equal(await number("SELECT SUM(calls) FROM secret_hour WHERE outcome = 'accepted'"), 2);
});

test('KD19: a housekeeper killed again and again loses no call and counts none twice', async () => {
  await clear();
  const one = await here.start();
  const stop = load(one);
  for (let i = 0; i < 12; i++) {
    await pause(0.4 + (i % 5) * 0.37);
    const pid = housekeeper(one);
    if (pid) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => !pid || !is_alive(pid)));
  }
  const asked = await stop();
  assert.equal(asked.cut, 0);
  assert.ok(await until(() => housekeeper(one)));
  assert.ok(await until(async () => (await sums())[0] === asked.good + asked.refused, 20));
  await counted(asked);
  assert.equal(await one.stop(), 0);
  await counted(asked);
});

test('KD19: with workers killed, what was answered is counted, and at most what was cut off besides', async () => {
  await clear();
  const one = await here.start();
  const stop = load(one);
  for (let i = 0; i < 6; i++) {
    await pause(0.5);
    const keeper = housekeeper(one);
    const worker = children(one.pid).find((pid) => pid !== keeper);
    if (worker) process.kill(worker, 'SIGKILL');
  }
  await pause(1);
  const asked = await stop();
  assert.equal(await one.stop(), 0);
  const [callers, hours, days, organizationHours, organizationDays] = await sums();
  assert.ok(callers >= asked.good + asked.refused && callers <= asked.good + asked.refused + asked.cut, `${callers} of ${JSON.stringify(asked)}`);
  for (const sum of [hours, days, organizationHours, organizationDays]) assert.equal(sum, callers);
});

test('KD19: a flood under ever new names keeps 200 callers and the good ones, and counts each call', async () => {
  await clear();
  const one = await here.start();
  const flood = (i) => one.ask('/verify', { params: { HTTP_X_API_KEY: here.key.client_id, HTTP_X_API_SECRET: here.key.client_secret, HTTP_USER_AGENT: `flood/${i}`,
    KEYDESK_ENVIRONMENT: 'integration', KEYDESK_CLIENT_ADDR: `203.0.113.${i % 250}` } });
  for (let i = 0; i < 1500; i += 10) await Promise.all(Array.from({ length: 10 }, (_, n) => flood(i + n)));
  for (let i = 0; i < 20; i++) {
    assert.equal((await one.ask('/verify', { params: { HTTP_X_API_KEY: here.key.client_id, HTTP_X_API_SECRET: here.key.client_secret, HTTP_USER_AGENT: `good/${i}`, KEYDESK_CLIENT_ADDR: '192.0.2.1' } })).status, 200);
  }
  assert.equal(await one.stop(), 0);
  assert.equal((await sums())[0], 1520);
  assert.equal(await number("SELECT COUNT(*) FROM secret_caller WHERE program LIKE 'good/%' AND calls = 1 AND refused = 0"), 20);
  assert.ok(await number("SELECT COUNT(*) FROM secret_caller WHERE program LIKE 'flood/%'") <= 100);
  assert.equal(await number('SELECT SUM(refused) FROM secret_caller'), 1500);
});

test('a batch waits for the end of a conflict, and one that can never be written stops no other', with_master({}, async (t, master) => {
  master.touch('conflict');
  for (let i = 0; i < 3; i++) await master.ask('/note?secret=7');
  assert.ok(await until(() => /notes of use wait: a conflict/.test(master.log)));
  master.remove('conflict');
  assert.ok(await until(() => /^7 3 /m.test(master.read('uses'))));
  master.touch('poison');
  await master.ask('/note?secret=8');
  assert.ok(await until(() => /1 notes of use are lost: it will never be written/.test(master.log)));
  master.remove('poison');
  await master.ask('/note?secret=9');
  assert.ok(await until(() => /^9 1 /m.test(master.read('uses'))));
  assert.equal(master.read('uses').match(/^7 /mg).length, 1);
  assert.doesNotMatch(master.read('uses'), /^8 /m);
}));
