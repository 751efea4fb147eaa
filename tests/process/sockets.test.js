// sockets.test.js - the socket comes from somebody else: the real spawn-fcgi, the real systemd-socket-activate.
'use strict';
const assert = require('node:assert/strict');
const { spawn, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { ask } = require('./fastcgi.js');
const { children, is_alive, until } = require('./master.js');

const PROGRAM = process.env.KEYDESK_TEST_CONFINED;
const missing = (program) => (spawnSync(program, ['--version']).error ? `${program} is not installed` : false);

// A folder with settings, and how the program is called there.
function place(t) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kd-'));
  fs.chmodSync(dir, 0o777);
  fs.writeFileSync(path.join(dir, 'settings'), 'KEYDESK_USER=nobody\nKEYDESK_WORKERS=2\nKEYDESK_THREADS=4\n');
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEYDESK_')));
  t.after(() => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return { dir, socket: path.join(dir, 'theirs'), env: { ...clean, KEYDESK_SETTINGS: path.join(dir, 'settings'), STUB: dir } };
}

// It answers, is reloaded, answers, and ends in order; the socket is not ours to remove.
async function serves(socket, pid) {
  assert.ok(await until(async () => { try { return (await ask(socket, '/')).status === 200; } catch { return false; } }));
  assert.ok(await until(() => children(pid).length === 3));
  const first = children(pid);
  process.kill(pid, 'SIGHUP');
  assert.ok(await until(() => children(pid).length === 3 && !first.some(is_alive)));
  for (let i = 0; i < 20; i++) assert.match((await ask(socket, '/')).text, /^ok pid=\d+ generation=365 workers=2/);
  process.kill(pid, 'SIGTERM');
  assert.ok(await until(() => !is_alive(pid)));
  assert.ok(fs.existsSync(socket));
}

test('spawn-fcgi gives the socket as descriptor 0', { skip: missing('spawn-fcgi') }, async (t) => {
  const { dir, socket, env } = place(t);
  const pidFile = path.join(dir, 'pid');
  const { status, stdout, stderr } = spawnSync('spawn-fcgi', ['-s', socket, '-M', '0660', '-P', pidFile, '--', PROGRAM, 'serve'], { env, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  const pid = Number(fs.readFileSync(pidFile, 'latin1'));
  t.after(() => { try { process.kill(pid, 'SIGKILL'); } catch { /* it has ended */ } });
  assert.equal(fs.statSync(socket).mode & 0o777, 0o660);
  await serves(socket, pid);
});

// As a program leaves it to itself when it is executed anew. Some file systems number with all of 64 bits.
test('a socket whose file has a number of 64 bits is handed over, and handed on', { skip: missing('spawn-fcgi') }, async (t) => {
  const { dir, socket, env } = place(t);
  const pidFile = path.join(dir, 'pid');
  const anew = 'exec 5</dev/null; export _KEYDESK_HANDOVER="1 $$ 0 0 18446744073709551615 11240984669916798977 5"; exec "$0" serve';
  const { status, stdout, stderr } = spawnSync('spawn-fcgi', ['-s', socket, '-M', '0660', '-P', pidFile, '--', '/bin/sh', '-c', anew, PROGRAM], { env, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  const pid = Number(fs.readFileSync(pidFile, 'latin1'));
  t.after(() => { try { process.kill(pid, 'SIGKILL'); } catch { /* it has ended */ } });
  await serves(socket, pid);
});

test('systemd gives the socket as LISTEN_FDS says, and the first connection starts the program', { skip: missing('systemd-socket-activate') }, async (t) => {
  const { socket, env } = place(t);
  const passed = ['KEYDESK_SETTINGS', 'STUB'].flatMap((name) => ['-E', `${name}=${env[name]}`]);
  const child = spawn('systemd-socket-activate', ['-l', socket, ...passed, PROGRAM, 'serve'], { env, stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  assert.ok(await until(() => fs.existsSync(socket)));
  assert.deepEqual(children(child.pid), [], 'nothing runs before somebody asks');
  await serves(socket, child.pid);
});
