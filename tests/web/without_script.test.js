// without_script.test.js - every act without JavaScript on a page of 320 pixels, and by keyboard alone at 200 % zoom.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, go, fits, everything } = require('./browser.js');
const { insist, basic } = require('./visitor.js');

const ann = { name: 'Ann-Kathrin Wolfeschlegelsteinhausenbergerdorff', email: 'ann.kathrin.wolfeschlegelsteinhausen@example.com', password: 'seven quiet herons at noon' };
const organization = 'Donaudampfschifffahrtsgesellschaft & Companies';
const name = 'Abrechnungsnachtlaufallertochtergesellschaftenundbeteiligungen';

let stack, browser;
const opened = [];

test.before(async () => {
  browser = await launch();
  stack = await start();
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

async function visitor(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  return made.page;
}

const verify = async ([id, secret]) => (await insist(`${stack.url}/verify`, { headers: basic(id, secret) })).status;
const shown = async (page) => [
  await page.getByLabel('API key', { exact: true }).inputValue(), await page.getByLabel('Secret', { exact: true }).inputValue(),
];

test('KD31 KD1: without JavaScript, 320 pixels wide: set-up, with each message', async () => {
  const page = await visitor({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await page.goto(new URL(stack.setupLink).pathname);
  await fits(page);
  await page.getByRole('button', { name: 'Set up and sign in' }).click();
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  assert.equal(await page.getByRole('alert').getByRole('link').count(), 4);
  await fits(page);
  await page.getByLabel('Organization').fill(organization);
  await page.getByLabel('Your name').fill(ann.name);
  await page.getByLabel('Your e-mail address').fill(ann.email);
  await page.getByLabel('Password').fill(ann.password);
  await page.getByRole('button', { name: 'Set up and sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await fits(page);
  await page.context().close();
});

test('KD31 CARD5 LR1 ID2 ID3 ID5 ID7 LR3 MP14 KD2: without JavaScript, 320 pixels wide: every act on keys', async () => {
  const page = await visitor({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const click = async (role, text) => {
    await page.getByRole(role, { name: text, exact: true }).click();
    await fits(page);
  };
  await page.goto('/credentials');
  await page.getByLabel('E-mail address').fill(ann.email);
  await page.getByLabel('Password').fill('wrong words, all of them');
  await click('button', 'Sign in');
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  await page.getByLabel('Password').fill(ann.password);
  await click('button', 'Sign in');
  await page.getByText('No account key in Production yet.').waitFor();

  await page.getByText('Menu', { exact: true }).click();
  await page.getByRole('navigation', { name: 'Main menu, narrow' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('main').getByLabel('Name').fill('');
  await click('button', 'Save the settings');
  await page.getByText('Give the organization\'s name.').first().waitFor();
  await page.getByRole('main').getByLabel('Name').fill(`${organization} AG`);
  await click('button', 'Save the settings');
  await page.getByText('Saved.').waitFor();
  await click('link', 'API Credentials');

  await click('link', 'Create key');
  await click('button', 'Create key');
  await page.getByRole('main').getByLabel('Name').fill(name);
  await click('button', 'Create key');
  const first = await shown(page);
  assert.equal(await verify(first), 200);
  assert.equal(await page.getByRole('button', { name: /^Copy/ }).count(), 0, 'a button that would do nothing is not there');
  await page.getByText('Ready to paste').click();
  assert.ok((await page.getByLabel('To try it with curl').inputValue()).includes(first[1]));
  await fits(page);
  await page.reload();
  await page.getByRole('heading', { name: `Key “${name}” was made already` }).waitFor();
  assert.ok(!(await everything(page)).includes(first[1]));
  await fits(page);
  await click('button', 'Replace the secret');
  const second = await shown(page);
  assert.deepEqual([await verify(first), await verify(second)], [401, 200]);
  await page.getByLabel('I have stored it').check();
  await click('button', 'Finish and go to the key');
  await page.getByText('Noted: the secret is stored.').waitFor();
  for (let i = 0; i < 3; i++) {
    await go(page, 'goBack');
    assert.ok(!(await everything(page)).includes(second[1]));
  }

  await page.goto('/credentials');
  await click('link', `Reset secret of ${name}`);
  await click('link', 'Keep the secret');
  await click('link', 'Reset secret');
  await click('button', `Reset secret of ${name}`);
  const third = await shown(page);
  assert.deepEqual([await verify(second), await verify(third)], [401, 200]);
  await page.goto('/');
  await page.getByText('Not confirmed as stored').waitFor();
  await fits(page);
  await page.goto('/credentials');
  await click('link', name);
  await click('button', 'I have stored it');
  await page.getByText('Noted: the secret is stored.').waitFor();
  await click('link', 'Delete key');
  await page.getByLabel('Short id').fill('no');
  const id = /credentials\/(\w{10})\/delete/.exec(page.url())[1];
  await click('button', `Delete key ${id}`);
  await page.getByText('This is not the short id. Nothing was deleted.').first().waitFor();
  await page.getByLabel('Short id').fill(id);
  await click('button', `Delete key ${id}`);
  await page.getByText('The key is deleted.').waitFor();
  assert.equal(await verify(third), 401);
  await click('button', 'Integration');
  await page.getByText('0 of 2 · integration').waitFor();
  await click('button', 'Production');
  await page.goto('/credentials/0000000000');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await fits(page);
  await page.goto('/');
  await page.getByText('Menu', { exact: true }).click();
  await click('button', 'Sign out');
  await page.getByText('You are signed out.').waitFor();
});

// ---- by keyboard

// Presses Tab until that is reached; on the way each element that has the focus shows it, inside the window.
async function tabTo(page, role, text) {
  const wanted = await page.getByRole(role, { name: text, exact: true }).elementHandle();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const [there, where, seen] = await page.evaluate((goal) => {
      const at = document.activeElement;
      const box = at.getBoundingClientRect();
      const style = getComputedStyle(at);
      const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight) / 2);
      return [at === goal, at.outerHTML.slice(0, 120), at === document.body
        || (parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none' && box.bottom > 0 && box.top < innerHeight && (at.contains(middle) || middle?.contains(at)))];
    }, wanted);
    assert.ok(seen, `who tabs cannot see where they are: ${where}`);
    if (there) return;
  }
  assert.fail(`Tab never comes to the ${role} "${text}" of ${page.url()}`);
}

test('KD31: by keyboard alone, at 200 % zoom: sign in, create, store, reset, delete, sign out', async () => {
  // 1280 by 800 pixels at 200 % are 640 by 400.
  const page = await visitor({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
  const press = async (role, text, key = 'Enter') => {
    await tabTo(page, role, text);
    await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
    await fits(page);
  };
  const type = async (text, value) => {
    await tabTo(page, 'textbox', text);
    await page.keyboard.type(value);
  };
  await page.goto('/credentials');
  await type('E-mail address', ann.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type('wrong words, all of them');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await page.waitForFunction(() => document.activeElement.getAttribute('role') === 'alert'); // with the first frame
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type(ann.password);
  await press('button', 'Sign in');

  // Past the menu with one key.
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  await press('link', 'Create key');
  await type('Name', 'Typed');
  await press('button', 'Create key');
  const key = await shown(page);
  assert.equal(await verify(key), 200);
  await tabTo(page, 'button', 'Copy the secret');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^(Copied|Select it) the secret$/ }).waitFor();
  await tabTo(page, 'checkbox', 'I have stored it');
  await page.keyboard.press('Space');
  await press('button', 'Finish and go to the key');

  await press('link', 'Reset secret');
  assert.equal(await page.evaluate(() => document.querySelector('main a.button, main button').textContent), 'Keep the secret',
    'the safe way out comes first');
  await press('button', 'Reset secret of Typed');
  const next = await shown(page);
  assert.deepEqual([await verify(key), await verify(next)], [401, 200]);
  await tabTo(page, 'checkbox', 'I have stored it');
  await page.keyboard.press('Space');
  await press('button', 'Finish and go to the key');

  await press('link', 'Delete key');
  assert.equal(await page.evaluate(() => document.querySelector('main a.button, main button').textContent), 'Keep the key');
  const id = /credentials\/(\w{10})\/delete/.exec(page.url())[1];
  await type('Short id', 'no');
  await press('button', `Delete key ${id}`);
  assert.equal(await page.evaluate(() => document.activeElement.className), 'errors');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-confirm');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(id);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await page.getByText('The key is deleted.').waitFor();
  assert.equal(await verify(next), 401);
  await press('button', 'Integration');
  await page.getByText('0 of 2 · integration').waitFor();
  await tabTo(page, 'link', 'Skip to the content');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await press('button', 'Sign out');
  await page.getByText('You are signed out.').waitFor();
});

test('KD31: none of these pages had an error in the console or asked for anything elsewhere', () => {
  assert.deepEqual(opened.flatMap(({ wrong }) => wrong), []);
});
