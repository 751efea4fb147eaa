// additional.test.js - attacks with additional secrets at /verify and /auth: they are good with their key, while that, their
// owner and they are, for what they were given.
// Alone: every worker must be heard, which many requests at once make likely on processors of their own.
// Once: what is right for a secret is decided behind the web server; gateway.test.js and programs.test.js ask the same behind both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { until } = require('../process/master.js');
const { start } = require('./stack.js');
const { Visitor, ask, insist, basic, undecided } = require('./visitor.js');

const WORKERS = 4;
let stack, admin, member, memberId, key, other, org, place;

const rows = (statement) => stack.sql(statement);
const one = async (statement) => (await rows(statement))[0][0];

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: String(WORKERS) } });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  org = await one(`SELECT organization_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`);
  await rows(`UPDATE organization SET account_keys = 50, additional_secrets = 50 WHERE id = ${org}`);
  const [[workspace, account]] = await rows(`SELECT w.public_id, a.public_id FROM workspace w JOIN account a ON a.id = w.account_id
    WHERE w.organization_id = ${org} AND w.archived_at IS NULL AND a.archived_at IS NULL ORDER BY w.id LIMIT 1`);
  place = { workspace, account };
  key = await admin.createKey('Website');
  other = await admin.createKey('Shop');
  member = await new Visitor(stack.url).signIn(stack.people.Member);
  memberId = await one(`SELECT u.public_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Member.email}' AND u.organization_id = ${org}`);
});
test.after(() => stack?.stop());

const profile = () => `/profile/v1/workspaces/${place.workspace}`;
const platform = () => `/platform/v1/accounts/${place.account}`;
const DATA = '/data/v1/datasets';

const proof = ({ client_id, secret }) => basic(client_id, secret);
const question = (uri, headers, { method = 'GET', at = '/verify' } = {}) =>
  ask(stack.url, { path: at, headers: { 'X-Original-Method': method, 'X-Original-URI': uri, ...headers } });
// 200, 401, or the reason of a 403.
const said = async (uri, headers, how) => {
  const { status, headers: its } = await question(uri, headers, how);
  return status === 403 ? its['x-keydesk-reason'] : status;
};
const traded = ({ client_id, secret }) =>
  insist(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id, client_secret: secret }) });
const bearer = async (pair) => {
  const answer = await traded(pair);
  assert.equal(answer.status, 200, answer.body);
  return { Authorization: `Bearer ${JSON.parse(answer.body).token}` };
};
const claimsOf = ({ Authorization }) => JSON.parse(Buffer.from(Authorization.split('.')[1], 'base64url'));

// All workers answer alike: asked until each of them has been heard.
async function everyWorker(headers, expected, uri = DATA) {
  const begun = stack.log().length;
  const heard = () => new Set(stack.log().slice(begun).split('\n').filter((line) => line.includes('route=/verify')).map((line) => /pid=(\d+)/.exec(line)[1])).size;
  assert.ok(await until(async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, () => question(uri, headers)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([expected]));
    return heard() >= WORKERS;
  }), `workers that answered: ${heard()}`);
}

// An additional secret for that key: made by the admin, opened by the member, who alone gets its text.
async function lend({ may = ['data:read'], parent = key } = {}) {
  const grants = Object.fromEntries(may.map((full) => [`may-${full.split(':')[0]}`, full]));
  const made = await member.openSecret(await admin.handSecret({ name: 'A script', member: memberId, key: parent.id, ...grants }));
  assert.equal(made.client_id, parent.client_id);
  return { ...made, sid: made.secret.slice(10, 20) };
}

test('LR5: it is used with its API key in place of the primary secret, at /verify and /auth', async () => {
  const mine = await lend({ may: ['data:read', 'platform:user'] });
  for (const headers of [proof(mine), { 'X-API-Key': mine.client_id, 'X-API-Secret': mine.secret }, await bearer(mine)]) {
    const answer = await question(DATA, headers);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['x-keydesk-client'], key.client_id);
    assert.equal(answer.headers['x-keydesk-secret'], mine.sid);
    assert.equal(answer.headers['x-keydesk-permission'], 'data:read');
    assert.ok(!Object.values(answer.headers).join('\n').includes(mine.id), 'its own short id is not told to services');
  }
  const claims = claimsOf(await bearer(mine));
  assert.equal(claims.client_id, key.client_id);
  assert.equal(claims.sub, key.client_id);
  assert.equal(claims.kds, mine.sid);
  assert.deepEqual(claims.scope.split(' ').sort(), ['data:read', 'platform:user']);
  assert.equal(await said(DATA, proof(key)), 200);
});

