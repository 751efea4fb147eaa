// lists.js - what a page of the list of credentials costs with a hundred of them, and with N: `make bench N=1000000`.
//
// Times are medians of whole answers, through nginx; rows are what the database has read for one. A million take
// about 4 GB on disk and several minutes to be put there.
'use strict';
const http = require('node:http');
const { start } = require('../web/stack.js');
const { Visitor } = require('../web/visitor.js');

const FEW = 100, MANY = Number(process.argv[2] ?? 20000), ROUNDS = 21, PIECE = 20000;

// A name has two words of these and a number.
const FIRST = ['Nightly', 'Weekly', 'Hourly', 'Billing', 'Report', 'Import', 'Export', 'Mobile', 'Partner', 'Internal'];
const LAST = ['batch', 'worker', 'gateway', 'service', 'agent', 'sync', 'upload'];

const elt = (words, by) => `ELT(1 + ${by} % ${words.length}, ${words.map((word) => `'${word}'`).join(', ')})`;

async function prepare(stack) {
  const [[org, user]] = await stack.sql("SELECT organization_id, MIN(id) FROM user WHERE role = 'admin' GROUP BY organization_id LIMIT 1");
  const apis = (await stack.sql('SELECT p.api_id, MIN(p.id) FROM permission p GROUP BY p.api_id ORDER BY p.api_id LIMIT 2')).map(([api, permission]) => ({ api, permission }));
  await stack.sql(`INSERT IGNORE INTO entitlement (organization_id, api_id, granted_at) SELECT ${org}, id, '2026-01-01' FROM api`);
  await stack.sql('CREATE TABLE bench_digit (i INT PRIMARY KEY); INSERT INTO bench_digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15)');
  return { org, user, apis };
}

// Those from `from` on, to before `to`, with all that core/client_index.c would write for them.
async function put(stack, { org, user, apis }, from, to) {
  const number = 'a.i + 10 * b.i + 100 * c.i + 1000 * d.i + 10000 * e.i';
  await stack.sql(`
    SET SESSION group_concat_max_len = 100000, unique_checks = 0, foreign_key_checks = 0;
    CREATE TEMPORARY TABLE fresh (i INT PRIMARY KEY) SELECT ${from} + n.i AS i
      FROM (SELECT ${number} AS i FROM bench_digit a, bench_digit b, bench_digit c, bench_digit d, bench_digit e
        WHERE a.i < 10 AND b.i < 10 AND c.i < 10 AND d.i < 10 AND e.i < 10) n WHERE n.i < ${to - from};
    INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, status, owner_id, indexed, created_at)
      SELECT CONCAT('B', LPAD(i, 9, '0')), ${org}, 'production', 'scoped', CONCAT('kdc_live_', LPAD(CONV(i * 7919, 10, 36), 16, 'q')),
        CONCAT(${elt(FIRST, 'i')}, ' ', ${elt(LAST, 'i')}, ' ', i), IF(i % 25 = 7, 'deactivated', 'active'), IF(i % 3 = 0, ${user}, NULL), 1,
        '2020-01-01' + INTERVAL i SECOND FROM fresh ORDER BY i;
    CREATE TEMPORARY TABLE made (id BIGINT PRIMARY KEY, i INT, name VARCHAR(100), random CHAR(16), created_at DATETIME(6))
      SELECT c.id, f.i, LOWER(c.name) AS name, LOWER(SUBSTR(c.client_id, 10)) AS random, c.created_at
        FROM fresh f JOIN client c ON c.public_id = CONCAT('B', LPAD(f.i, 9, '0'));
    INSERT INTO secret (sid, organization_id, client_id, kind, status, current_of, hash, hint, key_number, created_at, stored_at)
      SELECT CONCAT('B', LPAD(i, 9, '0')), ${org}, id, 'primary', 'active', id, 'none', 'hint', 1, created_at, created_at FROM made ORDER BY id;
    INSERT INTO client_grant (client_id, permission_id, api_id, organization_id)
      SELECT id, ${apis[0].permission}, ${apis[0].api}, ${org} FROM made UNION ALL
      SELECT id, ${apis[1].permission}, ${apis[1].api}, ${org} FROM made WHERE i % 4 = 0;
    CREATE TEMPORARY TABLE terms (client BIGINT, term VARCHAR(32) COLLATE utf8mb4_bin, PRIMARY KEY (client, term)) IGNORE
      SELECT id AS client, 'kind=scoped' AS term FROM made UNION ALL
      SELECT id, IF(i % 25 = 7, 'status=deactivated', 'status=active') FROM made UNION ALL
      SELECT id, 'owner=${user}' FROM made WHERE i % 3 = 0 UNION ALL
      SELECT id, 'api=${apis[0].api}' FROM made UNION ALL
      SELECT id, 'api=${apis[1].api}' FROM made WHERE i % 4 = 0 UNION ALL
      SELECT id, random FROM made UNION ALL
      SELECT id, CONCAT('b', LPAD(i, 9, '0')) FROM made UNION ALL
      SELECT id, LEFT(random, 4 + n.i) FROM made JOIN bench_digit n ON n.i < 5 UNION ALL
      SELECT id, LEFT(word, 1 + n.i) FROM (
        SELECT id, SUBSTRING_INDEX(name, ' ', 1) AS word FROM made UNION ALL
        SELECT id, SUBSTRING_INDEX(SUBSTRING_INDEX(name, ' ', 2), ' ', -1) FROM made UNION ALL
        SELECT id, SUBSTRING_INDEX(name, ' ', -1) FROM made) w JOIN bench_digit n ON n.i < CHAR_LENGTH(word);
    INSERT INTO client_indexed (client_id, name_key, created_at, terms)
      SELECT m.id, m.name, m.created_at, (SELECT GROUP_CONCAT(t.term ORDER BY t.term SEPARATOR ' ') FROM terms t WHERE t.client = m.id) FROM made m ORDER BY m.id;
    INSERT INTO client_term (organization_id, integration, term, created_at, client_id, name_key)
      SELECT ${org}, 0, t.term, m.created_at, m.id, m.name FROM terms t JOIN made m ON m.id = t.client ORDER BY t.term, m.created_at, m.id`);
}

