// catalogue.test.js - an operator adds an API to the catalogue in a real browser, and it is in force without a rebuild or a restart.
// Once: what a form does is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn } = require('./browser.js');
const { insist, basic } = require('./visitor.js');

let stack, browser, ann, cora, page;
const opened = [];

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  ann = await visitor(stack.people.Admin);
  cora = await visitor(stack.people['Compliance admin']);
  page = ann.page;
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function visitor(person) {
  const made = await open(browser, stack.url);
  opened.push(made);
  await signIn(made.page, person);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made;
}

// Of the page, not of the menu: the Data API is in both.
const link = (name) => page.getByRole('main').getByRole('link', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const field = (name) => page.getByRole('textbox', { name });
const value = async (statement) => (await stack.sql(statement))[0][0];
const keydesk = (...args) => new Promise((resolve) => {
  execFile(path.join(stack.state, 'keydesk'), args, (error, out, err) => resolve({ code: error ? error.code : 0, out, err }));
});

test('MP1 LR8: the default catalogue has Profile, Platform and Data Planning API, and the first organization may use all', async () => {
  await page.getByRole('link', { name: 'APIs', exact: true }).first().click();
  for (const name of ['Profile API', 'Platform API', 'Data Planning API', 'Data API', 'Analytics', 'Cloud Directory', 'Customer Identity', 'SSO Federation', 'Identity service']) await link(name).waitFor();
  await page.getByText('Northwind Trading may use 10 of 10').waitFor();
  await link('Profile API').click();
  await page.getByText('GET /profile/v1/workspaces/{workspace}/users/{user}', { exact: true }).waitFor();
});

test('MP1 KD26: an operator adds an API, each mistake is named by its line, and nothing typed is lost', async () => {
  await page.goto('/apis');
  await link('Add API').click();
  await field('Word').fill('weather');
  await field('Name').fill('Weather');
  await page.getByLabel('Organization needs no scope').check();
  await page.getByLabel('one of its permissions').check();
  await field('Permissions').fill('read | Read-only | reads\nwrite | Read-write | perhaps');
  await field('Endpoints').fill('GET /weather/v1/{place} weather:read\nGET weather/v1 weather:read\n\nPOST /weather/v1 weather:write');
  await button('Add the API').click();
  await page.getByText('Line 2: Write a permission as: word | name | reads or writes | includes word.').waitFor();
  await field('Permissions').fill('read | Read-only | reads\nwrite | Read-write | writes | includes read');
  await button('Add the API').click();
  await page.getByText('Line 2: A path begins with a slash.').waitFor();
  assert.equal(await field('Endpoints').inputValue(), 'GET /weather/v1/{place} weather:read\nGET weather/v1 weather:read\n\nPOST /weather/v1 weather:write');
  await field('Endpoints').fill('GET /weather/v1/{place} weather:read\nPOST /weather/v1 weather:write\nGET /weather/status open');
  await button('Add the API').click();
  await page.getByText('The API is added. Nobody may use it until an organization is entitled to it.').waitFor();
  await page.getByRole('heading', { level: 1, name: 'Weather' }).waitFor();
  assert.equal(await value("SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act = 'api.create' AND object = (SELECT public_id FROM api WHERE word = 'weather')"), '1');
});

// What a gateway asks for a call with the headers given.
const call = async (method, uri, headers = {}) =>
  (await insist(`${stack.url}/verify`, { headers: { ...headers, 'X-Original-Method': method, 'X-Original-URI': uri } })).status;

test('MP1: the next call opens by the API that was just added, without a rebuild or a restart, once the organization is entitled', async () => {
  const organization = JSON.parse((await keydesk('organization', 'list', '--json')).out.split('\n')[0]).id;
  const { id } = JSON.parse((await keydesk('client', 'list', '--organization', organization, '--environment', 'production', '--json')).out.split('\n')[0]);
  const key = JSON.parse((await keydesk('client', 'reset', '--organization', organization, '--id', id, '--json')).out);
  const mine = basic(key.client_id, key.client_secret);
  assert.equal(await call('GET', '/weather/v1/oslo', mine), 403, 'nobody is entitled to it yet');
  assert.equal((await keydesk('entitlement', 'give', '--organization', organization, 'weather')).code, 0);
  assert.equal(await call('GET', '/weather/v1/oslo', mine), 200);
  assert.equal(await call('POST', '/weather/v1', mine), 200);
  assert.equal(await call('GET', '/weather/v1/oslo'), 401);
  assert.equal(await call('GET', '/weather/status'), 200, 'nobody is asked who they are');
  assert.equal(await call('DELETE', '/weather/v1/oslo', mine), 403, 'no endpoint');
  assert.equal(await call('GET', '/weather/v1/oslo/more', mine), 403, 'no endpoint');
  await page.goto('/apis');
  await link('Weather').click();
  await link('Edit').click();
  await field('Endpoints').fill('GET /weather/v1/{place} weather:read\nDELETE /weather/v1/{place} weather:write');
  await button('Save the API').click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  assert.equal(await call('DELETE', '/weather/v1/oslo', mine), 200, 'an endpoint that was added to it');
  assert.equal(await call('POST', '/weather/v1', mine), 403, 'one that was taken out');
  assert.equal(await call('GET', '/weather/status'), 401, 'it is open to nobody any more');
  assert.equal(await call('GET', '/weather/status', mine), 403);
  assert.equal((await keydesk('entitlement', 'withdraw', '--organization', organization, 'weather')).code, 0);
  assert.equal(await call('GET', '/weather/v1/oslo', mine), 403);
});

test('KD26: others see what they may use and never who else does; what one may not change has no button and answers 403', async () => {
  await cora.page.goto('/apis');
  await cora.page.getByRole('row').filter({ hasText: 'Weather' }).getByText('Not yet').waitFor();
  assert.equal(await cora.page.getByRole('link', { name: 'Add API' }).count(), 0);
  await cora.page.getByRole('link', { name: 'Weather', exact: true }).click();
  await cora.page.getByText('May not use it yet.').waitFor();
  assert.equal(await cora.page.getByText('Who holds it').count(), 0);
  const at = new URL(cora.page.url()).pathname;
  for (const act of ['edit', 'delete']) assert.equal((await cora.context.request.get(`${stack.url}${at}/${act}`)).status(), 403);
  assert.equal((await cora.context.request.get(`${stack.url}/apis/new`)).status(), 403);
});

test('KD26: what is held cannot be removed in the console, and it says who holds it; what nobody holds goes', async () => {
  await page.goto('/apis');
  await link('Platform API').click();
  await link('Remove').click();
  await page.getByText('It cannot be removed while somebody holds it.').waitFor();
  await page.getByRole('row').filter({ hasText: 'Northwind Trading' }).waitFor();
  assert.equal(await page.getByLabel('Short id').count(), 0);
  await page.goto('/apis');
  await link('Weather').click();
  await link('Remove').click();
  const id = /apis\/(\w{10})\/delete/.exec(page.url())[1];
  await page.getByLabel('Short id').fill(id);
  await button('Remove weather').click();
  await page.getByText('The API is removed.').waitFor();
  assert.equal(await value("SELECT COUNT(*) FROM api WHERE word = 'weather'"), '0');
});

test('KD26: the catalogue of the console is that of the command line', once('it is a command'), async () => {
  const before = (await keydesk('catalogue', 'export')).out;
  await page.goto('/apis');
  await link('Data API').click();
  await link('Edit').click();
  await field('Name').fill('Data & Reports API');
  await button('Save the API').click();
  await page.getByText('Saved.', { exact: true }).waitFor();
  const after = (await keydesk('catalogue', 'export')).out;
  assert.equal(JSON.parse(after).apis.find((api) => api.word === 'data').name, 'Data & Reports API');
  const file = path.join(stack.state, 'before.json');
  require('node:fs').writeFileSync(file, before);
  const diff = await keydesk('catalogue', 'diff', file);
  assert.deepEqual([diff.code, diff.out], [4, 'data: name "Data & Reports API" becomes "Data API"\n']);
  assert.equal((await keydesk('catalogue', 'load', file)).code, 0);
  await page.goto('/apis');
  await link('Data API').waitFor();
});

test('KD31: none of these pages had an error in the console or asked for anything elsewhere', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
