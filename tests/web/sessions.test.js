// sessions.test.js - a person's sessions and the password that is asked for again: in real browsers, and as who stole a cookie.
// Once: whose session it is is decided behind the web server; journey.test.js and attacks.test.js carry cookies through both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, go, source, everything } = require('./browser.js');
const { Visitor, field } = require('./visitor.js');

const phone = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const next = 'lamps under a frozen bridge';

let stack, browser, ann;
const opened = [];

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  ann = stack.people.Admin;
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

// What earlier tests have guessed wrong here is forgotten.
async function signedIn(options) {
  await stack.sql('DELETE FROM sign_in_failure');
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, ann);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

const number = async (statement) => Number((await stack.sql(statement))[0][0]);
const forget = () => stack.sql("UPDATE session SET proven_at = '2020-01-01'");
const refusals = () => number("SELECT COUNT(*) FROM audit_entry WHERE act = 'proof.refused'");
const firstKey = async (page) => {
  await page.goto('/credentials');
  return /credentials\/(\w{10})\/reset"/.exec(await source(page))[1];
};

test('KD3: of two browsers one ends the other, which is refused on its next request', async () => {
  const laptop = await signedIn();
  const pocket = await signedIn({ userAgent: phone });
  await laptop.getByRole('link', { name: 'Profile' }).first().click();
  const row = laptop.getByRole('row').filter({ hasText: 'Chrome on Android' });
  await laptop.getByRole('row').filter({ hasText: 'this one' }).getByText('127.0.0.1').waitFor();
  assert.equal(await laptop.getByRole('row').filter({ hasText: 'this one' }).getByRole('button').count(), 0);
  await row.getByRole('button', { name: 'End the session of Chrome on Android at 127.0.0.1' }).click();
  await laptop.getByText('The session is ended. Its next request is refused.').waitFor();
  assert.equal(await row.count(), 0);
  await pocket.goto('/credentials');
  assert.equal(new URL(pocket.url()).pathname, '/sign-in');
  await go(pocket, 'goBack');
  assert.ok(!(await everything(pocket)).includes('kdc_live_'), 'back shows keys to who is signed out');
  await laptop.reload();
  await laptop.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
});

test('KD3: signing out everywhere ends both, and a stolen cookie is worth nothing', async () => {
  const laptop = await signedIn();
  const pocket = await signedIn();
  const thief = new Visitor(stack.url);
  for (const { name, value } of await pocket.context().cookies()) thief.cookies.set(name, value);
  const loot = await thief.get('/credentials/new');
  assert.equal(loot.status, 200);
  await laptop.goto('/profile');
  await laptop.getByRole('button', { name: 'Sign out everywhere' }).click();
  await laptop.getByText('You are signed out everywhere.').waitFor();
  await pocket.goto('/');
  assert.equal(new URL(pocket.url()).pathname, '/sign-in');
  const entries = await number('SELECT COUNT(*) FROM audit_entry');
  const keys = await number('SELECT COUNT(*) FROM client');
  for (let i = 0; i < 3; i++) {
    for (const { name, value } of await pocket.context().cookies()) thief.cookies.set(name, value);
    assert.equal((await thief.get('/credentials')).headers.location, '/sign-in?next=/credentials');
    const answer = await thief.post('/credentials', { csrf: field(loot.body, 'csrf'), once: field(loot.body, 'once'), name: 'Stolen' });
    assert.ok([303, 403].includes(answer.status), String(answer.status));
  }
  assert.equal(await number('SELECT COUNT(*) FROM client'), keys);
  assert.equal(await number('SELECT COUNT(*) FROM audit_entry'), entries);
  await go(laptop, 'goBack');
  assert.ok(!(await everything(laptop)).includes('Sign out everywhere'), 'back shows the profile to who is signed out');
});

