// lately.test.js - KEYDESK_VERIFY_MAX_AGE_MS: what the console or a command ends holds on the very next call, on every worker,
// also while the workers are replaced; what is changed by hand, within that time.
// Once: the web server has no part in which rows the program goes by.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const { until } = require('../process/master.js');
const { Answered } = require('./answered.js');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

const AGE = 3000, WORKERS = 4, AT_ONCE = 64, ROUNDS = process.env.SOAK === '1' ? 50 : 5;
const agent = new http.Agent({ keepAlive: true, maxSockets: 96 });

let stack, admin, org, answered;

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: String(WORKERS), KEYDESK_VERIFY_MAX_AGE_MS: String(AGE) } });
  admin = await new Visitor(stack.url, agent).signIn(stack.people.Admin);
  org = (await stack.sql(`SELECT o.public_id FROM organization o JOIN user u ON u.organization_id = o.id JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`))[0][0];
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  answered = new Answered(stack);
});
test.after(async () => {
  agent.destroy();
  await stack?.stop();
});

const verify = (key) => ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret), agent });
const reused = async () => Number(/^keydesk_rows_reused_total (\d+)$/m.exec((await ask(`${stack.url}/metrics`)).body)[1]);

// Asks until each worker has said that status, and nothing else is said.
async function everywhere(key, status) {
  const numbers = [];
  const all = await until(async () => {
    for (const answer of await Promise.all(Array.from({ length: AT_ONCE }, () => verify(key)))) {
      assert.equal(answer.status, status);
      numbers.push(answer.headers['x-request-number']);
    }
    return new Set(numbers.map((number) => answered.read().get(number)).filter(Boolean)).size >= WORKERS;
  });
  assert.ok(all, `each worker says ${status}`);
}

// Sixteen who use it without a pause, until stop(): what they were told, and when they had asked.
function users(key) {
  const said = [], state = { going: true };
  const loops = Array.from({ length: 16 }, async () => {
    while (state.going) {
      const began = performance.now();
      said.push({ began, status: (await verify(key)).status });
    }
  });
  return { said, stop: async () => { state.going = false; await Promise.all(loops); } };
}

// From when end() has resolved nothing is accepted any more; what is there meanwhile is.
async function ends(key, end) {
  await everywhere(key, 200);
  const using = users(key), before = await reused();
  let returned;
  try {
    assert.ok(await until(async () => await reused() > before + 100), 'rows of a moment ago are gone by');
    await end();
    returned = performance.now();
    await everywhere(key, 401);
  } finally {
    await using.stop();
  }
  const late = using.said.filter(({ began }) => began >= returned);
  assert.ok(late.length > 0 && late.every(({ status }) => status === 401), 'refused from the next call on');
  assert.ok(using.said.some(({ status }) => status === 200), 'they were let in until then');
}

test(`LR4: a reset in the console holds on the very next call, on every worker (${ROUNDS})`, async () => {
  let key = await admin.createKey('Reset');
  for (let i = 0; i < ROUNDS; i++) {
    let next;
    await ends(key, async () => { next = await admin.resetKey(key.id); });
    key = { ...key, secret: next.secret };
    assert.equal((await verify(key)).status, 200, 'what has just been made works at once');
  }
  assert.equal((await admin.deleteKey(key.id)).status, 303);
});

test('LR4: a command has ended it everywhere when it returns', async () => {
  const key = await admin.createKey('Command');
  await ends(key, () => stack.keydesk(['client', 'delete', '--organization', org, '--id', key.id]));
});

test(`LR4: what is changed by hand holds after ${AGE} ms, and other keys go on`, async () => {
  const key = await admin.createKey('By hand'), other = await admin.createKey('Other'), using = users(key);
  let returned;
  try {
    await everywhere(key, 200);
    await stack.sql(`UPDATE client SET status = 'deactivated' WHERE public_id = '${key.id}'`);
    returned = performance.now();
    assert.ok(await until(() => using.said.some(({ began, status }) => began >= returned + AGE && status === 401)), 'it is refused');
    await everywhere(key, 401);
    await everywhere(other, 200);
  } finally {
    await using.stop();
  }
  assert.ok(using.said.every(({ began, status }) => began < returned + AGE || status === 401), 'by nobody later than that');
  for (const { id } of [key, other]) assert.equal((await admin.deleteKey(id)).status, 303);
});

// The last: while old workers are about, for some seconds, rows are read for each call.
test('LR4: a key that is ended while the workers are replaced is refused by the old and by the new ones', async () => {
  const key = await admin.createKey('Reload'), master = Number(fs.readFileSync(path.join(stack.state, 'run/keydesk'), 'latin1').split(' ')[0]);
  await ends(key, async () => {
    process.kill(master, 'SIGHUP');
    assert.equal((await admin.deleteKey(key.id)).status, 303);
  });
});
