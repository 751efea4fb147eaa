// journey.test.js - the first ten minutes with Keydesk, in a real browser on the real stack; its tests build on each other.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, go, source, everything } = require('./browser.js');
const { ask, atOnce, insist, basic } = require('./visitor.js');

const password = 'seven quiet herons at noon';
const people = {
  admin: { email: 'ann@example.com', password },
  reader: { email: 'cora@example.com', password: 'lamps under a frozen bridge' },
  member: { email: 'ben@example.com', password: 'nobody counts the blue doors' },
};

let stack, browser, ann, page;
const opened = [];
const website = {}; // what the journey learns of its first key

async function visitor(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  return made;
}

const verify = async (secret, id = website.client_id) => (await insist(`${stack.url}/verify`, { headers: basic(id, secret) })).status;
const button = (name) => page.getByRole('button', { name, exact: true });
const link = (name) => page.getByRole('link', { name, exact: true });
const row = (name) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
const count = async (table) => Number((await stack.sql(`SELECT COUNT(*) FROM ${table}`))[0][0]);
const bash = (text) => new Promise((resolve, reject) => {
  execFile('bash', ['-c', text], (error, out) => (error ? reject(error) : resolve(out)));
});

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

// Fills in the form for a new key, up to its page with the secret.
async function create(name) {
  await page.goto('/credentials');
  await link('Create key').click();
  await page.getByLabel('Name').fill(name);
  await button('Create key').click();
  await page.getByRole('heading', { level: 1, name: `Key “${name}” is made` }).waitFor();
  return {
    client_id: await page.getByLabel('API key', { exact: true }).inputValue(),
    secret: await page.getByLabel('Secret', { exact: true }).inputValue(),
    id: /credentials\/(\w{10})\/stored/.exec(await source(page))[1],
  };
}

async function finish() {
  await page.getByLabel('I have stored it').check();
  await button('Finish and go to the key').click();
  await page.getByText('Noted: the secret is stored.').waitFor();
}

// The form that the page shows, sent from outside of it, as somebody would who forges it.
async function forge(from, path, fields, where = ann) {
  const html = await (await where.context.request.get(`${stack.url}${from}`)).text();
  const csrf = /name="csrf" value="([^"]+)"/.exec(html)[1];
  return where.context.request.post(`${stack.url}${path}`, { form: { csrf, ...fields }, headers: { Origin: stack.url }, maxRedirects: 0 });
}

async function created(from, fields) {
  const answer = await forge(from, '/credentials', fields);
  return { status: answer.status(), headers: answer.headers() };
}

test.before(async () => {
  browser = await launch('/usr/bin/chromium');
  stack = await start();
  ann = await visitor({ permissions: ['clipboard-read', 'clipboard-write'] });
  page = ann.page;
});

test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

step('KD1: the set-up link opens as often as one likes, and asks again without losing what was typed', async () => {
  const path = new URL(stack.setupLink).pathname;
  for (let i = 0; i < 2; i++) assert.equal((await page.goto(path)).status(), 200);
  await page.getByLabel('Organization').fill('Northwind <Trading> & Söhne');
  await page.getByLabel('Your name').fill('Ann "Zoë" O\'Hara');
  await page.getByLabel('Your e-mail address').fill(people.admin.email);
  const refused = [
    ['', 'Give a password.'],
    ['short', 'Use at least 12 characters.'],
    ['password1234', 'This is among the passwords that are guessed first.'],
    ['ann@example.com', 'This is made of the name or the address it belongs to.'],
  ];
  for (const [typed, says] of refused) {
    await page.getByLabel('Password').fill(typed);
    const [answer] = await Promise.all([page.waitForNavigation(), button('Set up and sign in').click()]);
    assert.equal(answer.status(), 422, typed);
    assert.match(await page.title(), /^Error: Set up/);
    assert.ok((await page.locator('#e-password').innerText()).includes(says), typed);
    // The summary takes the focus, and its link leads to the field.
    assert.equal(await page.evaluate(() => document.activeElement.className), 'errors');
    await page.getByRole('alert').getByRole('link').click();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'f-password');
    assert.equal(await page.getByLabel('Organization').inputValue(), 'Northwind <Trading> & Söhne');
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Ann "Zoë" O\'Hara');
    assert.equal(await page.getByLabel('Your e-mail address').inputValue(), people.admin.email);
    assert.equal(await page.getByLabel('Password').inputValue(), '', 'a password is never sent back');
  }
  assert.equal(await count('organization'), 0);
});

