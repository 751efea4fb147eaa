// data_api.test.js - the Data API's page in a real browser, by HTTP and with real curl: its key, and who reaches it; its tests build on each other.
//
// Once: who reaches its page is decided behind the web server; journey.test.js and programs.test.js ask the same kinds of thing behind both.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, go, fits, everything } = require('./browser.js');
const { Visitor, atOnce, insist, basic, field, revealed } = require('./visitor.js');

const password = 'seven quiet herons at noon';
const people = {}; // by first name: { email, password, id }
const keys = {}; // what was shown: { client_id, secret }

let stack, browser, org;
const opened = [];

async function add(name, role, where = org) {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  await stack.keydesk(['user', 'add', '--organization', where, '--email', email, '--name', name, '--role', role], password);
  const [[id]] = await stack.sql(`SELECT u.public_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${email}'`);
  people[name.split(' ')[0]] = { name, email, password, id };
}

test.before(async () => {
  browser = await launch();
  stack = await start();
  const setup = new URL(stack.setupLink).pathname;
  const ann = { name: 'Ann Marsh', email: 'ann@example.com', password };
  assert.equal((await new Visitor(stack.url).send(setup, setup, { organization: 'Northwind', ...ann })).status, 303);
  [[org]] = await stack.sql('SELECT public_id FROM organization');
  const [[id]] = await stack.sql('SELECT public_id FROM user');
  people.Ann = { ...ann, id };
  await add('Ben Okafor', 'member');
  await add('Cora Lindqvist', 'compliance_admin');
  await add('Dan Gray', 'member');
  await add('Eve Adler', 'admin');
  await stack.sql("INSERT INTO organization (public_id, name, status, created_at) VALUES ('elsewhere0', 'Elsewhere', 'active', '2026-01-01')");
  await add('Fay Brook', 'member', 'elsewhere0');
});
test.after(async () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
  await browser?.close();
  await stack?.stop();
});

// A test on what the ones before have left; after the first that fails there is nothing to stand on.
let broken = '';
function step(name, work) {
  test(name, async () => {
    assert.equal(broken, '', `not tried: "${broken}" failed`);
    broken = name;
    await work();
    broken = '';
  });
}

async function visit(who, options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, people[who]);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}
const http = (who) => new Visitor(stack.url).signIn(people[who]);
const entry = (page) => page.getByRole('navigation', { name: 'Main menu', exact: true }).getByRole('link', { name: 'Data API', exact: true });
const link = (page, name) => page.getByRole('link', { name, exact: true });
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const main = (page) => page.locator('main').textContent();
const person = (page, name) => page.getByRole('row').filter({ hasText: name });

const shown = async (page) => ({
  client_id: await page.getByLabel('Client ID', { exact: true }).inputValue(),
  secret: await page.getByLabel('API key', { exact: true }).inputValue(),
});
async function store(page) {
  await page.getByLabel('I have stored it').check();
  await press(page, 'Finish and go to the Data API');
  await page.getByRole('heading', { name: /^Data API/ }).waitFor();
}

const auth = async ({ client_id, secret }) => insist(`${stack.url}/auth`, {
  method: 'POST', headers: { 'Content-Type': 'application/json', 'x-radix-version': '1.0.0' }, body: JSON.stringify({ client_id, client_secret: secret }),
});
const trades = async (key) => (await auth(key)).status;
const call = async (headers, uri = '/data/v1/datasets') => (await insist(`${stack.url}/verify`, { headers: { ...headers, 'X-Original-URI': uri, 'X-Original-Method': 'GET' } })).status;
// A line of a page, run by a shell as it stands.
const run = (line, env = {}) => JSON.parse(execFileSync('sh', ['-c', line], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] }));

step('RX2 RX6: Data API is in the menu of admins, and of whom an admin gives access, from their next request on', async () => {
  const ann = await visit('Ann');
  const ben = await visit('Ben');
  assert.equal(await entry(ben).count(), 0);
  assert.equal((await ben.goto('/data-api')).status(), 403);
  await entry(ann).click();
  assert.match(await main(ann), /No API key yet for production/i);
  await link(ann, 'Give access').click();
  await ann.getByLabel('Find people').fill('oka');
  await press(ann, 'Find people');
  assert.doesNotMatch(await main(ann), /Cora|Dan|Eve/);
  await press(ann, 'Give access');
  await ann.getByRole('link', { name: 'People: Pick at least one person.' }).waitFor();
  await ann.getByLabel('Ben Okafor').check();
  await press(ann, 'Give access');
  await ann.getByText('Access is given.').waitFor();
  await ben.goto('/');
  await entry(ben).click();
  await ben.getByRole('heading', { name: 'Data API' }).waitFor();
  assert.equal(await link(ben, 'Give access').count(), 0);
  const cora = await visit('Cora');
  assert.equal(await entry(cora).count(), 0);
  assert.equal((await cora.goto('/data-api')).status(), 403);
  for (const page of [ann, ben, cora]) await page.context().close();
});

