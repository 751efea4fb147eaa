// gateway.test.js - attacks on the gateway's question: no spelling of a call and no header gains a permission.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic, revealed } = require('./visitor.js');

let stack, admin, scoped, all, here, there, foreign;

const rows = (statement) => stack.sql(statement);
const one = async (statement) => (await rows(statement))[0][0];

// An organization that is not the admin's, with an account and a workspace.
async function strangers() {
  await rows("INSERT INTO organization (public_id, name, status, created_at) VALUES ('Strangers1', 'Strangers', 'active', NOW(6))");
  const org = await one("SELECT id FROM organization WHERE public_id = 'Strangers1'");
  await rows(`INSERT INTO account (public_id, organization_id, name, created_at) VALUES ('Foreign001', ${org}, 'Foreign', NOW(6))`);
  await rows(`INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) SELECT 'Foreign002', ${org}, id, 'Foreign', NOW(6) FROM account WHERE public_id = 'Foreign001'`);
  return { account: 'Foreign001', workspace: 'Foreign002' };
}

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const places = await rows(`SELECT w.public_id, a.public_id, w.organization_id FROM workspace w JOIN account a ON a.id = w.account_id
    JOIN user u ON u.organization_id = w.organization_id JOIN person p ON p.id = u.person_id
    WHERE p.email = '${stack.people.Admin.email}' AND w.archived_at IS NULL AND a.archived_at IS NULL ORDER BY w.id`);
  [here, there] = [places[0], places.find((place) => place[1] === places[0][1] && place[0] !== places[0][0])].map(([workspace, account, org]) => ({ workspace, account, org }));
  foreign = await strangers();
  const made = await admin.send('/credentials/scoped/new', '/credentials/scoped/new', { name: 'Reads one workspace', 'may-profile': 'profile:read', workspace: here.workspace });
  scoped = revealed(made);
  assert.ok(scoped.secret, made.body.replace(/<[^>]*>/g, ' ').slice(0, 2000));
  const keys = await rows(`SELECT public_id FROM client WHERE organization_id = ${here.org} AND kind = 'account' AND environment = 'production' AND deleted_at IS NULL`);
  for (const [id] of keys) await admin.deleteKey(id);
  all = await admin.createKey('All of it');
});
test.after(() => stack?.stop());

const profile = ({ workspace }) => `/profile/v1/workspaces/${workspace}`;
const platform = ({ account }) => `/platform/v1/accounts/${account}`;

// The question about a call, by who shows these headers.
const question = (method, uri, headers, at = '/verify') => ask(stack.url, { path: at, headers: { 'X-Original-Method': method, 'X-Original-URI': uri, ...headers } });
const proof = () => basic(scoped.client_id, scoped.secret);
const reason = async (method, uri, headers = proof()) => {
  const answer = await question(method, uri, headers);
  assert.ok([200, 401, 403].includes(answer.status), `${method} ${uri}: ${answer.status}`);
  if (answer.status === 403) assert.equal(answer.headers['content-type'].split(';')[0], 'application/json');
  return answer.status === 403 ? answer.headers['x-keydesk-reason'] : answer.status;
};

test('UI2 UI4: key and secret open what the credential may call, and nothing else', async () => {
  const answer = await question('GET', profile(here), proof());
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['x-keydesk-permission'], 'profile:read');
  assert.equal(answer.headers['x-keydesk-client'], scoped.client_id);
  assert.equal(await reason('GET', `${profile(here)}/users?page=2`), 200);
  assert.equal(await reason('HEAD', profile(here)), 200);
  assert.equal(await reason('GET', platform(here)), 'permission');
  assert.equal(await reason('DELETE', profile(here)), 'no_endpoint');
  assert.equal(await reason('GET', '/profile/v1/nothing'), 'no_endpoint');
  assert.equal(await reason('GET', platform(here), basic(all.client_id, all.secret)), 200);
  assert.equal(await reason('GET', profile(there), basic(all.client_id, all.secret)), 200);
});

