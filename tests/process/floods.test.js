// floods.test.js - secrets that are not known yet, wrong and forged ones, in numbers: those who are known are let in beside them.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { Connection } = require('./fastcgi.js');
const { Installation } = require('./real.js');
const { children, is_alive, until } = require('./master.js');

let here;
test.before(() => { here = new Installation('hashes'); });
test.after(() => here?.remove());

// A computation that takes so long that all who come meanwhile have to wait.
const SLOW = { KEYDESK_SECRET_KIB: '65536', KEYDESK_SECRET_PASSES: '1' };

async function started(t, settings) {
  const running = await here.start(settings);
  t.after(() => running.stop());
  return running;
}

async function metrics(running) {
  const { text } = await running.ask('/metrics');
  return Object.fromEntries([...text.matchAll(/^keydesk_([^ #]+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

// An account key whose hash was made by those settings.
function make(settings = {}) {
  const { env } = here;
  here.env = { ...env, ...settings, KEYDESK_ACCOUNT_KEYS: '50' };
  try {
    return JSON.parse(here.keydesk('client', 'create', '--organization', here.key.organization, '--environment', 'production', '--name', 'Hashed', '--json'));
  } finally {
    here.env = env;
  }
}

// Its text is then well-formed, of a real id, and wrong: as if the key of the tags had leaked.
const spoil = (key) => here.sql(`UPDATE secret SET hash = CONCAT(LEFT(hash, CHAR_LENGTH(hash) - 4), 'AAAA') WHERE sid = '${key.client_secret.slice(10, 20)}'`);

const auth = (running, key) => running.ask('/auth', {
  method: 'POST', body: JSON.stringify({ client_id: key.client_id, client_secret: key.client_secret }), params: { CONTENT_TYPE: 'application/json' },
});

function assertBusy({ status, head, text }) {
  assert.equal(status, 503);
  assert.match(head, /^Retry-After: 2$/m);
  assert.match(text, /"error":"temporarily_unavailable"/);
  assert.match(head, /^X-Keydesk-Decision: kdd_/m);
}

test('64 at once with one new secret are all let in, for one computation in each worker at most', async (t) => {
  const running = await started(t, { KEYDESK_CALLS_PER_ADDRESS: '1000', KEYDESK_WRITES_PER_SECOND: '1000' });
  const key = make();
  const before = await metrics(running);
  const answers = await Promise.all(Array.from({ length: 64 }, (_, i) => (i % 2 ? running.verify(key) : auth(running, key))));
  assert.deepEqual(answers.map(({ status }) => status), Array(64).fill(200));
  const after = await metrics(running), grown = (name) => after[name] - before[name];
  assert.ok(grown('argon2_computations_total') >= 1 && grown('argon2_computations_total') <= 2, `${grown('argon2_computations_total')} computations`);
  assert.equal(grown('secrets_proven_total') + grown('secret_cache_hits_total'), 64, 'each has waited or was known');
  // Run anew, a request is one request all the same: counted, charged to its network, and in the log once.
  assert.equal(grown('requests_total'), 65, 'and that for /metrics');
  assert.equal(grown('callers_accepted_total'), 64);
  assert.equal(grown('answers_total{asked="verify",status="2xx"}') + grown('answers_total{asked="auth",status="2xx"}'), 64);
  assert.deepEqual([after['argon2_waiting{for="programs"}'], after['argon2_computing{for="programs"}']], [0, 0]);
  const left = answers.map(({ head }) => Number(/^RateLimit: "address";r=(\d+);t=\d+\r?$/m.exec(head)[1]));
  assert.ok(Math.min(...left) >= 1000 - 64, `${Math.min(...left)} are left of 1000`);
  assert.equal(running.log.match(/ request .*verdict=good/g).length, 64);
});

test('wrong secrets of real ids wait for each other, not known ones for them; whoever has no place hears 503 with Retry-After', async (t) => {
  const settings = { KEYDESK_WORKERS: '1', KEYDESK_THREADS: '4', KEYDESK_ARGON2_QUEUE: '2', ...SLOW };
  const running = await started(t, settings);
  const known = make(settings), wrong = make(settings);
  assert.equal((await running.verify(known)).status, 200);
  await spoil(wrong);
  let over = 0;
  const flood = Array.from({ length: 32 }, async (_, i) => {
    const answer = await (i % 2 ? running.verify(wrong) : auth(running, wrong));
    over++;
    return answer;
  });
  const beside = [];
  while (over < 32) beside.push(await running.verify(known));
  assert.ok(beside.length > 0);
  assert.ok(beside.every(({ status }) => status === 200), 'each good one is let in');
  const answers = await Promise.all(flood), busy = answers.filter(({ status }) => status === 503);
  for (const answer of busy) assertBusy(answer);
  const refused = answers.filter(({ status }) => status !== 503);
  for (const { status, text } of refused) assert.deepEqual([status, /"error":"invalid_(token|client)"/.test(text)], [401, true]);
  assert.ok(refused.length >= 1 && busy.length >= 1, `${refused.length} computed, ${busy.length} sent away`);
  const after = await metrics(running);
  assert.equal(after.refused_busy_total, busy.length);
  assert.equal(after.argon2_computations_total, 1 + refused.length);
  assert.deepEqual([after.secrets_proven_total, after.secret_cache_hits_total], [1, beside.length], 'by which whoever computes rests: not by wrong ones');
});

test('a hash of an older profile is made anew when its secret is seen, in the same turn', async (t) => {
  const key = make({ KEYDESK_SECRET_KIB: '1024' });
  const row = () => here.sql(`SELECT hash FROM secret WHERE sid = '${key.client_secret.slice(10, 20)}'`);
  assert.match(await row(), /\$m=1024,t=1/);
  const running = await started(t);
  assert.equal((await running.verify(key)).status, 200);
  assert.match(await row(), /\$m=4096,t=1/);
  assert.equal((await running.verify(key)).status, 200);
  assert.equal((await metrics(running)).argon2_computations_total, 2, 'of the old one, and to make the new one');
  assert.equal((await running.verify(key)).status, 200);
  assert.equal((await metrics(running)).argon2_computations_total, 2);
});

test('whoever leaves while a hash is computed for them leaves nothing behind', async (t) => {
  const running = await started(t, { KEYDESK_WORKERS: '1', ...SLOW });
  const key = make(SLOW);
  for (let i = 0; i < 8; i++) {
    const connection = new Connection(here.env.KEYDESK_LISTEN);
    connection.ask('/verify', { params: { HTTP_X_API_KEY: key.client_id, HTTP_X_API_SECRET: key.client_secret } }).catch(() => {});
    await connection.opened;
    await new Promise((resolve) => { connection.socket.end(resolve); });
    connection.end();
  }
  // Behind eight, on a machine that does much else, its turn may come too late.
  assert.ok(await until(async () => {
    const answer = await running.verify(key);
    if (answer.status !== 200) assertBusy(answer);
    return answer.status === 200;
  }));
  const [worker] = children(running.pid);
  assert.ok(is_alive(worker));
  assert.ok(await until(async () => (await metrics(running))['argon2_waiting{for="programs"}'] === 0));
  assert.equal(await running.stop(), 0);
  assert.doesNotMatch(running.log, / fault |killed by signal/);
});

// What is the same in each refusal of its kind.
const same = ({ status, head, text }) => [status, head.replace(/^(X-Request-Number|X-Keydesk-Decision): .*$/gm, '$1'), text.replace(/"decision":"\w+"/, '')].join('\n');

// Its text is not ours: one letter is another.
const forged = (key) => `${key.client_secret.slice(0, 30)}${key.client_secret[30] === 'x' ? 'y' : 'x'}${key.client_secret.slice(31)}`;

test('a refusal of many is held back a moment and is what it would have been; known ones are let in beside it', async (t) => {
  const running = await started(t, { KEYDESK_WORKERS: '1', KEYDESK_THREADS: '4' });
  assert.equal((await running.verify(here.key)).status, 200);
  const first = same(await running.verify(here.key, forged(here.key)));
  const before = await metrics(running);
  assert.equal(before.refusals_held_total, 0, 'nobody waits who is refused now and then');
  // More than are refused at once and more than there are places for, on connections that are kept.
  let over = 0;
  const flood = Array.from({ length: 300 }, async () => {
    const connection = new Connection(here.env.KEYDESK_LISTEN), answers = [];
    await connection.opened;
    for (let i = 0; i < 3; i++) answers.push(await connection.ask('/verify', { keep: true, params: { HTTP_X_API_KEY: here.key.client_id, HTTP_X_API_SECRET: forged(here.key) } }));
    connection.end();
    over++;
    return answers;
  });
  let good = 0;
  for (; over < flood.length; good++) assert.equal((await running.verify(here.key)).status, 200);
  const answers = (await Promise.all(flood)).flat();
  assert.deepEqual([...new Set(answers.map(same))], [first]);
  const after = await metrics(running), grown = (name) => after[name] - before[name];
  assert.ok(good > 0 && grown('refusals_held_total') > 0, `${good} good ones, ${grown('refusals_held_total')} refusals were held back`);
  assert.deepEqual([grown('secrets_forged_total'), grown('argon2_computations_total'), grown('secret_reads_total')], [900, 0, good]);
});

test('SIGTERM answers whose refusal is held back', async (t) => {
  const running = await started(t, { KEYDESK_WORKERS: '1' });
  const connections = Array.from({ length: 100 }, () => new Connection(here.env.KEYDESK_LISTEN));
  await Promise.all(connections.map((connection) => connection.ask('/health/live', { keep: true })));
  const asked = connections.map((connection) => connection.ask('/verify', { keep: true, params: { HTTP_X_API_KEY: here.key.client_id, HTTP_X_API_SECRET: forged(here.key) } }));
  assert.ok(await until(() => / request .*status=401/.test(running.log)));
  running.child.kill('SIGTERM');
  for (const { status } of await Promise.all(asked)) assert.equal(status, 401);
  assert.equal(await running.stop(), 0);
  assert.doesNotMatch(running.log, / cuts /);
});

for (const [how, signal] of [['SIGTERM', 'SIGTERM'], ['a reload', 'SIGHUP']]) {
  test(`${how} answers who waits for a hash`, async (t) => {
    const running = await started(t, { KEYDESK_WORKERS: '1', ...SLOW });
    const keys = Array.from({ length: 4 }, () => make(SLOW));
    const asked = keys.map((key) => running.verify(key));
    assert.ok(await until(async () => (await metrics(running))['argon2_waiting{for="programs"}'] >= 1));
    const old = children(running.pid);
    running.child.kill(signal);
    for (const answer of await Promise.all(asked)) if (answer.status !== 200) assertBusy(answer); // on a machine that does much else
    if (signal === 'SIGHUP') assert.ok(await until(() => !old.some(is_alive)));
    assert.equal(await running.stop(), 0);
    assert.doesNotMatch(running.log, / cuts /);
  });
}
