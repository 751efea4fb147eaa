// confine.test.js - what a process has forbidden itself is refused and logged; all that it does itself goes on,
// also where something fails.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Connection, request } = require('./fastcgi.js');
const { Master, children, until } = require('./master.js');
const { Installation, Way, database } = require('./real.js');

// In a sanitized program nothing is forbidden, as its run-time has calls of its own.
const why = process.env.SAN || /address|thread/.test(process.env.B || '') ? 'a sanitized build forbids itself nothing' : false;

let here;
test.before(() => { here = new Installation('confine'); });
test.after(() => here?.remove());

// Of each thread of the process.
const filtered = (pid) => fs.readdirSync(`/proc/${pid}/task`).map((id) => /^Seccomp:\t(\d)$/m.exec(fs.readFileSync(`/proc/${pid}/task/${id}/status`, 'latin1'))[1]);

test('no program, process, file to write, memory to run, socket to listen: EPERM, and a line in the log', { skip: why }, async (t) => {
  const master = new Master({}, { program: process.env.KEYDESK_TEST_CONFINED });
  t.after(() => master.stop());
  assert.ok(await master.ready, master.log);
  const { status, text } = await master.ask('/try');
  assert.equal(status, 200);
  const tried = Object.fromEntries(text.trim().split(' ').map((word) => word.split('=')).map(([call, error]) => [call, Number(error)]));
  for (const call of ['memory', 'reading', 'database']) {
    assert.equal(tried[call], 0, `${call} must work`);
    delete tried[call];
  }
  assert.ok(Object.keys(tried).length >= 15);
  for (const [call, error] of Object.entries(tried)) {
    assert.equal(error, 1, `${call} must be EPERM`);
    assert.ok(await until(() => new RegExp(`forbidden call=${call} number=\\d+$`, 'm').test(master.log), 5), `${call} must be in the log`);
  }
  assert.ok(!fs.existsSync(path.join(master.dir, 'made')));
  // It goes on as if nothing had been; a crash is still a crash.
  const pid = Number(/pid=(\d+)/.exec((await master.ask('/')).text)[1]);
  assert.ok(children(master.pid).includes(pid));
  await assert.rejects(master.ask('/crash'), /closed without an answer/);
  assert.ok(await until(() => /was killed by signal 6/.test(master.log)), 'abort() is abort()');
});

test('a web server that leaves in the middle of a request is nothing that is refused', { skip: why }, async (t) => {
  const master = new Master({ KEYDESK_WORKERS: 1 }, { program: process.env.KEYDESK_TEST_CONFINED });
  t.after(() => master.stop());
  assert.ok(await master.ready, master.log);
  const whole = request('/big?kb=2000', { keep: true, body: 'x'.repeat(500) });
  for (let n = 1; n < whole.length; n += 37) {
    const connection = new Connection(master.socket);
    await connection.opened;
    connection.send(whole.subarray(0, n));
    await new Promise((resolve) => connection.socket.end(resolve));
    connection.end();
  }
  for (let i = 0; i < 20; i++) assert.equal((await master.ask('/')).status, 200);
  assert.doesNotMatch(master.log, /forbidden/);
});

test('each thread of each worker and of the housekeeper is under the filter', { skip: why }, async () => {
  const running = await here.start();
  const all = children(running.pid);
  assert.equal(all.length, 3);
  assert.ok(await until(() => all.every((pid) => filtered(pid).every((mode) => mode === '2'))));
  assert.ok(all.some((pid) => filtered(pid).length === 6), 'a dispatcher, four request threads and one that computes');
  await running.stop();
});

for (const [how, settings] of [['a socket', (way) => ({ KEYDESK_DB_SOCKET: way.near })], ['TCP, by number', (way) => ({ KEYDESK_DB_HOST: '127.0.0.1', KEYDESK_DB_PORT: way.near.port, KEYDESK_DB_SOCKET: '' })],
  ['TCP, by name', (way) => ({ KEYDESK_DB_HOST: 'localhost', KEYDESK_DB_PORT: way.near.port, KEYDESK_DB_SOCKET: '' })]]) {
  test(`a database that was away when a process began is found over ${how}, and again when it is lost`, async (t) => {
    const way = new Way(how === 'a socket' ? path.join(here.dir, 'db') : { host: '127.0.0.1', port: 0 }, database);
    await way.opened;
    t.after(() => way.cut());
    const running = await here.start(settings(way));
    const first = children(running.pid);
    await way.cut();
    for (const pid of first) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => children(running.pid).length === 3 && !children(running.pid).some((pid) => first.includes(pid))));
    assert.equal((await running.verify(here.key)).status, 503);
    for (let round = 0; round < 2; round++) {
      await way.open();
      assert.ok(await until(async () => (await running.verify(here.key)).status === 200, 10));
      for (let i = 0; i < 16; i++) assert.equal((await running.verify(here.key)).status, 200);
      await way.cut();
      assert.equal((await running.verify(here.key)).status, 503);
    }
    await way.open();
    await running.stop();
    assert.doesNotMatch(running.log, / forbidden /);
  });
}

// Whether the bytes stand in memory that the process may write.
function holds(pid, text) {
  const needle = Buffer.from(text), memory = fs.openSync(`/proc/${pid}/mem`, 'r');
  try {
    return fs.readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n').some((line) => {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) || [];
      for (let at = parseInt(from, 16); at < parseInt(to, 16); at += 1 << 20) {
        const part = Buffer.alloc(Math.min((1 << 20) + needle.length, parseInt(to, 16) - at));
        try {
          if (part.subarray(0, fs.readSync(memory, part, 0, part.length, at)).includes(needle)) return true;
        } catch { /* not to be read, as the kernel's own pages */ }
      }
      return false;
    });
  } finally {
    fs.closeSync(memory);
  }
}

const unseen = process.getuid() !== 0 && 'only root may look into the processes';
test('no process that serves keeps the password of the account that may change tables', { skip: unseen || why }, async () => {
  const password = `owner-${Date.now()}-of-the-tables`, file = path.join(here.dir, 'owner.password');
  fs.writeFileSync(file, `${password}\n`, { mode: 0o600 });
  const running = await here.start({ KEYDESK_DB_OWNER_PASSWORD_FILE: file });
  await running.verify(here.key);
  for (const reloaded of [false, true]) {
    const all = [running.pid, ...children(running.pid)];
    assert.equal(all.length, 4);
    for (const pid of all) {
      assert.ok(holds(pid, here.name), 'what is there is found');
      assert.ok(!holds(pid, password), `process ${all.indexOf(pid)}`);
    }
    if (reloaded) break;
    running.child.kill('SIGHUP');
    assert.ok(await until(() => children(running.pid).length === 3 && !all.slice(1).some((pid) => children(running.pid).includes(pid))));
  }
  await running.stop();
});
