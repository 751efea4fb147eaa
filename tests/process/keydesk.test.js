// keydesk.test.js - the real program on the real database: the database goes and comes back, workers are
// killed, the program is reloaded; nothing that was acknowledged is lost.
'use strict';
const assert = require('node:assert/strict');
const { execFile, execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { ask } = require('./fastcgi.js');
const { until, children } = require('./master.js');

const PROGRAM = path.resolve(__dirname, '../..', process.env.B || 'build/release', 'keydesk');
const NOBODY = 65534;

// A way to the database that can be cut: connections through it end, and no new one is made.
class Way {
  constructor(socket, target) {
    this.socket = socket;
    this.pairs = new Set();
    this.make(target);
  }

  make(target) {
    this.target = target;
    this.server = net.createServer((near) => {
      const far = net.connect(target);
      const pair = [near, far];
      this.pairs.add(pair);
      const end = () => { pair.forEach((one) => one.destroy()); this.pairs.delete(pair); };
      for (const one of pair) one.on('error', end).on('close', end);
      near.pipe(far).pipe(near);
    });
    return new Promise((resolve) => this.server.listen(this.socket, () => {
      fs.chmodSync(this.socket, 0o777);
      resolve();
    }));
  }

  cut() {
    for (const pair of this.pairs) pair.forEach((one) => one.destroy());
    return new Promise((resolve) => this.server.close(resolve));
  }

  async open() { await this.make(this.target); }
}

const database = process.env.KEYDESK_TEST_SOCKET;
const name = `process_${process.pid}`;
let dir, way, env, child, log = '', key;

// Not by the way that can be cut: this process itself carries that one, and waits here.
const keydesk = (...args) => execFileSync(PROGRAM, args, { env: { ...env, KEYDESK_DB_SOCKET: database }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const keydeskAsync = (...args) => new Promise((resolve, reject) => {
  execFile(PROGRAM, args, { env: { ...env, KEYDESK_DB_SOCKET: database } }, (error, out) => (error ? reject(error) : resolve(out)));
});
// Never in the foreground: this process itself carries what a transaction of the program may be waiting for.
const sql = (statement) => new Promise((resolve, reject) => {
  execFile('mariadb', ['--no-defaults', '-S', database, '-u', 'root', '-BN', '-e', statement], (error, out) =>
    (error ? reject(error) : resolve(out.trim())));
});
const verify = (secret = key.client_secret) => ask(env.KEYDESK_LISTEN, '/verify', {
  params: { HTTP_X_API_KEY: key.client_id, HTTP_X_API_SECRET: secret },
});

test.before(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kd-real-'));
  fs.chmodSync(dir, 0o777);
  way = new Way(path.join(dir, 'db'), database);
  const clean = Object.fromEntries(Object.entries(process.env).filter(([word]) => !word.startsWith('KEYDESK_')));
  const root = path.resolve(__dirname, '../..');
  env = {
    ...clean, KEYDESK_LISTEN: path.join(dir, 's'), KEYDESK_USER: 'nobody', KEYDESK_WORKERS: '2', KEYDESK_THREADS: '4',
    KEYDESK_KEYRING: path.join(dir, 'keyring'), KEYDESK_TEMPLATES: path.join(dir, 'templates'), KEYDESK_SCHEMA: path.join(dir, 'schema'),
    KEYDESK_DB_SOCKET: database, KEYDESK_DB_NAME: name, KEYDESK_DB_USER: 'root', KEYDESK_DB_OWNER: 'root',
  };
  for (const folder of ['templates', 'schema']) fs.cpSync(path.join(root, folder), path.join(dir, folder), { recursive: true });
  keydesk('init');
  const id = JSON.parse(keydesk('organization', 'add', '--name', 'Process', '--json')).id;
  key = JSON.parse(keydesk('client', 'create', '--organization', id, '--environment', 'production', '--name', 'K', '--json'));
  key.organization = id;
  if (process.getuid() === 0) fs.chownSync(env.KEYDESK_KEYRING, NOBODY, NOBODY);
  env.KEYDESK_DB_SOCKET = way.socket;
  child = spawn(PROGRAM, ['serve', '--ready-fd', '3'], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  child.stderr.on('data', (data) => { log += data; });
  const ready = await new Promise((resolve) => {
    child.stdio[3].on('data', () => resolve(true));
    child.stdio[3].on('end', () => resolve(false));
  });
  assert.ok(ready, log);
});

test.after(async () => {
  child?.kill('SIGTERM');
  if (child?.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  await way?.cut();
  await sql(`DROP DATABASE IF EXISTS ${name}`);
  fs.rmSync(dir, { recursive: true, force: true });
});

test('KD27: without the database the answer is 503 with Retry-After, and it is found again', async () => {
  assert.equal((await verify()).status, 200);
  await way.cut();
  for (const uri of ['/verify', '/credentials', '/sign-in', '/health/ready']) {
    const answer = await ask(env.KEYDESK_LISTEN, uri, {
      params: uri === '/verify' ? { HTTP_X_API_KEY: key.client_id, HTTP_X_API_SECRET: key.client_secret } : { HTTP_COOKIE: `keydesk=${'x'.repeat(43)}` },
    });
    // The sign-in page of somebody without a session asks the database nothing but its transaction.
    assert.equal(answer.status, 503, uri);
    if (uri !== '/health/ready') assert.match(answer.head, /Retry-After: \d/, uri);
  }
  assert.equal((await ask(env.KEYDESK_LISTEN, '/health/live')).status, 200, 'the process itself lives');
  await way.open();
  const began = Date.now();
  assert.ok(await until(async () => (await verify()).status === 200, 5));
  assert.ok(Date.now() - began < 2000, 'back within 2 s of the database');
  for (let i = 0; i < 32; i++) assert.equal((await verify()).status, 200, 'every thread has found it again');
});

test('KD27: a killed connection is made anew without anybody noticing', async () => {
  for (let round = 0; round < 10; round++) {
    const ids = (await sql(`SELECT id FROM information_schema.processlist WHERE db = '${name}'`)).split('\n').filter(Boolean);
    for (const id of ids) try { await sql(`KILL ${id}`); } catch { /* gone meanwhile */ }
    assert.equal((await verify()).status, 200);
  }
});

test('KD27: all workers are killed under load; others take their place and every secret is known', async () => {
  const masters = children(child.pid);
  assert.equal(masters.length, 3, 'two workers and a housekeeper');
  let going = true, answered = 0, lost = 0;
  const load = Promise.all(Array.from({ length: 8 }, async () => {
    while (going) {
      try {
        const { status } = await verify();
        assert.equal(status, 200);
        answered++;
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        lost++;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }));
  for (const pid of masters) process.kill(pid, 'SIGKILL');
  assert.ok(await until(async () => children(child.pid).length === 3 && !children(child.pid).some((pid) => masters.includes(pid)), 10));
  await new Promise((resolve) => setTimeout(resolve, 500));
  going = false;
  await load;
  assert.ok(answered > 100);
  console.log(`# bystanders lost: ${lost} of ${answered + lost}`);
  assert.equal((await verify()).status, 200);
});

test('KD27: 5 reloads under load without one failed request; a bad template changes nothing', async () => {
  let going = true, answered = 0;
  const load = Promise.all(Array.from({ length: 8 }, async () => {
    while (going) {
      assert.equal((await verify()).status, 200);
      answered++;
    }
  }));
  for (let i = 0; i < 5; i++) {
    const before = children(child.pid);
    child.kill('SIGHUP');
    assert.ok(await until(() => { const now = children(child.pid); return now.length === 3 && now.every((pid) => !before.includes(pid)); }, 40), `reload ${i}`);
  }
  const layout = path.join(dir, 'templates/layout.mustache');
  const good = fs.readFileSync(layout, 'utf8');
  fs.writeFileSync(layout, good.replace('{{title}}', '{{tilte}}'));
  const before = children(child.pid);
  log = '';
  child.kill('SIGHUP');
  assert.ok(await until(() => /tilte/.test(log), 20), `the mistake is said: ${log.slice(-500)}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(children(child.pid).filter((pid) => before.includes(pid)), before);
  fs.writeFileSync(layout, good);
  going = false;
  await load;
  assert.ok(answered > 100);
});

test('LR2: last use is in the database within 10 s, written by the housekeeper', async () => {
  await sql(`UPDATE ${name}.secret SET last_used_at = NULL`);
  await verify();
  assert.ok(await until(async () => await sql(`SELECT COUNT(*) FROM ${name}.secret WHERE last_used_at IS NOT NULL AND last_used_from = '192.0.2.1'`) === '1', 10));
});

test('a secret that was deleted at the command line is refused by the running program on the next request', async () => {
  assert.equal((await verify()).status, 200);
  await keydeskAsync('client', 'delete', '--organization', key.organization, '--id', key.id);
  assert.equal((await verify()).status, 401);
});

test('what was logged holds no secret', () => {
  assert.ok(log.length > 1000);
  assert.ok(!log.includes(key.client_secret) && !log.includes('kds_live_'));
});
