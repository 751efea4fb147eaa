// lease.test.js - of several machines' housekeepers one holds the lease, and is followed when it has gone.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Installation } = require('./real.js');
const { Master, children, until, is_alive, with_master } = require('./master.js');

let here;
test.before(() => { here = new Installation('lease'); });
test.after(() => here?.remove());

const holder = async () => {
  const [machine, left] = (await here.sql('SELECT machine, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), held_until) FROM lease')).split('\t').map(Number);
  return left > 0 ? machine : 0;
};

test('KD27: of two machines one holds the lease; killed with -9 it is followed, and coming back it waits', async () => {
  const start = (machine) => here.start({ KEYDESK_MACHINE: String(machine), KEYDESK_LISTEN: path.join(here.dir, `s${machine}`) });
  const one = await start(1);
  assert.ok(await until(async () => await holder() === 1));
  const two = await start(2);
  for (let i = 0; i < 10; i++) { // longer than the rounds of 2 s in which both ask for it
    assert.equal(await holder(), 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const all = [one.pid, ...children(one.pid)];
  for (const pid of all) process.kill(pid, 'SIGKILL');
  const began = Date.now();
  assert.ok(await until(() => !all.some(is_alive)));
  const promised = await here.sql('SELECT held_until FROM lease WHERE machine = 1');
  assert.ok(await until(async () => {
    const [machine, early] = (await here.sql(`SELECT machine, UTC_TIMESTAMP(6) < '${promised}' FROM lease`)).split('\t').map(Number);
    assert.ok(machine === 1 || !early, 'what was promised to it stays promised');
    return machine === 2;
  }));
  console.log(`# taken over ${((Date.now() - began) / 1000).toFixed(1)} s after the death of its holder`);
  await start(1);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  assert.equal(await holder(), 2, 'the first does not take it back');
  const left = two.stop();
  assert.equal(await left, 0);
  assert.ok(await until(async () => await holder() === 1), 'one that ends in order is followed at once');
});

test('who holds the lease asks for it no more than once in a second', async () => {
  await here.sql('CREATE TABLE asked (n INT)');
  await here.sql('CREATE TRIGGER lease_asked AFTER UPDATE ON lease FOR EACH ROW INSERT INTO asked VALUES (1)');
  const began = Date.now(), one = await here.start();
  assert.ok(await until(async () => Number(await here.sql('SELECT COUNT(*) FROM asked')) >= 3));
  const n = Number(await here.sql('SELECT COUNT(*) FROM asked')), seconds = (Date.now() - began) / 1000;
  await here.sql('DROP TRIGGER lease_asked');
  assert.equal(await one.stop(), 0);
  assert.ok(n <= seconds + 1, `${n} times in ${seconds} s`);
});

test('what is to be done by one machine waits for the lease, and is done when it comes', with_master({}, async (t, master) => {
  assert.ok(await until(() => master.read('purged') !== ''), 'with the lease it is done');
  const other = { STUB: fs.mkdtempSync(path.join(master.dir, 'other')) };
  fs.chmodSync(other.STUB, 0o777);
  fs.writeFileSync(path.join(other.STUB, 'elsewhere'), '');
  const second = new Master({}, { env: other });
  t.after(() => second.stop());
  assert.ok(await second.ready, second.log);
  await second.ask('/note?secret=1');
  const says = (name) => fs.existsSync(path.join(other.STUB, name));
  assert.ok(await until(() => says('uses')), 'the other jobs are done meanwhile');
  assert.ok(!says('purged'));
  fs.rmSync(path.join(other.STUB, 'elsewhere'));
  assert.ok(await until(() => says('purged')));
  second.kill('SIGTERM');
  assert.equal(await second.ended, 0);
  assert.ok(says('left'));
}));
