// scoped.test.js - scoped credentials in a real browser, and what the gateway's question answers after each act; its tests build on each other.
// Once: what a form does is decided behind the web server; gateway.test.js asks what comes of it behind both.
'use strict';
const assert = require('node:assert/strict');
const { generateKeyPairSync } = require('node:crypto');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, fits, source, everything } = require('./browser.js');
const { ask, insist, basic } = require('./visitor.js');

globalThis.crypto ??= require('node:crypto').webcrypto; // Node 18 has it, but not under this name

let stack, browser, cora, page, web, shops, retail;
const opened = [];
const reader = {}; // what is learnt of the first credential

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  cora = await visitor(stack.people['Compliance admin']);
  page = cora.page;
  const [[org]] = await stack.sql("SELECT organization_id FROM user u JOIN person p ON p.id = u.person_id WHERE u.role = 'compliance_admin' LIMIT 1");
  await stack.sql(`INSERT INTO account (public_id, organization_id, name, created_at) VALUES ('harbour000', ${org}, 'Harbour', '2026-01-01')`);
  for (const [id, name] of [['harbourweb', 'Harbour web'], ['harbourshp', 'Harbour shops']]) {
    await stack.sql(`INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) SELECT '${id}', ${org}, id, '${name}', '2026-01-01' FROM account WHERE public_id = 'harbour000'`);
  }
  [retail, web, shops] = ['harbour000', 'harbourweb', 'harbourshp'];
});
test.after(async () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
  await browser?.close();
  await stack?.stop();
});

async function visitor(person, options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, person);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made;
}

