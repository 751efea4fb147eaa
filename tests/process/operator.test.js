// operator.test.js - who runs the installation, at the command line.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');

let here;
test.before(() => { here = new Installation('operator'); });
test.after(() => here?.remove());

const PASSWORD = 'violet harbour 88 lamp';
const typed = (...args) => execFileSync(PROGRAM, args, { env: here.env, input: `${PASSWORD}\n`, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
const refused = (args, status, why) => assert.throws(() => typed(...args), (error) => error.status === status && why.test(error.stderr));
const operators = () => here.keydesk('operator', 'list').split('\n').filter((line) => line).map((line) => line.split(' ')[0]);
const doctor = () => {
  try { return here.keydesk('doctor'); } catch (error) { return error.stdout; }
};

test('of twelve at once one makes an operator, and one ends that', async () => {
  typed('user', 'add', '--organization', here.key.organization, '--email', 'eve@example.test', '--name', 'Eve', '--role', 'member');
  const acts = (act) => here.sql(`SELECT COUNT(*) FROM audit_entry WHERE act = '${act}' AND object = (SELECT public_id FROM person WHERE email = 'eve@example.test')`);
  const at_once = (...args) => Promise.allSettled(Array.from({ length: 12 }, () => here.keydeskAsync(...args)));
  const made = await at_once('operator', 'add', '--email', 'eve@example.test', '--yes');
  assert.ok(made.every(({ status }) => status === 'fulfilled'));
  assert.equal(await acts('operator.add'), '1');
  const ended = await at_once('operator', 'end', '--email', 'eve@example.test');
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await acts('operator.end'), '1');
});

test('an operator is made, shown and ended; who has left stays one nowhere unseen', async () => {
  const org = here.key.organization;
  assert.deepEqual(operators(), []);
  refused(['operator', 'add', '--email', 'olga@example.test'], 2, /nobody of this address has a password here/);
  assert.match(typed('operator', 'add', '--email', 'Olga@example.test', '--name', 'Olga'), /^olga@example\.test is an operator, until/);
  typed('user', 'add', '--organization', org, '--email', 'ann@example.test', '--name', 'Ann', '--role', 'admin', '--operator');
  typed('user', 'add', '--organization', org, '--email', 'bob@example.test', '--name', 'Bob', '--role', 'admin');
  assert.deepEqual(operators(), ['olga@example.test', 'ann@example.test']);
  // Whoever is here already has a password that whoever invited them first may have chosen.
  refused(['operator', 'add', '--email', 'bob@example.test'], 1, /belongs to Process\).* give --yes/);
  assert.match(typed('operator', 'add', '--email', 'bob@example.test', '--yes'), /for as long as they are active/);
  assert.match(typed('operator', 'add', '--email', 'bob@example.test'), /is an operator already/);

  const left = here.keydesk('user', 'deactivate', '--organization', org, '--email', 'ann@example.test');
  assert.match(left, /, their right as an operator\. /);
  assert.doesNotMatch(left, /operator end/);
  assert.match(here.keydesk('user', 'receipt', '--organization', org, '--email', 'ann@example.test'), /operator +ended\n/);
  here.keydesk('user', 'reactivate', '--organization', org, '--email', 'ann@example.test');
  assert.deepEqual(operators(), ['olga@example.test', 'bob@example.test']);

  assert.match(here.keydesk('operator', 'end', '--email', 'BOB@example.test'), /is no operator any more/);
  refused(['operator', 'end', '--email', 'bob@example.test'], 1, /is no operator/);
  assert.match(doctor(), /ok +operators +1\n/);

  // Made one by no organization, and gone from the only one: said where the person goes, and by the doctor.
  typed('user', 'add', '--organization', org, '--email', 'olga@example.test', '--name', 'Olga', '--role', 'member', '--yes');
  assert.match(here.keydesk('user', 'deactivate', '--organization', org, '--email', 'olga@example.test'), /operator all the same: keydesk operator end --email olga@example\.test/);
  assert.match(doctor(), /warn +operators +olga@example\.test is an operator and has left each organization/);
  assert.deepEqual(JSON.parse(here.keydesk('operator', 'end', '--email', 'olga@example.test', '--json')), { email: 'olga@example.test', operator: false });
  assert.equal(here.keydesk('operator', 'list'), '');
  assert.equal(await here.sql("SELECT GROUP_CONCAT(CONCAT(act, ' ', n) ORDER BY act) FROM (SELECT act, COUNT(*) AS n FROM audit_entry WHERE organization_id = 0 AND act LIKE 'operator.%' AND object <> (SELECT public_id FROM person WHERE email = 'eve@example.test') GROUP BY act) a"),
    'operator.add 3,operator.end 3');
});
