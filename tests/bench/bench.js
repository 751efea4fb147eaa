// bench.js - Keydesk beside the least that is possible, measured in one run: bench.js PROGRAMS SECONDS
//
// PROGRAMS is the folder of what was built: keydesk, bench/bare. SECONDS is how many rounds there are; in
// each of them every row is loaded for a second, one after the other, so that what else the machine does
// falls on all of them alike. A ratio is the median of those of the rounds.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { start: startStack } = require('../web/stack.js');
const { Visitor, ask, basic } = require('../web/visitor.js');
const { Bare, Gateway, pidOf, sleep } = require('./bare.js');
const { median, tree, memory, privateMemory, writeScript, measure } = require('./measure.js');
const { statementsOf } = require('./statements.js');
const { startTimes } = require('./start_times.js');
const { floods } = require('./floods.js');
const { Aims } = require('./aims.js');
const { prepareRivals, rivals } = require('./rivals.js');

const CONNECTIONS = [16, 64];
const KEYS = 25, KEYS_OF_DEMO = 2;
const [programs, seconds] = [process.argv[2], Number(process.argv[3])];
const unexpected = [];

const say = (text = '') => console.log(text);
const micro = (value) => value.toFixed(value < 10 ? 1 : 0).padStart(7);
const percent = (value) => `${(value * 100).toFixed(0)} %`.padStart(6);

// ---- what is asked