test('MP8: outside the scope is 403, and an edit of the scope changes the very next answer', async () => {
  const id = await one(`SELECT public_id FROM client WHERE client_id = '${scoped.client_id}'`);
  const edit = async (fields) => {
    const { status } = await admin.send(`/credentials/${id}/edit`, `/credentials/${id}/edit`, { name: 'Reads one workspace', 'may-profile': 'profile:read', ...fields }, ['csrf', 'version']);
    assert.equal(status, 303);
  };
  assert.equal(await reason('GET', profile(here)), 200);
  assert.equal(await reason('GET', profile(there)), 'scope');
  await edit({ workspace: there.workspace });
  assert.equal(await reason('GET', profile(here)), 'scope');
  assert.equal(await reason('GET', profile(there)), 200);
  await edit({ account: here.account });
  assert.equal(await reason('GET', profile(here)), 200);
  assert.equal(await reason('GET', profile(there)), 200);
  await edit({ workspace: here.workspace });
  assert.equal(await reason('GET', profile(there)), 'scope');
  await rows(`UPDATE workspace SET archived_at = NOW(6) WHERE public_id = '${here.workspace}'`);
  assert.equal(await reason('GET', profile(here)), 'scope');
  await rows(`UPDATE workspace SET archived_at = NULL WHERE public_id = '${here.workspace}'`);
  assert.equal(await reason('GET', profile(here)), 200);
});

