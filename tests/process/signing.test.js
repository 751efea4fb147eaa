// signing.test.js - the keys that sign tokens are rotated on two machines under load, and nobody notices.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');
const { until } = require('./master.js');

const ROTATIONS = 20, EACH = 8; // how often, and who asks at once
const WORKERS = 2, AT_ONCE = 32; // of each machine, and who asks it until each of them has answered
let here, jose, machines;

function command(machine, ...args) {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, args, { env: machine.env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 30000 });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => { said.out += data; });
    child.stderr.on('data', (data) => { said.err += data; });
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

async function done(machine, ...args) {
  const result = await command(machine, ...args);
  assert.equal(result.code, 0, `${args.join(' ')}: ${result.err}`);
  return result.out;
}

const keys = async (machine, environment = 'production') => JSON.parse(await done(machine, 'signing', 'list', '--environment', environment, '--json')).keys;

async function token_of(machine, key = here.key) {
  const answer = await machine.ask('/auth', { body: JSON.stringify({ client_id: key.client_id, client_secret: key.client_secret }), params: { CONTENT_TYPE: 'application/json' } });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text).token;
}

const verify = async (machine, token) => (await machine.ask('/verify', { params: { HTTP_AUTHORIZATION: `Bearer ${token}`, KEYDESK_ENVIRONMENT: '' } })).status;
const head_of = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

// A machine is asked until each of its workers has answered, as its log says; all answers must be that one.
async function every_worker(machine, token, status) {
  const begun = machine.log.length;
  const heard = () => new Set(machine.log.slice(begun).split('\n').filter((line) => line.includes('route=/verify')).map((line) => /pid=(\d+)/.exec(line)[1])).size;
  assert.ok(await until(async () => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => verify(machine, token)));
    assert.deepEqual([...new Set(answers)], [status]);
    return heard() === WORKERS;
  }), `workers that answered: ${heard()}`);
}

// A service that checks tokens offline, and keeps the public keys: it renews them now and then, never because it meets a
// key that it does not know.
class Service {
  constructor(machine) { this.machine = machine; }

  async renew() {
    const answer = await this.machine.ask('/.well-known/jwks.json');
    assert.match(answer.head, /^Cache-Control: public, max-age=300\r?$/m);
    this.find = jose.createLocalJWKSet(JSON.parse(answer.text));
    return JSON.parse(answer.text).keys.map((key) => key.kid);
  }

  check(token) { return jose.jwtVerify(token, this.find, { issuer: 'http://127.0.0.1:8080', typ: 'at+jwt' }); }
}

// Eight who have tokens made by one machine and use them at the other, at /verify and at the services.
class Load {
  constructor(services) {
    this.services = services;
    this.wrong = [];
    this.made = 0;
    this.by = new Set();
    this.going = true;
    this.all = Promise.all(Array.from({ length: EACH }, (_, i) => this.loop(i)));
  }

  async once(i, turn) {
    const token = await token_of(machines[(i + turn) % 2]);
    this.by.add(head_of(token).kid);
    for (const machine of machines) {
      const status = await verify(machine, token);
      if (status !== 200) this.wrong.push(`/verify: ${status}`);
    }
    await this.services[i % this.services.length].check(token);
    this.made++;
  }

  async loop(i) {
    for (let turn = 0; this.going; turn++) {
      try {
        await this.once(i, turn);
      } catch (error) {
        this.wrong.push(error.message);
      }
    }
  }

  async end() {
    this.going = false;
    await this.all;
  }
}

test.before(async () => {
  jose = await import('jose');
  here = new Installation('signing');
  const env = (n) => ({ KEYDESK_MACHINE: String(n), KEYDESK_LISTEN: path.join(here.dir, `s${n}`), KEYDESK_WORKERS: String(WORKERS), KEYDESK_THREADS: '4' });
  machines = [await here.start(env(1)), await here.start(env(2))];
});

test.after(() => here?.remove());

