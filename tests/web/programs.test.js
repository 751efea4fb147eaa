// programs.test.js - what programs and gateways see: tokens, the gateway's question, keys, errors.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic, undecided } = require('./visitor.js');

const json = (body, headers = {}) => ({
  method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers },
});

let stack, admin, key;

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  await freePlace();
  key = await admin.createKey('Programs');
});
test.after(() => stack?.stop());

// Deletes every account key of production, so that there is room.
async function freePlace() {
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
}

const auth = (body, headers) => ask(`${stack.url}/auth`, json(body, headers));
const good = () => ({ client_id: key.client_id, client_secret: key.secret });

test('RX9 RX10: POST /auth trades client ID and secret for a signed JWT that jose verifies', async () => {
  const { createRemoteJWKSet, jwtVerify } = await import('jose');
  const answer = await auth(good());
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { token, access_token, token_type, expires_in } = JSON.parse(answer.body);
  assert.equal(token, access_token);
  assert.equal(token_type, 'Bearer');
  assert.equal(expires_in, 900);
  const keys = createRemoteJWKSet(new URL(`${stack.url}/.well-known/jwks.json`));
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: stack.url, audience: stack.url, algorithms: ['ES256'], typ: 'at+jwt' });
  assert.equal(protectedHeader.alg, 'ES256');
  assert.equal(payload.sub, key.client_id);
  assert.equal(payload.env, 'production');
  assert.equal(payload.exp - payload.iat, 900);
  await assert.rejects(jwtVerify(`${token.slice(0, -6)}AAAAAA`, keys), /signature/);
});

test('RX11: the header x-radix-version is accepted, and each wrong body gets a clear JSON error', async () => {
  assert.equal((await auth(good(), { 'x-radix-version': '1.0.0' })).status, 200);
  const cases = [
    ['not JSON', '{"client_id":', 400],
    ['an array', [1], 400],
    ['a missing field', { client_id: key.client_id }, 400],
    ['a number where a text belongs', { client_id: 5, client_secret: key.secret }, 400],
    ['a member twice', `{"client_id":"a","client_id":"b","client_secret":"c"}`, 400],
    ['an oversized body', { client_id: key.client_id, client_secret: 'x'.repeat(70000) }, 413],
  ];
  for (const [name, body, status] of cases) {
    const answer = await auth(body);
    assert.equal(answer.status, status, name);
    const said = JSON.parse(answer.body);
    assert.equal(typeof said.error, 'string', name);
    assert.ok(!answer.body.includes(key.secret), name);
  }
  assert.equal((await ask(`${stack.url}/auth`, { method: 'POST', body: 'a=b', headers: { 'Content-Type': 'text/plain' } })).status, 415);
});

test('LR2 UI5: /verify takes Basic, a token, or X-API-Key with X-API-Secret; half of a pair is 401', async () => {
  const { token } = JSON.parse((await auth(good())).body);
  const verify = async (headers, path = '/verify') => (await ask(stack.url + path, { headers })).status;
  assert.equal(await verify(basic(key.client_id, key.secret)), 200);
  assert.equal(await verify({ Authorization: `Bearer ${token}` }), 200);
  assert.equal(await verify({ 'X-API-Key': key.client_id, 'X-API-Secret': key.secret }), 200);
  assert.equal(await verify({}), 401);
  assert.equal(await verify({ 'X-API-Key': key.client_id }), 401);
  assert.equal(await verify({ 'X-API-Secret': key.secret }), 401);
  assert.equal(await verify(basic(key.client_id, '')), 401);
  assert.equal(await verify({ ...basic(key.client_id, key.secret), 'X-API-Key': key.client_id, 'X-API-Secret': key.secret }), 401);
  assert.equal(await verify({}, `/verify?client_id=${key.client_id}&client_secret=${key.secret}`), 401);
  const answer = await ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) });
  assert.equal(answer.headers['x-keydesk-client'], key.client_id);
  assert.equal(answer.headers['x-keydesk-environment'], 'production');
});

test('UI6: a key and a token of production are 401 at the gateway of integration', async () => {
  const { token } = JSON.parse((await auth(good())).body);
  for (const headers of [basic(key.client_id, key.secret), { Authorization: `Bearer ${token}` }]) {
    assert.equal((await ask(`${stack.url}/integration/verify`, { headers })).status, 401);
    const named = { ...headers, 'KEYDESK-ENVIRONMENT': 'integration', 'X-Keydesk-Environment': 'integration' };
    assert.equal((await ask(`${stack.url}/verify`, { headers: named })).status, 200, 'a caller cannot name the environment');
  }
});

test('KD15 LR4: a reset ends the secret and the tokens made from it on the next request', async () => {
  const old = { ...key };
  const { token } = JSON.parse((await auth(good())).body);
  const bearer = { Authorization: `Bearer ${token}` };
  assert.equal((await ask(`${stack.url}/verify`, { headers: bearer })).status, 200);
  const next = await admin.resetKey(key.id);
  assert.equal((await ask(`${stack.url}/verify`, { headers: bearer })).status, 401);
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(old.client_id, old.secret) })).status, 401);
  assert.equal((await auth({ client_id: old.client_id, client_secret: old.secret })).status, 401);
  key = { ...key, secret: next.secret };
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) })).status, 200);
  assert.equal((await auth(good())).status, 200);
});

// What a page says until it holds all of it; for 12 s, which is 10 and the time to see it.
async function saysInTime(address, parts) {
  let body;
  for (const end = Date.now() + 12000; Date.now() < end;) {
    ({ body } = await admin.get(address));
    if (parts.every((part) => body.includes(part))) break;
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  }
  for (const part of parts) assert.ok(body.includes(part), `${address} does not say ${part}`);
  return body;
}

