// accounts.test.js - accounts, workspaces and environments: in a real browser with and without JavaScript, by programs, and in races.
// Once: what a form does is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, fits, source } = require('./browser.js');
const { Visitor, ask, atOnce, insist, basic, field, revealed } = require('./visitor.js');

let stack, browser, admin;
const opened = [];

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function signedIn(options, who = 'Admin') {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, stack.people[who]);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

const number = async (statement) => Number((await stack.sql(statement))[0][0]);
const idOf = (address) => /\/(?:accounts|workspaces)\/(\w{10})/.exec(address)[1];

// An account with a workspace, and a scoped credential that has that workspace in its scope and nothing else.
async function scoped(name) {
  const account = idOf((await admin.send('/accounts/new', '/accounts', { name })).headers.location);
  await admin.send(`/accounts/${account}/workspaces/new`, `/accounts/${account}/workspaces`, { name: 'Shop' });
  const workspace = /href="\/workspaces\/(\w{10})"/.exec((await admin.get(`/accounts/${account}`)).body)[1];
  const made = revealed(await admin.send('/credentials/scoped/new', '/credentials/scoped/new', { name, 'may-profile': 'profile:read', workspace }));
  assert.ok(made.secret, 'a scoped credential was made');
  return { account, workspace, ...made };
}

