// audit.test.js - the audit log of the real program: whole after load and crashes, and found out when it is
// tampered with; exported, and verified without a database.
'use strict';
const assert = require('node:assert/strict');
const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');
const { children, until, is_alive } = require('./master.js');

const ADMIN = { email: 'ann@example.test', password: 'correct horse battery' };
const URL = 'http://127.0.0.1:8080';
const CHEAP = { KEYDESK_PASSWORD_KIB: '8', KEYDESK_PASSWORD_PASSES: '1', KEYDESK_WORKERS: '3' };

let here, log = '', organization;
const file = (name) => path.join(here.dir, name);

test.before(() => {
  here = new Installation('audit');
  Object.assign(here.env, CHEAP);
  organization = here.key.organization;
  execFileSync(PROGRAM, ['user', 'add', '--organization', organization, '--email', ADMIN.email, '--name', 'Ann', '--role', 'admin'],
    { env: here.env, input: `${ADMIN.password}\n`, stdio: ['pipe', 'pipe', 'inherit'] });
});
test.after(() => here?.remove());

// What the command line says and ends with; env may leave the database out.
const keydesk = (args, env = here.env, input = '') => new Promise((resolve) => {
  const child = execFile(PROGRAM, args, { env, maxBuffer: 1 << 28 }, (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
});

// A browser straight at the FastCGI socket.
class Browser {
  constructor(server, address) {
    this.server = server;
    this.address = address;
    this.cookies = new Map();
  }

  async ask(uri, fields) {
    const params = { REMOTE_ADDR: this.address, HTTP_COOKIE: [...this.cookies].map((pair) => pair.join('=')).join('; ') };
    if (fields) Object.assign(params, { HTTP_ORIGIN: URL, CONTENT_TYPE: 'application/x-www-form-urlencoded' });
    const answer = await this.server().ask(uri, { method: fields ? 'POST' : 'GET', params, body: fields && new URLSearchParams(fields).toString() });
    for (const [, name, value] of answer.head.matchAll(/^Set-Cookie: ([^=]+)=([^;]*)/gim)) this.cookies.set(name, value);
    return answer;
  }

  // Opens the page and sends its form: 422, or where it leads.
  async send(page, uri, fields, hidden = ['csrf']) {
    const { text } = await this.ask(page);
    const more = {};
    for (const name of hidden) more[name] = new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
    const answer = await this.ask(uri, { ...more, ...fields });
    return /^Location: (.*?)\r?$/m.exec(answer.head)?.[1] ?? answer.status;
  }
}

// Does it again and again until told to stop; how often it was sent, and how often it was acknowledged.
function again(going, work, good) {
  const count = { sent: 0, done: 0 };
  count.over = (async () => {
    while (going()) {
      count.sent++;
      try {
        count.done += await work() === good;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20)); // its worker was killed
      }
    }
  })();
  return count;
}

