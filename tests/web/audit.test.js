// audit.test.js - the page of the audit log: searched, filtered and paged in a browser; a chain that is tampered with; exports, also
// one larger than the memory of a request, and one whose reader loses their access meanwhile.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, fits } = require('./browser.js');
const { Visitor, field } = require('./visitor.js');

const MANY = 30000; // some 15 MB of lines: the arena of a request has 4 MB

let stack, admin, member, browser, org;

const digits = (n) => Array.from({ length: n }, (_, i) => `SELECT ${i} AS i`).join(' UNION ALL ');

// Entries by hand, in a chain of another machine: far back, so that they stand on the last pages.
async function fill(machine, n, from = '2020-01-01') {
  await stack.sql(`INSERT INTO audit_entry (organization_id, machine, seq, at, person, act, object, detail, remote, request, key_number, mac)
    SELECT ${org}, ${machine}, 1 + n.i, '${from}' + INTERVAL n.i SECOND, 'somebody@example.com', 'sign-out', CONCAT('o', n.i), '${'{"note":"'.concat('x'.repeat(200), '"}')}', '', 'request', 1, REPEAT('a', 64)
      FROM (SELECT a.i + 10 * b.i + 100 * c.i + 1000 * d.i + 10000 * e.i AS i FROM (${digits(10)}) a, (${digits(10)}) b, (${digits(10)}) c, (${digits(10)}) d, (${digits(10)}) e) n
      WHERE n.i < ${n}`);
}

