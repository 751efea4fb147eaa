// secrets.test.js - additional secrets as people make them: one's own, one for somebody else, and the limit; in a browser with its
// script and without, and again by HTTP.
// Once: what a form does is decided behind the web server; gateway.test.js and programs.test.js ask behind both.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, source, everything } = require('./browser.js');
const { Visitor, atOnce, insist, basic, field, revealed } = require('./visitor.js');

// Each round is 30 at once; `make soak` has all of them.
const ROUNDS = process.env.SOAK === '1' ? 100 : 4;
const LIMIT = 10;
const READS = '/analytics/v1/dashboards';

let stack, browser, org, website, batch;
const opened = [], people = {};

const rows = (statement) => stack.sql(statement);
const one = async (statement) => (await rows(statement))[0][0];

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: '4' } });
  org = await one(`SELECT organization_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`);
  await rows(`DELETE FROM member_permission WHERE organization_id = ${org};
    INSERT INTO member_permission (organization_id, permission_id) SELECT ${org}, p.id FROM permission p JOIN api a ON a.id = p.api_id WHERE a.word = 'analytics'`);
  [website, batch] = (await rows(`SELECT public_id, client_id FROM client WHERE organization_id = ${org} AND kind = 'account' AND environment = 'production' AND deleted_at IS NULL AND status = 'active' ORDER BY id`))
    .map(([id, client_id]) => ({ id, client_id }));
  for (const [role, person] of Object.entries(stack.people)) {
    const [[id, name]] = await rows(`SELECT u.public_id, p.name FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${person.email}'`);
    people[role] = { ...person, id, name, http: await new Visitor(stack.url).signIn(person) };
  }
  await clear();
});
test.after(async () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
  await browser?.close();
  await stack?.stop();
});

// As if none had ever been there.
async function clear() {
  await rows(`UPDATE secret s JOIN client c ON c.id = s.client_id SET s.status = 'revoked', s.current_of = NULL, s.retiring_of = NULL, s.ends_at = NULL, s.hash = NULL, s.ended_at = NOW(6), s.ended_reason = 'deleted' WHERE c.organization_id = ${org} AND c.kind = 'additional' AND c.environment = 'production' AND s.status <> 'revoked';
    UPDATE client SET status = 'deleted', place = NULL, deleted_at = NOW(6), ended_reason = 'revoked' WHERE organization_id = ${org} AND kind = 'additional' AND environment = 'production' AND deleted_at IS NULL`);
}

async function visitor(role, options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, people[role]);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

// What the gateway is answered for this call, now.
const call = async (pair, uri = READS, { method = 'GET', headers = {} } = {}) => (await insist(`${stack.url}/verify`, {
  headers: { ...basic(pair.client_id, pair.secret), 'X-Original-URI': uri, 'X-Original-Method': method, ...headers },
})).status;

const shown = async (page) => ({
  client_id: await page.getByLabel('API key', { exact: true }).inputValue(),
  secret: await page.getByLabel('Secret', { exact: true }).inputValue(),
  id: /secrets\/(\w{10})\/stored/.exec(await source(page))[1],
});
const group = (page, name) => page.getByRole('group', { name, exact: true });
const add = (page) => page.getByRole('button', { name: 'Add secret', exact: true }).click();
const count = (page, words) => page.locator('.count', { hasText: words }).first().waitFor();
const live = () => one(`SELECT COUNT(*) FROM client WHERE organization_id = ${org} AND kind = 'additional' AND environment = 'production' AND deleted_at IS NULL`);

// One by HTTP; for somebody else with `member`.
const added = async (role, fields = {}) => {
  const answer = await people[role].http.send('/secrets/new', '/secrets', { name: 'By HTTP', key: website.id, 'may-analytics': 'analytics:read', ...fields });
  return { ...revealed(answer), answer };
};
const revoke = async (role, id) => {
  const answer = await people[role].http.send(`/secrets/${id}/revoke`, `/secrets/${id}/revoke`, { confirm: id });
  assert.equal(answer.status, 303, answer.body);
};

// ---- in a browser, with its script and without