test('KD15: a token is refused on the next request when the scope, the grant or the entitlement is gone', async () => {
  const body = JSON.stringify({ client_id: scoped.client_id, client_secret: scoped.secret });
  const { token } = JSON.parse((await ask(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).body);
  const bearer = { Authorization: `Bearer ${token}` };
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  assert.equal(claims.scope, 'profile:read');
  const gone = async (away, back, why) => {
    assert.equal(await reason('GET', profile(here), bearer), 200);
    await rows(away);
    assert.equal(await reason('GET', profile(here), bearer), why);
    await rows(back);
  };
  const client = `(SELECT id FROM client WHERE client_id = '${scoped.client_id}')`;
  await gone(`UPDATE client_workspace SET client_id = ${client.replace(scoped.client_id, all.client_id)} WHERE client_id = ${client}`,
    `UPDATE client_workspace SET client_id = ${client} WHERE client_id = ${client.replace(scoped.client_id, all.client_id)}`, 'scope');
  await gone(`UPDATE client_grant SET client_id = ${client.replace(scoped.client_id, all.client_id)} WHERE client_id = ${client}`,
    `UPDATE client_grant SET client_id = ${client} WHERE client_id = ${client.replace(scoped.client_id, all.client_id)}`, 'permission');
  const profileApi = "(SELECT id FROM api WHERE word = 'profile')";
  await gone(`DELETE FROM entitlement WHERE organization_id = ${here.org} AND api_id = ${profileApi}`,
    `INSERT INTO entitlement (organization_id, api_id, granted_at) VALUES (${here.org}, ${profileApi}, NOW(6))`, 'permission');
  assert.equal(await reason('GET', profile(here), bearer), 200);
  // What is granted later another token is for.
  const edited = await one(`SELECT public_id FROM client WHERE client_id = '${scoped.client_id}'`);
  await admin.send(`/credentials/${edited}/edit`, `/credentials/${edited}/edit`, { name: 'Reads one workspace', 'may-profile': 'profile:read', 'may-platform': 'platform:user', workspace: here.workspace }, ['csrf', 'version']);
  assert.equal(await reason('GET', platform(here)), 200);
  assert.equal(await reason('GET', platform(here), bearer), 'permission');
  await admin.send(`/credentials/${edited}/edit`, `/credentials/${edited}/edit`, { name: 'Reads one workspace', 'may-profile': 'profile:read', workspace: here.workspace }, ['csrf', 'version']);
  assert.equal(await reason('GET', platform(here)), 'permission');
});

test('another spelling of an address is never let through, whatever it stands for', async () => {
  const own = profile(here), others = [profile(there), profile(foreign), platform(here), platform(foreign)];
  const spellings = [own.replace('profile', '%70rofile'), own.replace('/v1', '%2Fv1'), own.replace('/v1', '%2fv1'), own.replace('/v1', '%5Cv1'), own.replace('/v1', '\\v1'),
    own.replace('/v1', '//v1'), `/${own}`, own.replace('/v1', '/./v1'), own.replace('/v1', '/%2E/v1'), own.replace('/v1', '/x/../v1'), own.replace('/v1', '/x/%2e%2e/v1'),
    own.replace('/v1', '/x/.%2E/v1'), own.replace('/v1', ';a=b/v1'), `${own};x`, `${own}%3Bx`, `${own}%00`, `${own}%00.json`, `${own}%0A`, `${own}%20`, `${own}%09`, `${own}%C0%AF`,
    `${own}%252F`, `${own}%25`, `${own}%`, `${own}%zz`, `${own}%3F`, `${own}%23x`, `${own}#x`, `${own}/`, `${own}/.`, `${own}/..`, own.toUpperCase(), own.replace('profile', 'Profile'),
    `http://api.example.com${own}`, `https:${own}`, own.slice(1), '*', '/', own.replace(here.workspace, `${here.workspace}x`),
    own.replace(here.workspace, here.workspace.slice(0, 9)), `${own}/${'x'.repeat(8200)}`, `${own}?${'x'.repeat(8200)}`];
  for (const spelling of spellings) {
    const answer = await question('GET', spelling, proof());
    assert.ok([400, 403, 414, 431].includes(answer.status), `${spelling.slice(0, 80)}: ${answer.status}`);
  }
  // A way from what is allowed to what is not.
  for (const target of others)
    for (const way of [`${own}/..`, `${own}/../..${target}`, `${own}/%2e%2e/%2e%2e${target}`, `${own}%2F..%2F..${target}`, `${own}/..;${target}`, `${own}\\..\\..${target}`, `${own}//..${target}`,
      `${own}?x=/../..${target}#`, `${target}?${own}`, `${target}#${own}`, `${target}/.${own}`, `${target};${own}`, `${target}%3F${own}`, `${target}, ${own}`, `${target} ${own}`]) {
      const { status } = await question('GET', way, proof());
      assert.ok(status === 403 || (status === 200 && way.startsWith(`${own}?`)), `${way}: ${status}`);
    }
});

test("an id of another organization's is as unknown as one that never was", async () => {
  const everything = basic(all.client_id, all.secret);
  const plain = async (uri, headers) => {
    const { status, headers: said, body } = await question('GET', uri, headers);
    return { status, body: body.replace(/kdd_[0-9A-Za-z]{147}/, 'ID'), reason: said['x-keydesk-reason'] };
  };
  for (const headers of [everything, proof()])
    for (const address of [profile, platform]) assert.deepEqual(await plain(address(foreign), headers), await plain(address({ account: '0000000000', workspace: '0000000000' }), headers));
  assert.equal(await reason('GET', profile(foreign), everything), 'scope');
  assert.equal(await reason('GET', platform(foreign), everything), 'scope');
  assert.equal(await reason('GET', `${platform(here)}/workspaces/${foreign.workspace}`, everything), 'scope');
  assert.equal(await reason('GET', `${platform(foreign)}/workspaces/${here.workspace}`, everything), 'scope');
});

test('no method and no header makes another call of it', async () => {
  for (const method of ['get', 'Get', 'OPTIONS', 'TRACE', 'CONNECT', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'GETX', 'GET HEAD', ''])
    assert.equal(await reason(method, profile(here)), 'no_endpoint', method);
  const forged = { 'X-HTTP-Method-Override': 'GET', 'X-Method-Override': 'GET', 'X-Original-Url': profile(here), 'X-Rewrite-Url': profile(here), 'X-Forwarded-Uri': profile(here),
    'X-Keydesk-Client': all.client_id, 'X-Keydesk-Permission': 'platform:admin', 'X-Keydesk-Reason': 'none', 'Keydesk-Uri': profile(here), 'Keydesk-Ask': 'caller', 'X-Keydesk-Ask': 'caller',
    'X-Original-Ask': 'caller', KEYDESK_ASK: 'caller', KEYDESK_URI: profile(here), HTTP_KEYDESK_ASK: 'caller' };
  assert.equal(await reason('DELETE', profile(here), { ...proof(), ...forged }), 'no_endpoint');
  assert.equal(await reason('GET', platform(here), { ...proof(), ...forged }), 'permission');
  assert.equal(await reason('GET', profile(there), { ...proof(), ...forged }), 'scope');
  const good = await question('GET', profile(here), { ...proof(), ...forged });
  assert.equal(good.status, 200);
  assert.equal(good.headers['x-keydesk-client'], scoped.client_id);
  assert.equal(good.headers['x-keydesk-permission'], 'profile:read');
  // Two of them at once are one that is not canonical, or one that is looked at; never the better of both.
  for (const uris of [[profile(there), profile(here)], [platform(here), profile(here)]]) {
    const { status } = await ask(stack.url, { path: '/verify', headers: { ...proof(), 'X-Original-Method': 'GET', 'X-Original-URI': uris } });
    assert.notEqual(status, 200);
  }
});

test('who is not accepted learns nothing of the call; an open one asks nobody', async () => {
  const wrong = basic(scoped.client_id, `${scoped.secret.slice(0, -1)}_`);
  const told = [];
  for (const headers of [{}, wrong])
    for (const uri of [profile(here), profile(foreign), platform(here), '/nothing', '/data/v1/schema']) {
      const { status, body, headers: said } = await question('GET', uri, headers);
      assert.equal(JSON.parse(body).decision, said['x-keydesk-decision']);
      told.push(`${status} ${said['x-keydesk-reason']} ${said['content-length']} ${body.replace(/kdd_[0-9A-Za-z]{147}/, 'ID')}`);
    }
  assert.equal(new Set(told).size, 1, told.join('\n'));
  assert.match(told[0], /^401 undefined /);
  for (const headers of [{}, wrong, proof()]) {
    const answer = await question('GET', '/profile/v1/status', headers);
    assert.equal(answer.status, 200);
    assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith('x-keydesk-')), []);
  }
});

