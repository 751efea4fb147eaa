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
const { Bare, pidOf, sleep } = require('./bare.js');
const { median, tree, memory, writeScript, measure } = require('./measure.js');
const { statementsOf } = require('./statements.js');
const { startTimes } = require('./start_times.js');
const { rivals } = require('./rivals.js');

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
    auth: credentials.map((pair) => jsonPost('/auth', pair)),
    page: [{ path: '/credentials', headers: { Cookie: admin.cookie() } }],
    forged: keys.map((key) => ({ path: '/verify', headers: { ...basic(key.client_id, `${key.secret.slice(0, 30)}${key.secret.slice(31)}A`), ...call } })),
  };
}

// ---- the rows

// Everything that is measured: { group, title, url, script, roots }. The last of a group is what the
// others are held against.
async function makeRows(stack, asked, folder, bares) {
  const own = { program: pidOf(stack, 'keydesk'), nginx: pidOf(stack, 'web'), database: pidOf(stack, 'mariadb') };
  const statements = await statementsOf(stack, { secret: asked.secret[0], auth: asked.auth[0], page: asked.page[0] });
  const rows = [];
  const keydesk = (group, name, title) =>
    rows.push({ group, title, url: stack.url, roots: own, script: writeScript(folder, name, asked[name]) });
  const bare = async (group, name, like, title, asks = false) => {
    const made = await Bare.start({ stack, folder, program: path.join(folder, 'bare'), name, request: asked[like][0], statements: asks && statements[like] });
    bares.push(made);
    rows.push({ group, title, url: made.url, roots: made.roots(stack), there: () => made.there(), script: writeScript(folder, name, asked[like]) });
  };

  keydesk('verify', 'secret', '/verify, key and secret');
  keydesk('verify', 'token', '/verify, token');
  await bare('verify', 'bare-verify', 'secret', '(a) as many bytes');
  await bare('verify', 'select-verify', 'secret', '(b) and the same statements', true);
  keydesk('auth', 'auth', '/auth');
  await bare('auth', 'bare-auth', 'auth', '(a) as many bytes');
  await bare('auth', 'select-auth', 'auth', '(b) and the same statements', true);
  keydesk('page', 'page', '/credentials, signed in');
  await bare('page', 'bare-page', 'page', '(a) as many bytes');
  await bare('page', 'select-page', 'page', '(b) and the same statements', true);
  return rows;
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

const workersOf = (stack) => tree(pidOf(stack, 'keydesk')).filter((id) => {
  const name = fs.readFileSync(`/proc/${id}/cmdline`, 'latin1').split('\0')[0];
  return name && id !== pidOf(stack, 'keydesk');
});

const memoryNow = (stack, bare) => ({
  workers: workersOf(stack).map(memory), master: memory(pidOf(stack, 'keydesk')), bare: memory(bare.program.pid),
});

function printMemory(when, now) {
  const mb = (values) => values.map((value) => value.toFixed(1)).join(' ');
  const all = now.master + now.workers.reduce((sum, one) => sum + one, 0);
  say(`  ${when.padEnd(14)} master ${mb([now.master])}   workers and housekeeper ${mb(now.workers)}   in all ${mb([all])}` +
    `   (b) ${mb([now.bare])}`);
}

// ---- the flood

async function counted(stack) {
  const { body } = await ask(`${stack.url}/metrics`);
  return Object.fromEntries([...body.matchAll(/^keydesk_(\w+)_total (\d+)$/gm)].map((found) => [found[1], Number(found[2])]));
}

async function flood(stack, rows, asked, folder) {
  const good = rows.find((row) => row.title === '/verify, key and secret');
  const forged = { title: 'forged', url: stack.url, roots: good.roots, script: writeScript(folder, 'forged', asked.forged), refused: true };
  const time = Math.max(1, Math.ceil(seconds / 4));
  const alone = await measured(good, 16, time);
  const [besideGood, moreGood] = await Promise.all([measured(good, 16, time), measured({ ...good }, 64, time)]);
  const before = await counted(stack);
  const [besideForged, refused] = await Promise.all([measured(good, 16, time), measured(forged, 64, time)]);
  const after = await counted(stack);
  const onlyForged = await measured(forged, 64, time);
  const line = (title, result, other) =>
    say(`  ${title.padEnd(34)} ${result.rps.toFixed(0).padStart(7)}/s   p50 ${result.p50.toFixed(2)} ms   p99 ${result.p99.toFixed(2)} ms` +
      (other ? `   the others ${other.rps.toFixed(0)}/s` : ''));

  say('\nGood callers on 16 connections, beside others on 64');
  line('alone', alone);
  line('beside as many good ones', besideGood, moreGood);
  line('beside a flood of forged secrets', besideForged, refused);
  say(`  A forged secret takes ${onlyForged.program.toFixed(0)} us of the program and ${onlyForged.database.toFixed(1)} of the database` +
    ` (a good one ${alone.program.toFixed(0)} and ${alone.database.toFixed(1)}).`);
  say(`  During the flood: ${after.secrets_forged - before.secrets_forged} forged, ${after.argon2_computations - before.argon2_computations}` +
    ` Argon2 computations, ${after.secret_reads - before.secret_reads} queries for ${after.callers_accepted - before.callers_accepted} good calls.`);
}

// ---- all of it

async function run(folder, bares) {
  const began = Date.now();
  const stack = await startStack({ demo: true, env: { B: programs, KEYDESK_ACCOUNT_KEYS: String(KEYS), KEYDESK_MARIADB: '--max-connections=600' } });
  bares.push(stack);
  say(`From nothing to ready, database and web server included: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  const { uid, gid } = fs.statSync(path.join(stack.state, 'data'));
  if (process.getuid() === 0) fs.chownSync(folder, uid, gid);
  fs.copyFileSync(path.join(programs, 'bench/bare'), path.join(folder, 'bare'));
  await startTimes({ stack, folder, tries: seconds < 5 ? 3 : 5 });

  const asked = await prepare(stack);
  const rows = await makeRows(stack, asked, folder, bares);
  await sleep(300);
  const rest = memoryNow(stack, bares[2]);
  const results = await measureRows(rows);
  printRows(rows, results);
  say('\nMemory, MB');
  printMemory('at rest', rest);
  printMemory('after the load', memoryNow(stack, bares[2]));
  await flood(stack, rows, asked, folder);
  if (process.env.BENCH_RIVALS) await rivals({ folder: process.env.BENCH_RIVALS, stack, asked, roots: rows[0].roots, scratch: folder, seconds });
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
