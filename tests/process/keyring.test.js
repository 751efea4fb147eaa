// keyring.test.js - the key ring is rotated on two machines under load, and nobody notices.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');
const { children, until } = require('./master.js');

const WORKERS = 2, EACH = 16; // how many processes serve, and who asks at once
let here, one, two, person;

const ring_text = (machine) => fs.readFileSync(machine.env.KEYDESK_KEYRING, 'latin1');

// A command on one of the machines: { code, out, err }.
function command(machine, args, input = '') {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, args, { env: machine.env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 30000 });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => { said.out += data; });
    child.stderr.on('data', (data) => { said.err += data; });
    child.on('close', (code) => resolve({ code, ...said }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

async function done(machine, ...args) {
  const result = await command(machine, args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}`);
  return result.out;
}

const create = async (machine, name) =>
  JSON.parse(await done(machine, 'client', 'create', '--organization', here.key.organization, '--environment', 'production', '--name', name, '--json'));

// All old workers have gone.
async function reload(machine) {
  const before = children(machine.pid);
  machine.child.kill('SIGHUP');
  assert.ok(await until(() => {
    const now = children(machine.pid);
    return now.length === WORKERS + 1 && now.every((pid) => !before.includes(pid));
  }, 40), machine.log.slice(-800));
}

// A person's browser, at whichever machine.
class Browser {
  constructor() { this.cookies = new Map(); }

  async ask(machine, uri, form) {
    const answer = await machine.ask(uri, {
      body: form && new URLSearchParams(form).toString(),
      params: {
        HTTP_COOKIE: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '), HTTP_ORIGIN: 'http://127.0.0.1:8080',
        ...(form && { CONTENT_TYPE: 'application/x-www-form-urlencoded' }),
      },
    });
    for (const [, name, value] of answer.head.matchAll(/^Set-Cookie: ([^=]+)=([^;\r]*)/gm)) {
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return answer;
  }

  // The token of a form as it stands in the page now.
  async form(machine, uri) { return /name="csrf" value="([^"]+)"/.exec((await this.ask(machine, uri)).text)[1]; }

  async sign_in(machine) {
    const csrf = await this.form(machine, '/sign-in');
    const answer = await this.ask(machine, '/sign-in', { csrf, email: person.email, password: person.password });
    assert.equal(answer.status, 303, answer.text);
  }
}

// 16 who ask both machines for all that depends on the ring; what goes wrong is kept. `with` may be changed.
class Load {
  constructor(machines, what) {
    this.machines = machines;
    this.with = what;
    this.wrong = [];
    this.answered = 0;
    this.going = true;
    const kinds = ['secret', 'secret', 'token', 'token', 'auth', 'page', 'form', 'secret'];
    this.all = Promise.all(Array.from({ length: EACH }, (_, i) => this.loop(machines[i % 2], kinds[(i >> 1) % kinds.length])));
  }

  async question(machine, kind, { key, token, browser, csrf }) {
    if (kind === 'secret') return [(await machine.verify(key)).status, 200];
    if (kind === 'token') return [(await machine.ask('/verify', { params: { HTTP_AUTHORIZATION: `Bearer ${token}` } })).status, 200];
    if (kind === 'page') return [(await browser.ask(machine, '/credentials')).status, 200];
    if (kind === 'form') return [(await browser.ask(machine, '/environment', { csrf, environment: 'production' })).status, 303];
    const body = JSON.stringify({ client_id: key.client_id, client_secret: key.client_secret });
    return [(await machine.ask('/auth', { body, params: { CONTENT_TYPE: 'application/json' } })).status, 200];
  }

  async loop(machine, kind) {
    while (this.going) {
      try {
        const [status, right] = await this.question(machine, kind, this.with);
        if (status !== right) this.wrong.push(`${kind} on ${machine.env.KEYDESK_MACHINE}: ${status}`);
      } catch (error) {
        this.wrong.push(`${kind} on ${machine.env.KEYDESK_MACHINE}: ${error.message}`);
      }
      this.answered++;
    }
  }

  // Nothing has gone wrong so far, and much has been asked since the last time.
  async good(what) {
    const before = this.answered;
    assert.ok(await until(() => this.answered > before + 200), what);
    assert.deepEqual(this.wrong, [], what);
  }

  async end() {
    this.going = false;
    await this.all;
  }
}

const token_of = async (machine, key) => JSON.parse((await machine.ask('/auth', {
  body: JSON.stringify({ client_id: key.client_id, client_secret: key.client_secret }), params: { CONTENT_TYPE: 'application/json' },
})).text).token;

test.before(async () => {
  here = new Installation('keyring');
  const env = (n) => ({
    KEYDESK_MACHINE: String(n), KEYDESK_LISTEN: path.join(here.dir, `s${n}`), KEYDESK_KEYRING: path.join(here.dir, `keyring${n}`),
    KEYDESK_WORKERS: String(WORKERS), KEYDESK_THREADS: '8', KEYDESK_ACCOUNT_KEYS: '5',
  });
  const given = { env: { ...here.env, ...env(2) } };
  fs.renameSync(here.env.KEYDESK_KEYRING, env(1).KEYDESK_KEYRING);
  here.env.KEYDESK_KEYRING = env(1).KEYDESK_KEYRING;
  // A second machine begins with what the first one has.
  const copied = await command(given, ['keyring', 'import'], fs.readFileSync(here.env.KEYDESK_KEYRING));
  assert.equal(copied.code, 0, copied.err);
  assert.equal(ring_text(given), fs.readFileSync(here.env.KEYDESK_KEYRING, 'latin1'));
  assert.equal(fs.statSync(given.env.KEYDESK_KEYRING).mode & 0o7777, 0o600);
  if (process.getuid() === 0) fs.chownSync(given.env.KEYDESK_KEYRING, 65534, 65534);
  one = await here.start(env(1));
  two = await here.start(env(2));
  person = { email: 'ann@example.test', password: 'a long enough sentence' };
  const added = await command(one, ['user', 'add', '--organization', here.key.organization, '--email', person.email, '--name', 'Ann', '--role', 'admin'], `${person.password}\n`);
  assert.equal(added.code, 0, added.err);
});

test.after(() => here?.remove());

test('KD30: add, reload, activate, reload, retire on two machines under load, without one failed request', async (t) => {
  const key = here.key, browser = new Browser(), live = new Browser();
  await browser.sign_in(one);
  const load = new Load([one, two], { key, token: await token_of(one, key), browser, csrf: await browser.form(two, '/credentials') });
  t.after(() => load.end());
  await load.good('before');

  // One machine has the new key; the other one has not, then in its file only, then in its workers.
  assert.equal(JSON.parse(await done(one, 'keyring', 'add', '--json')).number, 2);
  assert.match(ring_text(one), /^1 active .*\n2 reading /m);
  await reload(one);
  let refused;
  assert.ok(await until(async () => {
    refused = await command(one, ['keyring', 'activate', '2']);
    assert.equal(refused.code, 1); // from the first moment on, when the machine has only just begun
    return /machine 2 .* has not reported that all its workers hold key 2/.test(refused.err);
  }, 20), refused.err);
  assert.equal((await command(two, ['keyring', 'import'], ring_text(one))).code, 0);
  assert.equal(ring_text(two), ring_text(one));
  refused = await command(one, ['keyring', 'activate', '2']);
  assert.equal(refused.code, 1, 'what stands in a file is not loaded');
  await load.good('added');
  await reload(two);
  assert.ok(await until(async () => (await command(one, ['keyring', 'activate', '2'])).code === 0, 30));
  assert.match(ring_text(one), /^1 reading .*\n2 active /m);
  assert.match(ring_text(two), /^1 active .*\n2 reading /m);

  // The command line makes secrets under it at once, the workers after the reload: both machines take them.
  const by_hand = await create(one, 'By hand');
  assert.match(by_hand.client_secret, /^kds_live_2/);
  for (const machine of [two, one, two]) assert.equal((await machine.verify(by_hand)).status, 200);
  await load.good('activated in the file');
  await reload(one);
  await live.sign_in(one);
  const csrf = await live.form(one, '/credentials/new'), once = /name="once" value="([^"]+)"/.exec((await live.ask(one, '/credentials/new')).text)[1];
  const made = await live.ask(one, '/credentials', { csrf, once, name: 'By a page' });
  assert.equal(made.status, 200, made.text);
  const secret = /kds_live_[0-9A-Za-z]{11}_[0-9A-Za-z]{60}/.exec(made.text)[0], client_id = /kdc_live_[0-9A-Za-z]{16}/.exec(made.text)[0];
  assert.match(secret, /^kds_live_2/);
  assert.equal((await two.verify({ client_id, client_secret: secret })).status, 200, 'at once on the other machine, which still makes under key 1');
  await load.good('activated on one machine');
  refused = await command(one, ['keyring', 'retire', '1', '--yes']);
  assert.equal(refused.code, 1, 'the other machine still makes secrets under it');
  assert.match(refused.err, /machine 2 .* still makes secrets under key 1/);
  await done(two, 'keyring', 'activate', '2');
  await reload(two);
  await load.good('activated on both');

  // What hangs on key 1 is said and listed; those who call move to a secret of key 2.
  const listed = (await done(one, 'keyring', 'list', '--secrets', '1', '--json')).trim().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(listed.map((row) => row.id), [key.id]);
  assert.ok(await until(async () => /still makes/.test((await command(one, ['keyring', 'retire', '1'])).err) === false, 20));
  refused = await command(one, ['keyring', 'retire', '1']);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /secrets that it signs +1\n/);
  const newer = { client_id, client_secret: secret };
  load.with = { key: newer, token: await token_of(two, newer), browser, csrf: await browser.form(one, '/credentials') };
  await load.good('moved');
  await done(one, 'keyring', 'retire', '1', '--yes');
  await reload(one);
  await load.good('retired on one machine');
  await done(two, 'keyring', 'retire', '1', '--yes');
  await reload(two);
  await load.good('retired on both');
  await load.end();
  assert.deepEqual(load.wrong, []);
  console.log(`# ${load.answered} requests, none failed`);

  // What the retired key has made is refused by its text; what it has sealed was sealed anew.
  for (const machine of [one, two]) assert.equal((await machine.verify(key)).status, 401);
  assert.equal(await here.sql('SELECT GROUP_CONCAT(DISTINCT key_number) FROM signing_key'), '2');
  assert.equal((await browser.ask(two, '/credentials')).status, 200, 'nobody was signed out');
  for (const args of [['audit', 'verify'], ['audit', 'verify', '--organization', key.organization]]) await done(two, ...args);
  const acts = (await here.sql("SELECT CONCAT(machine, ' ', act, ' ', object) FROM audit_entry WHERE organization_id = 0 AND act LIKE 'keyring.%' ORDER BY at")).split('\n');
  assert.deepEqual(acts, ['2 keyring.import 1', '1 keyring.add 2', '2 keyring.import 1', '1 keyring.activate 2', '2 keyring.activate 2', '1 keyring.retire 1', '2 keyring.retire 1'].slice(acts.length === 6 ? 1 : 0));
  // Nothing that was written or logged holds a key.
  const keys = ring_text(one).match(/[0-9a-f]{64}/g);
  const rows = (await here.sql('SELECT GROUP_CONCAT(detail) FROM audit_entry')) + (await here.sql('SELECT GROUP_CONCAT(fingerprint) FROM machine_key'));
  for (const text of keys) assert.ok(!rows.includes(text.slice(0, 12)) && !(one.log + two.log).includes(text.slice(0, 12)));
});

test('KD30: a key that two machines have made of one number is found before it does harm', async () => {
  for (const machine of [one, two]) assert.equal(JSON.parse(await done(machine, 'keyring', 'add', '--json')).number, 3);
  const before = ring_text(one);
  let refused = await command(one, ['keyring', 'import'], ring_text(two));
  assert.equal(refused.code, 1);
  assert.match(refused.err, /key 3 is another one here/);
  for (const machine of [one, two]) await reload(machine);
  assert.ok(await until(async () => /machine 2 .* has another key 3/.test((await command(one, ['keyring', 'activate', '3'])).err), 20));
  refused = await command(one, ['keyring', 'activate', '3', '--yes']);
  assert.equal(refused.code, 1, '--yes is for machines that are away');
  assert.equal(ring_text(one), before);
  assert.deepEqual(fs.readdirSync(here.dir).filter((name) => name.endsWith('.new')), []);
});

test('KD30: a reload is refused whose active key the others do not hold, and changes nothing', async () => {
  const before = children(one.pid), ring = ring_text(one);
  fs.writeFileSync(one.env.KEYDESK_KEYRING, ring.replace('2 active', '2 reading').replace('3 reading', '3 active'));
  one.log = '';
  one.child.kill('SIGHUP');
  assert.ok(await until(() => /reload refused/.test(one.log), 20));
  assert.match(one.log, /has another key|does not hold it yet/);
  assert.deepEqual(children(one.pid).filter((pid) => before.includes(pid)), before);
  assert.equal((await command(one, ['check'])).code, 3);
  fs.writeFileSync(one.env.KEYDESK_KEYRING, ring);
  await done(one, 'check');
});

test('KD30: a machine does not start without the key that another one makes secrets under', async () => {
  const ring = ring_text(two);
  await two.stop();
  fs.writeFileSync(two.env.KEYDESK_KEYRING, ring.replace(/^1 retired/m, '1 active').replace(/^2 active.*\n/m, ''));
  const { code, err } = await command(two, ['serve']);
  assert.equal(code, 3);
  assert.match(err, /machine 1 .* makes secrets under key 2, which is not the key 2 of this ring/);
  fs.writeFileSync(two.env.KEYDESK_KEYRING, ring);
  two = await here.start(two.env);
});

test('KD30: a machine that is away is waited for, or left behind when told so', async () => {
  const number = JSON.parse(await done(one, 'keyring', 'add', '--json')).number;
  await two.stop();
  await reload(one);
  assert.ok(await until(async () => /machine 2 .* begins or has just stopped/.test((await command(one, ['keyring', 'activate', String(number)])).err), 20));
  await here.sql('UPDATE machine SET seen_at = seen_at - INTERVAL 2 MINUTE WHERE machine = 2');
  const refused = await command(one, ['keyring', 'activate', String(number)]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /machine 2 .* was last heard of 1\d\d s ago and did not hold key 4; if it is gone for good, add --yes/);
  await done(one, 'keyring', 'activate', String(number), '--yes');
});

test('after a leak of ring and database the keys that sign tokens are replaced', async () => {
  const key = await create(one, 'Tokens'), token = await token_of(one, key);
  const ask = async (presented) => (await one.ask('/verify', { params: { HTTP_AUTHORIZATION: `Bearer ${presented}` } })).status;
  assert.equal(await ask(token), 200);
  await done(one, 'signing', 'rotate', '--now', '--yes');
  assert.equal(await ask(token), 401, 'on the very next request, without a reload');
  assert.equal(await ask(await token_of(one, key)), 200);
});

test('what a command is given wrongly changes nothing', async () => {
  const before = ring_text(one);
  for (const [args, code] of [[['activate'], 2], [['activate', '0'], 2], [['activate', '62'], 2], [['activate', 'x'], 2], [['activate', '50'], 1], [['retire', '4', '--yes'], 1], [['retire', '1'], 0], [['list', '--secrets', 'x'], 2], [['import'], 3]]) {
    const result = await command(one, ['keyring', ...args], 'nonsense');
    assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
  }
  assert.equal(ring_text(one), before);
  // A second ring beside the first would refuse all that there is: the next machine imports.
  const none = path.join(here.dir, 'none'), init = await command({ env: { ...one.env, KEYDESK_KEYRING: none } }, ['init']);
  assert.equal(init.code, 1);
  assert.match(init.err, /this database has a key ring, which is not at .*: bring it here first: keydesk keyring import/);
  assert.ok(!fs.existsSync(none));
  const list = JSON.parse(await done(one, 'keyring', 'list', '--json'));
  assert.deepEqual(list.keys.map((key) => `${key.number} ${key.status}`), ['1 retired', '2 reading', '3 reading', '4 active']);
  assert.match(await done(one, 'keyring', 'list'), /4 {2}active +[0-9a-f]{16}/);
});
