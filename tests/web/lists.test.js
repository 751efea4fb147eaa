// lists.test.js - a long list of credentials, searched, filtered and paged; and secrets that are pasted or put into an address.
// Once: it follows links, and pastes what it must not find in a log; canary.test.js looks into the logs of both.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, go, fits, everything } = require('./browser.js');
const { Visitor, field } = require('./visitor.js');

const MANY = 120;

let stack, admin, browser, key, org;

// Put into the table by hand, as an import would: the housekeeper makes them to be found.
async function fill() {
  const [[id]] = await stack.sql('SELECT MIN(id) FROM organization');
  await stack.sql(`INSERT INTO client (public_id, organization_id, environment, kind, client_id, name, tags, status, created_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
    SELECT CONCAT('Many', LPAD(i, 6, '0')), ${id}, 'production', 'scoped', CONCAT('kdc_live_Many', LPAD(i, 12, '0')), CONCAT('Courier ', LPAD(i, 3, '0')),
      IF(i % 10 = 0, 'tenth', ''), IF(i % 4 = 0, 'deactivated', 'active'), '2026-01-01' + INTERVAL i MINUTE FROM n`);
  for (let i = 0; i < 100; i++) {
    const [[left]] = await stack.sql('SELECT COUNT(*) FROM client WHERE indexed = 0');
    if (left === '0') return id;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  return assert.fail('the housekeeper has not indexed them');
}

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  const keys = [...body.slice(0, body.indexOf('id="scoped"')).matchAll(/<th[^>]*><a href="\/credentials\/([0-9A-Za-z]{10})"/g)];
  for (const [, id] of keys) await admin.deleteKey(id);
  org = await fill();
  key = await admin.createKey('Pasted');
  assert.ok(key.secret);
  browser = await launch();
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

const logs = () => fs.readdirSync(path.join(stack.state, 'log')).map((name) => fs.readFileSync(path.join(stack.state, 'log', name), 'latin1')).join('\n');
const random = () => key.secret.slice(21);

// No piece of it that says anything: the random part whole, or any 12 characters of it.
function nowhere(text, where) {
  for (let i = 0; i + 12 <= random().length; i += 6) assert.ok(!text.includes(random().slice(i, i + 12)), `a piece of the secret is in ${where}`);
}

async function nowhereKept() {
  nowhere(logs(), 'a log');
  const entries = await stack.sql("SELECT CONCAT(object, ' ', detail) FROM audit_entry");
  nowhere(entries.join('\n'), 'the audit log');
}

const scoped = (page) => page.locator('section[aria-labelledby="scoped"]');
const names = (page) => scoped(page).locator('tbody th').allTextContents();
const courier = (i) => `Courier ${String(i).padStart(3, '0')}`;
const search = (page, words) => scoped(page).getByLabel('Words, client ID, short id or secret').fill(words)
  .then(() => scoped(page).getByRole('button', { name: 'Search' }).click());

for (const script of [true, false]) {
  const how = script ? 'in a browser' : 'without JavaScript, 320 pixels wide';
  const options = script ? {} : { javaScriptEnabled: false, viewport: { width: 320, height: 640 } };

  test(`LR1 UI3 MP15 MP16: ${how}: fifty to a page, on and back, by name; a row opens its credential and has the way to delete it`, once('it follows links'), async () => {
    const { page, context, wrong } = await open(browser, stack.url, options);
    await signIn(page, stack.people.Admin);
    await page.goto('/credentials?q=courier');
    const down = Array.from({ length: MANY }, (_, i) => courier(MANY - i));
    assert.match(await scoped(page).locator('.count').first().textContent(), new RegExp(`${MANY} found`));
    assert.deepEqual(await names(page), down.slice(0, 50));
    await page.getByRole('link', { name: 'Next 50' }).click();
    assert.deepEqual(await names(page), down.slice(50, 100));
    await page.getByRole('link', { name: 'Next 50' }).click();
    assert.deepEqual(await names(page), down.slice(100));
    assert.equal(await page.getByRole('link', { name: 'Next 50' }).count(), 0);
    await page.getByRole('link', { name: 'Previous' }).click();
    assert.deepEqual(await names(page), down.slice(50, 100));
    await page.getByRole('link', { name: 'First page' }).click();
    await scoped(page).getByRole('link', { name: 'Name', exact: true }).click();
    assert.deepEqual(await names(page), down.slice().reverse().slice(0, 50));
    await fits(page);
    await page.getByRole('link', { name: `Delete ${courier(3)}` }).click();
    assert.equal(new URL(page.url()).pathname, '/credentials/Many000003/delete');
    await go(page, 'goBack');
    await scoped(page).getByRole('link', { name: courier(4), exact: true }).click();
    assert.equal(new URL(page.url()).pathname, '/credentials/Many000004');
    assert.ok(await page.getByRole('link', { name: /^Activate/ }).count());
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`KD22: ${how}: words and filters are said, and taken off one by one`, once('it follows links'), async () => {
    const { page, context, wrong } = await open(browser, stack.url, options);
    await signIn(page, stack.people.Admin);
    await page.goto('/credentials');
    await scoped(page).getByLabel('Status').selectOption('deactivated');
    await search(page, 'TENTH');
    assert.deepEqual(await names(page), [120, 100, 80, 60, 40, 20].map(courier));
    assert.match(await scoped(page).locator('.active').textContent(), /“TENTH” Remove.*deactivated Remove/s);
    await scoped(page).getByRole('link', { name: 'Remove deactivated' }).click();
    assert.equal((await names(page)).length, 12);
    await search(page, 'nothing-of-that');
    assert.match(await scoped(page).locator('.empty').textContent(), /is like that/);
    await scoped(page).getByRole('link', { name: 'Show all' }).first().click();
    assert.equal((await names(page)).length, 50);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`KD22: ${how}: a pasted secret leads to its credential from every page, and is in no address, page, log or entry`, async () => {
    const { page, context, wrong } = await open(browser, stack.url, options);
    const asked = [];
    context.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));
    await signIn(page, stack.people.Admin);
    for (const at of ['/', '/accounts', '/settings', '/search', '/credentials']) {
      for (const pasted of [key.secret, `  ${key.secret} `, key.client_id, key.secret.slice(10, 20)]) {
        await page.goto(at);
        if (!script) await page.locator('.drawer > summary').click();
        const field = page.getByLabel('Search everything').locator('visible=true');
        await field.fill(pasted);
        await field.press('Enter');
        await page.waitForURL(`**/credentials/${key.id}`);
        nowhere(await everything(page), 'a page');
      }
    }
    await page.goto('/credentials');
    await search(page, key.secret);
    await page.waitForURL(`**/credentials/${key.id}`);
    nowhere(asked.join('\n'), 'an address');
    await nowhereKept();
    const [[entries]] = await stack.sql(`SELECT COUNT(*) FROM audit_entry WHERE organization_id = ${org} AND act = 'secret.search' AND object = '${key.secret.slice(10, 20)}'`);
    assert.ok(Number(entries) > 0);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test(`KD22: ${how}: a secret in an address is taken out of it, and the page says to replace it`, async () => {
    const { page, context, wrong } = await open(browser, stack.url, options);
    await signIn(page, stack.people.Admin);
    await page.goto(`/credentials?q=${key.secret}`);
    assert.equal(page.url(), `${stack.url}/credentials?did=secret-in-address`);
    assert.match(await page.getByRole('status').first().textContent(), /There was a secret in the address.*replace it/s);
    nowhere(await everything(page), 'a page');
    await nowhereKept();
    assert.deepEqual(wrong, []);
    await context.close();
  });
}

test('KD22: no GET address of all that there are keeps a secret of its query, however it is written', async () => {
  const routes = (await stack.keydesk(['routes'])).split('\n').filter((line) => line.startsWith('GET ')).map((line) => line.split(/\s+/)[1]);
  assert.ok(routes.length > 20);
  const written = [key.secret, encodeURIComponent(key.secret).replace(/_/g, '%5F'), key.secret.replace('kds', '%6Bds'), `${key.secret}x`, `%20${key.secret}%0A`];
  for (const route of routes) {
    const at = route.replace(':id', key.id).replace(':token', 'x'.repeat(43));
    for (const [i, secret] of written.entries()) {
      const answer = await admin.get(`${at}?${i % 2 ? 'q' : 'any'}=${secret}`);
      nowhere(`${answer.body}\n${JSON.stringify(answer.headers)}`, `the answer of ${at}`);
      assert.notEqual(answer.status, 500, at);
    }
  }
  await nowhereKept();
});

test('KD22: a secret with a wrong end, cut or in the wrong field tells nothing and is kept nowhere; one of another organization is as unknown', async () => {
  const csrf = field((await admin.get('/search')).body, 'csrf');
  const post = async (fields) => {
    const answer = await admin.post('/search', { csrf, ...fields });
    nowhere(`${answer.body}\n${JSON.stringify(answer.headers)}`, 'an answer');
    return `${answer.status} ${answer.headers.location}`;
  };
  const found = `303 /credentials/${key.id}`, unknown = '303 /search?did=secret-unknown';
  const last = key.secret.at(-1) === 'A' ? 'B' : 'A';
  assert.equal(await post({ q: key.secret }), found);
  assert.equal(await post({ q: key.secret.slice(0, -1) + last }), found);
  assert.equal(await post({ q: key.secret.slice(0, 50) }), found);
  assert.equal(await post({ q: `\t${key.secret}\n` }), found);
  assert.equal(await post({ q: random() }), unknown);
  assert.equal(await post({ q: 'x', in: 'credentials', status: key.secret, owner: random(), api: key.secret, sort: key.secret }), '303 /credentials?q=x#scoped');
  assert.equal(await post({ q: 'x', in: key.secret }), '303 /search?q=x');
  await stack.keydesk(['organization', 'add', '--name', 'Others']);
  const others = (await stack.keydesk(['organization', 'list'])).split('\n').find((line) => line.includes('Others')).split(/\s+/)[0];
  const theirs = JSON.parse(await stack.keydesk(['client', 'create', '--organization', others, '--environment', 'production', '--name', 'Theirs', '--json']));
  const secret = Object.values(theirs).find((value) => /^kds_/.test(value));
  assert.equal(await post({ q: secret }), unknown);
  assert.equal(await post({ q: theirs.client_id }), `303 /search?q=${theirs.client_id}`);
  assert.match((await admin.get(`/search?q=${theirs.client_id}`)).body, /Nothing is found/);
  await nowhereKept();
});