test('LR5: with any other client ID it is refused as a wrong secret is', async () => {
  const mine = await lend();
  const plain = async (client_id, secret) => {
    const at = [await question(DATA, basic(client_id, secret)), await question('/nothing', { 'X-API-Key': client_id, 'X-API-Secret': secret }), await traded({ client_id, secret })];
    return at.map(({ status, body, headers }) => ({ status, body: undecided(body), names: Object.keys(headers).sort().join() }));
  };
  const wrong = await plain(key.client_id, `${mine.secret.slice(0, -1)}${mine.secret.endsWith('0') ? '1' : '0'}`);
  assert.deepEqual(wrong.map(({ status }) => status), [401, 401, 401]);
  for (const client_id of [other.client_id, mine.id, `kdc_live_${mine.id}`, `kdc_live_${mine.id}000000`, key.id, mine.sid, 'kdc_live_0123456789abcdef', `${key.client_id}0`])
    assert.deepEqual((await plain(client_id, mine.secret)).map(({ status }) => status), [401, 401, 401], JSON.stringify(client_id));
  assert.deepEqual(await plain(other.client_id, mine.secret), wrong);
  assert.deepEqual(await plain('kdc_live_0123456789abcdef', mine.secret), wrong);
  // The id of one in the text of another.
  const texts = [`${key.secret.slice(0, 10)}${mine.sid}${key.secret.slice(20)}`, `${mine.secret.slice(0, 10)}${key.secret.slice(10, 20)}${mine.secret.slice(20)}`,
    `${mine.secret.slice(0, 21)}${key.secret.slice(21)}`];
  for (const text of texts) assert.deepEqual(await plain(key.client_id, text), wrong);
  assert.equal(await said(DATA, proof(mine)), 200);
});

test('LR5: it has none of the powers of the primary secret but those it was given', async () => {
  const mine = await lend({ may: ['platform:user'] }), token = await bearer(mine);
  for (const headers of [proof(mine), token]) {
    assert.equal(await said(platform(), headers), 200);
    assert.equal(await said(platform(), headers, { method: 'PATCH' }), 'permission');
    assert.equal(await said(DATA, headers), 'permission');
    assert.equal(await said(profile(), headers), 'permission');
  }
  assert.equal(await said(platform(), proof(key), { method: 'PATCH' }), 200);
  assert.equal(await said(DATA, proof(key)), 200);
  // The key alone opens what it opens for anybody; nothing more because the secret is there too.
  assert.equal(await said('/data/v1/schema', { 'X-API-Key': key.client_id }), 200);
  assert.equal(await said('/data/v1/schema', { 'X-API-Key': key.client_id, 'X-API-Secret': mine.secret }), 'permission');
  assert.equal(await said(DATA, { 'X-API-Key': mine.client_id }), 401);
});

test('LR5: it reaches every workspace of its organization, and nothing that is archived or strange', async () => {
  const mine = await lend({ may: ['profile:read'] });
  assert.equal(await said(profile(), proof(mine)), 200);
  await rows(`UPDATE workspace SET archived_at = NOW(6) WHERE public_id = '${place.workspace}'`);
  assert.equal(await said(profile(), proof(mine)), 'scope');
  await rows(`UPDATE workspace SET archived_at = NULL WHERE public_id = '${place.workspace}'`);
  assert.equal(await said(profile(), proof(mine)), 200);
  assert.equal(await said('/profile/v1/workspaces/0000000000', proof(mine)), 'scope');
});