const jsonPost = (at, body) => ({ method: 'POST', path: at, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

async function prepare(stack) {
  const admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const keys = [];
  for (let i = KEYS_OF_DEMO; i < KEYS; i++) keys.push(await admin.createKey(`Program ${i}`));
  const credentials = keys.map((key) => ({ client_id: key.client_id, client_secret: key.secret }));
  const tokens = [];
  for (const pair of credentials) {
    const { path: at, ...options } = jsonPost('/auth', pair);
    tokens.push(JSON.parse((await ask(stack.url + at, options)).body).token);
  }
  // A call that an account key may make: what nginx would ask of it.
  const call = { 'X-Original-Method': 'GET', 'X-Original-URI': '/data/v1/datasets' };
  return {
    secret: keys.map((key) => ({ path: '/verify', headers: { ...basic(key.client_id, key.secret), ...call } })),
    token: tokens.map((token) => ({ path: '/verify', headers: { Authorization: `Bearer ${token}`, ...call } })),
    // The same through the gateway's recipe, with a file behind it.
    gateway: keys.map((key) => ({ path: call['X-Original-URI'], headers: basic(key.client_id, key.secret) })),
    auth: credentials.map((pair) => jsonPost('/auth', pair)),
    oauth: keys.map((key) => ({ method: 'POST', path: '/oauth/token', headers: { ...basic(key.client_id, key.secret), 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'grant_type=client_credentials' })),
    page: [{ path: '/credentials', headers: { Cookie: admin.cookie() } }],
    forged: keys.map((key) => ({ path: '/verify', headers: { ...basic(key.client_id, `${key.secret.slice(0, 30)}${key.secret.slice(31)}A`), ...call } })),
  };
}

// ---- the rows

function keydeskRow(stack, asked, folder, name) {
  const roots = { program: pidOf(stack, 'keydesk'), nginx: pidOf(stack, 'web'), database: pidOf(stack, 'mariadb') };
  return { name, url: stack.url, roots, script: writeScript(folder, name, asked[name]) };
}

// Everything that is measured: { group, title, url, script, roots }. The last of a group is what the
// others are held against.
async function makeRows(stack, asked, folder, bares) {
  const statements = await statementsOf(stack, { secret: asked.secret[0], token: asked.token[0], auth: asked.auth[0], oauth: asked.oauth[0], page: asked.page[0] });
  const rows = [];
  const keydesk = (group, name, title) => rows.push({ group, title, ...keydeskRow(stack, asked, folder, name) });
  // like: whose answer and statements it has; sent: what it is sent, when that is another.
  const bare = async (group, name, like, title, { asks = false, signatures = 0, sent = like } = {}) => {
    const made = await Bare.start({ stack, folder, program: path.join(folder, 'bare'), name, request: asked[like][0], statements: asks && statements[like], signatures });
    bares.push(made);
    rows.push({ group, title, url: made.url, roots: made.roots(stack), there: () => made.there(), script: writeScript(folder, name, asked[sent]) });
  };
  const gateway = await Gateway.start({ stack, folder });
  bares.push(gateway);

  keydesk('verify', 'secret', '/verify, key and secret');
  await bare('verify', 'bare-verify', 'secret', '(a) as many bytes');
  await bare('verify', 'select-verify', 'secret', '(b) and the same statement', { asks: true });
  keydesk('token', 'token', '/verify, token');
  await bare('token', 'bare-token', 'token', '(a) as many bytes');
  await bare('token', 'select-token', 'token', '(b) and the same statement', { asks: true });
  rows.push({ group: 'gateway', name: 'gateway', title: 'auth_request before a file', url: gateway.url, roots: gateway.roots(stack), script: writeScript(folder, 'gateway', asked.gateway) });
  await bare('gateway', 'bare-gateway', 'secret', '(a) as many bytes', { sent: 'gateway' });
  await bare('gateway', 'select-gateway', 'secret', '(b) and the same statement', { asks: true, sent: 'gateway' });
  for (const [name, title] of [['auth', '/auth'], ['oauth', '/oauth/token']]) {
    keydesk(name, name, title);
    await bare(name, `bare-${name}`, name, '(a) as many bytes');
    await bare(name, `select-${name}`, name, '(b) statements, a signature', { asks: true, signatures: 1 });
  }
  keydesk('page', 'page', '/credentials, signed in');
  await bare('page', 'bare-page', 'page', '(a) as many bytes');
  await bare('page', 'select-page', 'page', '(b) and the same statements', { asks: true });
  return rows;
}

// Keydesk that may go by rows of half a second ago, beside a program that asks no database.
async function lateRows(folder, bares, rows) {
  const stack = await startStack({ demo: true, env: { B: programs, KEYDESK_ACCOUNT_KEYS: String(KEYS), KEYDESK_VERIFY_MAX_AGE_MS: '500' } });
  bares.push(stack);
  const { secret } = await prepare(stack);
  const roots = { program: pidOf(stack, 'keydesk'), nginx: pidOf(stack, 'web'), database: pidOf(stack, 'mariadb') };
  const script = writeScript(folder, 'late', secret);
  rows.push({ group: 'late', name: 'late', title: '/verify, rows of 500 ms', url: stack.url, roots, script });
  const made = await Bare.start({ stack, folder, program: path.join(folder, 'bare'), name: 'bare-late', request: secret[0] });
  bares.push(made);
  rows.push({ group: 'late', title: '(a) as many bytes', url: made.url, roots: made.roots(stack), there: () => made.there(), script });
}

async function measureRows(rows) {
  const results = new Map(rows.map((row) => [row, new Map(CONNECTIONS.map((n) => [n, []]))]));
  for (const row of rows) await measured(row, CONNECTIONS.at(-1), 1); // connections, statements, caches
  for (let round = 0; round < seconds; round++)
    for (const connections of CONNECTIONS)
      for (const row of rows) results.get(row).get(connections).push(await measured(row, connections, 1));
  return results;
}

async function measured(row, connections, time) {
  const result = await measure(row, connections, time);
  row.there?.();
  if (result.wrong) unexpected.push(`${row.title}: ${result.wrong} unexpected answers`);
  return result;
}

// ---- what is printed

const cpu = (result) => result.program + result.nginx + result.database;

function printRow(row, results, others) {
  const middle = (of) => median(results.map(of));
  const ratio = (against, of) => median(results.map((result, i) => of(result, against[i])));
  const ratios = others.map((other) => percent(ratio(other, (mine, theirs) => mine.rps / theirs.rps)));
  const time = percent(ratio(others.at(-1), (mine, theirs) => cpu(theirs) / cpu(mine)));
  say(`  ${row.title.padEnd(28)} ${middle((r) => r.rps).toFixed(0).padStart(7)} ${ratios.join(' ')}` +
    ` ${middle((r) => r.p50).toFixed(2).padStart(7)} ${middle((r) => r.p99).toFixed(2).padStart(7)}` +
    ` ${micro(middle((r) => r.program))} ${micro(middle((r) => r.nginx))} ${micro(middle((r) => r.database))} ${time}`);
}

function printRows(rows, results) {
  for (const connections of CONNECTIONS) {
    say(`\n${`${connections} connections`.padEnd(30)} requests          latency, ms     CPU us per request        (b)'s CPU`);
    say(`${''.padEnd(30)}    /s   of (a) of (b)     p50     p99 program   nginx      db    of this`);
    for (const row of rows) {
      const group = rows.filter((other) => other.group === row.group);
      printRow(row, results.get(row).get(connections), group.slice(-2).map((other) => results.get(other).get(connections)));
    }
  }
}

// ---- memory

const childrenOf = (stack) => tree(pidOf(stack, 'keydesk')).filter((id) => id !== pidOf(stack, 'keydesk') && fs.readFileSync(`/proc/${id}/cmdline`, 'latin1'));

// The workers first: they have most to themselves after a load, and the housekeeper is the one that began last.
// Those of before the last reload have gone, once there are as many as at first.
async function settled(stack, n) {
  for (let i = 0; i < 400 && childrenOf(stack).length !== n; i++) await sleep(100);
}

const memoryNow = (stack, bare) => ({
  own: childrenOf(stack).map(privateMemory), all: tree(pidOf(stack, 'keydesk')).reduce((sum, id) => sum + memory(id), 0), bare: memory(bare.program.pid),
});

function printMemory(when, now) {
  say(`  ${when.padEnd(14)} workers and housekeeper, private ${now.own.map((mb) => mb.toFixed(1)).join(' ')}   in all ${now.all.toFixed(1)}   (b) ${now.bare.toFixed(1)}`);
}

// ---- all of it

// One that cannot be measured leaves the rest of the run to be told.
async function besideRivals(wish) {
  try {
    return await rivals(wish);
  } catch (error) {
    unexpected.push(`other products: ${error.message}`);
    return [];
  }
}

async function run(folder, bares) {
  if (process.env.BENCH_RIVALS) await prepareRivals(process.env.BENCH_RIVALS);
  const began = Date.now();
  const stack = await startStack({ demo: true, env: { B: programs, KEYDESK_ACCOUNT_KEYS: String(KEYS), KEYDESK_MARIADB: '--max-connections=800' } });
  bares.push(stack);
  say(`From nothing to ready, database and web server included: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const { uid, gid } = fs.statSync(path.join(stack.state, 'data'));
  if (process.getuid() === 0) fs.chownSync(folder, uid, gid);
  fs.copyFileSync(path.join(programs, 'bench/bare'), path.join(folder, 'bare'));
  const started = await startTimes({ stack, folder, tries: seconds < 5 ? 3 : 5 });

  const processes = childrenOf(stack).length;
  const asked = await prepare(stack);
  if (process.env.BENCH_ONLY === 'floods') {
    await floods({ stack, good: keydeskRow(stack, asked, folder, 'secret'), asked, folder, programs, rounds: seconds, measured });
    return;
  }
  const rows = await makeRows(stack, asked, folder, bares);
  if (process.env.BENCH_ROWS) {
    const some = rows.filter(({ group }) => process.env.BENCH_ROWS.split(' ').includes(group));
    printRows(some, await measureRows(some));
    return;
  }
  await lateRows(folder, bares, rows);
  await settled(stack, processes);
  const rest = memoryNow(stack, bares[3]);
  const results = await measureRows(rows);
  printRows(rows, results);
  say('\nMemory, MB');
  printMemory('at rest', rest);
  const after = memoryNow(stack, bares[3]);
  printMemory('after the load', after);
  // Before the floods, after which half of the secrets are wrong.
  const beside = process.env.BENCH_RIVALS ? await besideRivals({ stack, asked, roots: rows[0].roots, scratch: folder, connections: CONNECTIONS, seconds }) : [];
  const flooded = await floods({ stack, good: rows[0], asked, folder, programs, rounds: seconds, measured });
  new Aims({ say, connections: CONNECTIONS }).print({ rows, results, started, rest, after, flooded, beside });
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-bench-')), bares = [];
  let ending;
  const end = () => {
    ending = ending ?? (async () => {
      for (const one of bares.reverse()) await one.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    })();
    return ending;
  };
  fs.chmodSync(folder, 0o755);
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => end().finally(() => process.exit(status)));
  try {
    await run(folder, bares);
  } finally {
    await end();
  }
  for (const what of unexpected) console.error(what);
  process.exitCode = unexpected.length ? 1 : 0;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
