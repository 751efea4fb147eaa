// operator.test.js - an operator makes an organization, and hands over its first keys unseen: in a real browser, and as an attacker.
// Once: what a form does is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, go, everything } = require('./browser.js');
const { Visitor, ask, atOnce, basic, field, revealed } = require('./visitor.js');

const olga = { email: 'olga@example.com', password: 'seven quiet herons at noon' };
const fay = { email: 'fay@example.com', password: 'lamps under a frozen bridge' };

let stack, browser;
const opened = [];
const north = {}; // what the tests learn of the organization; they build on each other
const token = (text) => /\/invite\/([0-9A-Za-z]{43})/.exec(text)?.[1];
const verify = async (id, secret, path = '/verify') => (await ask(stack.url + path, { headers: basic(id, secret) })).status;
const number = async (statement) => Number((await stack.sql(statement))[0][0]);

async function visitor() {
  const made = await open(browser, stack.url);
  opened.push(made);
  return made.page;
}

async function founded(name, email, more = {}) {
  const operator = await new Visitor(stack.url).signIn(olga);
  const answer = await operator.send('/organizations/new', '/organizations', { name, admin_name: 'Gus Hale', admin_email: email, ...more });
  assert.equal(answer.status, 200, answer.body.slice(0, 300));
  return { operator, id: /href="\/organizations\/([0-9A-Za-z]{10})"/.exec(answer.body)[1], token: token(answer.body) };
}

