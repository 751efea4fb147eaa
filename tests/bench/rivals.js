// rivals.js - other products in one run with Keydesk: BENCH_RIVALS names a folder whose setup.sh installs them and whose
// bench.mjs measures them; it takes further servers by --targets, in the form of rivals.mjs.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { median } = require('./measure.js');

// What of theirs does the same work, and how many times as much as that Keydesk is to do.
const PAIRS = [
  { title: '3 /verify beside better-auth', ours: 'keydesk:verify', theirs: 'better-auth-db:verify', times: 10 },
  { title: '3 tokens beside oidc-provider, ES256', ours: 'keydesk:auth', theirs: 'oidc-provider:token-ES256', times: 3 },
  { title: '3 tokens beside Glewlwyd, ES256', ours: 'keydesk:auth', theirs: 'glewlwyd-mariadb:token-ES256', times: 30 },
  { title: '3 tokens beside node-oauth2-server, Argon2id', ours: 'keydesk:auth', theirs: 'node-oauth2-argon2id:token', times: 80 },
];
const SAME = [...new Set(PAIRS.flatMap(({ ours, theirs }) => [ours, theirs]))].map((id) => `^${id}$`).join('|');

// A copy of the folder, which may be one that nobody writes to, and what its programs leave.
const own = path.resolve(__dirname, '../../build/rivals');
const env = { ...process.env, RUN_DIR: path.join(own, 'run') };

async function call(program, args, more = {}) {
  const child = spawn(program, args, { stdio: 'inherit', cwd: own, env: { ...env, ...more } });
  const code = await new Promise((resolve, reject) => child.on('error', reject).once('exit', (status, signal) => resolve(status ?? signal)));
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} has ended with ${code}`);
}

const stopDatabase = () => call('./db.sh', ['stop']);

// Installs them; before anything is measured, so that what is missing is known at once.
async function prepareRivals(folder) {
  fs.cpSync(folder, own, { recursive: true, filter: (from) => path.basename(from) !== 'node_modules' });
  await call('./setup.sh', []);
  await stopDatabase();
}

// Keydesk runs already; its database's time is counted as its own. Gives { title, times, rates, costs }: at each number of
// connections how many times as many requests, and how many times less CPU time for each.
async function rivals({ stack, asked, roots, scratch, connections, seconds }) {
  const told = path.join(scratch, 'rivals.json'), found = path.join(scratch, 'rivals.found.json');
  fs.writeFileSync(told, JSON.stringify({ url: stack.url, pids: Object.values(roots), secret: asked.secret, token: asked.token, auth: asked.auth }));
  try {
    await call(process.execPath, ['bench.mjs', '--only', process.env.BENCH_ONLY || SAME, '--targets', path.join(__dirname, 'rivals.mjs'),
      '--conns', connections.join(), '--rounds', String(seconds), '--secs', '2', '--json', found], { KEYDESK_BENCH: told });
  } finally {
    await stopDatabase();
  }
  return PAIRS.map((pair) => compared(pair, JSON.parse(fs.readFileSync(found)).rows, connections)).filter(Boolean);
}

function compared({ title, ours, theirs, times }, rows, connections) {
  const of = (id, n) => rows.find((row) => row.id === id && row.conns === n);
  const both = connections.map((n) => [of(ours, n), of(theirs, n)]);
  if (both.flat().includes(undefined)) return null; // BENCH_ONLY has chosen others
  const wrong = both.flat().find(({ bad, rps }) => bad || !rps);
  if (wrong) throw new Error(`${wrong.id}: ${wrong.bad} unexpected answers, ${wrong.rps} expected ones a second`);
  return { title, times,
    rates: both.map(([a, b]) => median(a.rps_all.map((rps, round) => rps / b.rps_all[round]))),
    costs: both.map(([a, b]) => (b.cpu + b.db) / (a.cpu + a.db)) };
}

module.exports = { prepareRivals, rivals };
