// example.test.js - the example of `make run DEMO=1`: an API behind the gateway's question, at nginx and at Apache.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { ask, basic } = require('./visitor.js');

let stack, key, account, good, first, shop;

test.before(async () => {
  stack = await start({ demo: true });
  const [[organization]] = await stack.sql("SELECT public_id FROM organization WHERE name = 'Northwind Trading'");
  const [[website]] = await stack.sql("SELECT public_id FROM client WHERE name = 'Website'");
  const made = JSON.parse(await stack.keydesk(['client', 'reset', '--organization', organization, '--id', website, '--json']));
  key = { client_id: made.client_id, secret: made.client_secret };
  good = basic(key.client_id, key.secret);
  account = (await stack.sql("SELECT public_id FROM account WHERE name = 'Retail'"))[0][0];
  // Of the credential First steps: it may read profiles in one workspace.
  const [, id, secret, address] = /-u (\S+):(\S+) (\S+)$/.exec(stack.tryLine);
  first = basic(id, secret);
  shop = new URL(address).pathname;
});
test.after(() => stack?.stop());

const feeds = () => `/platform/v1/accounts/${account}/workspaces`;
const call = (target, headers = good, more = {}) => ask(stack.url + target, { headers, ...more });

test('UI2: a good caller is let through, by key and secret and by token, and the API says who it was', async () => {
  const { token } = JSON.parse((await ask(`${stack.url}/auth`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: key.client_id, client_secret: key.secret }),
  })).body);
  for (const proof of [good, { Authorization: `Bearer ${token}` }, { 'X-API-Key': key.client_id, 'X-API-Secret': key.secret }]) {
    const answer = await call(`${feeds()}?page=2&q=%22`, proof);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    const said = JSON.parse(answer.body);
    assert.equal(said.method, 'GET');
    assert.equal(said.address, `${feeds()}?page=2&q=%22`, 'as it was sent');
    assert.equal(said.client, key.client_id);
    assert.equal(said.secret, key.secret.slice(10, 20));
    assert.equal(said.environment, 'production');
    assert.match(said.organization, /^[0-9A-Za-z]{10}$/);
    for (const name of ['authorization', 'x-api-key', 'x-api-secret']) assert.ok(!said.headers.includes(name), `${name} is not passed on`);
  }
});

test('UI5: without a key, with a wrong one, with half of one the caller is 401 and the API hears nothing', async () => {
  const bad = [{}, basic(key.client_id, `${key.secret.slice(0, -1)}!`), basic('kdc_live_0123456789abcdef', key.secret), basic(key.client_id, ''), { 'X-API-Key': key.client_id },
    { 'X-API-Secret': key.secret }, { Authorization: 'Bearer a.b.c' }, { ...good, 'X-API-Key': key.client_id }];
  for (const proof of bad)
    for (const [method, body] of [['GET'], ['POST', 'x=1'], ['DELETE']]) {
      const answer = await call(feeds(), proof, { method, body });
      assert.equal(answer.status, 401, JSON.stringify(proof));
      assert.equal(JSON.parse(answer.body).error, 'invalid_token');
      assert.match(answer.headers['www-authenticate'], proof.Authorization?.startsWith('Bearer') ? /^Bearer realm="keydesk", error="invalid_token"$/ : /^Basic realm="keydesk"$/);
    }
});

async function refused(answer, reason) {
  assert.equal(answer.status, 403, reason);
  assert.equal(JSON.parse(answer.body).reason ?? answer.headers['x-keydesk-reason'], reason);
  assert.equal(answer.headers['x-keydesk-reason'], reason);
  assert.equal(answer.headers['cache-control'], 'no-store');
}

test('UI4 MP8: a permission opens its endpoints and no other, in its workspaces and no other', async () => {
  const answer = await call(shop, first);
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.body).permission, 'profile:read');
  assert.equal((await call(`${shop}/u-1/events`, first)).status, 200);
  await refused(await call(feeds(), first), 'permission');
  await refused(await call('/profile/v1/nothing', first), 'no_endpoint');
  await refused(await call(shop, first, { method: 'DELETE' }), 'no_endpoint');
  const elsewhere = (await stack.sql("SELECT public_id FROM workspace WHERE name = 'Partner portal'"))[0][0];
  await refused(await call(`/profile/v1/workspaces/${elsewhere}/users`, first), 'scope');
  assert.equal((await call(`/profile/v1/workspaces/${elsewhere}/users`)).status, 200, 'an account key is everywhere');
  await refused(await call('/profile/v1/workspaces/0123456789/users', first), 'scope');

  await stack.sql("UPDATE workspace SET archived_at = NOW(6) WHERE name = 'Web shop'");
  await refused(await call(shop, first), 'scope');
  await stack.sql("UPDATE workspace SET archived_at = NULL WHERE name = 'Web shop'");
  assert.equal((await call(shop, first)).status, 200, 'the very next answer');
});

test('UI6: a key of integration is none here', async () => {
  const [[organization]] = await stack.sql("SELECT public_id FROM organization WHERE name = 'Northwind Trading'");
  const [[staging]] = await stack.sql("SELECT public_id FROM client WHERE name = 'Staging website'");
  const made = JSON.parse(await stack.keydesk(['client', 'reset', '--organization', organization, '--id', staging, '--json']));
  const proof = basic(made.client_id, made.client_secret);
  assert.equal((await call(feeds(), proof)).status, 401);
  assert.equal((await ask(`${stack.url}/integration/verify`, { headers: proof })).status, 200, 'it is good');
});

