// leaver.test.js - somebody who knows secrets leaves: in a browser with and without a script, and for programs.
// Once: who knows a secret is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn } = require('./browser.js');
const { Visitor, insist, basic } = require('./visitor.js');

let stack, browser, ben, ann;
const opened = [];
const keys = {};
const one = async (statement) => (await stack.sql(statement))[0][0];
const verify = async ({ client_id, secret }) => (await insist(`${stack.url}/verify`, { headers: basic(client_id, secret) })).status;

// Waits for what the housekeeper does.
async function soon(what) {
  for (const end = Date.now() + 30000; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail('it did not happen');
}

async function signedIn(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, stack.people.Admin);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

// Ben is an admin who makes two keys, and is taken away by whoever has the database.
test.before(async () => {
  stack = await start({ demo: true });
  browser = await launch();
  ben = await one(`SELECT u.id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Member.email}'`);
  await stack.sql(`UPDATE user SET role = 'admin' WHERE id = ${ben}`);
  await stack.sql('UPDATE organization SET account_keys = 50');
  const visitor = await new Visitor(stack.url).signIn(stack.people.Member);
  for (const name of ['Shop', 'Batch']) {
    keys[name] = await visitor.createKey(name);
    await visitor.send(`/credentials/${keys[name].id}`, `/credentials/${keys[name].id}/stored`, { stored: '1' });
  }
  ann = await new Visitor(stack.url).signIn(stack.people.Admin);
  keys.own = await ann.createKey('Own');
  keys.name = await one(`SELECT p.name FROM user u JOIN person p ON p.id = u.person_id WHERE u.id = ${ben}`);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('KD12: the page of a secret says who has seen it, and leads to all that this person has seen', async () => {
  const page = await signedIn();
  await page.goto(`/credentials/${keys.Shop.id}`);
  const row = page.getByRole('table', { name: 'Who has seen the secret' }).getByRole('row').nth(1);
  await row.getByText('made it').waitFor();
  await row.getByRole('link', { name: keys.name }).click();
  await page.getByRole('heading', { name: `What ${keys.name} has seen` }).waitFor();
  const works = page.getByRole('table', { name: 'Still works' });
  for (const name of ['Shop', 'Batch']) assert.equal(await works.getByRole('link', { name, exact: true }).count(), 1);
  assert.equal(await works.getByRole('link', { name: 'Own', exact: true }).count(), 0);
  assert.equal(await page.getByText('has left').count(), 0);
});

test('RX8: after a plain UPDATE the next page names who has left, and within seconds the overview asks for a rotation', async () => {
  const page = await signedIn();
  await stack.sql(`UPDATE user SET status = 'deactivated' WHERE id = ${ben}`);
  await page.goto(`/credentials/${keys.Shop.id}`);
  await page.getByText(`${keys.name} has left and knows the secret`).waitFor();
  assert.equal(await verify(keys.Shop), 200);
  await soon(async () => (await ann.get('/')).body.includes('Shop: Known to a leaver'));
  await page.goto('/');
  const item = page.getByRole('listitem').filter({ hasText: 'Shop: Known to a leaver' });
  await item.getByRole('link', { name: 'Rotate the secret' }).click();
  await page.getByRole('button', { name: /^Rotate/ }).click();
  await page.getByText('This is the only time the secret is shown.').waitFor();
  await page.goto(`/credentials/${keys.Shop.id}`);
  assert.equal(await page.getByText('has left and knows').count(), 0);
  await page.goto('/');
  assert.equal(await page.getByText('Shop: Known to a leaver').count(), 0);
  assert.equal(await page.getByText('Own: Known to a leaver').count(), 0);
});

test('RX8: without JavaScript the page of a person says what still works, and when it ends by itself it is refused', async () => {
  const page = await signedIn({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } });
  const id = await one(`SELECT public_id FROM user WHERE id = ${ben}`);
  await stack.sql('UPDATE organization SET leaver_days = 7');
  await page.goto(`/team/${id}/seen`);
  await page.getByText(`${keys.name} has left and knows secrets that still work.`).waitFor();
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Batch', exact: true }) }).first();
  await row.getByText('ends by itself').waitFor();
  assert.equal(await verify(keys.Batch), 200);
  await stack.sql("UPDATE secret s JOIN client c ON c.id = s.client_id SET s.leaver_at = s.leaver_at - INTERVAL 8 DAY WHERE c.name IN ('Batch', 'Shop') AND s.leaver_at IS NOT NULL");
  await soon(async () => await verify(keys.Batch) === 401);
  await page.reload();
  await page.getByText('Known to somebody who has left').first().waitFor();
  await page.goto(`/credentials/${keys.Batch.id}`);
  await page.getByText('No secret').first().waitFor();
  assert.equal(await verify(keys.own), 200);
});

test('KD12: nobody but admins reads what a person has seen', async () => {
  const id = await one(`SELECT public_id FROM user WHERE id = ${ben}`);
  await stack.sql(`UPDATE user SET status = 'active', role = 'member' WHERE id = ${ben}`);
  const member = await new Visitor(stack.url).signIn(stack.people.Member);
  assert.equal((await member.get(`/team/${id}/seen`)).status, 403);
  const compliance = await new Visitor(stack.url).signIn(stack.people['Compliance admin']);
  assert.equal((await compliance.get(`/team/${id}/seen`)).status, 403);
  assert.equal((await ann.get('/team/0000000000/seen')).status, 404);
  assert.equal((await ann.get(`/team/${id}/seen`)).status, 200);
});

test('none of these pages had an error in the console or asked for anything elsewhere', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