async function ownSecret(page, script) {
  await page.goto('/secrets');
  await count(page, '0 of 10');
  await page.getByRole('link', { name: 'Add a new API secret' }).first().click();
  await page.getByText('Production', { exact: true }).last().waitFor();
  await page.getByLabel('Name', { exact: true }).fill('Weekly figures');
  await page.getByLabel('Comment').fill('For the report on Monday');
  await add(page);
  await page.getByRole('link', { name: 'API key: Pick the API key that it is used with.' }).waitFor();
  await page.getByRole('radio', { name: website.client_id }).check();
  await add(page);
  await page.getByRole('link', { name: 'Permissions: Pick at least one permission.' }).waitFor();
  assert.equal(await live(), '0', 'none picked never means all');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Weekly figures');
  assert.equal(await page.getByLabel('Comment').inputValue(), 'For the report on Monday');
  assert.ok(await page.getByRole('radio', { name: website.client_id }).isChecked());
  assert.deepEqual(await group(page, 'Analytics').getByRole('radio').evaluateAll((all) => all.map((each) => each.value)), ['', 'analytics:read', 'analytics:write']);
  assert.equal(await page.getByRole('radio').evaluateAll((all) => all.filter((each) => each.name.startsWith('may-')).length), 3, 'what members may give, and nothing else');
  const reads = page.getByRole('checkbox', { name: 'Read-only' }), writes = group(page, 'Analytics').locator('[value="analytics:write"]');
  if (script) {
    await reads.check();
    assert.ok(await writes.isDisabled(), 'what writes cannot be picked any more');
    await reads.uncheck();
  }
  await writes.check();
  await reads.check();
  assert.ok(await writes.isEnabled(), 'what is picked is sent');
  await add(page);
  await page.getByRole('link', { name: /Read-only is ticked, and one of these can change things/ }).waitFor();
  assert.ok(await reads.isChecked() && await writes.isChecked());
  await group(page, 'Analytics').locator('[value="analytics:read"]').check();
  await add(page);
  await page.getByRole('heading', { level: 1, name: 'Secret “Weekly figures” is made' }).waitFor();
  const made = await shown(page);
  assert.equal(made.client_id, website.client_id);
  assert.equal(await call(made), 200);
  assert.equal(await call(made, READS, { method: 'POST' }), 403);
  assert.equal(await call(made, '/directory/v1/users'), 403);
  assert.equal(await call({ ...made, client_id: batch.client_id }), 401, 'it belongs to one key');
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: /Finish and go to the secret/ }).click();
  await page.getByText('Noted: the secret is stored.').waitFor();
  await page.goto('/secrets');
  await count(page, '1 of 10');
  const line = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Weekly figures' }) });
  await line.getByText(website.client_id).waitFor();
  const all = await everything(page);
  assert.ok(!all.includes(made.secret.slice(22)), 'it is shown this one time');
  return made;
}

async function editedAndRevoked(page, made) {
  await page.goto(`/secrets/${made.id}/edit`);
  await page.getByLabel('Allowed addresses').fill('192.0.2.0/24');
  await page.getByRole('button', { name: 'Save the secret' }).click();
  await page.getByText('Saved. It holds from the next request on; the secret stays.').waitFor();
  assert.equal(await call(made, READS, { headers: { 'X-Original-Addr': '192.0.2.7' } }), 200);
  assert.equal(await call(made, READS, { headers: { 'X-Original-Addr': '198.51.100.7' } }), 403);
  await page.goto(`/secrets/${made.id}/edit`);
  await page.getByLabel('Allowed addresses').fill('');
  await page.getByRole('checkbox', { name: 'Read-only' }).uncheck();
  await group(page, 'Analytics').locator('[value="analytics:write"]').check();
  await page.getByRole('button', { name: 'Save the secret' }).click();
  await page.getByText('Saved. It holds from the next request on; the secret stays.').waitFor();
  assert.equal(await call(made, READS, { method: 'POST' }), 200);
  /* As if a permission that only read now writes: it stays. */
  await rows(`UPDATE client SET only_reads = 1 WHERE public_id = '${made.id}'`);
  await page.goto(`/secrets/${made.id}/edit`);
  await page.getByLabel('Comment').fill('Nothing else is changed');
  await page.getByRole('button', { name: 'Save the secret' }).click();
  await page.getByText('Saved. It holds from the next request on; the secret stays.').waitFor();
  assert.deepEqual(await rows(`SELECT p.word FROM client c JOIN client_grant g ON g.client_id = c.id JOIN permission p ON p.id = g.permission_id WHERE c.public_id = '${made.id}'`), [['write']]);
  await page.goto(`/secrets/${made.id}/revoke`);
  await page.getByLabel('Short id').fill(made.id);
  await page.getByRole('button', { name: `Revoke secret ${made.id}` }).click();
  await page.waitForURL(/\/secrets(\?|$)/);
  assert.equal(await call(made), 401);
  await count(page, '0 of 10');
}

