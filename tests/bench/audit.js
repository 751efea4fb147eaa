// audit.js - what a page of the audit log costs with a hundred entries, and with N: `make bench N=10000000`.
//
// Times are medians of whole answers, through nginx. Ten million entries take about 6 GB on disk.
'use strict';
const http = require('node:http');
const { start } = require('../web/stack.js');
const { Visitor } = require('../web/visitor.js');

const FEW = 100, MANY = Number(process.argv[2] ?? 20000), ROUNDS = 21, PIECE = 100000;
const ACTS = ['client.create', 'client.edit', 'client.reset', 'secret.reveal', 'sign-in', 'sign-out', 'settings.save', 'person.edit'];

const digits = '(SELECT 0 AS i UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';

// Entries from `from` on, to before `to`, in the chain of another machine.
function put(stack, { org, person }, from, to) {
  return stack.sql(`INSERT INTO audit_entry (organization_id, machine, seq, at, person_id, person, act, object, detail, remote, request, key_number, mac)
    SELECT ${org}, 50, 1 + n.i, '2020-01-01' + INTERVAL n.i SECOND, IF(n.i % 3 = 0, ${person}, NULL), 'ann@example.com',
        ELT(1 + n.i % ${ACTS.length}, ${ACTS.map((act) => `'${act}'`).join(', ')}), CONCAT('B', LPAD(n.i % 1000, 9, '0')), '{"name":["Old","New"]}', '192.0.2.1', 'request', 1, REPEAT('a', 64)
      FROM (SELECT ${from} + a.i + 10 * b.i + 100 * c.i + 1000 * d.i + 10000 * e.i AS i FROM ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e) n
      WHERE n.i < ${to} ORDER BY n.i`);
}

const questions = (n, id) => ({
  'first page': '/audit',
  'a page in the middle': `/audit?after=50-${n >> 1}`,
  'an act': '/audit?act=client.reset',
  'a person': `/audit?person=${id}`,
  'an object': '/audit?object=B000000007',
  'a day': '/audit?from=2020-01-01&to=2020-01-01',
  'a person and an act': `/audit?person=${id}&act=client.reset`,
  'what fits nothing': `/audit?person=${id}&act=client.reset&object=B000000004`,
});

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function measure(visitor, asked) {
  const found = {};
  for (const [name, address] of Object.entries(asked)) {
    const times = [];
    for (let i = 0; i < ROUNDS; i++) {
      const began = process.hrtime.bigint();
      const answer = await visitor.get(address);
      times.push(Number(process.hrtime.bigint() - began) / 1e6);
      if (answer.status !== 200) throw new Error(`${address}: ${answer.status}`);
    }
    found[name] = median(times);
  }
  return found;
}

async function main() {
  if (!(MANY > FEW)) throw new Error(`N is '${process.argv[2]}'; it must be a number above ${FEW}`);
  const stack = await start({ demo: true, env: { KEYDESK_MARIADB: '--innodb-buffer-pool-size=2G --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-log-file-size=1G' } });
  try {
    const agent = new http.Agent({ keepAlive: true });
    const [[org, person, id]] = await stack.sql("SELECT organization_id, person_id, public_id FROM user WHERE role = 'admin' ORDER BY id LIMIT 1");
    await put(stack, { org, person }, 0, FEW);
    const few = await measure(await new Visitor(stack.url, agent).signIn(stack.people.Admin), questions(FEW, id));
    for (let i = FEW; i < MANY; i += PIECE) await put(stack, { org, person }, i, Math.min(i + PIECE, MANY));
    await stack.sql('ANALYZE TABLE audit_entry');
    const many = await measure(await new Visitor(stack.url, agent).signIn(stack.people.Admin), questions(MANY, id));
    console.log(`The audit log: ms of an answer, with ${FEW} entries and with ${MANY}`);
    for (const name of Object.keys(few)) console.log(`  ${name.padEnd(32)} ${few[name].toFixed(1).padStart(7)} ${many[name].toFixed(1).padStart(7)}  x ${(many[name] / few[name]).toFixed(2)}`);
    agent.destroy();
  } finally {
    await stack.stop();
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