test('KD19: callers and calls by outcome are on the pages in time; what a caller says is text, and a secret in it is nowhere', async () => {
  const mine = await admin.createKey('Counted');
  const headers = (program) => ({ ...basic(mine.client_id, mine.secret), 'User-Agent': program, 'X-Original-Addr': '203.0.113.77' });
  const odd = `shop/2.1 <b>"'&</b> ${mine.secret} ${'long '.repeat(600)}`;
  for (let i = 0; i < 7; i++) assert.equal((await ask(`${stack.url}/verify`, { headers: headers(odd) })).status, 200);
  for (let i = 0; i < 3; i++) assert.equal((await ask(`${stack.url}/integration/verify`, { headers: headers('probe/1') })).status, 401);
  const body = await saysInTime(`/credentials/${mine.id}`, ['7 accepted', '3 refused', '3 for the other environment', 'probe/1</th>', '203.0.113.77']);
  assert.match(body, /shop\/2\.1 &lt;b&gt;&quot;&#39;&amp;&lt;\/b&gt; \[\.\.\.\] long long/);
  assert.ok(!body.includes(mine.secret));
  for (const page of ['reset', 'delete']) assert.match((await admin.get(`/credentials/${mine.id}/${page}`)).body, /Callers of the last 24 hours[^]*shop\/2\.1 &lt;b&gt;/);
  assert.match((await admin.get('/')).body, /Calls in the last 30 days[^]*for the other environment/);
  const piece = mine.secret.slice(20, 40);
  assert.deepEqual(await stack.sql(`SELECT COUNT(*) FROM secret_caller WHERE program LIKE '%${piece}%'`), [['0']]);
  assert.deepEqual(await stack.sql(`SELECT COUNT(*) FROM secret WHERE last_used_by LIKE '%${piece}%'`), [['0']]);
  assert.ok(!stack.log().includes(piece));
  await admin.deleteKey(mine.id);
});

test('RX7: a token of another issuer, a changed one and one without a signature are 401', async () => {
  const { token } = JSON.parse((await auth(good())).body);
  const [header, claims, signature] = token.split('.');
  const edit = (part, change) => Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(part, 'base64url'))))).toString('base64url');
  const forged = [
    `${header}.${edit(claims, (c) => ({ ...c, exp: c.exp + 9999 }))}.${signature}`,
    `${edit(header, (h) => ({ ...h, alg: 'none' }))}.${claims}.`,
    `${edit(header, (h) => ({ ...h, alg: 'HS256' }))}.${claims}.${signature}`,
    `${header}.${claims}`, `${token}.x`, '', 'x',
  ];
  for (const one of forged) {
    assert.equal((await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${one}` } })).status, 401, one);
  }
});

test('CARD4: an unknown client ID and a wrong secret get one answer', async () => {
  const other = await admin.createKey('Another');
  const answers = await Promise.all([
    auth({ client_id: `kdc_live_${'0'.repeat(16)}`, client_secret: key.secret }),
    auth({ client_id: key.client_id, client_secret: other.secret }),
    auth({ client_id: key.client_id, client_secret: `${key.secret.slice(0, -1)}${key.secret.endsWith('0') ? '1' : '0'}` }),
    auth({ client_id: 'x', client_secret: 'y' }),
  ]);
  for (const answer of answers) {
    assert.equal(answer.status, 401);
    assert.equal(undecided(answer.body), undecided(answers[0].body));
  }
});

test('the health addresses answer, and no address of the console answers under another name', async () => {
  assert.equal((await ask(`${stack.url}/health/live`)).status, 200);
  assert.equal((await ask(`${stack.url}/health/ready`)).status, 200);
  assert.equal((await ask(`${stack.url}/sign-in`, { headers: { Host: 'evil.example' } })).status, 421);
});

test('the command line makes, lists, resets and deletes what the pages show', async () => {
  const [[id]] = (await stack.keydesk(['organization', 'list'])).trim().split('\n').map((line) => line.split(/\s+/));
  await freePlace();
  const made = JSON.parse(await stack.keydesk(['client', 'create', '--organization', id, '--environment', 'production', '--name', 'By hand', '--json']));
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(made.client_id, made.client_secret) })).status, 200);
  assert.match((await admin.get('/credentials')).body, /By hand/);
  const reset = JSON.parse(await stack.keydesk(['client', 'reset', '--organization', id, '--id', made.id, '--json']));
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(made.client_id, made.client_secret) })).status, 401);
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(made.client_id, reset.client_secret) })).status, 200);
  await stack.keydesk(['client', 'delete', '--organization', id, '--id', made.id]);
  assert.equal((await ask(`${stack.url}/verify`, { headers: basic(made.client_id, reset.client_secret) })).status, 401);
  await assert.rejects(stack.keydesk(['client', 'delete', '--organization', id, '--id', made.id]), { code: 1 });
  await assert.rejects(stack.keydesk(['client', 'create', '--nonsense']), { code: 2 });
  await assert.rejects(stack.keydesk(['user', 'add', '--organization', id, '--email', 'eve@example.com', '--name', 'Eve', '--role', 'member'], 'short\n'), { code: 2 });
  await stack.keydesk(['user', 'add', '--organization', id, '--email', 'eve@example.com', '--name', 'Eve', '--role', 'member'], 'violet harbour 88 lamp\n');
  await new Visitor(stack.url).signIn({ email: 'eve@example.com', password: 'violet harbour 88 lamp' });
  assert.match(await stack.keydesk(['audit', 'verify', '--organization', id]), /each in its place/);
});