async function eleventh(page) {
  const made = [];
  for (let i = 1; i <= LIMIT; i++) made.push(await added('Member', { name: `Place ${i}` }));
  assert.ok(made.every(({ secret }) => secret));
  await page.goto('/secrets');
  await count(page, '10 of 10');
  await page.goto('/secrets/new');
  const says = 'The limit is 10 additional secrets for production, and 10 are in use. Revoke one to make room, or ask an admin to raise the limit.';
  await page.getByText(says).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('The eleventh <&">');
  await page.getByRole('radio', { name: batch.client_id }).check();
  await group(page, 'Analytics').locator('[value="analytics:read"]').check();
  await page.getByRole('checkbox', { name: 'Read-only' }).check();
  await page.getByLabel('Comment').fill('Kept, as it was typed');
  await page.getByLabel('Ends').fill('2031-01-31T17:00');
  await page.getByLabel('Allowed addresses').fill('192.0.2.7\n2001:db8::/32');
  await add(page);
  await page.waitForURL(/\/secrets$/);
  await page.getByText(says).waitFor();
  assert.equal(await live(), '10');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'The eleventh <&">');
  assert.ok(await page.getByRole('radio', { name: batch.client_id }).isChecked());
  assert.ok(await group(page, 'Analytics').locator('[value="analytics:read"]').isChecked());
  assert.ok(await page.getByRole('checkbox', { name: 'Read-only' }).isChecked());
  assert.equal(await page.getByLabel('Comment').inputValue(), 'Kept, as it was typed');
  assert.equal(await page.getByLabel('Ends').inputValue(), '2031-01-31T17:00');
  assert.equal(await page.getByLabel('Allowed addresses').inputValue(), '192.0.2.7\n2001:db8::/32');
  await revoke('Member', made[3].id);
  await add(page);
  await page.getByRole('heading', { level: 1, name: 'Secret “The eleventh <&">” is made' }).waitFor();
  assert.equal((await shown(page)).client_id, batch.client_id);
  assert.equal(await live(), '10');
  for (const { client_id, secret } of made.slice(0, 3)) assert.equal(await call({ client_id, secret }), 200, 'those that were there work on');
}

async function handedOver(admin, member) {
  await admin.goto('/secrets/new');
  await admin.getByLabel('Name', { exact: true }).fill('For a colleague');
  await admin.getByLabel('For', { exact: true }).selectOption({ label: `${people.Member.name}, ${people.Member.email}` });
  await admin.getByRole('radio', { name: website.client_id }).check();
  await group(admin, 'Analytics').locator('[value="analytics:read"]').check();
  await add(admin);
  await admin.getByText('It is made, and waits for the one it is for.').waitFor();
  await admin.getByText(`${people.Member.name} has not opened it yet.`).waitFor();
  const id = /secrets\/(\w{10})/.exec(admin.url())[1];
  assert.ok(!/kds_live_/.test(await everything(admin)));
  await admin.goto(`/secrets/${id}/open`);
  await admin.getByRole('heading', { name: 'You may not open this page' }).waitFor();

  await member.goto('/secrets');
  await member.getByRole('link', { name: 'Open For a colleague' }).click();
  await member.getByText('Ends unopened').waitFor();
  await member.getByText(people.Admin.name, { exact: true }).waitFor();
  await member.getByRole('button', { name: 'Open the secret' }).click();
  await member.getByRole('heading', { level: 1, name: 'The secret of “For a colleague”' }).waitFor();
  const made = await shown(member);
  assert.equal(await call(made), 200);
  await member.getByLabel('I have stored it').check();
  await member.getByRole('button', { name: /Finish and go to the secret/ }).click();
  await member.getByText('Noted: the secret is stored.').waitFor();
  await member.goto(`/secrets/${id}/open`);
  await member.getByText('You have opened this secret').waitFor();

  await admin.goto(`/secrets/${id}`);
  const opened = admin.locator('dl.facts > div', { has: admin.locator('dt', { hasText: /^Opened$/ }) }).locator('dd');
  await opened.getByText(`by ${people.Member.name}`, { exact: true }).waitFor();
  const at = Date.parse(await opened.locator('time').getAttribute('datetime'));
  assert.ok(Math.abs(Date.now() - at) < 10 * 60 * 1000, String(at));
  assert.ok(!(await everything(admin)).includes(made.secret.slice(22)), 'who made it never sees it');
  return made;
}