step('KD1 CARD5: a good password sets up operator, organization and admin, signed in; then the link is used up', async () => {
  await page.getByLabel('Password').fill(password);
  await button('Set up and sign in').click();
  await page.waitForURL(`${stack.url}/`);
  assert.equal(await page.title(), 'Overview · Northwind <Trading> & Söhne · Keydesk');
  await page.getByText('Ann "Zoë" O\'Hara').first().waitFor();
  const other = await visitor();
  assert.equal((await other.page.goto(new URL(stack.setupLink).pathname)).status(), 404);
  await other.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  const [[organization]] = await stack.sql('SELECT public_id FROM organization');
  const add = (role, name, person) => stack.keydesk(
    ['user', 'add', '--organization', organization, '--name', name, '--email', person.email, '--role', role], `${person.password}\n`);
  await add('compliance_admin', 'Cora Lindqvist', people.reader);
  await add('member', 'Ben Okafor', people.member);
});

step('LR1 ID1: API Credentials is in the menu and reached from Settings; without a key it says so', async () => {
  await page.getByRole('navigation', { name: 'Main menu' }).getByRole('link', { name: 'API Credentials' }).click();
  await page.waitForURL('**/credentials');
  assert.equal(await page.getByRole('navigation', { name: 'Main menu' }).locator('[aria-current="page"]').innerText(), 'API Credentials');
  await page.getByText('0 of 2 · production').waitFor();
  await page.getByText('No account key in Production yet.').waitFor();
  await page.getByRole('heading', { name: 'Additional secrets' }).waitFor();
  await link('Settings').click();
  await page.getByRole('main').getByRole('link', { name: 'API Credentials' }).click();
  await page.waitForURL('**/credentials');
});

step('ID2: Create asks for a name, then makes an API key and a secret', async () => {
  await link('Create key').click();
  await page.getByLabel('Description').fill('kept <while> the name is asked for');
  await button('Create key').click();
  assert.match(await page.locator('#e-name').innerText(), /^Error:\s+Give the key a name\.$/);
  assert.equal(await page.getByLabel('Description').inputValue(), 'kept <while> the name is asked for');
  await page.getByLabel('Name').fill('Website');
  await button('Create key').click();
  await page.getByRole('heading', { name: 'Key “Website” is made' }).waitFor();
  website.client_id = await page.getByLabel('API key', { exact: true }).inputValue();
  website.secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  website.id = /credentials\/(\w{10})\/stored/.exec(await source(page))[1];
  assert.match(website.client_id, /^kdc_live_[0-9A-Za-z]{16}$/);
  assert.match(website.secret, /^kds_live_[0-9A-Za-z]{11}_[0-9A-Za-z]{60}$/);
  assert.equal(await verify(website.secret), 200);
});

step('ID3 MP13: the secret comes with a warning in bold, buttons that copy, and nothing else to click', async () => {
  const warning = page.getByText('This is the only time the secret is shown. Copy it now.');
  assert.ok(Number(await warning.evaluate((node) => getComputedStyle(node).fontWeight)) >= 700);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  for (const [name, text] of [['the API key', website.client_id], ['the secret', website.secret]]) {
    await button(`Copy ${name}`).click();
    await button(`Copied ${name}`).waitFor();
    assert.equal(await clipboard(), text);
  }
  await page.getByLabel('Secret', { exact: true }).click();
  assert.equal(await page.evaluate(() => document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)),
    website.secret, 'one click selects the whole');
  assert.deepEqual(await page.getByRole('link').allInnerTexts(), ['Skip to the content']);
});

step('MP13: a tick that was forgotten and a click outside lose nothing', async () => {
  await button('Finish and go to the key').click();
  await page.mouse.click(2, 400);
  await page.keyboard.press('Escape');
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), website.secret);
});

