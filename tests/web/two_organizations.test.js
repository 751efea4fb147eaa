// two_organizations.test.js - a person of two organizations has one sign-in, and leaves one without leaving the other.
// Once: who is signed in where is decided behind the web server.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, source } = require('./browser.js');
const { Visitor, field } = require('./visitor.js');

let stack, browser, ben, first, second;
const opened = [];
const one = async (statement) => (await stack.sql(statement))[0]?.[0];
const user = (organization) => one(`SELECT u.id FROM user u JOIN person p ON p.id = u.person_id JOIN organization o ON o.id = u.organization_id WHERE p.email = '${ben.email}' AND o.public_id = '${organization}'`);
const sessions = async (id) => Number(await one(`SELECT COUNT(*) FROM session WHERE user_id = ${id}`));
const at = (page) => new URL(page.url()).pathname;

async function soon(what) {
  for (const end = Date.now() + 30000; Date.now() < end;) {
    if (await what()) return;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail('it did not happen');
}

async function signedIn() {
  const made = await open(browser, stack.url);
  opened.push(made);
  await signIn(made.page, ben);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

test.before(async () => {
  stack = await start({ demo: true });
  browser = await launch();
  ben = stack.people.Member;
  first = await one(`SELECT o.public_id FROM user u JOIN person p ON p.id = u.person_id JOIN organization o ON o.id = u.organization_id WHERE p.email = '${ben.email}'`);
  second = JSON.parse(await stack.keydesk(['organization', 'add', '--name', 'Second House', '--json'])).id;
  await stack.keydesk(['user', 'add', '--organization', second, '--email', ben.email, '--name', 'Ben', '--role', 'admin', '--yes'], `${ben.password}\n`);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('a form that was filled in before another tab went to the other organization does nothing there, and is sent with all that was typed once it is gone back', once('the session decides it'), async () => {
  const enter = async (page, name) => {
    await page.goto('/profile');
    await page.getByRole('button', { name: new RegExp(`^Go there *: ${name}$`) }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  };
  const name = await one(`SELECT name FROM organization WHERE public_id = '${first}'`);
  const there = Number(await one(`SELECT id FROM organization WHERE public_id = '${second}'`));
  const invited = () => one("SELECT COALESCE(MAX(u.organization_id), 0) FROM person p JOIN user u ON u.person_id = p.id WHERE p.email = 'kim@example.test'").then(Number);
  const form = await signedIn();
  await enter(form, 'Second House');
  await form.goto('/team/new');
  await form.getByLabel('Name').fill('Kim');
  await form.getByLabel('E-mail address').fill('kim@example.test');
  const tab = await form.context().newPage();
  await enter(tab, name);
  await form.getByRole('button', { name: /^(Make the link|Send the invitation)$/ }).click();
  await form.getByRole('heading', { name: 'This form was opened in another organization' }).waitFor();
  assert.equal(await invited(), 0);
  const back = form.context().waitForEvent('page');
  await form.getByRole('button', { name: 'Go there in a new tab' }).click();
  await (await back).getByRole('heading', { name: 'Overview' }).waitFor();
  assert.match(await source(await back), /Second House/);
  await form.reload();
  await form.getByText('This is the only time the link is shown.').waitFor();
  assert.equal(await invited(), there);
  await enter(tab, name);
  await stack.sql(`DELETE FROM session WHERE person_id = (SELECT id FROM person WHERE email = '${ben.email}')`);
});

test('deactivated in one organization, a person keeps the other: the session in the first ends, the one in the second lives on', once('rows decide it'), async () => {
  const here = await signedIn();
  await here.goto('/profile');
  const name = await one(`SELECT name FROM organization WHERE public_id = '${first}'`);
  const there = await signedIn();
  await there.goto('/profile');
  await there.getByRole('button', { name: /^Go there *: Second House$/ }).click();
  await there.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.match(await source(there), /Second House/);
  await here.reload();
  assert.match(await source(here), new RegExp(name), 'each session is in its own organization');
  const thief = new Visitor(stack.url);
  for (const cookie of await here.context().cookies()) thief.cookies.set(cookie.name, cookie.value);
  const loot = field((await thief.get('/profile')).body, 'csrf');

  const left = await user(first), stays = await user(second);
  assert.equal(await sessions(left), 1);
  await stack.sql(`UPDATE user SET status = 'deactivated' WHERE id = ${left}`);
  await here.goto('/secrets');
  assert.equal(at(here), '/sign-in', 'the first ends with the statement');
  for (const path of [`/profile/organizations/${second}/enter`, '/profile/sign-out-others']) {
    assert.ok([303, 403].includes((await thief.post(path, { csrf: loot })).status));
  }
  assert.equal(await sessions(stays), 1, 'its cookie neither moves to the second nor ends anything there');
  await there.goto('/credentials');
  assert.equal(at(there), '/credentials');
  assert.match(await source(there), /Second House/);

  await soon(async () => await sessions(left) === 0);
  await there.goto('/profile');
  assert.equal(await there.getByRole('button', { name: /^Go there/ }).count(), 0, 'the first is not offered any more');
  const csrf = await there.locator('input[name=csrf]').first().inputValue();
  const enter = await there.request.post(`/profile/organizations/${first}/enter`, { form: { csrf }, headers: { Origin: stack.url }, maxRedirects: 0 });
  assert.equal(enter.status(), 404);

  const again = await signedIn();
  assert.match(await source(again), /Second House/, 'the one sign-in leads to what is left');
  await stack.sql(`UPDATE user SET status = 'active' WHERE id = ${left}`);
  assert.match((await thief.get('/secrets')).headers.location, /^\/sign-in/, 'back by a plain UPDATE, the old cookie is still worth nothing');
  await there.goto('/profile');
  await there.getByRole('button', { name: new RegExp(`^Go there *: ${name}$`) }).click();
  await there.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.match(await source(there), new RegExp(name));
  for (const made of opened) assert.deepEqual(made.wrong, []);
});