const narrow = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } };

async function addedAndRevoked(options) {
  await clear();
  const page = await visitor('Member', options);
  await editedAndRevoked(page, await ownSecret(page, options !== narrow));
  await page.context().close();
}

async function oneTooMany(options) {
  await clear();
  const page = await visitor('Member', options);
  await eleventh(page);
  await page.context().close();
}

async function handOver(options) {
  await clear();
  const admin = await visitor('Admin', options), member = await visitor('Member', options);
  await handedOver(admin, member);
  await admin.context().close();
  await member.context().close();
}

test('LR5 LR7 LR8 LR9: a member adds one of their own, it does what it was given and nothing else, and ends when it is revoked', () => addedAndRevoked({}));
test('LR5 LR7 LR8 LR9: without JavaScript, 320 pixels wide: the same', () => addedAndRevoked(narrow));
test('LR10 LR11: the eleventh is refused in words, nothing typed is lost, and a place that is freed takes it', () => oneTooMany({}));
test('LR10 LR11: without JavaScript, 320 pixels wide: the eleventh is refused, and nothing typed is lost', () => oneTooMany(narrow));
test('KD13: an admin hands one over; its owner opens it, once, and the admin sees who and when', () => handOver({}));
test('KD13: without JavaScript, 320 pixels wide: one is handed over and opened', () => handOver(narrow));

// ---- by HTTP

test('KD13: handed over by HTTP: nobody else opens it, of 20 at once one sees it, and no reply to anybody else holds it', async () => {
  await clear();
  const handed = await added('Admin', { member: people.Member.id });
  assert.equal(handed.answer.status, 303);
  const id = /\/secrets\/(\w{10})\?did=handed$/.exec(handed.answer.headers.location)[1];
  assert.deepEqual(await rows(`SELECT s.status, s.hash IS NULL FROM secret s JOIN client c ON c.id = s.client_id WHERE c.public_id = '${id}'`), [['pending', '1']]);
  const csrf = await people.Member.http.csrf();
  for (const role of ['Admin', 'Compliance admin']) {
    assert.equal((await people[role].http.get(`/secrets/${id}/open`)).status, 403);
    const refused = await people[role].http.post(`/secrets/${id}/open`, { csrf: await people[role].http.csrf(), once: `${role.slice(0, 4)}-${'x'.repeat(17)}` });
    assert.equal(refused.status, 403);
    assert.equal(revealed(refused).secret, undefined);
  }
  const answers = await atOnce(20, (i) => people.Member.http.post(`/secrets/${id}/open`, { csrf, once: `open-${i}-${'x'.repeat(17)}`.slice(0, 22) }));
  const seen = answers.filter((answer) => revealed(answer).secret);
  assert.equal(seen.length, 1, String(answers.map(({ status }) => status)));
  const { secret } = revealed(seen[0]);
  assert.equal(await call({ client_id: website.client_id, secret }), 200);
  for (const role of ['Admin', 'Compliance admin'])
    for (const path of ['/secrets', `/secrets/${id}`, '/'])
      assert.ok(!(await people[role].http.get(path)).body.includes(secret.slice(22)), `${role} ${path}`);
  assert.ok(!stack.log().includes(secret.slice(22)));
});

