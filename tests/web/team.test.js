// team.test.js - the people of an organization: found, looked at, given another role, let go and let back in.
//
// Once: who is let go is decided behind the web server; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn } = require('./browser.js');
const { Visitor } = require('./visitor.js');

let stack, browser, ben, name;
const opened = [];
const one = async (statement) => (await stack.sql(statement))[0][0];
const shown = (page, heading) => page.getByRole('heading', { name: heading, level: 1 }).waitFor();

async function signedIn(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, stack.people.Admin);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

// From the list to the person, off and on again, as whoever clicks does it.
async function offAndOn(page, menu) {
  await page.goto('/');
  if (menu.startsWith('Main menu,')) await page.getByText('Menu', { exact: true }).first().click();
  await page.getByRole('navigation', { name: menu, exact: true }).getByRole('link', { name: 'Team', exact: true }).click();
  await shown(page, 'Team');
  await page.getByLabel('Words of a name or address').fill(name.split(' ')[1]);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.getByRole('link', { name, exact: true }).click();
  await shown(page, name);
  const member = await new Visitor(stack.url).signIn(stack.people.Member);
  assert.equal((await member.get('/secrets')).status, 200);
  await page.getByRole('link', { name: 'Deactivate', exact: true }).click();
  await page.getByText(`The next request of ${name} is refused`).waitFor();
  await page.getByLabel('Short id').fill('wrong');
  await page.getByRole('button', { name: `Deactivate ${ben}` }).click();
  await page.getByText('This is not the short id. Nothing was changed.').first().waitFor();
  assert.equal((await member.get('/secrets')).status, 200);
  await page.getByLabel('Short id').fill(ben);
  await page.getByRole('button', { name: `Deactivate ${ben}` }).click();
  await page.waitForURL(`**/team/${ben}/receipt`);
  assert.equal((await member.get('/secrets')).status, 303);
  await page.goto(`/team/${ben}`);
  await page.getByText('in the console').first().waitFor();
  await page.getByRole('link', { name: 'Reactivate', exact: true }).click();
  await shown(page, `Reactivate ${name}`);
  await page.getByRole('button', { name: `Reactivate ${ben}` }).click();
  await page.getByText('They can sign in again; nothing of before works.').waitFor();
  assert.equal((await member.get('/secrets')).status, 303);
  assert.equal(await one(`SELECT COUNT(*) FROM client c JOIN user u ON u.id = c.owner_id WHERE u.public_id = '${ben}' AND c.kind = 'additional' AND c.deleted_at IS NULL`), '0');
}

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WRITES_PER_SECOND: '10' } });
  browser = await launch();
  [[ben, name]] = await stack.sql(`SELECT u.public_id, p.name FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Member.email}'`);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('KD11: in a browser somebody is let go and let back in, and finds nothing of before', async () => {
  await offAndOn(await signedIn(), 'Main menu');
});

test('KD11: without JavaScript, 320 pixels wide: the same', async () => {
  await offAndOn(await signedIn({ javaScriptEnabled: false, viewport: { width: 320, height: 800 } }), 'Main menu, narrow');
});

test('KD8: the last admin is told to make somebody else one first, and may then step down', async () => {
  const page = await signedIn();
  const [[ann]] = await stack.sql(`SELECT u.public_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`);
  await stack.sql("UPDATE user SET role = 'member' WHERE role = 'admin' AND public_id <> '" + ann + "'");
  await page.goto(`/team/${ann}/role`);
  await page.getByLabel('Member', { exact: false }).last().check();
  await page.getByRole('button', { name: 'Change the role' }).click();
  await page.getByText('You are the last active admin. Make somebody else an admin first.').first().waitFor();
  await page.goto(`/team/${ben}/role`);
  await page.locator('input[value="admin"]').check();
  await page.getByRole('button', { name: 'Change the role' }).click();
  await page.getByText('The role is changed.').waitFor();
  await page.goto(`/team/${ann}/role`);
  await page.locator('input[value="compliance_admin"]').check();
  await page.getByRole('button', { name: 'Change the role' }).click();
  await page.getByText('The role is changed.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Change role' }).count(), 0);
  await stack.sql(`UPDATE user SET role = 'admin' WHERE public_id = '${ann}'`);
  await stack.sql(`UPDATE user SET role = 'member' WHERE public_id = '${ben}'`);
});

test('MP3: by HTTP: a member neither sees the team nor changes anybody, a compliance admin sees and changes nothing', async () => {
  const member = await new Visitor(stack.url).signIn(stack.people.Member);
  const compliance = await new Visitor(stack.url).signIn(stack.people['Compliance admin']);
  for (const address of ['/team', `/team/${ben}`]) {
    assert.equal((await member.get(address)).status, 403);
    assert.equal((await compliance.get(address)).status, 200);
  }
  for (const act of ['role', 'deactivate', 'reactivate']) {
    for (const who of [member, compliance]) assert.equal((await who.get(`/team/${ben}/${act}`)).status, 403);
  }
});

// Forms of one person from 16 connections, one after the other, until it is stopped; by what was answered.
function flood(visitor, csrf) {
  const said = { going: true, began: performance.now(), taken: 0, refused: 0, out: 0 };
  const loops = Array.from({ length: 16 }, async () => {
    while (said.going) {
      const { status, headers } = await visitor.post('/profile', { csrf, name: '', version: '1' });
      if (status === 429) assert.equal(headers['retry-after'], '1');
      said[status === 429 ? 'refused' : status === 303 ? 'out' : 'taken']++;
    }
  });
  said.stop = async () => {
    said.going = false;
    await Promise.all(loops);
    return said;
  };
  return said;
}

test('KD10: who floods the console is held to ten forms a second, loses nothing typed, and does not hold off their own departure', async () => {
  const member = new Visitor(stack.url);
  const made = await open(browser, stack.url);
  await signIn(made.page, stack.people.Member);
  for (const { name: cookie, value } of await made.page.context().cookies()) member.cookies.set(cookie, value); // the same session
  const csrf = await member.csrf();
  await made.page.goto('/profile');
  await made.page.getByLabel('Name', { exact: true }).fill('Ben Typed');
  let running = flood(member, csrf);
  await made.page.getByRole('button', { name: 'Save the name' }).click();
  while (!(await made.page.getByText('One session may send 10 forms in a second').count())) {
    await made.page.goto('/profile');
    await made.page.getByLabel('Name', { exact: true }).fill('Ben Typed');
    await made.page.getByRole('button', { name: 'Save the name' }).click();
  }
  const { taken, began } = await running.stop();
  assert.ok(taken <= 11 + 10 * (performance.now() - began) / 1000, `${taken} were taken`);
  while (await made.page.getByText('One session may send 10 forms in a second').count()) await made.page.reload();
  assert.equal(await one(`SELECT p.name FROM person p WHERE p.email = '${stack.people.Member.email}'`), 'Ben Typed');

  running = flood(member, csrf);
  while (!running.refused) await new Promise((resolve) => { setImmediate(resolve); });
  const admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  assert.equal((await admin.send(`/team/${ben}/deactivate`, `/team/${ben}/deactivate`, { confirm: ben })).status, 303);
  const before = running.taken;
  while (running.out < 32) await new Promise((resolve) => { setImmediate(resolve); });
  assert.ok((await running.stop()).taken - before <= 16, 'only those in hand');
  assert.equal((await admin.send(`/team/${ben}/reactivate`, `/team/${ben}/reactivate`, {})).status, 303);
});

test('none of these pages had an error in the console or asked for anything elsewhere', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