test('KD21: after load on several workers, kills and a crash of all, every chain is whole and nothing acknowledged is missing', async () => {
  let going = true, server = await here.start();
  const first = server, browser = (address) => new Browser(() => server, address);
  const on = () => going;
  const wrong = Array.from({ length: 4 }, (_, i) => {
    const one = browser(`198.51.100.${i}`);
    return again(on, () => one.send('/sign-in', '/sign-in', { email: 'nobody@example.test', password: 'not the password' }), 422);
  });
  const admin = browser('192.0.2.1');
  let n = 0;
  const edits = again(on, async () => {
    const there = await admin.send('/settings', '/settings', { name: `Process ${n++}` }, ['csrf', 'version']);
    if (/sign-in/.test(there)) await admin.send('/sign-in', '/sign-in', ADMIN);
    return there;
  }, '/settings?did=saved');
  const resets = again(on, async () => (await keydesk(['client', 'reset', '--organization', organization, '--id', here.key.id])).code, 0);
  const enough = (least) => until(() => edits.done >= least && resets.done >= least && wrong.every((one) => one.done >= least), 60);

  const logged = () => (first.log.match(/ checkpoint at=/g) ?? []).length;
  for (let round = 1; round <= 3; round++) {
    const had = logged();
    assert.ok(await enough(round * 4), JSON.stringify([edits, resets, wrong]));
    assert.ok(await until(() => logged() > had, 20), 'each housekeeper begins with a checkpoint');
    const before = children(server.pid);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => children(server.pid).length === 4 && !children(server.pid).some((pid) => before.includes(pid)), 20));
  }
  const before = children(server.pid);
  first.child.kill('SIGHUP');
  assert.ok(await until(() => { const now = children(server.pid); return now.length === 4 && now.every((pid) => !before.includes(pid)); }, 40));
  assert.ok(await enough(20));
  const all = [server.pid, ...children(server.pid)];
  for (const pid of all) process.kill(pid, 'SIGKILL');
  assert.ok(await until(() => !all.some(is_alive)));
  server = await here.start();
  const last = edits.done + 5;
  assert.ok(await until(() => edits.done >= last, 60), JSON.stringify(edits));
  going = false;
  await Promise.all([edits, resets, ...wrong].map((one) => one.over));
  assert.equal(await server.stop(), 0);

  log = first.log + server.log;
  fs.writeFileSync(file('log'), log);
  const { code, out } = await keydesk(['audit', 'verify', '--checkpoints', file('log')]);
  assert.equal(code, 0, out);
  assert.match(out, /^Installation, machine 1: \d+ entries, each in its place\.$/m);
  assert.match(out, new RegExp(`^Organization ${organization} \\(Process \\d+\\), machine 1: \\d+ entries, each in its place\\.$`, 'm'));
  const checkpoints = Number(/^(\d+) checkpoints were held against it, the last of 20/m.exec(out)[1]);
  assert.ok(checkpoints >= 5, `${checkpoints} checkpoints`); // three that were killed, two that ended
  assert.ok(!/audit-went-back/.test(log));

  const act = async (name) => Number(await here.sql(`SELECT COUNT(*) FROM audit_entry WHERE act = '${name}'`));
  const between = (is, count, what) => assert.ok(is >= count.done && is <= count.sent, `${what}: ${count.done} acknowledged, ${is} in the log, ${count.sent} sent`);
  between(await act('organization.edit'), edits, 'changes');
  between(await act('client.reset'), resets, 'resets');
  const told = Number(await here.sql(`SELECT SUM(IF(detail LIKE '%"times":%', SUBSTRING_INDEX(SUBSTRING_INDEX(detail, '"times":', -1), '}', 1), 1))
    FROM audit_entry WHERE act = 'sign-in.refused' AND remote LIKE '198.51.100.%'`));
  between(told, wrong.reduce((sum, one) => ({ sent: sum.sent + one.sent, done: sum.done + one.done })), 'refused sign-ins');
  assert.equal(await here.sql('SELECT COALESCE(SUM(times), 0) FROM sign_in_refusal'), '0', 'the last housekeeper has summed up');
});