test('LR9: without a permission it may do nothing; with the entitlement all it was given goes, and comes back', async () => {
  const none = await lend(), mine = await lend(), token = await bearer(mine);
  await rows(`DELETE FROM client_grant WHERE client_id = (SELECT id FROM client WHERE public_id = '${none.id}')`);
  assert.equal(await said(DATA, proof(none)), 'permission');
  const api = "(SELECT id FROM api WHERE word = 'data')";
  assert.equal(await said(DATA, token), 200);
  await rows(`DELETE FROM entitlement WHERE organization_id = ${org} AND api_id = ${api}`);
  assert.equal(await said(DATA, proof(mine)), 'permission');
  assert.equal(await said(DATA, token), 'permission');
  assert.equal(claimsOf(await bearer(mine)).scope, 'none');
  await rows(`INSERT INTO entitlement (organization_id, api_id, granted_at) VALUES (${org}, ${api}, NOW(6))`);
  assert.equal(await said(DATA, token), 200);
});

test('LR7: one that only reads is refused what does more, by the catalogue of that moment, its token too', async () => {
  const mine = await lend({ may: ['platform:admin'] }), token = await bearer(mine);
  assert.equal(await said(platform(), proof(mine), { method: 'PATCH' }), 200);
  await rows(`UPDATE client SET only_reads = 1 WHERE public_id = '${mine.id}'`);
  for (const headers of [proof(mine), token, await bearer(mine)]) {
    assert.equal(await said(platform(), headers), 200);
    assert.notEqual(await said(platform(), headers, { method: 'PATCH' }), 200);
  }
  assert.equal(await said(platform(), proof(mine), { method: 'PATCH' }), 'only_reads');
  assert.equal(await said(platform(), token, { method: 'PATCH' }), 'only_reads');
  assert.equal(claimsOf(await bearer(mine)).scope, 'platform:user');
  const reads = (yes) => rows(`UPDATE permission p JOIN api a ON a.id = p.api_id JOIN catalogue v SET p.only_reads = ${yes}, v.version = v.version + 1 WHERE a.word = 'platform' AND p.word = 'user'`);
  await reads(0);
  await everyWorker(proof(mine), 403, platform());
  await everyWorker(token, 403, platform());
  await reads(1);
  assert.equal(await said(platform(), proof(mine)), 200);
});

test("RX7: a plain UPDATE of its owner's row ends it on the very next request, on every worker, its token too", async () => {
  const mine = await lend(), token = await bearer(mine);
  await everyWorker(proof(mine), 200);
  await everyWorker(token, 200);
  const owner = `id = (SELECT owner_id FROM client WHERE public_id = '${mine.id}')`;
  await rows(`UPDATE user SET status = 'deactivated' WHERE ${owner}`);
  assert.equal((await question(DATA, proof(mine))).status, 401);
  await everyWorker(proof(mine), 401);
  await everyWorker(token, 401);
  assert.equal((await traded(mine)).status, 401);
  assert.equal(await said(DATA, proof(key)), 200, 'the key itself works on');
  await rows(`UPDATE user SET status = 'active', left_at = NULL WHERE ${owner}`);
  member = await new Visitor(stack.url).signIn(stack.people.Member);
});

// Each is a change of rows or an act in the console, and what it ends.
async function gone(mine, away, status = 401) {
  const token = await bearer(mine);
  await everyWorker(proof(mine), 200);
  await away();
  assert.equal((await question(DATA, proof(mine))).status, status);
  assert.equal((await question(DATA, token)).status, status);
  await everyWorker(proof(mine), status);
  await everyWorker(token, status);
  assert.equal((await traded(mine)).status, status);
}

test('LR8: revoked, it is refused on the very next request, its token too', async () => {
  const mine = await lend(), another = await lend();
  await gone(mine, async () => assert.equal((await member.send(`/secrets/${mine.id}/revoke`, `/secrets/${mine.id}/revoke`, { confirm: mine.id })).status, 303));
  await gone(another, async () => assert.equal((await admin.send(`/secrets/${another.id}/revoke`, `/secrets/${another.id}/revoke`, { confirm: another.id })).status, 303));
});

