// faults.test.js - kill -9 of each part under load, in front of a supervisor that starts it again, as systemd would: all that
// was acknowledged is there and works, all that was ended is refused, and the service is back.
// Alone: it counts what is answered while a process is killed.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, again, ask, basic } = require('./visitor.js');

const soak = process.env.SOAK ? 5 : 1; // times over
const SECONDS = 60; // far longer than anything here takes
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const children = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
const threads = (pid) => fs.readdirSync(`/proc/${pid}/task`).length;
const kill = (pid) => { try { process.kill(pid, 'SIGKILL'); } catch { /* gone meanwhile */ } };

// One of the three programs, with the command that run.sh has started it with, started again whenever it ends.
class Part {
  constructor(name, record) {
    const pid = Number(fs.readFileSync(record, 'latin1').split(' ')[0]);
    const words = (file) => fs.readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
    this.name = name;
    this.command = words('cmdline');
    this.env = Object.fromEntries(words('environ').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const { uid, gid } = fs.statSync(`/proc/${pid}`);
    if (process.getuid() === 0) Object.assign(this, { uid, gid });
  }

  begin() {
    const [program, ...args] = this.command;
    this.over = false;
    this.child = spawn(program, args, { env: this.env, uid: this.uid, gid: this.gid, stdio: 'ignore', detached: true });
    this.child.unref(); // a test that has failed ends
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.ended.then(async () => {
      // What is left of a web server would keep its port; workers of a master that has gone answer what they have, and end.
      if (this.name !== 'the master') try { process.kill(-this.child.pid, 'SIGKILL'); } catch { /* nothing is left */ }
      await pause(100);
      if (!this.over) this.begin();
    });
  }

  async end() {
    this.over = true;
    this.child.kill('SIGTERM');
    await this.ended;
  }

  // Without waiting, with all that it has started.
  cut() {
    this.over = true;
    try { process.kill(-this.child.pid, 'SIGKILL'); } catch { /* nothing is left */ }
  }
}

let stack, admin, known, parts;
const acknowledged = [], ended = [];

test.before(async () => {
  // A database that keeps what it has acknowledged, as one is set that is not for tests.
  stack = await start({ demo: true, env: { KEYDESK_MARIADB: '' } });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  known = await admin.createKey('Known');
  const run = path.join(stack.state, 'run');
  parts = { database: new Part('the database', path.join(run, 'mariadb')), master: new Part('the master', path.join(run, 'keydesk')), web: new Part('the web server', path.join(run, 'web')) };
  // A web server writes its title over its command.
  const web = path.join(stack.state, 'web'), webLog = path.join(stack.state, 'log/nginx.log');
  parts.web.env = process.env;
  parts.web.command = process.env.WEB === 'apache' ? ['apache2', '-d', web, '-f', `${web}/apache.conf`, '-D', 'FOREGROUND']
    : ['nginx', '-p', web, '-e', webLog, '-c', `${web}/nginx.conf`];
  parts.master.command = [parts.master.command[0], 'serve'];
  parts.master.env.KEYDESK_ACCOUNT_KEYS = '50';
  await stack.stop({ keep: true });
  for (const part of Object.values(parts)) part.begin();
  process.once('exit', () => Object.values(parts).forEach((part) => part.cut()));
  assert.ok(await back(), 'it runs without run.sh too');
});
test.after(async () => {
  for (const part of [parts?.web, parts?.master, parts?.database]) await part?.end();
  if (stack) fs.rmSync(stack.state, { recursive: true, force: true });
});

const good = async (what) => { try { return (await what()).status === 200; } catch { return false; } };
const verify = (key) => ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) });

// Waits until everybody is answered again: several times in a row, as only one of two workers may be there.
async function back() {
  let row = 0;
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end && row < 10; await pause(10))
    row = await good(() => verify(known)) && await good(() => admin.get('/credentials')) ? row + 1 : 0;
  return row === 10;
}