for (const javaScriptEnabled of [true, false]) {
  test(`KD3: the password is asked for again, ${javaScriptEnabled ? 'with' : 'without'} JavaScript, and nothing typed is lost`, async () => {
    const page = await signedIn({ javaScriptEnabled });
    const name = javaScriptEnabled ? 'Asked' : 'Asked plainly';
    await page.goto('/credentials?did=nothing');
    for (const id of [...(await page.locator('section[aria-labelledby="account"]').innerHTML()).matchAll(/credentials\/(\w{10})\/delete"/g)].map(([, found]) => found)) {
      await page.goto(`/credentials/${id}/delete`);
      await page.getByLabel('Short id').fill(id);
      await page.getByRole('button', { name: /^Delete key/ }).click();
      await page.getByText('The key is deleted.').waitFor();
    }
    // The form is opened in time, and sent too late.
    await page.goto('/credentials/new');
    assert.equal(await page.getByLabel('Your password').count(), 0);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Description').fill('typed <once>');
    await forget();
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('link', { name: 'Your password: Type your password to go on.' }).click();
    assert.equal(await page.getByLabel('Name').inputValue(), name);
    assert.equal(await page.getByLabel('Description').inputValue(), 'typed <once>');
    const before = await refusals();
    await page.getByLabel('Your password').fill('not this one');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('link', { name: 'Your password: This is not your password.' }).waitFor();
    assert.equal(await refusals(), before + 1);
    assert.equal(await page.getByLabel('Your password').inputValue(), '');
    await page.getByLabel('Your password').fill(ann.password);
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('heading', { level: 1, name: `Key “${name}” is made` }).waitFor();
    const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
    await page.getByLabel('I have stored it').check();
    await page.getByRole('button', { name: 'Finish and go to the key' }).click();
    await page.getByText('Noted: the secret is stored.').waitFor();
    // Back to the reveal, and further back to the form: neither the secret nor the password is there.
    for (let i = 0; i < 3; i++) {
      await go(page, 'goBack');
      const all = await everything(page);
      assert.ok(!all.includes(secret) && !all.includes(ann.password), page.url());
    }
    // For a while it is not asked for.
    const id = await firstKey(page);
    await page.goto(`/credentials/${id}/reset`);
    assert.equal(await page.getByLabel('Your password').count(), 0);
  });
}

test('KD3: a POST replayed with its password makes nothing, and nothing at all once the session is over', async () => {
  const visitor = await new Visitor(stack.url).signIn(ann);
  const { body } = await visitor.get('/credentials/new');
  await forget();
  const form = { csrf: field(body, 'csrf'), once: field(body, 'once'), name: 'Replayed', proof: ann.password };
  assert.match((await visitor.post('/credentials', form)).body, /Key “Replayed” is made/);
  const keys = await number('SELECT COUNT(*) FROM client');
  await forget();
  const again = await visitor.post('/credentials', form);
  assert.match(again.body, /was made already/);
  assert.doesNotMatch(again.body, /kds_live_/);
  const cookies = new Map(visitor.cookies);
  await visitor.send('/profile', '/profile/sign-out-everywhere', {}, ['csrf']);
  visitor.cookies = cookies;
  assert.equal((await visitor.post('/credentials', { ...form, once: 'x'.repeat(22) })).headers.location, '/sign-in');
  assert.equal(await number('SELECT COUNT(*) FROM client'), keys);
});

test('KD3: twenty wrong passwords at once are ten at most, and who is known here is not locked out', once('the database decides'), async () => {
  const owner = await signedIn();
  const thief = await new Visitor(stack.url).signIn(ann);
  const id = await firstKey(owner);
  for (const name of thief.cookies.keys()) if (name.endsWith('device')) thief.cookies.delete(name);
  const { body } = await thief.get(`/credentials/${id}/reset`);
  await forget();
  const before = await refusals();
  const secrets = await number('SELECT COUNT(*) FROM secret');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    thief.post(`/credentials/${id}/reset`, { csrf: field(body, 'csrf'), once: `${'w'.repeat(20)}${10 + i}`, proof: `guess ${i}` })));
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.every((status) => [422, 503].includes(status)), String(statuses)); // 503: too many hashes at once
  const looked = await refusals() - before;
  assert.ok(looked > 0 && looked <= 10, `${looked} guesses were looked at`);
  assert.equal(answers.filter((answer) => /Too many attempts from here/.test(answer.body)).length, statuses.filter((status) => status === 422).length - looked);
  const right = await thief.post(`/credentials/${id}/reset`, { csrf: field(body, 'csrf'), once: 'w'.repeat(22), proof: ann.password });
  assert.equal(right.status, 422, 'the thief is let through');
  assert.equal(await number('SELECT COUNT(*) FROM secret'), secrets);
  // The owner's browser has a budget of its own.
  await owner.goto(`/credentials/${id}/reset`);
  await owner.getByLabel('Your password').fill(ann.password);
  await owner.getByRole('button', { name: /^Reset secret of/ }).click();
  await owner.getByText('This is the only time the secret is shown.').waitFor();
  // Which is no proof for the thief's session.
  const still = await thief.post(`/credentials/${id}/reset`, { csrf: field(body, 'csrf'), once: 'v'.repeat(22) });
  assert.equal(still.status, 422);
});