step('LR2 UI8: the line for curl, ready to paste, gets a token that /verify takes', async () => {
  await page.getByText('Ready to paste').click();
  const env = await page.getByLabel('For a .env file').inputValue();
  assert.equal(env, `KEYDESK_CLIENT_ID=${website.client_id}\nKEYDESK_CLIENT_SECRET=${website.secret}`);
  const spoken = await bash(`set -a; ${env}\ncurl -sf -u "$KEYDESK_CLIENT_ID:$KEYDESK_CLIENT_SECRET" -o /dev/null -w '%{http_code}' ${stack.url}/verify`);
  assert.equal(spoken, '200', 'as a shell reads it');
  await page.getByText('Keep it in a secret manager or in the environment of the program that uses it').waitFor();
  const { access_token } = JSON.parse(await bash(await page.getByLabel('To try it with curl').inputValue()));
  assert.equal((await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${access_token}` } })).status, 200);
});

step('ID3: a reload makes nothing new, says when it was made, and shows no secret', async () => {
  let asked = 0;
  page.once('dialog', (dialog) => { asked += dialog.type() === 'beforeunload'; dialog.accept(); });
  await page.reload();
  assert.equal(asked, 1, 'the browser asks before the secret goes');
  await page.getByRole('heading', { name: 'Key “Website” was made already' }).waitFor();
  await page.getByText(/It was made on \d+ \w+ \d{4}, \d\d:\d\d UTC/).waitFor();
  assert.ok(!(await everything(page)).includes(website.secret));
  assert.equal(await count('client'), 1);
  assert.equal(await count('secret'), 1);
  await link('I have it, go to the key').click();
  await page.getByText('The secret is not confirmed as stored.').waitFor();
});

step('MP14: until the tick the row says not confirmed as stored; a secret that was not copied is replaced', async () => {
  await page.goto('/credentials');
  assert.match(await row('Website').innerText(), /Not confirmed as stored/);
  await link('Website').click();
  await link('Replace it').click();
  await button('Reset secret of Website').click();
  await page.getByRole('heading', { name: 'New secret of “Website”' }).waitFor();
  website.lost = website.secret;
  website.secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  assert.deepEqual([await verify(website.lost), await verify(website.secret)], [401, 200]);
  await finish();
  await page.goto('/credentials');
  assert.match(await row('Website').innerText(), /Working/);
});

step('ID3: neither back nor forward nor any page of the history shows the secret again', async () => {
  const secrets = [website.lost, website.secret];
  const length = await page.evaluate(() => history.length);
  const seen = [];
  for (const way of [...Array(length - 1).fill('goBack'), ...Array(length - 1).fill('goForward')]) {
    await go(page, way);
    const text = await everything(page);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${way} to ${page.url()}`);
    seen.push(page.url());
  }
  assert.ok(seen.filter((url) => url.endsWith('/reset')).length >= 2 && seen.filter((url) => url.endsWith('/credentials')).length >= 2);
  assert.equal(await count('secret'), 2, 'and none of it made another');
});

step('ID3: back from the page with the secret itself shows it no more, nor does forward', async () => {
  await page.goto(`/credentials/${website.id}/reset`);
  await button('Reset secret of Website').click();
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  page.on('dialog', (dialog) => dialog.accept());
  await go(page, 'goBack');
  assert.ok(!(await everything(page)).includes(secret));
  await go(page, 'goForward');
  assert.ok(!(await everything(page)).includes(secret));
  await page.goto('/credentials');
  await go(page, 'goBack');
  assert.ok(!(await everything(page)).includes(secret));
  await page.goto(`/credentials/${website.id}/reset`);
  await button('Reset secret of Website').click();
  website.secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  await page.goto('about:blank');
  await go(page, 'goBack');
  assert.ok(!(await everything(page)).includes(website.secret), 'nor back from elsewhere');
  page.removeAllListeners('dialog');
});

step('LR2: the row has hint, age and last use of the secret, and the key to copy', async () => {
  assert.equal(await verify(website.secret), 200);
  for (let i = 0; i < 120; i++) {
    await page.goto('/credentials');
    if (!/never/.test(await row('Website').innerText())) break;
    await new Promise((resolve) => { setTimeout(resolve, 250); });
  }
  const text = await row('Website').innerText();
  assert.ok(text.includes(`…${website.secret.slice(-4)}`), text);
  assert.match(text, /just now|seconds ago|a minute ago|\d+ min ago/);
  assert.match(text, /127\.0\.0\.1/);
  assert.ok(!(await everything(page)).includes(website.secret));
  await button('Copy the API key of Website').click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), website.client_id);
  await link('Website').click();
  assert.ok(!(await everything(page)).includes(website.secret));
  assert.match(await page.title(), /^Account API key “Website” · /);
});

step('ID3: the page forgets the secret when it is left, for browsers that keep such a page', async () => {
  // Chromium keeps none that answered a POST, so here the page is told what it would be told.
  await page.goto(`/credentials/${website.id}/reset`);
  await button('Reset secret of Website').click();
  website.secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  await page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); });
  assert.ok(!(await everything(page)).includes(website.secret));
  assert.equal(await page.getByLabel('API key', { exact: true }).inputValue(), website.client_id);
  await finish();
});