step('RX1 RX3 RX5: whoever has access generates the key; it is shown once, to them; each environment has a client ID of its own', async () => {
  const ben = await visit('Ben');
  await entry(ben).click();
  await link(ben, 'Generate new key').click();
  await press(ben, 'Generate new key');
  await ben.getByText('This is the only time the API key is shown. Copy it now.').waitFor();
  keys.first = await shown(ben);
  assert.match(keys.first.client_id, /^kdc_live_/);
  await ben.reload();
  assert.ok(!(await everything(ben)).includes(keys.first.secret), 'a reload shows it again');
  await go(ben, 'goBack');
  assert.ok(!(await everything(ben)).includes(keys.first.secret), 'back shows it again');
  const ann = await visit('Ann');
  await entry(ann).click();
  const text = await everything(ann);
  assert.ok(text.includes(keys.first.client_id) && !text.includes(keys.first.secret));
  assert.ok(text.includes(`…${keys.first.secret.slice(-4)}`));
  assert.match(await main(ann), /not confirmed as stored/);
  await press(ann, 'Integration');
  await ann.getByText('No API key yet for integration').waitFor();
  await link(ann, 'Generate new key').click();
  await press(ann, 'Generate new key');
  keys.test = await shown(ann);
  assert.match(keys.test.client_id, /^kdc_test_/);
  assert.match(keys.test.secret, /^kds_test_/);
  await store(ann);
  assert.deepEqual(await stack.sql("SELECT COUNT(*) FROM client WHERE kind = 'data_api'"), [['2']]);
  for (const page of [ben, ann]) await page.context().close();
});

step('RX10 RX1: the lines for curl are run as they are printed; the key is the client_secret and opens the Data API alone', async () => {
  const ann = await http('Ann');
  const line = unescapeText(/<textarea[^>]*id="k-curl"[^>]*>([^<]*)</.exec((await ann.get('/data-api')).body)[1]);
  assert.match(line, /x-radix-version: 1\.0\.0/);
  assert.ok(!line.includes(keys.first.secret));
  const { token, token_type: type } = run(line, { DATA_API_KEY: keys.first.secret });
  assert.equal(type, 'Bearer');
  assert.equal(await call({ Authorization: `Bearer ${token}` }), 200);
  assert.equal(await call(basic(keys.first.client_id, keys.first.secret)), 200);
  assert.equal(await call({ Authorization: `Bearer ${token}` }, '/analytics/v1/dashboards'), 403);
  assert.equal(run(line, { DATA_API_KEY: keys.test.secret }).error, 'invalid_client');
  assert.equal(await trades({ client_id: keys.test.client_id, secret: keys.first.secret }), 401);
  assert.equal(await call(basic(keys.test.client_id, keys.test.secret)), 401);
});

step('RX3: replaced with an overlap both keys work, then one; replaced at once the old one is refused on the next request', async () => {
  const page = await visit('Ben');
  await entry(page).click();
  await link(page, 'Replace with an overlap').click();
  await page.getByLabel('6 hours').check();
  await press(page, 'Generate new key');
  await page.getByText('works beside it until').waitFor();
  keys.second = await shown(page);
  assert.equal(keys.second.client_id, keys.first.client_id);
  const line = await page.locator('#r-curl').inputValue();
  assert.ok(run(line).token, 'the line of the page that shows the key');
  await store(page);
  await page.getByText('Both keys work.').waitFor();
  assert.deepEqual([await trades(keys.first), await trades(keys.second)], [200, 200]);
  await link(page, 'Finish now').click();
  await page.getByRole('button', { name: /^End the old API key/ }).click();
  await page.getByText('The old API key has ended.').waitFor();
  assert.deepEqual([await trades(keys.first), await trades(keys.second)], [401, 200]);
  await link(page, 'Replace at once').click();
  await page.getByRole('heading', { name: 'Replace the API key at once' }).waitFor();
  await press(page, 'Replace the API key');
  keys.third = await shown(page);
  assert.deepEqual([await trades(keys.second), await trades(keys.third)], [401, 200]);
  await store(page);
  await page.context().close();
});

