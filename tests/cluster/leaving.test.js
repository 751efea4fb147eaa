// leaving.test.js - three machines on the three nodes of a cluster: the last admin stays, and who is let go on one is gone on all.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { Admin } = require('./admin.js');
const { Cluster } = require('./galera.js');
const { until } = require('../process/master.js');
const { Installation, PROGRAM } = require('../process/real.js');

const ROUNDS = process.env.SOAK === '1' ? 100 : 10;
const TRIES = 5; // a machine may stall for longer than a command waits for the nodes
const password = 'correct horse battery';
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
let ring, here, org, machines;

// The command line on that node, which knows the others and so asks them for their word; resolves to { code, out, err }.
const keydesk = (node, args, input = '') => new Promise((resolve) => {
  const child = execFile(PROGRAM, args, { env: { ...here.env, KEYDESK_DB_SOCKET: [node, ...ring.others(node)].map((one) => one.socket).join(',') } },
    (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
  child.stdin.on('error', () => {}); // of a command that reads nothing
  child.stdin.end(input);
});

// Another organization's admin is no admin of this one.
async function user(name) {
  const added = await keydesk(ring.nodes[0], ['user', 'add', '--organization', org, '--email', `${name}@example.test`, '--name', name, '--role', 'admin'], `${password}\n`);
  assert.equal(added.code, 0, added.err);
}
const leave = (node, name) => keydesk(node, ['user', 'deactivate', '--organization', org, '--email', `${name}@example.test`]);
const back = (node, name) => keydesk(node, ['user', 'reactivate', '--organization', org, '--email', `${name}@example.test`]);
const everywhere = async (statement) => {
  const answers = await ring.all(statement, here.name);
  assert.ok(answers.every((one) => one === answers[0]), answers.join(' '));
  return answers[0];
};

test.before(async () => {
  ring = await Cluster.start(3);
  here = new Installation('leaving', ring.nodes[0].socket);
  org = here.key.organization;
  machines = await Promise.all(ring.nodes.map((node, i) => here.start({
    KEYDESK_MACHINE: String(i + 1), KEYDESK_LISTEN: path.join(here.dir, `s${i + 1}`), KEYDESK_DB_SOCKET: [node, ...ring.others(node)].map((one) => one.socket).join(','),
  })));
});
test.after(async () => {
  try {
    await here?.remove();
  } finally {
    await ring?.stop();
  }
});

test('KD8: two admins are let go at once through two nodes, and one stays', async () => {
  for (const name of ['ann', 'ben']) await user(name);
  for (let round = 0; round < ROUNDS; round++) {
    const codes = await Promise.all([leave(ring.nodes[0], 'ann'), leave(ring.nodes[1], 'ben')]);
    assert.deepEqual(codes.map(({ code }) => code).sort(), [0, 1], JSON.stringify(codes));
    assert.equal(await everywhere("SELECT COUNT(*) FROM user WHERE role = 'admin' AND status = 'active'"), '1');
    for (const name of ['ann', 'ben']) assert.equal((await back(ring.nodes[2], name)).code, 0);
  }
});

// Lets somebody go who asks and writes all the time through all three. False when a node has not said in time that it has it, and is
// named: then nothing is promised of it, and nothing is asked.
async function let_go(name) {
  const email = `${name}@example.test`;
  await user(name);
  const first = await new Admin(machines[0]).signIn({ email, password });
  const said = [];
  let going = true;
  const loops = machines.flatMap((machine, at) => [0, 1].map(async (kind) => {
    const session = first.at(machine), csrf = await session.csrf();
    while (going) {
      const began = performance.now();
      const answer = kind ? await session.get('/credentials') : await session.post('/environment', { csrf, environment: 'production', next: '/' });
      said.push({ at, kind, began, status: answer.status, to: answer.headers.location });
    }
  }));
  const fine = ({ status, to }) => status === 200 || (status === 303 && !to.startsWith('/sign-in'));
  const each = (asked) => [0, 1, 2].every((at) => [0, 1].every((kind) => said.some((one) => one.at === at && one.kind === kind && asked(one))));
  assert.ok(await until(() => each(fine), 30), 'worked before on each');
  const left = await leave(ring.nodes[1], name);
  const returned = performance.now();
  assert.equal(left.code, 0, left.err);
  const wrote = () => everywhere(`SELECT u.acts FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${email}'`);
  const acts = await wrote();
  // A node may keep a write that it has ended without an answer, until the statement's time is up.
  await until(() => each(({ began }) => began >= returned), 30);
  await pause(200);
  going = false;
  await Promise.all(loops);
  assert.equal(await wrote(), acts, 'no write of theirs came after');
  if (/has not confirmed this/.test(left.err)) return false;
  for (const at of [0, 1, 2]) {
    for (const kind of [0, 1]) {
      const after = said.filter((one) => one.at === at && one.kind === kind && one.began >= returned);
      assert.ok(after.length > 0);
      assert.ok(!after.some(fine), `accepted after on ${at}`);
    }
  }
  return true;
}

test('RX7: let go through one node under their own writes through all three: from its answer on nothing is accepted on any', async () => {
  let confirmed = false;
  for (let i = 0; !confirmed && i < TRIES; i++) confirmed = await let_go(`lea${i}`);
  assert.ok(confirmed, 'each node has said that it has it');
});