// What is asked. A page in the middle goes on from a credential there; the last one fits nothing, and looks as far as it may.
const questions = (n) => ({
  'first page, newest first': '/credentials',
  'first page, by name': '/credentials?sort=name',
  'a page in the middle': `/credentials?after=B${String(n / 2).padStart(9, '0')}`,
  'a page in the middle, by name': `/credentials?sort=name&after=B${String(n / 2).padStart(9, '0')}`,
  'a word of a tenth': '/credentials?q=nightly',
  'a letter': '/credentials?q=w&sort=name',
  'a word of one': `/credentials?q=${n - 1}`,
  'deactivated': '/credentials?status=deactivated',
  'an API of a quarter, by name': '/credentials?api=platform&sort=name',
  'two words and a status': '/credentials?q=nightly+batch&status=active',
  'all of it at once, by name': '/credentials?q=nightly&status=active&api=platform&made=before-1y&sort=name',
  'what fits nothing': '/credentials?q=nightly+weekly',
  'search over everything': '/search?q=nightly',
});

async function rowsRead(stack) {
  const rows = await stack.sql("SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Handler_read%' AND Variable_name <> 'Handler_read_retry'");
  return rows.reduce((sum, [, n]) => sum + Number(n), 0);
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function measure(stack, admin, n) {
  const found = {};
  for (const [name, address] of Object.entries(questions(n))) {
    const times = [];
    for (let i = 0; i < ROUNDS; i++) {
      const began = process.hrtime.bigint();
      const answer = await admin.get(address);
      times.push(Number(process.hrtime.bigint() - began) / 1e6);
      if (answer.status !== 200) throw new Error(`${address}: ${answer.status}`);
    }
    // The housekeeper reads as well: of several the least.
    let rows = Infinity;
    for (let i = 0; i < 5; i++) {
      const before = await rowsRead(stack);
      await admin.get(address);
      const asked = await rowsRead(stack), itself = await rowsRead(stack) - asked;
      rows = Math.min(rows, asked - before - itself);
    }
    found[name] = { ms: median(times), rows };
  }
  return found;
}

async function main() {
  if (!(MANY > FEW)) throw new Error(`N is '${process.argv[2]}'; it must be a number above ${FEW}`);
  const stack = await start({ demo: true, env: { KEYDESK_MARIADB: '--innodb-buffer-pool-size=2G --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-log-file-size=1G' } });
  try {
    const agent = new http.Agent({ keepAlive: true });
    const admin = await new Visitor(stack.url, agent).signIn(stack.people.Admin);
    const about = await prepare(stack);
    await put(stack, about, 0, FEW);
    const few = await measure(stack, admin, FEW);
    for (let i = FEW; i < MANY; i += PIECE) await put(stack, about, i, Math.min(i + PIECE, MANY));
    await stack.sql('ANALYZE TABLE client, client_term, client_indexed, client_grant, secret');
    const again = await new Visitor(stack.url, agent).signIn(stack.people.Admin);
    const many = await measure(stack, again, MANY);
    console.log(`The list of credentials: ms of an answer and rows read for it, with ${FEW} of them and with ${MANY}`);
    for (const name of Object.keys(few)) {
      const [a, b] = [few[name], many[name]];
      console.log(`  ${name.padEnd(32)} ${a.ms.toFixed(1).padStart(7)} ${b.ms.toFixed(1).padStart(7)}  x ${(b.ms / a.ms).toFixed(2).padEnd(6)} ${String(a.rows).padStart(6)} ${String(b.rows).padStart(6)}`);
    }
    agent.destroy();
  } finally {
    await stack.stop();
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