test('KD30: twenty rotations of the signing keys under load on two machines, to EdDSA and back, and no good token is refused anywhere', async (t) => {
  const services = machines.map((machine) => new Service(machine));
  for (const service of services) await service.renew();
  const load = new Load(services);
  t.after(() => load.end());
  assert.ok(await until(() => load.made > 20 || load.wrong.length), 'before');
  for (let n = 0; n < ROTATIONS; n++) {
    const machine = machines[n % 2], algorithm = n % 2 ? 'ES256' : 'EdDSA';
    const next = JSON.parse(await done(machine, 'signing', 'rotate', '--environment', 'production', '--algorithm', algorithm, '--json'));
    assert.equal(next.state, 'next');
    assert.ok(Date.parse(next.signs_at) - Date.now() > 23.9 * 3600e3, 'a day is longer than any cache');
    // Published within a second; each service renews in its own time, and then the day is over.
    for (const service of services) assert.ok(await until(async () => (await service.renew()).includes(next.kid)));
    assert.ok(!load.by.has(next.kid), 'it does not sign yet');
    if (n === ROTATIONS / 2) await here.sql(`UPDATE signing_key SET signs_at = UTC_TIMESTAMP(6) WHERE kid = '${next.kid}'; UPDATE catalogue SET signing = signing + 1`);
    else await done(machine, 'signing', 'activate', '--environment', 'production', '--yes');
    const before = load.made;
    assert.ok(await until(() => (load.by.has(next.kid) && load.made > before + 2 * EACH) || load.wrong.length), `rotation ${n}`);
    assert.deepEqual(load.wrong, [], `rotation ${n}`);
    // By the table too, which the housekeeper settles when a key has begun by itself.
    assert.ok(await until(async () => await here.sql("SELECT kid FROM signing_key WHERE active_for = 'production'") === next.kid));
  }
  await load.end();
  assert.deepEqual(load.wrong, []);
  assert.equal(load.by.size, ROTATIONS + 1, 'each key has signed');
  console.log(`# ${load.made} tokens under ${load.by.size} keys, each used at both machines and checked offline, none refused`);
  const states = (await keys(machines[0])).map((key) => key.state);
  assert.equal(states.filter((state) => state === 'active').length, 1);
  assert.equal(states.filter((state) => state === 'old').length, ROTATIONS);
});

test('KD30: two machines that rotate at once make one next key, and the other one says so', async () => {
  const said = await Promise.all(machines.map((machine) => command(machine, 'signing', 'rotate', '--environment', 'integration')));
  assert.deepEqual(said.map((one) => one.code).sort(), [0, 1]);
  assert.match(said.find((one) => one.code).err, /integration has a next key already/);
  const [next] = (await keys(machines[1], 'integration')).filter((key) => key.state === 'next');
  const soon = await command(machines[0], 'signing', 'activate', '--environment', 'integration');
  assert.equal(soon.code, 1);
  assert.match(soon.err, /has not been published for 5 minutes/);
  assert.match(await done(machines[0], 'signing', 'retire', next.kid), /is gone/);
});

test('KD30: an old signing key is gone when its last token has expired, and its private half with it', async () => {
  const token = await token_of(machines[0]), { kid } = head_of(token);
  await done(machines[0], 'signing', 'rotate', '--environment', 'production');
  await done(machines[0], 'signing', 'activate', '--environment', 'production', '--yes');
  for (const machine of machines) assert.equal(await verify(machine, token), 200);
  const kept = await command(machines[0], 'signing', 'retire', kid);
  assert.equal(kept.code, 1);
  assert.match(kept.err, /tokens that it has signed may not have expired/);
  await here.sql(`UPDATE signing_key SET ends_at = UTC_TIMESTAMP(6) WHERE kid = '${kid}'`);
  assert.ok(await until(async () => (await keys(machines[0])).find((key) => key.kid === kid).state === 'gone'));
  assert.ok(await until(async () => await here.sql(`SELECT COUNT(*) FROM signing_key WHERE kid = '${kid}' AND retired_at IS NOT NULL AND sealed = ''`) === '1'));
  for (const machine of machines) assert.equal(await verify(machine, token), 401);
  assert.ok(await until(async () => !(await machines[1].ask('/.well-known/jwks.json')).text.includes(kid)));
});