test('UI5: the key alone opens what is marked for keys, and nothing else', async () => {
  const alone = { 'X-API-Key': all.client_id };
  assert.equal(await reason('GET', '/data/v1/schema', alone), 200);
  assert.equal(await reason('GET', '/data/v1/schema', { 'X-API-Key': scoped.client_id }), 'permission');
  assert.equal(await reason('GET', '/data/v1/schema', { 'X-API-Key': 'kdc_live_0123456789abcdef' }), 401);
  assert.equal(await reason('GET', '/data/v1/schema', { 'X-API-Secret': all.secret }), 401);
  assert.equal(await reason('GET', '/data/v1/schema', { ...alone, 'X-API-Secret': scoped.secret }), 401);
  assert.equal(await reason('GET', '/data/v1/schema', basic(all.client_id, '')), 401);
  assert.equal(await reason('GET', '/data/v1/datasets', alone), 401);
  assert.equal(await reason('GET', profile(here), alone), 401);
  assert.equal((await question('GET', '/data/v1/schema', alone, '/integration/verify')).status, 401);
});

test('UI6: at the gateway of integration a key of production may call nothing', async () => {
  for (const uri of [profile(here), platform(here), '/data/v1/datasets', '/nothing']) assert.equal((await question('GET', uri, proof(), '/integration/verify')).status, 401);
});