test('KD13: unopened after 7 days it ends: it is not opened, its place is free, and it says why', once('the database decides'), async () => {
  await clear();
  const handed = await added('Admin', { name: 'Kept unopened', member: people.Member.id });
  const id = /\/secrets\/(\w{10})/.exec(handed.answer.headers.location)[1];
  const [[days]] = await rows(`SELECT ROUND(TIMESTAMPDIFF(HOUR, s.created_at, s.expires_at) / 24) FROM secret s JOIN client c ON c.id = s.client_id WHERE c.public_id = '${id}'`);
  assert.equal(days, '7');
  await rows(`UPDATE secret s JOIN client c ON c.id = s.client_id SET s.expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE c.public_id = '${id}'`);
  for (let i = 0; i < 100 && await live() !== '0'; i++) await new Promise((resolve) => { setTimeout(resolve, 100); });
  assert.deepEqual(await rows(`SELECT status, ended_reason, place IS NULL FROM client WHERE public_id = '${id}'`), [['deleted', 'unopened', '1']]);
  const late = await people.Member.http.post(`/secrets/${id}/open`, { csrf: await people.Member.http.csrf(), once: 'late-xxxxxxxxxxxxxxxxx' });
  assert.equal(late.status, 404);
  assert.equal(revealed(late).secret, undefined);
  for (const role of ['Member', 'Admin']) {
    const ended = await people[role].http.get('/secrets?state=ended');
    assert.equal(ended.status, 200);
    assert.match(ended.body, /<tr[^>]*>(?:(?!<\/tr>)[\s\S])*Kept unopened(?:(?!<\/tr>)[\s\S])*Not opened in 7 days/, role);
  }
});

test('LR5 LR9: by HTTP: what a forged form asks for is refused with all that was typed', async () => {
  await clear();
  const wishes = [
    [{ member: people.Admin.id }, 'You can make one for yourself only.'],
    [{ 'may-platform': 'platform:admin' }, 'One of these is not offered any more.'],
    [{ key: '0000000000' }, 'This API key is not there any more'],
    [{ only_reads: '1', 'may-analytics': 'analytics:write' }, 'Read-only is ticked'],
    [{ 'may-analytics': '' }, 'Pick at least one permission.'],
  ];
  for (const [wish, says] of wishes) {
    const { answer } = await added('Member', { name: 'Kept as typed', comment: 'This too', ...wish });
    assert.equal(answer.status, 422);
    assert.ok(answer.body.includes(says), says);
    assert.equal(field(answer.body, 'name'), 'Kept as typed');
    assert.match(answer.body, /This too<\/textarea>/);
  }
  assert.equal(await live(), '0');
});

test(`LR10: 30 made at the same moment leave exactly 10, ${ROUNDS} times over`, once('the database decides'), async () => {
  // One person's requests wait for each other: three persons' do not.
  const makers = await Promise.all(Object.values(people).map(async (person) => ({ cookies: person.http.cookies, csrf: await person.http.csrf() })));
  for (let round = 0; round < ROUNDS; round++) {
    await clear();
    const answers = await atOnce(30, (i) => {
      const { cookies, csrf } = makers[i % makers.length];
      const maker = new Visitor(stack.url, new http.Agent());
      maker.cookies = new Map(cookies);
      return maker.post('/secrets', { csrf, name: `Secret ${i}`, once: `${round}-${i}-${'x'.repeat(22)}`.slice(0, 22), key: website.id, 'may-analytics': 'analytics:read' });
    });
    const made = answers.filter(({ status }) => status === 200).map(revealed);
    assert.equal(made.length, LIMIT, `round ${round}: ${answers.map(({ status }) => status)}`);
    for (const { status, body } of answers.filter((each) => each.status !== 200)) {
      assert.equal(status, 422);
      assert.match(body, /The limit is 10 additional secrets/);
      assert.match(field(body, 'name'), /^Secret \d+$/);
    }
    assert.equal(await live(), '10');
    for (const { client_id, secret } of made) assert.equal(await call({ client_id, secret }), 200);
  }
});

test('a form sent 20 times at once makes one', once('the database decides'), async () => {
  await clear();
  const { body } = await people.Member.http.get('/secrets/new');
  const fields = { csrf: field(body, 'csrf'), once: field(body, 'once'), name: 'Once', key: website.id, 'may-analytics': 'analytics:read' };
  const answers = await atOnce(20, () => people.Member.http.post('/secrets', fields));
  assert.equal(answers.filter((answer) => revealed(answer).secret).length, 1);
  assert.ok(answers.every(({ status }) => status === 200), String(answers.map(({ status }) => status)));
  assert.equal(await live(), '1');
});
