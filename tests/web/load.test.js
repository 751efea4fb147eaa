// load.test.js - everything at once for a long time: nothing fails, and no worker grows.
//
// LOAD is the number of requests: 20,000, and a million in `make soak`. With SAN the program looks for
// faults itself, which makes it slow and large; what it finds ends it, or is in a file.
// Alone: how many are sent away while all are busy is counted.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

const LOAD = Number(process.env.LOAD || (process.env.SOAK === '1' ? 1000000 : 20000));
const AT_ONCE = 32;
// Of one worker in the second half. In the first each of its threads comes to what it needs: its connection,
// what is prepared on it, the arena of its largest page; not all of them are soon asked for that.
const GROWTH_KB = 4096;

let stack, admin, key, token, ended;

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: '2', KEYDESK_THREADS: '16', KEYDESK_PROOF_MINUTES: '1440' } });
  admin = await new Visitor(stack.url, new http.Agent({ keepAlive: true })).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  key = await admin.createKey('Loaded');
  await renew();
});
test.after(() => stack?.stop());

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
const get = (target, headers = {}) => ask(stack.url + target, { headers, agent });
const post = (target, type, body, headers = {}) =>
  ask(stack.url + target, { method: 'POST', body, agent, headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers } });
const json = (body) => post('/auth', 'application/json', JSON.stringify(body));

async function renew() {
  ended = key.secret;
  key.secret = (await admin.resetKey(key.id)).secret;
  token = JSON.parse((await json({ client_id: key.client_id, client_secret: key.secret })).body).token;
}

// One in so many of each kind; [how many of 100, what it asks, the statuses that are right].
const kinds = [
  [34, () => get('/verify', basic(key.client_id, key.secret)), [200, 401]], // 401 in the moment of a reset
  [10, () => get('/verify', { Authorization: `Bearer ${token}` }), [200, 401]],
  [6, (i) => get('/verify', { ...basic(key.client_id, key.secret), 'User-Agent': `program ${i % 300}`, 'X-Original-Addr': `192.0.2.${i % 250}` }), [200, 401]],
  [10, (i) => get('/verify', basic(key.client_id, `kds_live_1${String(i).padStart(10, '0')}_${'x'.repeat(60)}`)), [401]],
  [4, () => get('/verify', basic(key.client_id, ended)), [200, 401]],
  [4, () => get('/verify', { Authorization: `Bearer ${token.slice(0, -9)}AAAAAAAAA` }), [401]],
  [5, () => json({ client_id: key.client_id, client_secret: key.secret }), [200, 401]],
  [3, (i) => post('/auth', 'application/json', `{"client_id": "${'['.repeat(i % 50)}`), [400]],
  [3, (i) => post('/auth', 'application/json', JSON.stringify({ client_id: 'x'.repeat(i % 70000) })), [400, 413]],
  [12, (i) => admin.get(['/', '/credentials', `/credentials/${key.id}`, '/settings', '/credentials/new'][i % 5]), [200]],
  [4, (i) => get(`/nowhere/${i}`, { Cookie: `a=${'x'.repeat(i % 4000)}` }), [404]],
  [3, (i) => get(['/health/live', '/health/ready', '/metrics', '/.well-known/jwks.json', '/sign-in'][i % 5]), [200]],
  [2, () => post('/settings', 'application/x-www-form-urlencoded', 'name=x&version=1', { Origin: stack.url }), [303, 403]],
];
const order = kinds.flatMap(([n, ...kind]) => Array(n).fill(kind));
assert.equal(order.length, 100);

// What is seldom, and writes: 40 times, however long it takes.
async function seldom(turn) {
  if (turn % 2 === 0) await renew();
  if (turn % 4 === 1) {
    const member = await new Visitor(stack.url).signIn(stack.people.Member);
    await member.post('/sign-out', { csrf: await member.csrf() });
  }
  if (turn % 8 === 3) await admin.deleteKey((await admin.createKey(`Key ${turn}`)).id);
}

let turn = 0, busy = 0;
async function load(from, to, wrong) {
  let next = from;
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, which) => {
    for (let i = next++; i < to; i = next++) {
      const [asking, right] = order[(i * 37) % 100];
      const { status, headers } = await asking(i);
      // In the moment of a reset all want to compute at once; who waits too long is told when to come again.
      if (status === 503 && headers['retry-after']) busy++;
      else if (!right.includes(status)) wrong.push(`${status} of ${asking}`);
      if (which === 0 && i > turn * (LOAD / 40)) await seldom(turn++);
    }
  }));
}

// kB that are a worker's own: { pid: kB }.
function workers() {
  const own = {};
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1');
      const parent = /^PPid:\t(\d+)/m.exec(status)[1];
      if (line[1] === 'serve' && path.basename(line[0]) === 'keydesk' && parent === master()) own[pid] = Number(/^RssAnon:\s+(\d+)/m.exec(status)[1]);
    } catch { /* it has ended meanwhile */ }
  }
  return own;
}
const master = () => fs.readFileSync(path.join(stack.state, 'run/keydesk'), 'latin1').split(/\s/)[0];

test(`${LOAD} mixed requests: each answered as it should be, and no worker grows`, async (t) => {
  const wrong = [];
  const seen = [];
  for (const [from, to] of [[0, 0.1], [0.1, 0.25], [0.25, 0.5], [0.5, 1]]) {
    await load(from * LOAD, to * LOAD, wrong);
    seen.push(workers());
  }
  const [before, after] = seen.slice(-2);
  assert.deepEqual([...new Set(wrong)], []);
  assert.deepEqual(Object.keys(after), Object.keys(before), 'none has ended');
  assert.equal(Object.keys(before).length, 3, 'two workers and the housekeeper');
  t.diagnostic(`kB of each process after a tenth, a quarter, half and all of ${LOAD} requests: ${Object.keys(after).map((pid) => seen.map((one) => one[pid]).join(' ')).join(', ')}`);
  if (process.env.SAN) return; // which makes computing slow, too
  assert.ok(busy <= LOAD / 1000, `${busy} were sent away`);
  for (const pid of Object.keys(after)) assert.ok(after[pid] - before[pid] < GROWTH_KB, `process ${pid}: ${before[pid]} kB, then ${after[pid]} kB`);
});
