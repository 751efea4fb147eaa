// keydesk.test.js - the real program on the real database: the database goes and comes back, workers are
// killed, the program is reloaded; nothing that was acknowledged is lost.
// Alone: how soon it is back is measured.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { ask } = require('./fastcgi.js');
const { until, children } = require('./master.js');
const { Installation, PROGRAM, Way, database } = require('./real.js');

let here, way, running, key, env;
const keydeskAsync = (...args) => here.keydeskAsync(...args);
const sql = (statement) => here.sql(statement);
const verify = (secret) => running.verify(key, secret);

test.before(async () => {
  here = new Installation('process');
  ({ key, env } = here);
  way = new Way(path.join(here.dir, 'db'), database);
  running = await here.start({ KEYDESK_DB_SOCKET: way.socket });
});
test.after(async () => {
  await running?.stop();
  await way?.cut();
  await here?.remove();
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
    const ids = (await sql(`SELECT id FROM information_schema.processlist WHERE db = '${here.name}'`)).split('\n').filter(Boolean);
    for (const id of ids) try { await sql(`KILL ${id}`); } catch { /* gone meanwhile */ }
    assert.equal((await verify()).status, 200);
  }
});

test('KD27: all workers are killed under load; others take their place and every secret is known', async () => {
  const masters = children(running.pid);
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
  assert.ok(await until(async () => children(running.pid).length === 3 && !children(running.pid).some((pid) => masters.includes(pid)), 10));
  const back = answered;
  assert.ok(await until(() => answered > back + 100), 'those that took their place answer');
  going = false;
  await load;
  console.log(`# bystanders lost: ${lost} of ${answered + lost}`);
  assert.equal((await verify()).status, 200);
});

test('KD27: 20 reloads under load without one failed request; a bad template changes nothing', async () => {
  let going = true, answered = 0;
  const load = Promise.all(Array.from({ length: 4 }, async () => {
    while (going) {
      assert.equal((await verify()).status, 200);
      answered++;
    }
  }));
  for (let i = 0; i < 20; i++) {
    const before = children(running.pid);
    running.child.kill('SIGHUP');
    assert.ok(await until(() => { const now = children(running.pid); return now.length === 3 && now.every((pid) => !before.includes(pid)); }, 40), `reload ${i}`);
  }
  const layout = path.join(here.dir, 'templates/layout.mustache');
  const good = fs.readFileSync(layout, 'utf8');
  fs.writeFileSync(layout, good.replace('{{title}}', '{{tilte}}'));
  const before = children(running.pid);
  running.log = '';
  running.child.kill('SIGHUP');
  assert.ok(await until(() => /tilte/.test(running.log), 20), `the mistake is said: ${running.log.slice(-500)}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(children(running.pid).filter((pid) => before.includes(pid)), before);
  fs.writeFileSync(layout, good);
  going = false;
  await load;
  assert.ok(answered > 100);
});

test('LR2: last use is in the database within 10 s, written by the housekeeper', async () => {
  await sql(`UPDATE secret SET last_used_at = NULL`);
  await verify();
  assert.ok(await until(async () => await sql(`SELECT COUNT(*) FROM secret WHERE last_used_at IS NOT NULL AND last_used_from = '192.0.2.1'`) === '1', 10));
});

test('a secret that was deleted at the command line is refused by the running program on the next request', async () => {
  assert.equal((await verify()).status, 200);
  await keydeskAsync('client', 'delete', '--organization', key.organization, '--id', key.id);
  assert.equal((await verify()).status, 401);
});

test('a command whose output cannot be written says so, and what is done', () => {
  const full = (...args) => spawnSync('/bin/sh', ['-c', 'exec "$0" "$@" >/dev/full', PROGRAM, ...args], { env: here.env, encoding: 'utf8' });
  const made = full('client', 'create', '--organization', here.key.organization, '--environment', 'production', '--name', 'Nobody has seen it');
  assert.equal(made.status, 3);
  assert.match(made.stderr, /this is done, but what was to be printed could not be written: No space left on device/);
  const listed = full('routes');
  assert.equal(listed.status, 3);
  assert.match(listed.stderr, /keydesk: what was to be printed could not be written/);
});

test('what was logged holds no secret', () => {
  assert.ok(running.log.length > 1000);
  assert.ok(!running.log.includes(key.client_secret) && !running.log.includes('kds_live_'));
});