test('KD21: an export is verified by the key ring alone, with the log of checkpoints, and says what is wrong', async () => {
  const before = Number(await here.sql("SELECT COUNT(*) FROM audit_entry WHERE act = 'audit.export'"));
  const made = await keydesk(['audit', 'export', '--organization', organization]);
  assert.equal(made.code, 0, made.err);
  const lines = made.out.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(lines[0].organization, organization);
  assert.equal(lines.at(-1).entries, lines.length - 2);
  assert.equal(lines.at(-2).act, 'audit.export', 'that it was exported is in it');
  assert.equal(lines.at(-2).detail, '{"format":"jsonl","from":"","to":""}');
  assert.equal(Number(await here.sql("SELECT COUNT(*) FROM audit_entry WHERE act = 'audit.export'")), before + 1);

  const alone = { PATH: here.env.PATH, KEYDESK_KEYRING: here.env.KEYDESK_KEYRING, KEYDESK_DB_SOCKET: '/nonexistent/socket' };
  const verify = async (text, ...more) => {
    fs.writeFileSync(file('export'), text);
    return keydesk(['audit', 'verify', '--export', file('export'), ...more], alone);
  };
  let said = await verify(made.out);
  assert.equal(said.code, 0, said.out + said.err);
  assert.match(said.out, new RegExp(`: ${lines.length - 2} entries of organization ${organization}, each in its place\\.`));
  said = await keydesk(['audit', 'verify', '--export', '-', '--checkpoints', file('log')], alone, made.out);
  assert.equal(said.code, 0, said.out + said.err);

  said = await verify(made.out.replace('"act":"organization.edit"', '"act":"organization.save"'), '--checkpoints', file('log'));
  assert.equal(said.code, 1);
  assert.match(said.out, /machine 1: entry \d+ \(20[^)]*Z\) is not what was written there: changed, added or moved\./);
  const answers = (await verify(made.out.replace('"act":"organization.edit"', '"act":"organization.save"'), '--json')).out.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual([answers.length, answers[0].says, answers[1].what, answers[2].wrong], [3, 'is not the seal of what stands before it', 'changed', 2]);
  fs.writeFileSync(file('bad'), log.replace(/heads=\d+:/, 'heads=9:'));
  said = await verify(made.out, '--checkpoints', file('bad'));
  assert.equal(said.code, 1);
  assert.match(said.out, /bad, line \d+: this checkpoint was changed or cut, or is of another key ring\./);
  said = await verify(made.out.split('\n').slice(0, -3).join('\n') + '\n');
  assert.equal(said.code, 1);
  assert.match(said.out, /the file was cut/);
  said = await verify('');
  assert.equal(said.code, 1);
  said = await keydesk(['audit', 'verify', '--export', file('nothing')], alone);
  assert.equal(said.code, 2);
  assert.match(said.err, /nothing: No such file/);
});

test('KD21: an export in CSV, of the installation, of a time; and what is not understood', async () => {
  const csv = await keydesk(['audit', 'export', '--installation', '--format', 'csv']);
  assert.equal(csv.code, 0, csv.err);
  assert.match(csv.out, /^chain,machine,entry,at,person_id,person,act,object,detail,remote,request,key,mac\r\n0,1,1,20/);
  assert.ok(csv.out.split('\r\n').length > 10);
  const none = await keydesk(['audit', 'export', '--organization', organization, '--from', '2001-01-01', '--to', '2002-01-01T00:00:00Z']);
  assert.equal(none.out.split('\n').length, 3, 'a head and a seal');
  for (const [args, why] of [
    [[], /give --organization ID or --installation/],
    [['--installation', '--organization', organization], /give --organization ID or --installation/],
    [['--installation', '--format', 'xml'], /--format is jsonl or csv/],
    [['--installation', '--from', 'today'], /a time is given as/],
    [['--installation', '--from', '2026-02-02', '--to', '2026-02-01'], /--from is not before --to/],
  ]) {
    const { code, out, err } = await keydesk(['audit', 'export', ...args]);
    assert.deepEqual([code, out], [2, ''], args.join(' '));
    assert.match(err, why);
  }
  const unknown = await keydesk(['audit', 'export', '--organization', 'nosuchone0']);
  assert.deepEqual([unknown.code, unknown.out], [1, '']);
});