test('KD18: a credential with a list of addresses is refused from elsewhere, at /auth too', async () => {
  const from = (address) => reason('GET', profile(here), { ...proof(), 'X-Original-Addr': address });
  const list = (networks) => rows(`UPDATE client SET networks = '${networks}' WHERE client_id = '${scoped.client_id}'`);
  await list('192.0.2.0/24 2001:db8::/32');
  for (const address of ['192.0.2.7', '2001:db8::9', '::ffff:192.0.2.7']) assert.equal(await from(address), 200, address);
  for (const address of ['198.51.100.7', '2001:db9::1', 'unix:', '192.0.2.7, 10.0.0.1', 'localhost', '']) assert.equal(await from(address), 'address', address);
  assert.equal(await reason('GET', profile(here), { ...proof(), 'X-Forwarded-For': '192.0.2.7', 'X-Real-IP': '192.0.2.7', Forwarded: 'for=192.0.2.7' }), 'address');
  const body = JSON.stringify({ client_id: scoped.client_id, client_secret: scoped.secret });
  const answer = await ask(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers['x-keydesk-reason'], 'address');
  await list('');
  assert.equal(await from('198.51.100.7'), 200);
});

test('KD17: the decision id of a refusal is opened by its organization; altered, cut, put together or by others it is nothing', async () => {
  const refused = async (uri, headers = proof()) => (await question('GET', uri, headers)).headers['x-keydesk-decision'];
  const id = await refused('/analytics/v1/dashboards');
  const bearer = await refused(profile(here), { Authorization: `Bearer ${'x'.repeat(200)}` });
  assert.match(id, /^kdd_[0-9A-Za-z]{147}$/);
  const found = await admin.send('/', '/search', { q: id });
  assert.equal(found.status, 303);
  assert.equal(found.headers.location, `/decisions/${id}`);
  const page = await admin.get(`/decisions/${id}`);
  assert.equal(page.status, 200);
  assert.match(page.body, /A permission is missing[\s\S]*GET \/analytics\/v1\/dashboards[\s\S]*analytics:read/);
  const gone = async (visitor, other) => {
    const { status, body } = await visitor.get(`/decisions/${other}`);
    assert.equal(status, 404, other);
    assert.ok(!body.includes('analytics'), other);
  };
  for (const at of [4, 5, 8, 20, 80, 150]) await gone(admin, `${id.slice(0, at)}${id[at] === 'a' ? 'b' : 'a'}${id.slice(at + 1)}`);
  for (const other of [id.slice(0, -1), `${id}0`, `${id.slice(0, 30)}${bearer.slice(30)}`, `%6B${id.slice(1)}`]) await gone(admin, other);
  await gone(await new Visitor(stack.url).signIn(stack.people.Member), id);
  const nobody = await new Visitor(stack.url).get(`/decisions/${id}`);
  assert.equal(nobody.status, 303);
  const sent = await admin.send('/decisions', '/decisions', { decision: `${id.slice(0, -2)}\r\n` });
  assert.equal(sent.status, 422);
  const said = await stack.keydesk(['decision', id]);
  assert.match(said, /^A permission is missing\n[\s\S]*call +GET \/analytics\/v1\/dashboards\nneeds +analytics:read\n/);
  assert.ok(said.includes(scoped.secret.slice(10, 20)) && !said.includes(scoped.secret));
  assert.match(await stack.keydesk(['decision', bearer]), /^Not readable as a secret or token\n[\s\S]*organization +none\n/);
  assert.equal((await stack.keydesk(['decision', `${id.slice(0, -1)}0`]).then(() => null, (why) => why))?.code ?? 'done', id.endsWith('0') ? 'done' : 1);
});

test('a change of the catalogue holds on the next request, in every thread', async () => {
  const move = (path) => rows(`UPDATE endpoint SET path = '${path}' WHERE method = 'GET' AND path LIKE '/profile/v1/workspaces/{workspace}/users%' AND path NOT LIKE '%/users/%'`).then(() => rows('UPDATE catalogue SET version = version + 1'));
  const many = (uri) => Promise.all([...Array(40)].map(() => reason('GET', uri)));
  const users = `${profile(here)}/users`;
  assert.deepEqual(new Set(await many(users)), new Set([200]));
  await move('/profile/v1/workspaces/{workspace}/users-all');
  assert.deepEqual(new Set(await many(users)), new Set(['no_endpoint']));
  assert.deepEqual(new Set(await many(`${users}-all`)), new Set([200]));
  await move('/profile/v1/workspaces/{workspace}/users');
  assert.deepEqual(new Set(await many(users)), new Set([200]));
});