test('KD13: reset by an admin, the old text and its token end on the very next request, and nothing works until its owner opens the next', async () => {
  const mine = await lend(), token = await bearer(mine);
  await gone(mine, async () => assert.equal((await admin.send(`/secrets/${mine.id}/reset`, `/secrets/${mine.id}/reset`, {})).status, 303));
  const next = await member.openSecret(mine.id);
  assert.equal(await said(DATA, proof(next)), 200);
  assert.equal(await said(DATA, proof(mine)), 401);
  assert.equal(await said(DATA, token), 401, 'nor does the token come back');
});

test('LR7: past its expiry it is refused, and its token does not outlive it', async () => {
  const mine = await lend();
  await rows(`UPDATE client SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 300 SECOND WHERE public_id = '${mine.id}'`);
  const { exp, iat } = claimsOf(await bearer(mine));
  assert.ok(exp - iat <= 300 && exp - iat > 250, `${exp - iat} s`);
  await gone(mine, () => rows(`UPDATE client SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE public_id = '${mine.id}'`));
});

test('LR7: with a list of networks it is refused from elsewhere, at /auth too; the list of its key holds as well', async () => {
  const mine = await lend();
  const list = (id, networks) => rows(`UPDATE client SET networks = '${networks}' WHERE public_id = '${id}'`);
  const from = (address) => said(DATA, { ...proof(mine), 'X-Original-Addr': address });
  await list(mine.id, '192.0.2.0/24');
  assert.equal(await from('192.0.2.7'), 200);
  for (const address of ['198.51.100.7', '192.0.2.7, 198.51.100.7', '']) assert.equal(await from(address), 'address', address);
  const answer = await traded(mine);
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['x-keydesk-reason'], 'address');
  await list(key.id, '192.0.2.8/32 198.51.100.0/24');
  assert.equal(await from('192.0.2.7'), 'address');
  assert.equal(await from('198.51.100.7'), 'address');
  assert.equal(await from('192.0.2.8'), 200);
  await list(key.id, '');
  assert.equal(await from('192.0.2.7'), 200);
});

test('UI6: at the gateway of integration it may call nothing', async () => {
  const mine = await lend();
  for (const headers of [proof(mine), await bearer(mine)]) assert.equal((await question(DATA, headers, { at: '/integration/verify' })).status, 401);
  await rows(`UPDATE client SET environment = 'integration', place = 49 WHERE public_id = '${mine.id}'`);
  assert.equal(await said(DATA, proof(mine)), 401, 'nor anywhere, when its key is of the other environment');
  assert.equal(await said(DATA, proof(mine), { at: '/integration/verify' }), 401);
});

test('KD13: while it waits to be opened nothing works: there is no text, and its id in any other is refused', async () => {
  const id = await admin.handSecret({ name: 'Not opened', member: memberId, key: key.id, 'may-data': 'data:read' });
  const [[sid, ...its]] = await rows(`SELECT s.sid, s.status, s.hash IS NULL, s.hint, s.key_number FROM secret s JOIN client c ON c.id = s.client_id WHERE c.public_id = '${id}'`);
  assert.deepEqual(its, ['pending', '1', '', '0']);
  for (const text of [`kds_live_0${sid}_${'0'.repeat(60)}`, `kds_live_1${sid}_${'0'.repeat(60)}`, sid, '', id, `${key.secret.slice(0, 10)}${sid}${key.secret.slice(20)}`]) {
    assert.equal(await said(DATA, basic(key.client_id, text)), 401);
    assert.ok([400, 401].includes((await traded({ client_id: key.client_id, secret: text })).status));
  }
  // A good text under its id: whoever could write the database would still have to write a hash.
  const mine = await lend();
  await rows(`UPDATE secret SET status = 'pending', hash = NULL WHERE sid = '${mine.sid}'`);
  assert.equal(await said(DATA, proof(mine)), 401);
});

test('LR5: with its key paused it is refused, and works again with it; deleted with it, never', async () => {
  const parent = await admin.createKey('For a while'), mine = await lend({ parent });
  const act = (what, fields = {}) => admin.send(`/credentials/${parent.id}/${what}`, `/credentials/${parent.id}/${what}`, fields);
  await gone(mine, () => act('deactivate'));
  assert.equal((await act('activate')).status, 303);
  await gone(mine, () => act('delete', { confirm: parent.id }));
});