// Pages and questions all the time, on kept connections and new ones, and a writer; stop() says what became of them.
function load() {
  const count = { answered: 0, lost: 0, unavailable: 0, wrong: [] };
  const kept = new http.Agent({ keepAlive: true, maxSockets: 8 });
  let going = true;
  const asker = async (what) => {
    while (going) {
      try {
        const { status } = await what();
        if (status === 200) count.answered++;
        else if (status === 503) count.unavailable++;
        else count.wrong.push(status);
      } catch {
        count.lost++;
      }
      await pause(5);
    }
  };
  const writer = async () => {
    for (let i = 0; going && i < 10; i++) {
      try {
        const key = await admin.createKey(`Acknowledged ${acknowledged.length}`);
        if (key.secret) acknowledged.push(key);
      } catch { /* not acknowledged */ }
      await pause(100);
    }
  };
  const get = (uri, headers, agent) => ask(stack.url + uri, { headers, agent });
  const all = [writer(), ...[kept, undefined].flatMap((agent) => [0, 1].flatMap(() => [
    asker(() => get('/verify', basic(known.client_id, known.secret), agent)),
    asker(() => get('/credentials', { Cookie: admin.cookie() }, agent)),
  ]))];
  return { count, stop: async () => { going = false; await Promise.all(all); kept.destroy(); return count; } };
}

const family = () => children(parts.master.child.pid);
const faults = {
  'one worker': () => kill(family().find((pid) => threads(pid) > 1)),
  'all workers': () => family().filter((pid) => threads(pid) > 1).forEach(kill),
  'the housekeeper': () => kill(family().find((pid) => threads(pid) === 1)),
  'the master': () => kill(parts.master.child.pid),
  'the database': () => kill(parts.database.child.pid),
  'the web server': () => kill(parts.web.child.pid),
  everything: () => {
    const all = family();
    for (const part of Object.values(parts)) kill(part.child.pid);
    all.forEach(kill);
  },
};

// Two secrets that every worker may know; end() resets one and deletes the other one's key, and is done when the pages are there.
async function doomed() {
  const [reset, deleted] = [await admin.createKey('To be reset'), await admin.createKey('To be deleted')];
  for (const key of [reset, deleted]) for (let i = 0; i < 4; i++) assert.equal((await verify(key)).status, 200);
  return async () => {
    let next;
    const pages = await Promise.all([again(async () => { next = await admin.resetKey(reset.id); return next.answer; }), again(() => admin.deleteKey(deleted.id))]);
    assert.deepEqual(pages.map(({ status }) => status), [200, 303]);
    ended.push(reset, deleted);
    acknowledged.push({ ...next, id: reset.id });
  };
}

for (const [name, strike] of Object.entries(faults)) {
  test(`KD27: kill -9 of ${name} under load: it is back, all that was acknowledged works, and what was ended is refused`, async () => {
    for (let i = 0; i < soak; i++) {
      const end = await doomed(), before = acknowledged.length, going = load();
      await pause(700);
      await end();
      strike();
      const began = Date.now();
      assert.ok(await back(), 'it comes back');
      const seconds = (Date.now() - began) / 1000;
      await pause(500);
      const { answered, lost, unavailable, wrong } = await going.stop();
      console.log(`# ${name}: back after ${seconds.toFixed(1)} s; ${answered} answered, ${lost} lost, ${unavailable} times 503, ${acknowledged.length - before} keys made`);
      assert.deepEqual(wrong, [], 'what cannot be answered is 503, or cut');
      assert.ok(answered > 20);
      if (!['the web server', 'everything'].includes(name)) assert.equal(lost, 0, 'who is there to answer does');
      for (const key of acknowledged) assert.ok(await good(() => verify(key)), `${key.client_id} was acknowledged`);
      for (const key of ended) assert.equal((await verify(key)).status, 401, `${key.client_id} was ended`);
      // So that there is room for more.
      while (acknowledged.length > 30) assert.equal((await admin.deleteKey(acknowledged.shift().id)).status, 303);
    }
  });
}

test('KD27: after all that the audit log is whole', async () => {
  assert.match(await stack.keydesk(['audit', 'verify']), /each in its place/);
  const organization = (await stack.sql('SELECT o.public_id FROM organization o JOIN client c ON c.organization_id = o.id LIMIT 1'))[0][0];
  assert.match(await stack.keydesk(['audit', 'verify', '--organization', organization]), /each in its place/);
  assert.ok(acknowledged.length > 10, `${acknowledged.length} keys`);
});