test('KD3: a changed password ends the other sessions, and only the new one signs in', async () => {
  const laptop = await signedIn();
  const pocket = await signedIn();
  await laptop.goto('/profile');
  await laptop.getByRole('link', { name: 'Change your password' }).click();
  await laptop.getByLabel('Current password').fill('not this one');
  await laptop.getByLabel('New password').fill(next);
  await laptop.getByRole('button', { name: 'Change the password' }).click();
  await laptop.getByRole('link', { name: 'Current password: This is not your password.' }).waitFor();
  await laptop.getByLabel('Current password').fill(ann.password);
  await laptop.getByLabel('New password').fill(next);
  await laptop.getByRole('button', { name: 'Change the password' }).click();
  await laptop.getByText('Your password is changed. All other sessions are ended.').waitFor();
  await pocket.goto('/profile');
  assert.equal(new URL(pocket.url()).pathname, '/sign-in');
  await signIn(pocket, ann);
  await pocket.getByText('The e-mail address or the password is wrong.').waitFor();
  ann = { ...ann, password: next };
  await signIn(pocket, ann);
  await pocket.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.ok(!stack.log().includes(next), 'a password in the log');
});

test('KD24 UI11: a cadence saved in the browser flags what is overdue at once; who was slower loses nothing typed', async () => {
  const page = await signedIn();
  const slower = await signedIn();
  await stack.sql("UPDATE secret SET created_at = created_at - INTERVAL 40 DAY");
  await page.goto('/settings');
  await slower.goto('/settings');
  await page.getByLabel('Refresh cadence').fill('30');
  await page.getByLabel('6 hours').check();
  await page.getByRole('button', { name: 'Save the settings' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal(await page.getByLabel('6 hours').isChecked(), true);
  await page.goto('/');
  await page.getByText(/Overdue 1\d days/).first().waitFor();
  await slower.getByLabel('Account keys in each environment').fill('7');
  await slower.getByRole('button', { name: 'Save the settings' }).click();
  await slower.getByText('Someone else has changed the settings meanwhile.').waitFor();
  assert.equal(await slower.getByLabel('Account keys in each environment').inputValue(), '7');
  await slower.getByText('a cadence of 30 days, an overlap of 6 hours').waitFor();
  await slower.getByLabel('Refresh cadence').fill('30');
  await slower.getByRole('button', { name: 'Save the settings' }).click();
  await slower.getByText('Saved.').waitFor();
  await slower.goto('/credentials');
  await slower.getByText('of 7 · production').waitFor();
});

for (const javaScriptEnabled of [true, false]) {
  test(`KD24: what members may give themselves, how many secrets there may be and when what leavers know ends, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const page = await signedIn({ javaScriptEnabled });
    const member = await open(browser, stack.url, { javaScriptEnabled });
    opened.push(member);
    await signIn(member.page, stack.people.Member);
    await page.goto('/settings');
    const used = async (environment) => (await stack.sql(`SELECT COUNT(*) FROM client WHERE kind = 'additional' AND environment = '${environment}' AND deleted_at IS NULL`))[0][0];
    await page.locator('#h-additional_secrets', { hasText: `In use: ${await used('production')} in production, ${await used('integration')} in integration.` }).waitFor();
    await page.getByLabel('Additional secrets in each environment').fill('1');
    await page.getByLabel('What they know ends after').fill('21');
    await page.getByRole('button', { name: 'Save the settings' }).click();
    await page.getByText('More are in use than the limit of 1.').waitFor();
    const [, now, end] = /if somebody leaves now, on (.*?), \d\d:\d\d UTC, what they know ends on (.*?), \d\d:\d\d UTC/.exec(await source(page));
    assert.equal(Date.parse(`${end} UTC`) - Date.parse(`${now} UTC`), 21 * 86400 * 1000);

    await page.getByRole('link', { name: 'Choose what members may give themselves' }).click();
    for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
    await page.getByRole('group', { name: 'Analytics' }).getByLabel('Read-only').check();
    await page.getByRole('button', { name: 'Save the permissions' }).click();
    await page.getByText('Saved.').waitFor();
    await member.page.goto('/secrets/new');
    await member.page.getByRole('group', { name: 'Analytics' }).getByLabel('Read-only').waitFor();
    assert.deepEqual(await member.page.locator('input[name^="may-"]:not([value=""])').evaluateAll((nodes) => nodes.map((node) => node.value)), ['analytics:read']);

    await page.goto('/settings/members');
    await page.getByRole('group', { name: 'Analytics' }).getByLabel('Read-only').uncheck();
    await page.getByRole('button', { name: 'Save the permissions' }).click();
    await page.getByText('Nothing. An admin makes additional secrets for members.').waitFor();
    await member.page.goto('/secrets/new');
    await member.page.getByText('You cannot add a secret yourself.').waitFor();
    const answer = await new Visitor(stack.url).signIn(stack.people.Member).then((visitor) => visitor.get('/settings/members'));
    assert.equal(answer.status, 403);
    await stack.sql("UPDATE organization SET additional_secrets = NULL, leaver_days = NULL");
  });
}

test('none of these pages had an error in the console or asked for anything elsewhere', () => {
  assert.deepEqual(opened.flatMap(({ wrong }) => wrong), []);
});