step('RX4: the page lists who has access, who gave it and when, when they opened it, and who knows the key', async () => {
  const page = await visit('Ann');
  await entry(page).click();
  await page.getByText('2 by role · 1 on the list').waitFor();
  const ben = await person(page, people.Ben.email).textContent();
  assert.match(ben, /by Ann Marsh/);
  assert.match(ben, /\d{1,2} \w{3} 20\d\d, \d\d:\d\d UTC/);
  assert.match(ben, /(just now|\d+ (s|min) ago)/);
  assert.match(ben, /Yes/);
  const eve = await person(page, people.Eve.email).textContent();
  assert.match(eve, /Admin/);
  assert.match(eve, /never/);
  assert.equal(await person(page, people.Eve.email).getByRole('link').count(), 0);
  assert.doesNotMatch(await page.locator('#people').locator('xpath=ancestor::section').textContent(), /Cora|Dan|Fay/);
  await page.context().close();
});

step('RX6 RX8: taken away, the next request is refused; the page names who knows the key until it is replaced', async () => {
  const ben = await visit('Ben');
  const ann = await visit('Ann');
  await ben.goto('/data-api');
  await entry(ann).click();
  await person(ann, people.Ben.email).getByRole('link', { name: 'Take away' }).click();
  await ann.getByText('Ben Okafor has seen a key that works.').waitFor();
  await press(ann, 'Take the access away');
  await ann.getByText('Access is taken away.').waitFor();
  assert.equal((await ben.goto('/data-api')).status(), 403);
  assert.equal(await entry(ben).count(), 0);
  const eve = await visit('Eve');
  await entry(eve).click();
  assert.match(await main(eve), /known to somebody who should not have it any more/);
  assert.match(await main(eve), /Ben Okafor may not open this page any more, since/);
  await stack.sql(`UPDATE user SET status = 'deactivated' WHERE public_id = '${people.Ben.id}'`);
  await eve.reload();
  assert.match(await main(eve), /Ben Okafor has left/);
  await link(eve, 'Replace it').click();
  await page4(eve);
  for (const page of [ben, ann, eve]) await page.context().close();
});

// In an overlap the notice stays, about the old key; once that has ended nobody is named.
async function page4(eve) {
  await press(eve, 'Generate new key');
  keys.fourth = await shown(eve);
  await store(eve);
  assert.match(await main(eve), /The old API key is known to somebody/);
  await link(eve, 'End the old one').click();
  await eve.getByRole('button', { name: /^End the old API key/ }).click();
  await eve.getByRole('heading', { name: /^Data API/ }).waitFor();
  assert.doesNotMatch(await main(eve), /should not have it any more/);
  assert.deepEqual([await trades(keys.third), await trades(keys.fourth)], [401, 200]);
}

step('RX1 RX2 RX3 RX4 RX5 RX6 RX8 RX10: without JavaScript, 320 pixels wide: all of it', async () => {
  const narrow = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } };
  const ann = await visit('Ann', narrow);
  await ann.goto('/data-api/access');
  await ann.getByLabel('Dan Gray').check();
  await press(ann, 'Give access');
  await ann.getByText('Access is given.').waitFor();
  const dan = await visit('Dan', narrow);
  await dan.getByText('Menu', { exact: true }).click();
  await dan.getByRole('navigation', { name: 'Main menu, narrow' }).getByRole('link', { name: 'Data API' }).click();
  await link(dan, 'Replace at once').click();
  await press(dan, 'Replace the API key');
  keys.fifth = await shown(dan);
  assert.deepEqual([await trades(keys.fourth), await trades(keys.fifth)], [401, 200]);
  await store(dan);
  await ann.goto('/data-api');
  for (const page of [ann, dan]) await fits(page);
  assert.match(await person(ann, people.Dan.email).textContent(), /Yes/);
  await person(ann, people.Dan.email).getByRole('link', { name: 'Take away' }).click();
  await press(ann, 'Take the access away');
  assert.match(await main(ann), /Dan Gray may not open this page any more/);
  assert.equal((await dan.goto('/data-api')).status(), 403);
  for (const page of [ann, dan]) await page.context().close();
});