test('KD15: signing rotate --now says what ends, and then every token of before is 401 on the next request, on every worker of both machines', async () => {
  const old = await Promise.all(machines.map((machine) => token_of(machine)));
  const other = JSON.parse(await done(machines[0], 'client', 'create', '--organization', here.key.organization, '--environment', 'integration', '--name', 'Other', '--json'));
  const elsewhere = await token_of(machines[1], other);
  for (const machine of machines) for (const token of old) await every_worker(machine, token, 200); // in every cache
  const asked = await command(machines[0], 'signing', 'rotate', '--now', '--environment', 'production');
  assert.equal(asked.code, 1);
  assert.match(asked.err, /this ends every token of production that there is/);
  assert.equal(await verify(machines[0], old[0]), 200);
  await done(machines[0], 'signing', 'rotate', '--now', '--yes', '--environment', 'production');
  for (const machine of machines) for (const token of old) assert.equal(await verify(machine, token), 401);
  for (const machine of machines) for (const token of old) await every_worker(machine, token, 401);
  const next = await Promise.all(machines.map((machine) => token_of(machine)));
  for (const machine of machines) for (const token of next) await every_worker(machine, token, 200);
  assert.equal((await machines[1].ask('/verify', { params: { HTTP_AUTHORIZATION: `Bearer ${elsewhere}`, KEYDESK_ENVIRONMENT: 'integration' } })).status, 200, 'the other environment goes on');
  assert.equal((await keys(machines[0])).filter((key) => key.state !== 'gone').length, 1);
  const service = new Service(machines[1]);
  assert.ok(await until(async () => { await service.renew(); return service.check(await token_of(machines[0])).then(() => true, () => false); }));
  await assert.rejects(service.check(old[0]));
  for (const act of ['create', 'activate', 'retire']) assert.notEqual(await here.sql(`SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act = 'signing-key.${act}'`), '0');
  await done(machines[0], 'audit', 'verify', '--installation');
});

test('what was done for one environment and undone, as the other one refused, is not said', async () => {
  const next = JSON.parse(await done(machines[0], 'signing', 'rotate', '--environment', 'production', '--json'));
  const before = await here.sql('CHECKSUM TABLE signing_key');
  for (const [act, why] of [['activate', /integration has no next key/], ['rotate', /production has a next key already/]]) {
    const both = await command(machines[0], 'signing', act, ...(act === 'activate' ? ['--yes'] : []));
    assert.equal(both.code, 1);
    assert.match(both.err, why);
    assert.equal(both.out, '');
  }
  assert.equal(await here.sql('CHECKSUM TABLE signing_key'), before);
  await done(machines[0], 'signing', 'retire', next.kid);
});

test('what signing is given wrongly changes nothing', async () => {
  const before = await here.sql('CHECKSUM TABLE signing_key');
  for (const [args, code] of [[['rotate', '--environment', 'test'], 2], [['rotate', '--algorithm', 'none'], 2], [['rotate', '--algorithm', 'HS256'], 2], [['retire'], 2], [['retire', 'x', '--yes'], 1], [['activate', '--yes'], 1], [['list', '--environment', 'x'], 2]]) {
    const result = await command(machines[0], 'signing', ...args);
    assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
  }
  assert.equal(await here.sql('CHECKSUM TABLE signing_key'), before);
  const empty = await command(machines[0], 'signing', 'rotate', '--now', '--yes', '--environment', '');
  assert.equal(empty.code, 2);
  assert.match(empty.err, /--environment is empty/);
  assert.match(await done(machines[0], 'signing', 'list'), /production +active +ES256 /);
});
