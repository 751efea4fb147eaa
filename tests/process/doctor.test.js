// doctor.test.js - each fault is made on purpose, on the real program and the real database, and the doctor names it.
// Alone: it changes settings of the database that the others use.
'use strict';
const assert = require('node:assert/strict');
const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');
const { until } = require('./master.js');

const ROOT = path.resolve(__dirname, '../..');
let here, account, keys, running, server, PROGRAM;

// A database server of its own: what is set wrongly here is set for all of it.
async function start_server() {
  const { KEYDESK_TEST_SOCKET: _, ...env } = process.env;
  server = spawn(path.join(ROOT, 'tests/with_database.sh'), ['bash', '-c', 'echo "$KEYDESK_TEST_SOCKET"; read -r _'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  process.env.KEYDESK_TEST_SOCKET = String((await once(server.stdout, 'data'))[0]).trim();
}

// Keydesk's words about an installation of these settings: { code, findings, text }.
function doctor(settings = {}, args = ['doctor', '--json']) {
  return new Promise((resolve) => {
    execFile(PROGRAM, args, { env: { ...here.env, ...settings }, timeout: 30000 }, (error, out, err) => {
      resolve({ code: error ? error.code : 0, text: out + err, findings: args.includes('--json') && out ? JSON.parse(out).findings : [] });
    });
  });
}

const words = (result) => result.findings.map((f) => `${f.level} ${f.check}: ${f.says}`).join('\n');

// Among what it finds is this, at that level, with something to do about it; and so is how it ends.
async function finds(level, check, says, settings) {
  const result = await doctor(settings);
  const found = result.findings.find((f) => f.level === level && f.check === check && says.test(f.says));
  assert.ok(found, `${level} ${check} ${says}\n${words(result)}${result.text}`);
  assert.equal(result.code, result.findings.some((f) => f.level === 'wrong') ? 3 : 0);
  return found;
}

const lacks = async (check) => assert.deepEqual((await doctor()).findings.filter((f) => f.check === check && f.level !== 'ok'), []);

test.before(async () => {
  await start_server();
  const real = require('./real.js'); // which looks where the database is
  PROGRAM = real.PROGRAM;
  here = new real.Installation('doctor');
  keys = path.join(here.dir, 'keys');
  fs.mkdirSync(keys, { mode: 0o755 });
  fs.renameSync(here.env.KEYDESK_KEYRING, path.join(keys, 'keyring'));
  account = `doc_${process.pid}`;
  await here.sql(`CREATE USER ${account}@localhost`);
  const grants = (await here.sql(fs.readFileSync(path.join(ROOT, 'app/deploy/grants.sql'), 'utf8'))).replaceAll('keydesk_serve', account);
  await here.sql(grants);
  await here.sql('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
  Object.assign(here.env, {
    KEYDESK_KEYRING: path.join(keys, 'keyring'), KEYDESK_DB_USER: account, KEYDESK_WORKERS: '2', KEYDESK_THREADS: '4',
  });
  running = await here.start();
  assert.ok(await until(async () => await here.sql('SELECT COUNT(*) FROM machine WHERE workers = 2') === '1', 20));
});

test.after(async () => {
  await here?.remove();
  server?.stdin.end();
  if (server?.exitCode === null) await once(server, 'exit');
});

test('of what is well the doctor says so, and ends with 0', async () => {
  const result = await doctor();
  assert.deepEqual(result.findings.filter((f) => f.level !== 'ok'), []);
  assert.equal(result.code, 0);
  assert.deepEqual([...new Set(result.findings.map((f) => f.check))], [
    'settings', 'key ring', 'pages', 'socket', 'mail', 'database', 'server', 'clock', 'durability', 'schema', 'statements', 'rights',
    'signing keys', 'secrets', 'machines', 'agreement', 'connections', 'outbox']);
  const plain = await doctor({}, ['doctor']);
  assert.match(plain.text, /^ok +settings +all read; http:\/\/127\.0\.0\.1:8080 is for this machine only$/m);
  assert.equal(plain.code, 0);
});

test('settings that cannot be read, and http for others than this machine', async () => {
  for (const [settings, said] of [[{ KEYDESK_URL: 'http://desk.example.com' }, /KEYDESK_URL/], [{ KEYDESK_THREADS: 'many' }, /KEYDESK_THREADS/], [{ KEYDESK_NONSENSE: '1' }, /KEYDESK_NONSENSE/]]) {
    const result = await doctor(settings);
    assert.equal(result.code, 3);
    assert.match(result.text, said);
  }
});

test('the key ring: absent, open to others, of somebody else, in an open folder', async () => {
  const ring = here.env.KEYDESK_KEYRING;
  await finds('wrong', 'key ring', /No such file/, { KEYDESK_KEYRING: path.join(keys, 'none') });
  fs.chmodSync(ring, 0o644);
  await finds('wrong', 'key ring', /readable by others/);
  fs.chmodSync(ring, 0o600);
  fs.chmodSync(keys, 0o777);
  await finds('wrong', 'key ring', /others can write in the folder/);
  fs.chmodSync(keys, 0o755);
  await lacks('key ring');
});

test('the key ring: of another owner, or not to be read by who serves', { skip: process.getuid() !== 0 && 'only root can give files away' }, async () => {
  const ring = here.env.KEYDESK_KEYRING, is = fs.statSync(ring);
  fs.chownSync(ring, 12345, 65534);
  assert.match((await finds('wrong', 'key ring', /neither to root nor to who serves/)).act, /chown root:/);
  fs.chownSync(ring, 0, 0);
  await finds('wrong', 'key ring', /who serves cannot read the file/);
  fs.chownSync(ring, 0, 65534);
  fs.chmodSync(ring, 0o640);
  await lacks('key ring');
  fs.chownSync(ring, is.uid, is.gid);
  fs.chmodSync(ring, 0o600);
});

test('a template with a mistake', async () => {
  const folder = path.join(here.dir, 'templates');
  const file = path.join(folder, 'layout.mustache'), good = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, good.replace('{{title}}', '{{tilte}}'));
  await finds('wrong', 'pages', /tilte/);
  fs.writeFileSync(file, good);
});

test('the socket: absent, open to all, of the wrong group, no socket, nobody behind it', async () => {
  await finds('warn', 'socket', /No such file/, { KEYDESK_LISTEN: path.join(here.dir, 'none') });
  fs.chmodSync(here.env.KEYDESK_LISTEN, 0o666);
  await finds('wrong', 'socket', /open to every user/);
  fs.chmodSync(here.env.KEYDESK_LISTEN, 0o660);
  await finds('wrong', 'socket', /not of the group daemon/, { KEYDESK_LISTEN_GROUP: 'daemon' });
  const file = path.join(here.dir, 'file');
  fs.writeFileSync(file, '', { mode: 0o600 });
  await finds('wrong', 'socket', /is no socket/, { KEYDESK_LISTEN: file });
  const silent = path.join(here.dir, 'silent'), server = net.createServer();
  await new Promise((resolve) => server.listen(silent, resolve));
  fs.chmodSync(silent, 0o660);
  fs.linkSync(silent, `${silent}2`); // closing takes away only the name that it was given
  await new Promise((resolve) => server.close(resolve));
  await finds('warn', 'socket', /nobody listens/, { KEYDESK_LISTEN: `${silent}2` });
});

test('a database that does not answer, and one that is read-only', async () => {
  const gone = await finds('wrong', 'database', /nothing in it was looked at: .*(refused|connect|none)/, { KEYDESK_DB_SOCKET: path.join(here.dir, 'none') });
  assert.match(gone.act, /KEYDESK_DB_SOCKET/);
  await here.sql('SET GLOBAL read_only = 1');
  try {
    await finds('wrong', 'database', /read.only/);
  } finally {
    await here.sql('SET GLOBAL read_only = 0');
  }
});

test('a clock that differs, and commits that are not on disk', async () => {
  await here.sql("SET GLOBAL init_connect = 'SET timestamp = UNIX_TIMESTAMP() - 10'");
  try {
    await finds('warn', 'clock', /^this machine's clock is .* ahead of the database's/);
  } finally {
    await here.sql("SET GLOBAL init_connect = ''");
  }
  await here.sql('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
  await finds('warn', 'durability', /innodb_flush_log_at_trx_commit is 2/);
  await here.sql('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
});

test('a schema that is not the newest, and a column that is not as it must be', async () => {
  const schema = path.join(here.dir, 'schema');
  fs.writeFileSync(path.join(schema, '9999_more.sql'), 'CREATE TABLE more (id INT);\n');
  assert.match((await finds('wrong', 'schema', /the program at 9999/)).act, /keydesk migrate/);
  fs.rmSync(path.join(schema, '9999_more.sql'));
  await here.sql('ALTER TABLE organization MODIFY name VARCHAR(100) NULL');
  await finds('wrong', 'statements', /'name' may be NULL/);
  await here.sql('ALTER TABLE organization MODIFY name VARCHAR(100) NOT NULL');
});

test('what has been recorded, and the list of migrations with its lock, the account that serves does not change', async () => {
  const less = await here.sql(`SELECT table_name, GROUP_CONCAT(privilege_type ORDER BY privilege_type) AS may FROM information_schema.table_privileges
    WHERE grantee = "'${account}'@'localhost'" AND table_schema = '${here.name}' GROUP BY table_name HAVING may <> 'DELETE,INSERT,SELECT,UPDATE' ORDER BY table_name`);
  assert.equal(less, 'audit_entry\tINSERT,SELECT\nmigration\tSELECT\nmigration_lock\tSELECT');
});

test('an account that may do more than serve, or less', async () => {
  await lacks('rights');
  for (const [right, on, says] of [['UPDATE', 'audit_entry', /may change entries of the audit log/], ['DELETE', 'audit_entry', /may remove entries/], ['CREATE', '*', /may make tables/], ['ALTER', '*', /may change tables/], ['DROP', '*', /may remove tables/]]) {
    await here.sql(`GRANT ${right} ON ${here.name}.${on} TO ${account}@localhost`);
    await finds('wrong', 'rights', says);
    await here.sql(`REVOKE ${right} ON ${here.name}.${on} FROM ${account}@localhost`);
  }
  await lacks('rights');
  assert.equal(await here.sql(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${here.name}' AND table_name LIKE 'keydesk%'`), '0', 'trying leaves nothing behind');
  await here.sql(`REVOKE SELECT ON ${here.name}.secret FROM ${account}@localhost`);
  await finds('wrong', 'statements', /denied/);
  await here.sql(`GRANT SELECT ON ${here.name}.secret TO ${account}@localhost`);
});

test('signing keys: none, or of another ring', async () => {
  await here.sql("UPDATE signing_key SET active_for = NULL WHERE environment = 'integration'");
  await finds('wrong', 'signing keys', /no key signs the tokens of integration/);
  await here.sql("UPDATE signing_key SET active_for = environment WHERE environment = 'integration'");
  const other = path.join(keys, 'other');
  fs.writeFileSync(other, `keydesk-keyring 1\n1 active ${'ab'.repeat(32)}\n`, { mode: 0o600 });
  if (process.getuid() === 0) fs.chownSync(other, 65534, 65534);
  await finds('wrong', 'signing keys', /of another ring/, { KEYDESK_KEYRING: other });
  await finds('wrong', 'agreement', /machine 1 .* does not hold it yet/, { KEYDESK_KEYRING: other });
});

test('KD30: public keys that do not open with this ring are counted, here and by keyring list', async () => {
  const [client, kept] = (await here.sql("SELECT client_id, hash FROM secret WHERE status = 'active' LIMIT 1")).split('\t');
  await here.sql(`UPDATE secret SET hash = NULL, public_key = 'of another ring', thumbprint = REPEAT('t', 43), key_kind = 'P-256' WHERE client_id = ${client} AND status = 'active'`);
  assert.match((await finds('warn', 'secrets', /^1 public keys do not open with this ring, and are refused$/)).act, /keyring import/);
  const listed = JSON.parse((await doctor({}, ['keyring', 'list', '--json'])).text);
  assert.deepEqual([listed.public_keys_lost, listed.keys[0].public_keys], [1, 1]);
  assert.match((await doctor({}, ['keyring', 'list'])).text, /^Public keys that do not open with this ring: 1$/m);
  await here.sql(`UPDATE secret SET public_key = NULL, thumbprint = NULL, key_kind = NULL, hash = '${kept}' WHERE client_id = ${client} AND status = 'active'`);
  await lacks('secrets');
});

test('a ring in the file that the running program has not loaded, and secrets under a retired key', async () => {
  const command = async (...args) => {
    const { code, text } = await doctor({}, ['keyring', ...args]);
    assert.equal(code, 0, text);
  };
  const reload = async () => {
    running.child.kill('SIGHUP');
    await until(async () => await here.sql("SELECT COUNT(*) FROM machine_key WHERE number = 2 AND everywhere AND status = 'active'") === '1', 15);
  };
  await command('add');
  running.child.kill('SIGHUP');
  assert.ok(await until(async () => (await doctor({}, ['keyring', 'activate', '2'])).code === 0, 30));
  await finds('warn', 'agreement', /machine 1 .* does not make secrets under key 2/);
  await reload();
  await lacks('agreement');
  assert.ok(await until(async () => (await doctor({}, ['keyring', 'retire', '1', '--yes'])).code === 0, 30));
  assert.match((await finds('warn', 'secrets', /key 1 is retired, and with it 1 secrets/)).act, /keyring list --secrets 1/);
  await here.sql('UPDATE signing_key SET key_number = 1');
  await finds('wrong', 'signing keys', /or one that is retired/);
  await here.sql('UPDATE signing_key SET key_number = 2');
});

test('two programs of one number, machines of different versions or clocks, and too few connections', async () => {
  await finds('warn', 'connections', /max_connections is/, { KEYDESK_WORKERS: '64', KEYDESK_THREADS: '128', KEYDESK_DB_CONNECTIONS: '8192' });
  const other = await here.start({ KEYDESK_LISTEN: path.join(here.dir, 's2') });
  assert.ok(await until(async () => await here.sql('SELECT COUNT(*) FROM machine WHERE workers = 2') === '2', 20));
  const found = await finds('wrong', 'machines', /two programs are machine 1/);
  assert.match(found.act, /KEYDESK_MACHINE/);
  await other.stop();
  await here.sql("UPDATE machine SET machine = 7, version = '0.0.1', clock_at = clock_at + INTERVAL 10 SECOND WHERE workers = 0");
  await finds('warn', 'machines', /machine 7 has version 0\.0\.1/);
  await finds('warn', 'machines', /clock of machine 7 is .* ahead/);
  await running.stop();
  await here.sql('DELETE FROM machine');
  await finds('warn', 'machines', /none serves/);
});