test.before(async () => {
  browser = await launch();
  stack = await start();
  const setup = new URL(stack.setupLink).pathname;
  const answer = await new Visitor(stack.url).send(setup, setup, { organization: 'Example Ltd', name: 'Olga Petrov', ...olga });
  assert.equal(answer.status, 303);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('UI7: the operator founds an organization in the browser, and sees its link once', async () => {
  const page = await visitor();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(olga.email);
  await page.getByLabel('Password').fill(olga.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Organizations' }).first().click();
  await page.getByRole('link', { name: 'Create organization' }).first().click();
  assert.equal(await page.locator('input[name=apis]:checked').count(), 0);
  await page.getByLabel('Name', { exact: true }).fill('Northwind Trading');
  await page.getByLabel('Name of its first admin').fill('Fay Brook');
  await page.getByLabel('E-mail address of its first admin').fill(fay.email);
  await page.locator('input[name=apis][value=profile]').check();
  await page.getByLabel('A key for production').check();
  await page.getByLabel('A key for integration').check();
  await page.getByRole('button', { name: 'Create organization' }).click();
  await page.getByRole('heading', { name: 'The first admin of “Northwind Trading” is invited' }).waitFor();
  north.link = await page.getByLabel('Link').inputValue();
  north.token = token(north.link);
  assert.ok(north.link.startsWith(`${stack.url}/invite/`));
  await page.getByRole('link', { name: 'I have handed it over' }).click();
  await page.getByText('Invited', { exact: true }).waitFor();
  north.id = /organizations\/(\w{10})/.exec(page.url())[1];
  assert.equal(await page.getByText('Not opened yet').count(), 2);
  await go(page, 'goBack');
  assert.ok(!(await everything(page)).includes(north.token), 'the link is shown a second time');
});

test('UI1: its admin comes in by the link and opens the first key, which works from then on', async () => {
  const page = await visitor();
  await page.goto(north.link);
  await page.getByText(fay.email).first().waitFor();
  await page.getByLabel('New password').fill('fay@example.com');
  await page.getByRole('button', { name: 'Join Northwind Trading' }).click();
  await page.getByRole('link', { name: /^New password: / }).waitFor();
  await page.getByLabel('New password').fill(fay.password);
  await page.getByRole('button', { name: 'Join Northwind Trading' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByRole('link', { name: 'API Credentials' }).first().click();
  await page.getByText('Not opened yet').first().waitFor();
  await page.getByRole('link', { name: 'First key', exact: true }).click();
  north.client = /credentials\/(\w{10})/.exec(page.url())[1];
  await page.getByRole('link', { name: 'Open the secret' }).click();
  await page.getByRole('button', { name: 'Open the secret' }).click();
  await page.getByText('This is the only time the secret is shown.').waitFor();
  north.client_id = await page.getByLabel('API key').inputValue();
  north.secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  assert.equal(await verify(north.client_id, north.secret), 200);
  assert.equal(await verify(north.client_id, north.secret, '/integration/verify'), 401);
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: 'Finish and go to the key' }).click();
  await page.getByText('by Fay Brook').first().waitFor();
  await go(page, 'goBack');
  assert.ok(!(await everything(page)).includes(north.secret), 'the secret is shown a second time');
  assert.equal(await number("SELECT COUNT(*) FROM exposure WHERE how = 'opened'"), 1);
});

test('KD4: the operator reaches nothing of the organization, at any address', async () => {
  const operator = await new Visitor(stack.url).signIn(olga);
  const lines = (await stack.keydesk(['routes'])).split('\n').map((line) => /^(GET|POST)\s+(\/\S*)/.exec(line)).filter(Boolean);
  const csrf = await operator.csrf();
  let asked = 0;
  for (const [, method, pattern] of lines) {
    if (!pattern.includes(':id') || pattern.startsWith('/apis')) continue;
    const own = pattern.startsWith('/organizations');
    const path = pattern.replace(':id', own ? north.id : north.client);
    if (own && method === 'POST') continue;
    const answer = method === 'GET' ? await operator.get(path)
      : await operator.post(path, { csrf, once: 'x'.repeat(22), confirm: north.client, stored: '1', name: 'x', seen: 'x' });
    if (!own) assert.ok([403, 404, 422].includes(answer.status), `${method} ${path}: ${answer.status}`);
    for (const text of [north.secret, north.client_id, north.token]) assert.ok(!answer.body.includes(text), `${method} ${path} shows ${text}`);
    assert.ok(!/kd[sc]_(live|test)_[0-9A-Za-z]{11}/.test(answer.body), `${method} ${path}`);
    asked++;
  }
  assert.ok(asked > 20, `only ${asked} addresses`);
  assert.ok(!(await operator.get('/credentials')).body.includes(north.client_id));
  assert.equal(await verify(north.client_id, north.secret), 200);
});

test('UI7: a link that was used, withdrawn or replaced brings nobody in', async () => {
  const thief = new Visitor(stack.url);
  const used = await thief.get(`/invite/${north.token}`);
  assert.equal(used.status, 404);
  const unknown = await thief.get(`/invite/${'x'.repeat(43)}`);
  const words = ({ body }) => body.replace(/[0-9A-Za-z]{16}/g, '#');
  assert.equal(words(used), words(unknown));
  const fields = { csrf: field((await thief.get('/sign-in')).body, 'csrf'), password: 'nineteen glass doors ajar' };
  assert.equal((await thief.post(`/invite/${north.token}`, fields)).status, 404);
  const south = await founded('Southwind', 'gus@example.com');
  const csrf = await south.operator.csrf();
  const next = await south.operator.send(`/organizations/${south.id}/invite`, `/organizations/${south.id}/invite`, { name: 'Gus', email: 'gus@example.com' });
  assert.equal(next.status, 200);
  assert.equal((await thief.post(`/invite/${south.token}`, fields)).status, 404);
  assert.equal((await south.operator.post(`/organizations/${south.id}/uninvite`, { csrf })).status, 303);
  assert.equal((await thief.post(`/invite/${token(next.body)}`, fields)).status, 404);
  assert.equal(await number("SELECT COUNT(*) FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = 'gus@example.com' AND u.status = 'active'"), 0);
});

test('UI7: the link of a person who has a password is worth nothing without it', async () => {
  const west = await founded('Westwind', fay.email);
  const thief = new Visitor(stack.url);
  const guess = await thief.send(`/invite/${west.token}`, `/invite/${west.token}`, { password: 'nineteen glass doors ajar' });
  assert.equal(guess.status, 422);
  assert.match(guess.body, /This is not your password\./);
  assert.equal((await thief.get('/credentials')).status, 303);
  assert.ok(await new Visitor(stack.url).signIn(fay), 'her password has changed');
});

test('KD13: of 20 who open at once one sees the secret, the others who and when; nobody else can', async () => {
  const east = await founded('Eastwind', 'ida@example.com', { production: '1' });
  const ida = new Visitor(stack.url);
  const joined = await ida.send(`/invite/${east.token}`, `/invite/${east.token}`, { password: fay.password });
  assert.equal(joined.status, 303);
  const id = /credentials\/(\w{10})"/.exec((await ida.get('/credentials')).body)[1];
  for (const role of ['member', 'compliance_admin']) {
    await stack.keydesk(['user', 'add', '--organization', east.id, '--email', `${role}@example.com`, '--name', 'Somebody', '--role', role], fay.password);
    const other = await new Visitor(stack.url).signIn({ email: `${role}@example.com`, password: fay.password });
    assert.equal((await other.get(`/credentials/${id}/open`)).status, 403);
    assert.equal((await other.post(`/credentials/${id}/open`, { csrf: await other.csrf(), once: role.padEnd(22, 'x') })).status, 403);
  }
  assert.equal((await east.operator.post(`/credentials/${id}/open`, { csrf: await east.operator.csrf(), once: 'o'.repeat(22) })).status, 404);
  const csrf = await ida.csrf();
  const answers = await atOnce(20, (i) => ida.post(`/credentials/${id}/open`, { csrf, once: `n${i}`.padEnd(22, 'x') }));
  const shown = answers.filter((answer) => revealed(answer).secret);
  assert.equal(shown.length, 1);
  const { client_id, secret } = revealed(shown[0]);
  assert.equal(await verify(client_id, secret), 200);
  for (const answer of answers) if (answer !== shown[0]) {
    assert.equal(answer.status, 409);
    assert.match(answer.body, /Gus Hale has opened this secret/);
  }
  north.more = secret;
});

test('UI7: what an organization may not use it asks for, and the operator gives it', async () => {
  const page = await visitor();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(fay.email);
  await page.getByLabel('Password').fill(fay.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'APIs', exact: true }).first().click();
  await page.getByRole('row').filter({ hasText: 'Not yet' }).first().getByRole('link').first().click();
  await page.getByRole('link', { name: 'Ask the operator' }).click();
  await page.getByLabel('Note').fill('for the new shop');
  await page.getByRole('button', { name: 'Ask the operator' }).click();
  await page.getByText('Asked. The operator sees it from now on.').waitFor();
  const operator = await visitor();
  await operator.goto('/sign-in');
  await operator.getByLabel('E-mail address').fill(olga.email);
  await operator.getByLabel('Password').fill(olga.password);
  await operator.getByRole('button', { name: 'Sign in' }).click();
  await operator.goto('/organizations');
  await operator.getByText('for the new shop').waitFor();
  await operator.getByRole('link', { name: /^Entitle/ }).first().click();
  await operator.getByRole('button', { name: /^Entitle to/ }).click();
  await operator.getByText('It may use this API from the next request on.').waitFor();
  await page.reload();
  await page.getByText('may use this API.').waitFor();
});

test('UI7: closed, an organization is refused everywhere on the next request; opened again, its keys work', async () => {
  const operator = await new Visitor(stack.url).signIn(olga);
  const admin = await new Visitor(stack.url).signIn(fay);
  const path = `/organizations/${north.id}/close`;
  assert.equal((await operator.send(path, path, { confirm: north.id })).status, 303);
  assert.equal(await verify(north.client_id, north.secret), 401);
  assert.match((await admin.get('/credentials')).headers.location, /^\/sign-in/);
  assert.equal((await operator.post(`/organizations/${north.id}/reopen`, { csrf: await operator.csrf() })).status, 303);
  assert.equal(await verify(north.client_id, north.secret), 200);
});

test('UI1: neither secrets nor links are in any file: no log, no row', async () => {
  for (const text of [north.secret, north.more, north.token]) {
    const found = await new Promise((resolve) => {
      execFile('grep', ['-rlF', text, stack.state], (error, out) => resolve(out));
    });
    assert.equal(found, '');
  }
  assert.match(stack.log('access'), /"\/invite\/:token"/);
  assert.match(stack.log(), /route=\/invite\/:token/);
});

test('none of these pages had an error in the console or asked for anything elsewhere', () => {
  assert.deepEqual(opened.flatMap(({ wrong }) => wrong), []);
});