step('LR3 LR4: a reset says what stops; the old secret is refused and the new one taken on the very next requests', async () => {
  await page.goto('/credentials');
  await link('Reset secret of Website').click();
  await page.getByText(`The next request with the secret …${website.secret.slice(-4)} will be refused.`).waitFor();
  await page.getByText('tokens made from it end with it').waitFor();
  const { access_token } = JSON.parse((await ask(`${stack.url}/auth`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ client_id: website.client_id, client_secret: website.secret }),
  })).body);
  await button('Reset secret of Website').click();
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  // More requests than there are workers, at once, so that each of them is asked.
  const answers = await Promise.all(Array.from({ length: 24 }, (_, i) => verify(i % 2 ? secret : website.secret)));
  assert.deepEqual(answers, Array.from({ length: 24 }, (_, i) => (i % 2 ? 200 : 401)));
  assert.equal((await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${access_token}` } })).status, 401);
  website.secret = secret;
  await finish();
  await page.getByRole('table').getByText('Reset').first().waitFor();
});

step('ID4: at the limit Create is disabled, with the reason beside it, and forged POSTs are refused, twenty at once', async () => {
  await create('Nightly batch');
  await finish();
  await page.goto('/credentials');
  assert.ok(await button('Create key').isDisabled());
  assert.equal(await button('Create key').evaluate((node) => document.getElementById(node.getAttribute('aria-describedby')).innerText),
    'The limit is reached: 2 of 2 in use. Delete a key to make room.');
  const forged = await forge('/credentials/new', '/credentials', { name: 'One too many', once: 'forged' });
  assert.equal(forged.status(), 422);
  assert.match(await forged.text(), /2 of 2 account keys are in use/);
  assert.match(await forged.text(), /value="One too many"/, 'nothing typed is lost');
  const all = await atOnce(20, (i) => created('/credentials', { name: `Forged ${i}`, once: `forged-${i}` }));
  assert.deepEqual([...new Set(all.map(({ status }) => status))].filter((status) => status !== 429), [422]);
  assert.equal((await stack.sql('SELECT COUNT(*) FROM client WHERE deleted_at IS NULL'))[0][0], '2');
});

step('ID6 ID7: the bin has a name; deleting says that it is for good and wants the short id, which must be right', async () => {
  await page.goto('/credentials');
  const bin = link('Delete Website');
  assert.equal(await bin.locator('svg').getAttribute('aria-hidden'), 'true');
  await bin.click();
  await page.getByText('The next request with this key will be refused.').waitFor();
  await page.getByText('Deleting is permanent.').waitFor();
  for (const [typed, says] of [['', 'Type the short id to confirm.'], ['Website', 'This is not the short id. Nothing was deleted.']]) {
    await page.getByLabel('Short id').fill(typed);
    await button(`Delete key ${website.id}`).click();
    assert.ok((await page.locator('#e-confirm').innerText()).endsWith(says));
    assert.equal(await page.getByLabel('Short id').inputValue(), typed);
  }
  assert.equal(await verify(website.secret), 200);
  await page.getByLabel('Short id').fill(website.id);
  await button(`Delete key ${website.id}`).click();
  await page.getByText('The key is deleted. Its secrets have stopped working.').waitFor();
  assert.equal(await verify(website.secret), 401);
  assert.equal((await page.goto(`/credentials/${website.id}`)).status(), 404);
});

step('ID4 ID5: the place of a deleted key is free at once; of twenty who want it one gets it', async () => {
  await page.goto('/credentials');
  await page.getByText('1 of 2 · production').waitFor();
  const all = await atOnce(20, (i) => created('/credentials/new', { name: `Raced ${i}`, once: `raced-${i}` }));
  assert.deepEqual(all.map(({ status }) => status).filter((status) => status === 200), [200]);
  assert.deepEqual([...new Set(all.map(({ status }) => status))].sort(), [200, 422]);
  await page.goto('/credentials');
  await page.getByText('2 of 2 · production').waitFor();
  await page.getByRole('link', { name: /^Delete Raced/ }).click();
  await page.getByLabel('Short id').fill(/credentials\/(\w{10})\/delete/.exec(page.url())[1]);
  await page.getByRole('button', { name: /^Delete key/ }).click();
  await page.getByText('1 of 2 · production').waitFor();
  const next = await create('Website again');
  await finish();
  assert.equal(await verify(next.secret, next.client_id), 200);
  assert.notEqual(next.client_id, website.client_id);
});

step('LR1: the switch shows the other environment, unmistakably, with keys of its own', async () => {
  await page.goto('/credentials');
  await button('Integration').click();
  await page.waitForURL('**/credentials');
  assert.equal(await page.getByRole('complementary', { name: 'Environment' }).innerText(), 'Integration');
  await page.getByText('0 of 2 · integration').waitFor();
  assert.equal(await button('Integration').getAttribute('aria-pressed'), 'true');
  const trial = await create('Trial');
  await finish();
  assert.match(trial.client_id, /^kdc_test_/);
  assert.match(trial.secret, /^kds_test_/);
  const ask_in = async (path) => (await ask(`${stack.url}${path}`, { headers: basic(trial.client_id, trial.secret) })).status;
  assert.deepEqual([await ask_in('/verify'), await ask_in('/integration/verify')], [401, 200]);
  await button('Production').click();
  await page.goto('/credentials');
  await page.getByText('2 of 2 · production').waitFor();
  assert.equal(await page.getByRole('complementary', { name: 'Environment' }).count(), 0);
});

step('ID1: a compliance admin reads the keys and changes nothing', async () => {
  const cora = await visitor();
  await signIn(cora.page, people.reader);
  await cora.page.getByRole('link', { name: 'API Credentials' }).first().click();
  await cora.page.getByRole('link', { name: 'Nightly batch' }).waitFor();
  const id = /credentials\/(\w{10})"/.exec(await source(cora.page))[1];
  for (const path of ['/credentials', `/credentials/${id}`, '/settings']) {
    await cora.page.goto(path);
    // Scoped credentials, further down on the first of these, are hers to make.
    const acts = path === '/credentials' ? cora.page.getByRole('region', { name: 'Account API keys' }) : cora.page.getByRole('main');
    assert.equal(await acts.count(), 1);
    assert.deepEqual(await acts.getByRole('link', { name: /Create|Reset|Delete|Replace/ }).allInnerTexts(), [], path);
    assert.deepEqual(await acts.getByRole('button', { name: /Create|Reset|Delete|stored|Save/ }).allInnerTexts(), [], path);
  }
  for (const path of ['/credentials/new', `/credentials/${id}/reset`, `/credentials/${id}/delete`]) {
    assert.equal((await cora.page.goto(path)).status(), 403, path);
    await cora.page.getByText('Your role does not include it.').waitFor();
  }
  for (const [path, fields] of [['/credentials', { name: 'Mine' }], [`/credentials/${id}/reset`, {}], [`/credentials/${id}/delete`, { confirm: id }]]) {
    assert.equal((await forge('/credentials', path, { once: 'forged', ...fields }, cora)).status(), 403, path);
  }
});

step('ID1: a member has no such menu entry and is refused at each address', async () => {
  const ben = await visitor();
  await signIn(ben.page, people.member);
  await ben.page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.deepEqual(await ben.page.getByRole('navigation', { name: 'Main menu', exact: true }).getByRole('link').allInnerTexts(), ['Overview', 'Additional Secrets', 'Audit log']);
  for (const path of ['/credentials', '/credentials/new', '/settings']) assert.equal((await ben.page.goto(path)).status(), 403, path);
  assert.equal((await forge('/', '/credentials', { name: 'Mine', once: 'forged' }, ben)).status(), 403);
});

step('KD2: signing out ends the session; back shows nothing of it', async () => {
  await page.goto('/credentials');
  await button('Sign out').click();
  await page.getByText('You are signed out.').waitFor();
  await go(page, 'goBack');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.ok(!(await everything(page)).includes('Nightly batch'));
});

step('KD2: a wrong password and an unknown address are answered alike; the right one leads where one wanted to go', async () => {
  await page.goto('/credentials');
  const there = new URL(page.url());
  assert.deepEqual([there.pathname, there.searchParams.get('next')], ['/sign-in', '/credentials']);
  const answers = [];
  for (const email of ['nobody@example.com', people.admin.email]) {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill('not the right words');
    await button('Sign in').click();
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email);
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'alert'); // it is read out first
    answers.push((await page.locator('main').innerText()).replaceAll(email, 'EMAIL'));
  }
  assert.equal(answers[0], answers[1]);
  await page.getByLabel('Password').fill(password);
  await button('Sign in').click();
  await page.waitForURL('**/credentials');
});

step('KD31: none of these pages had an error in the console or asked for anything elsewhere', () => {
  assert.deepEqual(opened.flatMap(({ wrong }) => wrong), []);
});
