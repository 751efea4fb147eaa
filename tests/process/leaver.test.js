// leaver.test.js - a plain UPDATE takes somebody away, and the real housekeeper sees to what they know.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { Installation } = require('./real.js');
const { children, until, is_alive } = require('./master.js');

let here;
test.before(() => { here = new Installation('leaver'); });
test.after(() => here?.remove());

const number = async (statement) => Number(await here.sql(statement) || 0);
const marked = () => number('SELECT COUNT(*) FROM secret WHERE leaver_at IS NOT NULL');
const acts = (act) => number(`SELECT COUNT(*) FROM audit_entry WHERE act = '${act}'`);

// Somebody who has seen the secret of the one key; the row of their user.
async function somebody(name) {
  await here.sql(`INSERT INTO person (public_id, email, name, created_at) VALUES ('${name}', '${name}@example.test', '${name}', UTC_TIMESTAMP(6))`);
  await here.sql(`INSERT INTO user (public_id, organization_id, person_id, role, status, created_at) SELECT '${name}', o.id, p.id, 'member', 'active', p.created_at
    FROM organization o JOIN person p ON p.public_id = '${name}' WHERE o.public_id = '${here.key.organization}'`);
  const user = await number(`SELECT id FROM user WHERE public_id = '${name}'`);
  await here.sql(`INSERT INTO tenure (organization_id, user_id, live_id, live_status, began_at) SELECT organization_id, id, id, status, created_at FROM user WHERE id = ${user}`);
  await here.sql(`INSERT INTO exposure (organization_id, secret_id, user_id, how, at) SELECT organization_id, id, ${user}, 'made', created_at FROM secret`);
  return user;
}

test('RX8: a plain UPDATE, and what they know is marked within seconds, once, whoever is killed meanwhile', async () => {
  const user = await somebody('ben0000000');
  const one = await here.start();
  const { status } = await one.verify(here.key);
  assert.equal(status, 200);
  assert.equal(await marked(), 0);
  await here.sql(`UPDATE user SET status = 'deactivated' WHERE id = ${user}`);
  const keepers = children(one.pid);
  for (const pid of keepers) process.kill(pid, 'SIGKILL');
  assert.ok(await until(() => keepers.every((pid) => !is_alive(pid))));
  assert.ok(await until(async () => await marked() === 1, 20));
  assert.ok(await until(async () => await acts('user.left') === 1, 20));
  assert.equal(await acts('secret.known-to-leaver'), 1);
  assert.equal((await one.verify(here.key)).status, 200, 'the advice ends nothing');
  assert.equal(await one.stop(), 0);
});

test('RX8: where it is wanted it ends after its days: refused on the next request, and the log says why', async () => {
  const one = await here.start({ KEYDESK_LEAVER_DAYS: '7' });
  await here.sql('UPDATE secret SET leaver_at = UTC_TIMESTAMP(6) - INTERVAL 6 DAY');
  assert.equal((await one.verify(here.key)).status, 200);
  await here.sql('UPDATE secret SET leaver_at = UTC_TIMESTAMP(6) - INTERVAL 8 DAY');
  assert.ok(await until(async () => await number("SELECT COUNT(*) FROM secret WHERE ended_reason = 'leaver' AND hash IS NULL") === 1, 30));
  assert.equal((await one.verify(here.key)).status, 401);
  assert.equal(await acts('secret.end'), 1);
  assert.equal(await one.stop(), 0);
  assert.match(here.keydesk('audit', 'verify'), /each in its place/);
});