step('RX6: forged and foreign: who may not give access cannot, nobody of elsewhere gets it, a form sent again does nothing', async () => {
  const ann = await http('Ann');
  const cora = await http('Cora');
  const dan = await http('Dan');
  const rows = () => stack.sql('SELECT user_id, granted_at FROM data_access ORDER BY user_id');
  const before = await rows();
  for (const who of [cora, dan]) {
    const csrf = await who.csrf();
    for (const [path, fields] of [['/data-api/access', { user: people.Dan.id }], [`/data-api/access/${people.Dan.id}`, {}], ['/data-api/key', { once: 'x'.repeat(22) }],
      ['/data-api/reset', { once: 'y'.repeat(22) }], ['/data-api/rotate', { once: 'z'.repeat(22), overlap: '1h', seen: 'a'.repeat(10) }], ['/data-api/finish', {}], ['/data-api/cancel', {}], ['/data-api/stored', {}]]) {
      assert.equal((await who.post(path, { csrf, ...fields })).status, 403, path);
    }
  }
  const csrf = await ann.csrf();
  assert.equal((await ann.post('/data-api/access', { csrf, user: people.Fay.id })).status, 422);
  assert.equal((await ann.post(`/data-api/access/${people.Fay.id}`, { csrf })).status, 404);
  assert.equal((await ann.get(`/data-api/access/${people.Fay.id}`)).status, 404);
  assert.deepEqual(await rows(), before);
  assert.equal(await trades(keys.fifth), 200);
  const form = { csrf, once: 'replayed'.padEnd(22, '0'), seen: field((await ann.get('/data-api/reset')).body, 'seen') };
  const first = await ann.post('/data-api/reset', form);
  const again = await ann.post('/data-api/reset', form);
  assert.ok(revealed(first).secret && !revealed(again).secret);
  keys.sixth = revealed(first);
  assert.equal(await trades(keys.sixth), 200);
});

step('RX1: of 20 who generate at once one is shown a key, and there is one client ID', async () => {
  await stack.sql("DELETE e FROM exposure e JOIN secret s ON s.id = e.secret_id JOIN client c ON c.id = s.client_id WHERE c.kind = 'data_api'");
  await stack.sql("UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'revoked', s.current_of = NULL, s.hash = NULL, s.ended_at = s.created_at WHERE c.kind = 'data_api' AND c.environment = 'production'");
  const ann = await http('Ann');
  const csrf = await ann.csrf();
  const answers = await atOnce(20, (i) => ann.post('/data-api/key', { csrf, environment: 'production', once: `n${i}`.padEnd(22, 'x') }));
  const made = answers.filter((answer) => revealed(answer).secret);
  assert.equal(made.length, 1);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 409]);
  assert.equal(revealed(made[0]).client_id, keys.first.client_id);
  assert.equal(await trades(revealed(made[0])), 200);
});

step('RX6: what somebody sent before their access was taken away is not done after it', async () => {
  const ann = await http('Ann');
  const dan = await http('Dan');
  const csrf = await ann.csrf();
  for (let round = 0; round < 5; round++) {
    assert.equal((await ann.post('/data-api/access', { csrf, user: people.Dan.id })).status, 303);
    const opened = (await dan.get('/data-api/reset')).body;
    const token = field(opened, 'csrf');
    const seen = field(opened, 'seen');
    const sent = Array.from({ length: 8 }, (_, i) => dan.post('/data-api/reset', { csrf: token, seen, once: `r${round}n${i}`.padEnd(22, 'x') }));
    const taken = ann.post(`/data-api/access/${people.Dan.id}`, { csrf });
    const answers = await Promise.all(sent);
    assert.equal((await taken).status, 303);
    assert.ok(answers.every(({ status }) => [200, 403, 409].includes(status)), String(answers.map(({ status }) => status)));
    // Entries are numbered in the order of commits.
    const late = await stack.sql("SELECT COUNT(*) FROM audit_entry e JOIN person p ON p.id = e.person_id WHERE p.email = 'dan.gray@example.com' AND e.act = 'secret.reveal' AND e.seq > (SELECT MAX(t.seq) FROM audit_entry t WHERE t.act = 'data-access.take' AND t.organization_id = e.organization_id)");
    assert.deepEqual(late, [['0']]);
  }
});

function unescapeText(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
}
