// minutes.test.js - README's first ten minutes, step by step, with its own lines for curl.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { start, root } = require('./stack.js');
const { Visitor, ask, basic, field, revealed } = require('./visitor.js');

const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');
const section = readme.slice(readme.indexOf('\n## The first ten minutes'), readme.indexOf('\n## For programs'));
// The line for curl that begins so, with the lines that it goes on with.
function lineOf(begins) {
  const at = section.indexOf(begins);
  assert.ok(at >= 0, begins);
  return /^(?:.*\\\n)*.*/.exec(section.slice(at))[0];
}

let stack, admin, first, id;
const call = (address, headers) => ask(stack.url + address, { headers });
// Runs a line of README with what stands for its dots; resolves to status and body.
function curl(line, changes) {
  for (const [from, to] of [['http://127.0.0.1:8080', stack.url], ...changes]) {
    assert.ok(line.includes(from), `'${from}' in '${line}'`);
    line = line.replace(from, to);
  }
  assert.ok(!line.includes('...'), line);
  const said = execFileSync('bash', ['-c', `${line.replace('curl ', 'curl -si ')}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(said)[1]), head: said, body: said.slice(said.indexOf('\r\n\r\n') + 4) };
}

test.before(async () => { stack = await start({ demo: true }); });
test.after(() => stack?.stop());

test('the line that make run prints is 200, and the API says who called', () => {
  const [, client, secret, address] = /^curl -i -u (\S+):(\S+) http:\/\/[^/]*(\S+)$/.exec(stack.tryLine);
  first = { client, secret, address, proof: basic(client, secret) };
  const printed = curl(stack.tryLine.replace(stack.url, 'http://127.0.0.1:8080'), []);
  assert.equal(printed.status, 200);
  const said = JSON.parse(printed.body);
  assert.equal(said.client, client);
  assert.match(said.organization, /^[0-9A-Za-z]{10}$/);
  assert.equal(said.permission, 'profile:read');
  const written = curl(lineOf('curl -i -u kdc_live_...:kds_live_... http://127.0.0.1:8080/profile'),
    [['kdc_live_...', client], ['kds_live_...', secret], ['/profile/v1/workspaces/.../users', address]]);
  assert.equal(written.status, 200, 'README shows that line');
});

test('what it may not do is refused, with the reason', async () => {
  assert.equal((await call(first.address, {})).status, 401);
  for (const [address, reason] of [['/profile/v1/workspaces/0123456789/users', 'scope'], ['/analytics/v1/dashboards', 'permission'], ['/profile/v1/salaries', 'no_endpoint']]) {
    assert.ok(section.includes(`\`${address}\`: 403, \`${reason}\``), address);
    const answer = await call(address, first.proof);
    assert.equal(answer.status, 403);
    assert.equal(answer.headers['x-keydesk-reason'], reason);
  }
});

test('MP5: edited, it may do more from the next request on, with the same secret', async () => {
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  [[id]] = await stack.sql("SELECT public_id FROM client WHERE name = 'First steps'");
  const edit = `/credentials/${id}/edit`;
  const { body } = await admin.get(edit);
  const [workspace] = /[0-9A-Za-z]{10}(?=\/users)/.exec(first.address);
  assert.match(body, new RegExp(`name="workspace" value="${workspace}" checked`));
  const fields = { csrf: field(body, 'csrf'), version: field(body, 'version'), name: 'First steps', workspace, 'may-profile': 'profile:read', 'may-analytics': 'analytics:read' };
  assert.equal((await admin.post(edit, fields)).status, 303);
  assert.equal((await call('/analytics/v1/dashboards', first.proof)).status, 200);
  assert.equal((await call(first.address, first.proof)).status, 200);
});

test('MP15: deactivated it is 401, activated 200, on the next request', async () => {
  for (const [act, status] of [['deactivate', 401], ['activate', 200]]) {
    assert.equal((await admin.send(`/credentials/${id}/${act}`, `/credentials/${id}/${act}`, {}, ['csrf', 'version'])).status, 303, act);
    assert.equal((await call(first.address, first.proof)).status, status, act);
  }
});

test('MP11 LR4: one of your own: its token, its reset, and the question of a gateway', async () => {
  const made = revealed(await admin.send('/credentials/scoped/new', '/credentials/scoped/new', { name: 'My own', 'may-analytics': 'analytics:read' }));
  const pair = [['kdc_live_...', made.client_id], ['kds_live_...', made.secret]];
  const traded = curl(lineOf('curl -X POST'), pair);
  assert.equal(traded.status, 200);
  const { token, expires_in } = JSON.parse(traded.body);
  assert.equal(expires_in, 15 * 60);
  assert.equal((await call('/analytics/v1/dashboards', { Authorization: `Bearer ${token}` })).status, 200);
  assert.equal((await call('/.well-known/jwks.json')).status, 200);

  const asked = curl(lineOf('curl -i -u kdc_live_...:kds_live_... -H'), [...pair, ['/profile/v1/workspaces/.../users', '/analytics/v1/dashboards']]);
  assert.equal(asked.status, 200);
  assert.match(asked.head, /X-Keydesk-Permission: analytics:read/i);
  const refused = curl(lineOf('curl -i -u kdc_live_...:kds_live_... -H'), [...pair, ['/profile/v1/workspaces/.../users', first.address]]);
  assert.equal(refused.status, 403);
  assert.match(refused.head, /X-Keydesk-Reason: permission/i);

  const next = await admin.resetKey(made.id);
  assert.equal((await call('/analytics/v1/dashboards', basic(made.client_id, made.secret))).status, 401);
  assert.equal((await call('/analytics/v1/dashboards', { Authorization: `Bearer ${token}` })).status, 401);
  assert.equal((await call('/analytics/v1/dashboards', basic(next.client_id, next.secret))).status, 200);
});

test('KD13: a member opens what an admin has made for them, which may do less than the key it goes with', async () => {
  const ben = await new Visitor(stack.url).signIn(stack.people.Member);
  const [[waiting]] = await stack.sql("SELECT public_id FROM client WHERE name = 'Errors of the sign-in'");
  assert.ok(!(await admin.get(`/secrets/${waiting}`)).body.includes('kds_live_'));
  const opened = await ben.openSecret(waiting);
  assert.equal((await call('/sso/v1/connections', basic(opened.client_id, opened.secret))).status, 200);
  const refused = await call('/analytics/v1/dashboards', basic(opened.client_id, opened.secret));
  assert.equal(refused.status, 403);
  assert.equal(refused.headers['x-keydesk-reason'], 'permission');
});
