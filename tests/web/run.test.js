// run.test.js - what `make run` promises: first start, second start, after kill -9 of everything, side by side.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');
const { start, freePort, root } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

const person = { name: 'Ann Marsh', email: 'ann@example.com', password: 'violet harbour 88 lamp', organization: 'Northwind & Söhne <GmbH>' };

async function setUp(stack) {
  const link = new URL(stack.setupLink).pathname;
  const visitor = new Visitor(stack.url);
  const answer = await visitor.send(link, link, person, ['csrf']);
  assert.equal(answer.status, 303);
  return visitor;
}

// Every process whose command line or working files are below the state folder.
function processesOf(stack) {
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') + fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
      return words.includes(stack.state) && Number(pid) !== process.pid;
    } catch {
      return false;
    }
  }).map(Number);
}

test('KD1 KD27: set up by the link, killed with -9 altogether, started again: everything is as it was', async () => {
  let stack = await start({ fresh: true });
  try {
    const admin = await setUp(stack);
    const key = await admin.createKey('Before');
    assert.equal((await admin.get('/')).status, 200);
    assert.equal((await ask(stack.setupLink)).status, 404, 'the link is used up');

    const pids = processesOf(stack);
    assert.ok(pids.length >= 6, `${pids.length} processes`);
    for (const pid of pids) try { process.kill(pid, 'SIGKILL'); } catch { /* gone with its parent */ }
    await new Promise((resolve) => setTimeout(resolve, 300));

    stack = await start({ state: stack.state, port: stack.port });
    assert.equal(stack.setupLink, undefined, 'no second set-up');
    assert.equal((await ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) })).status, 200);
    assert.equal((await admin.get('/credentials')).status, 200, 'the session goes on');
    assert.match((await admin.get('/settings')).body, /Northwind &amp; Söhne &lt;GmbH&gt;/);
  } finally {
    await stack.stop();
  }
});

test('a port in use is said before anything is started, and another one is named', async () => {
  const port = await freePort();
  const taken = net.createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const state = fs.mkdtempSync('/tmp/keydesk-port-');
  fs.chmodSync(state, 0o755);
  try {
    const run = spawnSync(path.join(root, 'app/deploy/run.sh'), {
      cwd: root, encoding: 'utf8', timeout: 60000, env: { ...process.env, KEYDESK_STATE: state, KEYDESK_PORT: String(port) },
    });
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use`));
    assert.match(run.stderr, /KEYDESK_PORT=/);
    assert.ok(!fs.existsSync(path.join(state, 'data')), 'nothing was begun');
  } finally {
    taken.close();
    fs.rmSync(state, { recursive: true, force: true });
  }
});

test('two run side by side and know nothing of each other; both end with all their processes', async () => {
  const [one, two] = [await start({ fresh: true }), await start({ fresh: true })];
  try {
    const admin = await setUp(one);
    assert.equal((await admin.get('/credentials')).status, 200);
    assert.equal((await ask(two.setupLink)).status, 200, 'the other one is still to be set up');
    const guest = new Visitor(two.url);
    guest.cookies = new Map(admin.cookies);
    assert.equal((await guest.get('/credentials')).status, 303, 'a session of one is none of the other');
  } finally {
    await one.stop({ keep: true });
    await two.stop({ keep: true });
  }
  assert.deepEqual(processesOf(one), []);
  assert.deepEqual(processesOf(two), []);
  for (const { state } of [one, two]) fs.rmSync(state, { recursive: true });
});

test('CARD1: the program is linked to libfcgi, the MySQL client library and libargon2', () => {
  const build = process.env.B || 'build/release';
  const said = execFileSync('ldd', [path.resolve(root, build, 'keydesk')], { encoding: 'utf8' });
  for (const library of ['libfcgi', 'libmariadb', 'libargon2']) assert.ok(said.includes(library), library);
});