test('KD21: a log larger than the memory that there is is exported and verified', async () => {
  await here.sql(`INSERT INTO audit_entry (organization_id, machine, seq, at, person, act, object, detail, remote, request, key_number, mac)
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 80)
    SELECT 0, 50, a.i * 80 + b.i, '2026-01-01', 'x', 'x', 'x', REPEAT('x', 20000), '', '0123456789abcdef', 1, REPEAT('a', 64) FROM n a JOIN n b`);
  const made = file('large');
  const limited = (command) => new Promise((resolve) => {
    execFile('bash', ['-c', `ulimit -v 120000; ${command}`], { env: { ...here.env, PROGRAM, made } }, (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  });
  const written = await limited('"$PROGRAM" audit export --installation >"$made"');
  assert.equal(written.code, 0, written.err);
  assert.ok(fs.statSync(made).size > 127e6);
  const size = fs.statSync(made).size;
  const ofTheDay = await limited('"$PROGRAM" audit export --installation --from 2026-01-01 --to 2026-01-02 >"$made.day" && stat -c %s "$made.day"');
  assert.equal(ofTheDay.code, 0, ofTheDay.err);
  assert.ok(Number(ofTheDay.out) > 127e6 && Number(ofTheDay.out) <= size + 200, ofTheDay.out);
  fs.unlinkSync(`${made}.day`);
  const read = await limited('"$PROGRAM" audit verify --export "$made"');
  assert.equal(read.code, 1, 'these entries were made up');
  assert.match(read.out, /machine 50: entries 1 to 80 are missing, and the one that follows cannot be checked\./);
  assert.match(read.out, /machine 50: entries 82 to 6480 \(from 2026-01-01T00:00:00Z\) are not what was written there/);
  fs.unlinkSync(made);
  await here.sql('DELETE FROM audit_entry WHERE machine = 50');
});

test('KD21: what is tampered with is said in words, and by the exit status', async () => {
  const org = await here.sql(`SELECT id FROM organization WHERE public_id = '${organization}'`);
  const last = Number(await here.sql(`SELECT MAX(seq) FROM audit_entry WHERE organization_id = ${org}`));
  const verify = (...more) => keydesk(['audit', 'verify', '--organization', organization, ...more]);
  assert.equal((await verify('--checkpoints', file('log'))).code, 0);

  await here.sql(`UPDATE audit_entry SET remote = '192.0.2.99' WHERE organization_id = ${org} AND seq = 2`);
  let said = await verify();
  assert.equal(said.code, 1);
  assert.match(said.out, new RegExp(`^Organization ${organization} \\(Process \\d+\\), machine 1: entry 2 \\(20[^)]*Z\\) is not what was written there`, 'm'));
  const json = (await verify('--json')).out.trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual([json[0].wrong, json[0].entries], [1, last]);
  assert.deepEqual([json[1].what, json[1].first, json[1].last, json[1].machine], ['changed', 2, 2, 1]);
  assert.equal((await keydesk(['audit', 'verify', '--installation'])).code, 0, "others' logs are not this one's");
  await here.sql(`UPDATE audit_entry SET remote = '' WHERE organization_id = ${org} AND seq = 2`);
  assert.equal((await verify()).code, 0);

  await here.sql(`DELETE FROM audit_entry WHERE organization_id = ${org} AND seq > 3;
    UPDATE audit_head SET seq = 3, mac = (SELECT mac FROM audit_entry WHERE organization_id = ${org} AND seq = 3) WHERE organization_id = ${org}`);
  assert.equal((await verify()).code, 0, 'the chain alone cannot show that');
  said = await verify('--checkpoints', file('log'));
  assert.equal(said.code, 1);
  assert.match(said.out, /machine 1: cut off behind entry 3: the checkpoint of 20[^ ]*Z knew entries up to \d+\./);

  await here.sql(`DELETE FROM audit_entry WHERE organization_id = ${org}; DELETE FROM audit_head WHERE organization_id = ${org}`);
  said = await keydesk(['audit', 'verify']);
  assert.equal(said.code, 1);
  assert.match(said.out, new RegExp(`^Organization ${organization} \\(Process \\d+\\): there is no entry at all, not even the first: the log is gone\\.$`, 'm'));
  said = await keydesk(['audit', 'verify', '--all', '--checkpoints', '-'], here.env, log);
  assert.match(said.out, /the whole chain is gone: the checkpoint of 20[^ ]*Z knew \d+ entries\./);

  const line = /^.* checkpoint at=.*$/m.exec(log)[0];
  said = await keydesk(['audit', 'verify', '--installation', '--checkpoints', '-'], here.env, `${line.replace(/heads=\d+:/, 'heads=9:')}\n`);
  assert.equal(said.code, 1);
  assert.match(said.out, /-, line 1: this checkpoint was changed or cut, or is of another key ring\./);
  said = await keydesk(['audit', 'verify', '--installation', '--checkpoints', '-'], here.env, 'nothing of it\n');
  assert.equal(said.code, 1);
  assert.match(said.err, /- holds no checkpoint/);
  assert.equal((await keydesk(['audit', 'verify', '--all', '--installation'])).code, 2);
});