const button = (name) => page.getByRole('button', { name, exact: true });
const link = (name) => page.getByRole('link', { name, exact: true });
const row = (name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
const group = (name, where = page) => where.getByRole('group', { name, exact: true });

// What the gateway is answered for this call, now.
const call = async (uri, method = 'GET', who = reader) => (await insist(`${stack.url}/verify`, {
  headers: { ...basic(who.client_id, who.secret), 'X-Original-URI': uri, 'X-Original-Method': method },
})).status;
const users = (workspace) => `/profile/v1/workspaces/${workspace}/users`;

async function shown(where = page) {
  return {
    client_id: await where.getByLabel('Client ID', { exact: true }).inputValue(),
    secret: await where.getByLabel('Secret', { exact: true }).inputValue(),
    id: /credentials\/(\w{10})\/stored/.exec(await source(where))[1],
  };
}

// A test on what the ones before have left; after the first that fails there is nothing to stand on.
let broken = '';
function step(name, work) {
  test(name, async () => {
    if (broken) throw new Error(`not tried, because of: ${broken}`);
    broken = name;
    await work();
    broken = '';
  });
}

step('MP4 MP6 MP7 MP9 MP10: the form goes API, permission, scope; what sets its place itself says so; none picked never means all', async () => {
  await link('API Credentials').first().click();
  await link('Create credential').click();
  const profile = group('Profile API'), platform = group('Platform API');
  assert.deepEqual(await profile.getByRole('radio').evaluateAll((all) => all.map((one) => one.value)), ['', 'profile:read']);
  await profile.getByText('Read-only').waitFor();
  assert.deepEqual(await platform.getByRole('radio').evaluateAll((all) => all.map((one) => one.value)), ['', 'platform:user', 'platform:admin']);
  await platform.getByText('later ones too: set for you').waitFor();
  assert.equal(await platform.getByRole('checkbox').count(), 0);
  await page.getByLabel('Name', { exact: true }).fill('Loyalty import');
  await button('Create credential').click();
  await page.getByRole('link', { name: 'Permissions: Pick at least one permission.' }).waitFor();
  await profile.getByLabel('Read-only').check();
  await platform.getByLabel('User').check();
  await button('Create credential').click();
  await page.getByRole('link', { name: /Pick at least one workspace/ }).waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Loyalty import');
  assert.ok(await profile.getByLabel('Read-only').isChecked());
  assert.ok(await platform.getByLabel('User').isChecked());
  await group('Harbour').getByLabel('Harbour web').check();
});

step('MP11 MP12 MP13: save issues a client ID and a secret, shown this one time, copied and ticked', async () => {
  await button('Create credential').click();
  await page.getByRole('heading', { level: 1, name: 'Credential “Loyalty import” is made' }).waitFor();
  Object.assign(reader, await shown());
  assert.match(reader.client_id, /^kdc_live_/);
  assert.equal(await page.locator('strong', { hasText: 'This is the only time the secret is shown. Copy it now.' }).count(), 1);
  await page.getByText('Profile API: Read-only').waitFor();
  await page.mouse.click(5, 400);
  assert.equal((await shown()).secret, reader.secret);
  await page.getByLabel('I have stored it').check();
  await button('Finish and go to the credential').click();
  await page.getByText('Noted: the secret is stored.').waitFor();
  const all = await everything(page);
  assert.ok(all.includes(reader.client_id));
  assert.ok(!all.includes(reader.secret.slice(12)));
});

step('MP8 MP9: it opens what it was given where it was given, and nothing else', async () => {
  const [[other]] = await stack.sql(`SELECT public_id FROM workspace WHERE public_id NOT IN ('${web}', '${shops}') LIMIT 1`);
  assert.equal(await call(users(web)), 200);
  assert.equal(await call(users(web), 'HEAD'), 200);
  for (const workspace of [shops, other, '0000000000']) assert.equal(await call(users(workspace)), 403, workspace);
  assert.equal(await call(users(web), 'POST'), 403);
  assert.equal(await call(`/platform/v1/accounts/${retail}`), 200);
  assert.equal(await call(`/platform/v1/accounts/${retail}`, 'PATCH'), 403);
  assert.equal(await call('/nothing/v1'), 403);
});

step('MP2 MP5 MP8: each edit holds on the very next request, without a new secret', async () => {
  const edit = async (change) => {
    await page.goto(`/credentials/${reader.id}`);
    await link('Edit').click();
    await change();
    await button('Save the credential').click();
    await page.getByText('Saved. It holds from the next request on; the secret stays.').waitFor();
  };
  await edit(async () => {
    await group('Harbour').getByLabel('Harbour web').uncheck();
    await group('Harbour').getByLabel('Harbour shops').check();
  });
  assert.deepEqual([await call(users(web)), await call(users(shops))], [403, 200]);
  await edit(() => group('Harbour').getByLabel('All workspaces of Harbour, later ones too').check());
  await stack.sql(`INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) SELECT 'harbournew', organization_id, id, 'Harbour new', '2026-01-01' FROM account WHERE public_id = '${retail}'`);
  assert.deepEqual([await call(users(web)), await call(users('harbournew'))], [200, 200]);
  await edit(() => group('Platform API').getByLabel('Admin').check());
  assert.equal(await call(`/platform/v1/accounts/${retail}`, 'PATCH'), 200);
  await edit(() => group('Profile API').getByLabel('Nothing').check());
  assert.equal(await call(users(web)), 403);
  assert.equal(await call(`/platform/v1/accounts/${retail}`, 'PATCH'), 200);
  await edit(() => page.getByLabel('Name', { exact: true }).fill('Loyalty export'));
  await page.getByRole('heading', { name: 'Loyalty export' }).waitFor();
  assert.deepEqual(await stack.sql(`SELECT COUNT(*), SUM(s.status = 'active') FROM secret s JOIN client c ON c.id = s.client_id WHERE c.public_id = '${reader.id}'`), [['1', '1']]);
});

step('MP15: deactivated, it is refused on the next request; activated, the same secret works again', async () => {
  const uri = `/platform/v1/accounts/${retail}`;
  await page.goto('/credentials');
  await row('Loyalty export').getByRole('link', { name: 'Loyalty export', exact: true }).click();
  await link('Deactivate').click();
  await page.getByText('The next request with this credential will be refused').waitFor();
  await button(`Deactivate credential ${reader.id}`).click();
  await page.getByText('Deactivated. The next request with its secret is refused.').waitFor();
  assert.equal(await call(uri), 401);
  await link('Activate').click();
  await button('Activate the credential').click();
  await page.getByText('Activated. Its secret works from the next request on.').waitFor();
  assert.equal(await call(uri), 200);
});

step('MP2: an end and an allow list hold on the next request too, said with the hour in UTC', async () => {
  const uri = `/platform/v1/accounts/${retail}`;
  const soon = new Date(Date.now() + 3 * 86400e3).toISOString().slice(0, 16);
  await page.goto(`/credentials/${reader.id}/edit`);
  await page.getByLabel('Allowed addresses optional').fill('192.0.2.0/24\nnonsense');
  await page.getByLabel('Ends optional').fill(soon);
  await button('Save the credential').click();
  await page.getByRole('link', { name: /Allowed addresses:.*nonsense/ }).waitFor();
  assert.equal(await page.getByLabel('Ends optional').inputValue(), soon);
  await page.getByLabel('Allowed addresses optional').fill('192.0.2.0/24');
  await button('Save the credential').click();
  await page.getByText(/It ends in \d days?, on .*, \d\d:\d\d UTC\./).waitFor();
  assert.equal(await call(uri), 403);
  await stack.sql(`UPDATE client SET networks = '', expires_at = '2026-01-01' WHERE public_id = '${reader.id}'`);
  assert.equal(await call(uri), 401);
  await page.goto(`/credentials/${reader.id}/edit`);
  await page.getByLabel('Ends optional').fill('');
  await button('Save the credential').click();
  await page.getByText('Saved. It holds').waitFor();
  assert.equal(await call(uri), 200);
});

step('MP14: a secret that was not copied is replaced; until the tick it is not confirmed as stored', async () => {
  const old = { ...reader };
  await page.goto(`/credentials/${reader.id}`);
  await link('Reset secret').click();
  await page.getByRole('button', { name: /^Reset/ }).click();
  Object.assign(reader, await shown());
  assert.equal(reader.client_id, old.client_id);
  await page.goto('/credentials');
  await row('Loyalty export').getByText('Not confirmed as stored').waitFor();
  await row('Loyalty export').getByRole('link', { name: 'Loyalty export', exact: true }).click();
  await page.getByText('Not confirmed as stored').first().waitFor();
  assert.equal(await call(`/platform/v1/accounts/${retail}`, 'GET', old), 401);
  assert.equal(await call(`/platform/v1/accounts/${retail}`), 200);
  await button('I have stored it').click();
  await page.getByText('Noted: the secret is stored.').waitFor();
});

step('KD15 MP11: with a public key in place of a secret the form shows its field, and openid-client gets a token with what the page then says', async () => {
  const openid = await import('openid-client');
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'der' } });
  const key = page.getByLabel('Public key', { exact: true }), chosen = page.getByLabel(/^A public key:/);
  await page.goto('/credentials/scoped/new');
  assert.ok(await page.getByLabel(/^A secret:/).isChecked());
  assert.equal(await key.isVisible(), false);
  await page.getByLabel('Name', { exact: true }).fill('Signs for itself');
  await group('Platform API').getByLabel('User').check();
  await chosen.check();
  await key.fill(pair.privateKey.toString('base64')); // which is no PEM: told all the same, and gone
  await button('Create credential').click();
  await page.getByRole('link', { name: /^Public key: This is no public key/ }).click();
  assert.deepEqual([await key.inputValue(), await chosen.isChecked(), await page.getByLabel('Name', { exact: true }).inputValue()], ['', true, 'Signs for itself']);
  await key.fill(pair.publicKey);
  await button('Create credential').click();
  await page.getByText('It is made. Its public key works from now on.').waitFor();
  const fact = async (name) => (await page.locator('section', { has: page.getByRole('heading', { name: 'How a program uses it' }) }).locator('div', { has: page.getByText(name, { exact: true }) }).locator('dd').textContent());
  const [issuer, client] = [await fact('Issuer'), await fact('Client ID')];
  assert.equal(await fact('Algorithm'), 'ES256');
  await page.reload();
  const half = await crypto.subtle.importKey('pkcs8', pair.privateKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const program = await openid.discovery(new URL(issuer), client, undefined, openid.PrivateKeyJwt(half), { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });
  const { access_token: token } = await openid.clientCredentialsGrant(program, { scope: 'platform:user' });
  const answer = await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${token}`, 'X-Original-URI': `/platform/v1/accounts/${retail}`, 'X-Original-Method': 'GET' } });
  assert.equal(answer.status, 200);
  assert.equal((await everything(page)).includes('kds_live_'), false);
});

step('MP3: a member gets 403 and no menu entry', async () => {
  const ben = await visitor(stack.people.Member);
  assert.equal(await ben.page.getByRole('link', { name: 'API Credentials' }).count(), 0);
  for (const path of ['/credentials', '/credentials/scoped/new', `/credentials/${reader.id}`, `/credentials/${reader.id}/edit`, `/credentials/${reader.id}/deactivate`, `/credentials/${reader.id}/delete`]) {
    assert.equal((await ben.context.request.get(stack.url + path)).status(), 403, path);
  }
});

step('MP3 MP9 MP10: twenty forged forms make, change and grant nothing', async () => {
  const rows = () => stack.sql('SELECT (SELECT COUNT(*) FROM client), (SELECT SUM(version) FROM client), (SELECT COUNT(*) FROM client_grant), (SELECT COUNT(*) FROM client_workspace), (SELECT COUNT(*) FROM client_account)');
  const html = await (await cora.context.request.get(`${stack.url}/credentials/${reader.id}/edit`)).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(html)[1], version = /name="version" value="(\d+)"/.exec(html)[1];
  const good = { name: 'Forged', 'may-platform': 'platform:user' };
  const paths = ['/credentials/scoped/new', `/credentials/${reader.id}/edit`];
  const wishes = [
    { ...good, 'may-platform': 'platform:owner' }, { ...good, 'may-x': 'nothing:read' }, { ...good, 'may-profile': 'profile:write', workspace: web },
    { name: 'Forged', 'may-profile': 'profile:read' }, { name: 'Forged', 'may-profile': 'profile:read', workspace: '0000000000' },
    { name: 'Forged', 'may-profile': 'profile:read', account: web }, { name: 'Forged', 'may-a': 'platform:user', 'may-b': 'platform:admin' },
    { ...good, owner: '0000000000' }, { ...good, expires: '2001-01-01T00:00' }, { ...good, networks: '0.0.0.0/33' },
  ];
  const before = await rows();
  for (const path of paths) {
    for (const wish of wishes) {
      const answer = await cora.context.request.post(stack.url + path, {
        form: { csrf, version, once: '0123456789012345678901', ...wish }, headers: { Origin: stack.url }, maxRedirects: 0,
      });
      assert.equal(answer.status(), 422, `${path} ${JSON.stringify(wish)}`);
    }
    for (const headers of [{ Origin: 'https://elsewhere.test' }, { Origin: 'null' }]) {
      const answer = await cora.context.request.post(stack.url + path, { form: { csrf, version, ...good }, headers, maxRedirects: 0 });
      assert.equal(answer.status(), 403);
    }
    const answer = await cora.context.request.post(stack.url + path, { form: { version, ...good }, headers: { Origin: stack.url }, maxRedirects: 0 });
    assert.equal(answer.status(), 403);
  }
  assert.deepEqual(await rows(), before);
});

step('MP6 UI3: without JavaScript, 320 pixels wide: many credentials, edited, with a search that loses nothing', async () => {
  const plain = await visitor(stack.people.Admin, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const where = plain.page;
  for (let i = 0; i < 60; i++) await stack.sql(`INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) SELECT 'quay${String(i).padStart(6, '0')}', organization_id, id, 'Quay ${i}', '2026-01-01' FROM account WHERE public_id = '${retail}'`);
  for (let i = 1; i <= 3; i++) {
    await where.goto('/credentials/scoped/new');
    await fits(where);
    await where.getByLabel('Name', { exact: true }).fill(`Quay reader ${i}`);
    await group('Profile API', where).getByLabel('Read-only').check();
    await where.getByLabel('Tags optional').fill('quays');
    await where.getByLabel('Find accounts and workspaces').fill(`quay ${40 + i}`);
    await where.getByRole('button', { name: 'Find', exact: true }).click();
    await fits(where);
    assert.equal(await where.getByLabel('Name', { exact: true }).inputValue(), `Quay reader ${i}`);
    assert.ok(await group('Profile API', where).getByLabel('Read-only').isChecked());
    await where.getByLabel(`Quay ${40 + i}`, { exact: true }).check();
    await where.getByLabel('Find accounts and workspaces').fill('nothing like it');
    await where.getByRole('button', { name: 'Find', exact: true }).click();
    assert.ok(await where.getByLabel(`Quay ${40 + i}`, { exact: true }).isChecked());
    await where.getByRole('button', { name: 'Create credential' }).click();
    await where.getByRole('heading', { name: `Credential “Quay reader ${i}” is made` }).waitFor();
    await fits(where);
    const made = await shown(where);
    assert.equal(await call(users(`quay0000${40 + i}`), 'GET', made), 200);
    assert.equal(await call(users(web), 'GET', made), 403);
    await where.getByLabel('I have stored it').check();
    await where.getByRole('button', { name: 'Finish and go to the credential' }).click();
    await fits(where);
    await where.getByRole('link', { name: 'Edit', exact: true }).click();
    await fits(where);
    assert.equal(await where.getByLabel('Tags optional').inputValue(), 'quays');
    await where.getByRole('button', { name: 'Save the credential' }).click();
    await where.getByText('Saved. It holds').waitFor();
  }
  assert.deepEqual(await stack.sql("SELECT COUNT(*) FROM client WHERE name LIKE 'Quay reader%' AND kind = 'scoped' AND status = 'active'"), [['3']]);
});

step('MP16: deleting is confirmed by the short id, is for good, and the next request is refused', async () => {
  await page.goto('/credentials');
  await row('Loyalty export').getByRole('link', { name: 'Delete Loyalty export' }).click();
  await page.getByLabel('Short id').fill('0000000000');
  await button(`Delete credential ${reader.id}`).click();
  await page.getByText('This is not the short id. Nothing was deleted.').first().waitFor();
  assert.equal(await call(`/platform/v1/accounts/${retail}`), 200);
  await page.getByLabel('Short id').fill(reader.id);
  await button(`Delete credential ${reader.id}`).click();
  await page.getByText('The credential is deleted. Its secrets have stopped working.').waitFor();
  assert.equal(await call(`/platform/v1/accounts/${retail}`), 401);
  for (const path of ['', '/edit', '/activate']) assert.equal((await cora.context.request.get(`${stack.url}/credentials/${reader.id}${path}`)).status(), 404);
});
