// scale.js - what /verify costs with a hundred secrets of one organization, and with many of many: `make bench SCALE=1`.
//
// Each size has a stack of its own, and they are loaded in turn, so that what else the machine does falls on all alike.
// SCALE=1 goes on to a million secrets, which take a few minutes to be put there and about 1 GB.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { start } = require('../web/stack.js');
const { Visitor, ask, basic } = require('../web/visitor.js');
const { pidOf } = require('./bare.js');
const { median, writeScript, measure } = require('./measure.js');

const SIZES = [{ secrets: 100, organizations: 1 }, { secrets: 10000, organizations: 8 }, { secrets: 1000000, organizations: 64 }];
const PIECE = 100000, KEYS = 8, CONNECTIONS = 16;
const rounds = Number(process.argv[2] ?? 3), sizes = SIZES.slice(0, process.env.SCALE === '1' ? 3 : 2);

const digits = '(SELECT 0 AS i UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
const numbers = `(SELECT a.i + 10 * b.i + 100 * c.i + 1000 * d.i + 10000 * e.i AS i FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e)`;

// Scoped credentials with a secret each, in turn in the demo's organization and in others like it.
async function put(stack, { secrets, organizations }) {
  const [[org]] = await stack.sql('SELECT MIN(organization_id) FROM client');
  await stack.sql(`INSERT INTO organization (public_id, name, status, created_at)
    SELECT CONCAT('S', LPAD(n.i, 9, '0')), CONCAT('Organization ', n.i), 'active', '2026-01-01' FROM ${numbers} n WHERE n.i < ${organizations - 1};
    CREATE TABLE bench_org (n INT AUTO_INCREMENT PRIMARY KEY, id BIGINT) SELECT id FROM organization WHERE id = ${org} OR public_id LIKE 'S00000%' ORDER BY id`);
  for (let from = 0; from < secrets; from += PIECE) {
    const to = Math.min(from + PIECE, secrets);
    await stack.sql(`SET SESSION unique_checks = 0, foreign_key_checks = 0;
      INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, status, indexed, created_at)
        SELECT CONCAT('B', LPAD(${from} + n.i, 9, '0')), o.id, 'production', 'scoped', CONCAT('kdc_live_', LPAD(${from} + n.i, 16, 'q')), CONCAT('Program ', ${from} + n.i), 'active', 1, '2026-01-01'
          FROM ${numbers} n JOIN bench_org o ON o.n = 1 + n.i % ${organizations} WHERE n.i < ${to - from} ORDER BY n.i;
      INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, hash, hint, key_number, created_at, stored_at)
        SELECT public_id, organization_id, id, 'primary', 'active', id, 'none', 'hint', 1, created_at, created_at
          FROM client WHERE public_id BETWEEN CONCAT('B', LPAD(${from}, 9, '0')) AND CONCAT('B', LPAD(${to - 1}, 9, '0')) ORDER BY id`);
  }
  await stack.sql('ANALYZE TABLE client, secret, organization');
}

// A stack of that size, and what is asked of it: by secret and by token.
async function prepare(size, folder, stacks) {
  const stack = await start({ demo: true, env: { KEYDESK_ACCOUNT_KEYS: '50', KEYDESK_MARIADB: '--innodb-buffer-pool-size=1G --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0' } });
  stacks.push(stack);
  const admin = await new Visitor(stack.url).signIn(stack.people.Admin), name = String(size.secrets);
  const call = { 'X-Original-Method': 'GET', 'X-Original-URI': '/data/v1/datasets' }, secret = [], token = [];
  for (let i = 0; i < KEYS; i++) {
    const key = await admin.createKey(`Scale ${i}`);
    const made = await ask(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: key.client_id, client_secret: key.secret }) });
    secret.push({ path: '/verify', headers: { ...basic(key.client_id, key.secret), ...call } });
    token.push({ path: '/verify', headers: { Authorization: `Bearer ${JSON.parse(made.body).token}`, ...call } });
  }
  await put(stack, size);
  const roots = { program: pidOf(stack, 'keydesk'), nginx: pidOf(stack, 'web'), database: pidOf(stack, 'mariadb') };
  const row = (kind, asked) => ({ url: stack.url, roots, script: writeScript(folder, `${kind}-${name}`, asked) });
  return { size, rows: { secret: row('secret', secret), token: row('token', token) } };
}

function print(kind, all) {
  const cpu = (result) => result.program + result.nginx + result.database;
  const first = all[0].results[kind];
  all.forEach(({ size, results }) => {
    const ratio = (of, against) => median(results[kind].map((result, i) => of(result) / against(first[i])));
    console.log(`  by ${kind.padEnd(7)} ${String(size.secrets).padStart(8)} secrets, ${String(size.organizations).padStart(2)} organizations` +
      ` ${median(results[kind].map((result) => result.rps)).toFixed(0).padStart(7)}/s   CPU ${median(results[kind].map(cpu)).toFixed(0).padStart(4)} us   x ${ratio(cpu, cpu).toFixed(2)} of the first`);
  });
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-scale-')), stacks = [];
  fs.chmodSync(folder, 0o755);
  try {
    const all = [];
    for (const size of sizes) all.push(await prepare(size, folder, stacks));
    for (const one of all) one.results = { secret: [], token: [] };
    for (let round = 0; round <= rounds; round++)
      for (const kind of ['secret', 'token'])
        for (const one of all) {
          const result = await measure(one.rows[kind], CONNECTIONS, 1);
          if (result.wrong) throw new Error(`${kind}, ${one.size.secrets} secrets: ${result.wrong} unexpected answers`);
          if (round) one.results[kind].push(result); // the first is for connections, statements and caches
        }
    console.log('/verify as work grows');
    for (const kind of ['secret', 'token']) print(kind, all);
  } finally {
    for (const stack of stacks) await stack.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