test.before(async () => {
  stack = await start({ demo: true });
  browser = await launch();
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  member = await new Visitor(stack.url).signIn(stack.people.Member);
  [[org]] = await stack.sql(`SELECT organization_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function until(what, asked, ok) {
  for (let i = 0; i < 150; i++) {
    const found = await asked();
    if (ok(found)) return found;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  return assert.fail(what);
}

// The form of an export as a browser sends it; onData may stop it.
async function exported(visitor, fields, onResponse) {
  const csrf = field((await visitor.get('/audit')).body, 'csrf');
  const body = new URLSearchParams({ csrf, ...fields }).toString();
  const address = new URL('/audit/export', stack.url);
  return new Promise((resolve, reject) => {
    const asked = http.request(address, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body), cookie: visitor.cookie(), origin: stack.url } }, (answer) => {
      const parts = [];
      onResponse?.(answer);
      answer.on('data', (part) => parts.push(part));
      answer.on('error', () => resolve({ status: answer.statusCode, whole: false, text: Buffer.concat(parts).toString() }));
      answer.on('end', () => resolve({ status: answer.statusCode, whole: answer.complete, headers: answer.headers, text: Buffer.concat(parts).toString() }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function looked(options) {
  const { page, wrong } = await open(browser, stack.url, options);
  await signIn(page, stack.people.Admin);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.goto(`${stack.url}/audit`);
  const rows = page.getByRole('table', { name: 'Entries' }).getByRole('rowheader');
  assert.match(await rows.first().innerText(), /Signed in/);
  await rows.first().getByText('Details').click();
  assert.match(await rows.first().innerText(), /of machine 1, request/);
  await page.getByLabel('Act').selectOption({ label: 'Created a credential' });
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('“Created a credential”').waitFor();
  assert.match(page.url(), /\/audit\?act=client\.create$/);
  for (const text of await rows.allInnerTexts()) assert.match(text, /^Created a credential/);
  await rows.first().getByRole('link').first().waitFor();
  await page.getByLabel('From (UTC)').fill('2090-01-01');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('No entry is like that.').waitFor();
  await page.getByRole('link', { name: 'Remove from 2090-01-01 on' }).click();
  await page.getByText('“Created a credential”').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await fits(page);
  assert.deepEqual(wrong, []);
}

test('KD21: the audit log is searched and filtered, what is active is taken off one by one', async () => {
  await looked({});
});

test('KD21: the same without JavaScript, 320 pixels wide', async () => {
  await looked({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
});

test('KD21: an export is verified as it came, and one changed, left out or moved line of it is found', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-audit-')), file = path.join(folder, 'log.jsonl');
  const verified = (lines) => {
    fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    return stack.keydesk(['audit', 'verify', '--export', file]).then((out) => ({ out }), (error) => ({ code: error.code, out: error.out + error.err }));
  };
  const { text, status } = await exported(admin, { format: 'jsonl' }), lines = text.trimEnd().split('\n');
  const good = await verified(lines);
  const at = lines.findIndex((line) => line.includes('"act":"client.create"'));
  const changed = await verified(lines.with(at, lines[at].replace('client.create', 'client.delete')));
  const short = await verified(lines.toSpliced(at, 1));
  const moved = await verified(lines.with(at, lines[at + 1]).with(at + 1, lines[at]));
  const cut = await verified(lines.slice(0, -1));
  fs.rmSync(folder, { recursive: true });
  assert.equal(status, 200);
  assert.ok(at > 0);
  assert.deepEqual([good.code, /: (\d+) entries of [^\n]*, each in its place\./.exec(good.out)?.[1]], [undefined, String(lines.length - 2)], good.out);
  const { entry } = JSON.parse(lines[at]);
  assert.match(changed.out, new RegExp(`entry ${entry}\\b.* is not what was written there`));
  for (const said of [changed, short, moved, cut]) assert.ok(said.code > 0 && /things? (is|are) wrong/.test(said.out), said.out);
});

test('KD21: the page says to which entry the chain is verified, and in red where it is broken', async () => {
  await until('the chain is not verified', async () => (await admin.get('/audit')).body, (body) => /Verified to entry [\d,]+ at /.test(body));
  const [[seq]] = await stack.sql(`SELECT MIN(seq) FROM audit_entry WHERE organization_id = ${org} AND act = 'client.create'`);
  await stack.sql(`UPDATE audit_entry SET person = 'mallory@example.com' WHERE organization_id = ${org} AND seq = ${seq};
    UPDATE audit_walked SET passed_at = '2020-01-01' WHERE organization_id = ${org}`);
  const { body } = await until('it is not noticed', () => admin.get('/audit'), (answer) => answer.body.includes('The log is broken'));
  assert.match(body, new RegExp(`entry ${seq} \\([^)]*\\) is not what was written there`));
  assert.match(body, /keydesk audit verify/);
  assert.ok(!(await member.get('/audit')).body.includes('The log is broken'));
});

test('KD21: an export larger than the memory of a request is whole, and is itself in the log', async () => {
  await fill(77, MANY);
  const exports = async () => Number((await stack.sql(`SELECT COUNT(*) FROM audit_entry WHERE organization_id = ${org} AND act = 'audit.export'`))[0][0]);
  const before = await exports();
  const all = await exported(admin, { format: 'jsonl' });
  assert.equal(all.status, 200);
  assert.ok(all.whole);
  assert.ok(all.text.length > 2 * 4194304, `${all.text.length} bytes`);
  const lines = all.text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines.filter((line) => line.machine === 77).length, MANY);
  assert.equal(lines.at(-1).entries, lines.length - 2);
  assert.equal(await exports(), before + 1);
  const csv = await exported(admin, { format: 'csv', act: 'sign-out' });
  assert.equal(csv.text.split('\r\n').filter((line) => line.includes('somebody@example.com')).length, MANY);
  assert.match(csv.headers['content-disposition'], /^attachment; filename="audit-\d{4}-\d\d-\d\d\.csv"$/);
  await stack.sql(`DELETE FROM audit_entry WHERE organization_id = ${org} AND machine = 77`);
});

test('KD21: a member exports their own acts and no others', async () => {
  const { text } = await exported(member, { format: 'jsonl', person: 'nobody' });
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.ok(lines.length > 0);
  for (const line of lines) assert.equal(line.person, stack.people.Member.email);
});

test('KD21: an export in flight ends with the session of whoever asked', async () => {
  await fill(78, MANY);
  const other = await new Visitor(stack.url).signIn(stack.people.Admin);
  const found = await exported(other, { format: 'jsonl', object: '' }, (answer) => {
    answer.pause();
    stack.sql(`DELETE s FROM session s JOIN person p ON p.id = s.person_id WHERE p.email = '${stack.people.Admin.email}'`).then(() => answer.resume());
  });
  assert.ok(!found.whole, 'the export went on');
  assert.ok(found.text.length < 2 * 4194304, `${found.text.length} bytes came`);
  await stack.sql(`DELETE FROM audit_entry WHERE organization_id = ${org} AND machine = 78`);
});