// What the gateway hears of a call into the workspace.
const call = ({ client_id, secret, workspace }) => insist(`${stack.url}/verify`, {
  headers: { ...basic(client_id, secret), 'X-Original-Method': 'GET', 'X-Original-URI': `/profile/v1/workspaces/${workspace}/users` },
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript, 320 pixels wide';
  test(`MP8: ${how}: an account and a workspace are made, renamed, archived and restored; what reached them is refused and let through again`, async () => {
    const page = await signedIn(javaScriptEnabled ? {} : { javaScriptEnabled, viewport: { width: 320, height: 640 } });
    const name = javaScriptEnabled ? 'Retail <Nord> & "Süd"' : 'Wholesale <Nord>';
    await page.goto('/accounts');
    await fits(page);
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('link', { name: 'Name: Give it a name.' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('The account is created.').waitFor();
    await page.getByRole('link', { name: 'Create workspace' }).click();
    await page.getByLabel('Name').fill('Shop');
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await page.getByText('The workspace is created.').waitFor();
    await fits(page);
    const account = idOf(page.url());
    const workspace = /href="\/workspaces\/(\w{10})"/.exec(await source(page))[1];
    const made = revealed(await admin.send('/credentials/scoped/new', '/credentials/scoped/new', { name: `For ${name}`, 'may-profile': 'profile:read', workspace }));
    const caller = { ...made, workspace };
    assert.equal((await call(caller)).status, 200);

    await page.reload();
    await page.getByRole('link', { name: `For ${name}` }).waitFor();
    await page.getByRole('link', { name: 'Rename' }).click();
    await page.getByLabel('Name').fill(`${name} 2`);
    await page.getByRole('button', { name: 'Save the name' }).click();
    await page.getByText('Renamed.').waitFor();
    assert.equal((await call(caller)).status, 200);

    await page.getByRole('link', { name: 'Archive', exact: true }).click();
    await page.getByText('One of these credentials has nothing else in scope.').waitFor();
    await fits(page);
    assert.equal((await call(caller)).status, 200, 'looking at the page changes nothing');
    await page.getByRole('button', { name: 'Archive the account' }).click();
    await page.getByText('Archived. The next request into it is refused.').waitFor();
    assert.equal((await call(caller)).status, 403);
    await page.goto('/credentials/' + made.id);
    await page.getByText('Nothing in scope').first().waitFor();
    await page.goto('/accounts');
    assert.equal(await page.getByRole('link', { name: `${name} 2` }).count(), 0);
    await page.getByRole('link', { name: 'Archived' }).click();
    await page.getByRole('link', { name: `${name} 2` }).click();
    await page.getByRole('link', { name: 'Restore' }).click();
    await page.getByRole('button', { name: 'Restore the account' }).click();
    await page.getByText('Restored. It is in every scope that it was in.').waitFor();
    assert.equal((await call(caller)).status, 200);

    await page.goto(`/workspaces/${workspace}`);
    await page.getByRole('link', { name: 'Archive', exact: true }).click();
    await page.getByRole('button', { name: 'Archive the workspace' }).click();
    await page.getByText('The workspace is archived.').waitFor();
    await fits(page);
    assert.equal((await call(caller)).status, 403);
    await page.getByRole('link', { name: 'Restore' }).click();
    await page.getByRole('button', { name: 'Restore the workspace' }).click();
    assert.equal((await call(caller)).status, 200);
    assert.equal(idOf(page.url()), workspace);
    assert.ok((await admin.get(`/accounts/${account}`)).body.includes('Shop'));
  });
}

test('MP8: 20 who make one name at once make one; of two who archive at once one does', once('the database decides'), async () => {
  const csrf = await admin.csrf();
  const made = await atOnce(20, () => admin.post('/accounts', { csrf, name: 'At once' }));
  assert.deepEqual(made.map((answer) => answer.status).sort(), [303, ...Array(19).fill(422)]);
  assert.equal(await number("SELECT COUNT(*) FROM account WHERE name = 'At once'"), 1);
  const account = idOf(made.find((answer) => answer.status === 303).headers.location);
  const both = await Promise.all([1, 2].map(() => admin.post(`/accounts/${account}/archive`, { csrf, version: '1' })));
  assert.deepEqual(both.map((answer) => answer.status).sort(), [303, 409]);
  assert.equal(await number(`SELECT COUNT(*) FROM audit_entry WHERE act = 'account.archive' AND object = '${account}'`), 1);
});

test('MP8: a form of an account is nobody else’s: another role, another site, a replay', async () => {
  const { account } = await scoped('Fenced');
  const cora = await new Visitor(stack.url).signIn(stack.people['Compliance admin']);
  assert.equal((await cora.get(`/accounts/${account}`)).status, 200);
  assert.equal((await cora.post(`/accounts/${account}/archive`, { csrf: await cora.csrf(), version: '1' })).status, 403);
  assert.equal((await cora.post('/accounts', { csrf: await cora.csrf(), name: 'Hers' })).status, 403);
  assert.equal((await admin.post(`/accounts/${account}/archive`, { version: '1' })).status, 403);
  const before = await number('SELECT COUNT(*) FROM audit_entry');
  assert.equal((await admin.get(`/accounts/${account}/archive`)).status, 200);
  assert.equal(await number('SELECT COUNT(*) FROM audit_entry'), before);
  const { body } = await admin.get(`/accounts/${account}/archive`);
  const form = { csrf: field(body, 'csrf'), version: field(body, 'version') };
  assert.equal((await admin.post(`/accounts/${account}/archive`, form)).status, 303);
  assert.equal((await admin.post(`/accounts/${account}/archive`, form)).status, 409);
  await admin.send(`/accounts/${account}/restore`, `/accounts/${account}/restore`, {}, ['csrf', 'version']);
  assert.equal((await admin.post(`/accounts/${account}/archive`, form)).status, 409, 'a form of before is not good after');
});

test('UI6: the environments are apart: keys, tokens, relabelled tokens, public keys; the page says which one is shown', async () => {
  const { createRemoteJWKSet, jwtVerify } = await import('jose');
  const key = {};
  const page = await signedIn();
  for (const environment of ['Production', 'Integration']) {
    await page.goto('/credentials');
    await page.getByRole('button', { name: environment }).click();
    assert.equal(new URL(page.url()).pathname, '/credentials');
    assert.equal(await page.getByRole('complementary', { name: 'Environment' }).count(), environment === 'Integration' ? 1 : 0);
    const visitor = new Visitor(stack.url);
    for (const { name, value } of await page.context().cookies()) visitor.cookies.set(name, value);
    const answer = await visitor.send('/credentials/scoped/new', '/credentials/scoped/new', { name: `In ${environment}`, 'may-platform': 'platform:user' });
    key[environment] = { ...revealed(answer), issuer: stack.url + (environment === 'Integration' ? '/integration' : '') };
    assert.match(key[environment].secret, environment === 'Integration' ? /^kds_test_/ : /^kds_live_/);
  }
  const token = {};
  for (const [environment, { client_id, secret }] of Object.entries(key)) {
    const answer = await ask(`${stack.url}/auth`, { method: 'POST', body: JSON.stringify({ client_id, client_secret: secret }), headers: { 'Content-Type': 'application/json' } });
    assert.equal(answer.status, 200);
    token[environment] = JSON.parse(answer.body).token;
  }
  const gateway = { Production: '/verify', Integration: '/integration/verify' };
  const sets = {
    Production: createRemoteJWKSet(new URL(`${stack.url}/.well-known/jwks.json`)),
    Integration: createRemoteJWKSet(new URL(`${stack.url}/integration/.well-known/jwks.json`)),
  };
  for (const mine of ['Production', 'Integration']) {
    const other = mine === 'Production' ? 'Integration' : 'Production';
    for (const headers of [basic(key[mine].client_id, key[mine].secret), { Authorization: `Bearer ${token[mine]}` }]) {
      assert.equal((await ask(stack.url + gateway[mine], { headers })).status, 200);
      assert.equal((await ask(stack.url + gateway[other], { headers })).status, 401);
    }
    await jwtVerify(token[mine], sets[mine], { issuer: key[mine].issuer, audience: key[mine].issuer });
    await assert.rejects(jwtVerify(token[mine], sets[other]), /no applicable key/);
  }
  const parts = (text) => text.split('.');
  const edit = (part, change) => Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(part, 'base64url')), ...change })).toString('base64url');
  const [liveHeader] = parts(token.Production);
  const [header, claims, signature] = parts(token.Integration);
  const forged = [
    [header, edit(claims, { env: 'production' }), signature],
    [header, edit(claims, { env: 'production', iss: stack.url, aud: stack.url }), signature],
    [liveHeader, claims, signature],
    [liveHeader, edit(claims, { env: 'production', iss: stack.url, aud: stack.url }), signature],
    [liveHeader, parts(token.Production)[1], signature],
  ];
  for (const one of forged) {
    for (const address of Object.values(gateway)) {
      assert.equal((await ask(stack.url + address, { headers: { Authorization: `Bearer ${one.join('.')}` } })).status, 401);
    }
  }
  // What is of the other environment is shown with its own band, and switching leads to the list.
  await page.goto('/credentials');
  await page.getByRole('button', { name: 'Production' }).click();
  await page.goto(`/credentials/${key.Integration.id}`);
  await page.getByRole('complementary', { name: 'Environment' }).getByText('Integration').waitFor();
  await page.getByRole('button', { name: 'Production' }).click();
  assert.equal(new URL(page.url()).pathname, '/credentials');
  assert.equal(await page.getByRole('complementary', { name: 'Environment' }).count(), 0);
  // Accounts are of both: whoever switches there stays, on a form that was sent back too.
  await page.goto('/accounts/new');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  await page.getByRole('button', { name: 'Integration' }).click();
  assert.equal(new URL(page.url()).pathname, '/accounts');
});

test('no page of these has said anything in the console, nor asked another address', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