test('an address that can be read in two ways is refused, and what is open to all asks nobody', async () => {
  const others = [`/${shop}`, shop.replace('/users', '//users'), shop.replace('/users', '/./users'), shop.replace('/users', '/x/../users'), shop.replace('users', '%75sers'),
    shop.replace('/users', '%2Fusers'), `${shop};a`, `${shop}/%00`, `${shop}\\a`, shop.replace('/profile', '/analytics/../profile')];
  for (const target of others) {
    const answer = await call('/', first, { path: target });
    assert.ok([400, 403, 404].includes(answer.status), `${target}: ${answer.status}`);
    assert.ok(!answer.body.includes('profile:read'), target);
  }
  const answer = await call('/profile/v1/status', { 'X-Keydesk-Client': 'forged' });
  assert.equal(answer.status, 200);
  assert.equal(JSON.parse(answer.body).client, undefined);
});

test('a body arrives as it was sent, of any kind, with a length and in chunks', async () => {
  const body = Buffer.from([...Array(20000)].map((_, i) => (i * 7919) % 256));
  for (const length of [{ 'Content-Length': body.length }, { 'Transfer-Encoding': 'chunked' }]) {
    const answer = await call(feeds(), { ...good, ...length }, { method: 'POST', body });
    assert.equal(answer.status, 200);
    assert.ok(Buffer.from(JSON.parse(answer.body).body, 'latin1').equals(body), JSON.stringify(length));
  }
});

test('what a caller says of itself is not believed, in any spelling, and what Keydesk says cannot be taken away', async () => {
  const names = ['Client', 'Organization', 'Secret', 'Environment', 'Permission', 'Reason', 'Other'];
  const forged = Object.fromEntries(names.flatMap((name) => ['X-Keydesk-', 'x_keydesk_', 'X-KEYDESK_', 'x.keydesk.'].map((prefix) => [prefix + name, 'forged'])));
  const lies = { 'X-Original-URI': '/platform/v1/status', 'X-Original-Method': 'GET', 'X-Original-Addr': '192.0.2.9', KEYDESK_ENVIRONMENT: 'integration', KEYDESK_URI: '/' };
  for (const connection of [{}, { Connection: 'close, X-Keydesk-Client, X-Keydesk-Environment' }]) {
    const answer = await call(feeds(), { ...forged, ...lies, ...connection, ...good });
    assert.equal(answer.status, 200);
    assert.ok(!answer.body.includes('forged'), answer.body);
    assert.equal(JSON.parse(answer.body).client, key.client_id);
    assert.equal(JSON.parse(answer.body).environment, 'production');
  }
  assert.equal((await call(feeds(), { ...forged, ...lies })).status, 401);
  const seen = await stack.sql("SELECT COUNT(*) FROM secret_caller WHERE address = '192.0.2.9'");
  assert.equal(seen[0][0], '0');
});

test('the API is not to be reached around the question', async () => {
  for (const target of ['/example-verify', '/@example_away', '/profile/v2/', '/v1/profile/']) assert.equal((await call(target)).status, 404, target);
  const socket = path.join(stack.state, 'run/api/example.sock');
  assert.equal(fs.statSync(socket).mode & 0o007, 0, 'nobody but the web server connects to it');
  assert.equal(fs.statSync(path.dirname(socket)).mode & 0o077, 0);
});

async function away(why) {
  const answer = await call(feeds());
  assert.equal(answer.status, 503, why);
  assert.deepEqual(JSON.parse(answer.body), { error: 'temporarily_unavailable' });
  assert.equal(answer.headers['cache-control'], 'no-store');
  return answer;
}

test('without the database, without Keydesk, and with something else in its place the caller hears 503', async () => {
  await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT LOCK');
  for (const [id] of await stack.sql("SELECT id FROM information_schema.processlist WHERE user = 'keydesk_serve'")) await stack.sql(`KILL ${id}`).catch(() => {});
  assert.match((await away('no database')).headers['retry-after'], /^[1-9]\d*$/);
  await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT UNLOCK');
  assert.equal((await call(feeds())).status, 200);

  const socket = path.join(stack.state, 'run/keydesk.sock');
  fs.renameSync(socket, `${socket}.away`);
  await away('nobody listens');
  const nonsense = ['', 'HTTP/1.1 200 OK\r\n\r\n', '\x01\x06\x00\x01\x00\x0e\x00\x00Status: 200\r\n\r\n'];
  for (const text of nonsense) {
    const server = net.createServer((connection) => connection.on('error', () => {}).resume().end(Buffer.from(text, 'latin1')));
    await new Promise((resolve) => server.listen(socket, resolve));
    fs.chmodSync(socket, 0o666);
    await away(JSON.stringify(text));
    await new Promise((resolve) => server.close(resolve));
  }
  fs.renameSync(`${socket}.away`, socket);
  assert.equal((await call(feeds())).status, 200, 'and is let through when it is back');
});
