// places.test.js - where a credential is used, and the replacement of a compromised secret: in a browser, with real calls.
// Once: what is said about a secret is decided behind the web server; gateway.test.js calls behind both.
'use strict';
const assert = require('node:assert/strict');
const { generateKeyPairSync } = require('node:crypto');
const http = require('node:http');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn, fits } = require('./browser.js');
const { Visitor, ask, atOnce, insist, basic, field, revealed } = require('./visitor.js');

let stack, admin, browser;

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url, new http.Agent({ keepAlive: true })).signIn(stack.people.Admin);
  browser = await launch();
  await freePlaces();
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

// Deletes every account key that the list shows, so that there is room.
async function freePlaces() {
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
}

async function stored(name) {
  await freePlaces();
  const key = await admin.createKey(name);
  await admin.send(`/credentials/${key.id}`, `/credentials/${key.id}/stored`, { stored: '1' });
  return key;
}

const call = async (key, secret, address, program, environment = '') => (await insist(`${stack.url}${environment}/verify`, {
  headers: { ...basic(key.client_id, secret), 'User-Agent': program, 'X-Original-Addr': address },
})).status;

// What a page says until it holds all of it; for 12 s, which is 10 and the time to see it.
async function saysInTime(address, parts) {
  let body;
  for (const end = Date.now() + 12000; Date.now() < end;) {
    ({ body } = await admin.get(address));
    if (parts.every((part) => body.includes(part))) break;
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  }
  for (const part of parts) assert.ok(body.includes(part), `${address} does not say ${part}`);
  return body;
}

const compromise = (key) => admin.send(`/credentials/${key.id}/compromised`, `/credentials/${key.id}/compromised`, {});
const declare = (key, fields) => admin.send(`/credentials/${key.id}/places/new`, `/credentials/${key.id}/places`, fields);

// A person's browser, signed in as the admin.
async function person(options) {
  const window = await open(browser, stack.url, options);
  await signIn(window.page, stack.people.Admin);
  return window;
}

test('UI9: declared places beside who was seen; who was seen is declared with one click; the differences are marked', async () => {
  const key = await stored('Places');
  const { context, page, wrong } = await person({});
  await page.goto(`/credentials/${key.id}`);
  await page.getByText('No place is declared').waitFor();
  await page.getByRole('link', { name: 'Declare and compare' }).click();
  await page.getByRole('link', { name: 'Declare a place' }).click();
  await page.getByLabel('Place', { exact: true }).fill('Night batch');
  await page.getByLabel('Who answers for it').fill('Data team');
  await page.getByLabel('Address or network').fill('10.9.9.0/24');
  await page.getByRole('button', { name: 'Declare the place' }).click();
  await page.getByText('The place is declared.').waitFor();
  await page.getByRole('row', { name: /Night batch.*Declared, never seen/ }).waitFor();

  for (let i = 0; i < 3; i++) assert.equal(await call(key, key.secret, '10.0.0.7', 'shop/2.1 (linux)'), 200);
  assert.equal(await call(key, key.secret, '203.0.113.9', 'stranger/1', '/integration'), 401);
  await saysInTime(`/credentials/${key.id}/places`, ['shop/2.1 (linux)</th>', '10.0.0.7']);
  await page.reload();
  assert.equal(await page.getByText('stranger/1').count(), 0, 'who was only refused is not seen');
  await page.getByRole('link', { name: 'Declare it' }).click();
  assert.equal(await page.getByLabel('Place', { exact: true }).inputValue(), 'shop');
  assert.equal(await page.getByLabel('Address or network').inputValue(), '10.0.0.7');
  assert.equal(await page.getByLabel('Beginning of the program’s name').inputValue(), 'shop/');
  await page.getByLabel('Place', { exact: true }).fill('Shop servers');
  await page.getByLabel('Who answers for it').fill('Web team');
  await page.getByRole('button', { name: 'Declare the place' }).click();
  await page.getByRole('row', { name: /Shop servers.*Declared and seen .*10\.0\.0\.7/ }).waitFor();
  await page.getByText('Every caller of the last 30 days fits a declared place').waitFor();

  // The next version of the program, from the same address, is the same place.
  assert.equal(await call(key, key.secret, '10.0.0.7', 'shop/2.2'), 200);
  await saysInTime(`/credentials/${key.id}/places`, ['shop/2.2', 'Every caller of the last 30 days fits a declared place']);
  for (const act of ['reset', 'rotate', 'delete', 'compromised']) {
    const { body } = await admin.get(`/credentials/${key.id}/${act}`);
    assert.match(body, /Shop servers<\/strong> <span class="quiet">Web team/, act);
  }

  await page.getByRole('link', { name: 'Night batch' }).click();
  await page.getByLabel('Address or network').fill('10.0.0.7');
  await page.getByRole('button', { name: 'Save the place' }).click();
  await page.getByRole('row', { name: /Night batch.*Declared and seen/ }).waitFor();
  await page.getByRole('link', { name: 'Night batch' }).click();
  await page.getByRole('button', { name: 'Remove the place' }).click();
  await page.getByText('The place is removed.').waitFor();
  assert.equal(await page.getByText('Night batch').count(), 0);
  assert.equal((await stack.sql("SELECT detail FROM audit_entry WHERE act = 'place.remove'")).filter(([detail]) => detail.includes('Night batch')).length, 1);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('UI9: a pasted secret is refused and kept nowhere; what is typed is text; a double click declares one', async () => {
  const key = await stored('Pasted');
  const { body } = await admin.get(`/credentials/${key.id}/places/new`);
  const form = { csrf: field(body, 'csrf'), once: field(body, 'once') };
  const refused = await admin.post(`/credentials/${key.id}/places`, { ...form, name: 'Vault', owner: 'Ann', note: `it is ${key.secret}`, networks: key.secret });
  assert.equal(refused.status, 422);
  assert.match(refused.body, /Note: This looks like a secret/);
  assert.match(refused.body, /Address or network: This looks like a secret/);
  assert.ok(!refused.body.includes(key.secret.slice(21, 40)));
  const odd = `<script>alert(1)</script>"'&`;
  const twice = await Promise.all([0, 1].map(() => admin.post(`/credentials/${key.id}/places`, { ...form, name: odd, owner: odd, note: odd, program: odd })));
  assert.deepEqual(twice.map((answer) => answer.status), [303, 303]);
  const [[n]] = await stack.sql(`SELECT COUNT(*) FROM declared_place d JOIN client c ON c.id = d.client_id WHERE c.public_id = '${key.id}'`);
  assert.equal(n, '1');
  const list = (await admin.get(`/credentials/${key.id}/places`)).body;
  assert.match(list, /&lt;script&gt;alert\(1\)&lt;\/script&gt;&quot;&#39;&amp;/);
  assert.ok(!list.includes('<script>alert'));
  const piece = key.secret.slice(20, 40);
  assert.deepEqual(await stack.sql(`SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%${piece}%'`), [['0']]);
  assert.ok(!stack.log().includes(piece));
});

test('UI10: one button ends it now, shows the next one, and lists what must be updated; each place ticks itself off', async () => {
  const key = await stored('Worst day');
  await declare(key, { name: 'Shop servers', owner: 'Web team', networks: '10.0.0.0/24', program: 'shop/' });
  await declare(key, { name: 'Sealed envelope', owner: 'Operations' });
  const shop = 'shop/2.1', cron = 'cron/1';
  for (const [address, program] of [['10.0.0.7', shop], ['10.0.0.8', shop], ['10.3.3.3', cron]]) assert.equal(await call(key, key.secret, address, program), 200);
  await saysInTime(`/credentials/${key.id}/places`, ['cron/1</th>']);

  const { context, page, wrong } = await person({ viewport: { width: 390, height: 844 } });
  await page.goto(`/credentials/${key.id}`);
  await page.getByRole('link', { name: 'Compromised?' }).click();
  await page.getByText('will be refused.').waitFor();
  await page.getByText('1 of the callers below fit no declared place.').waitFor();
  await page.getByRole('button', { name: 'End it now and make the next' }).click();
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  assert.match(secret, /^kds_live_/);
  assert.equal(await call(key, key.secret, '10.0.0.8', shop), 401, 'the very next request');
  assert.equal(await call(key, secret, '10.0.0.7', shop), 200);
  for (let i = 0; i < 11; i++) assert.equal(await call(key, key.secret, '10.0.0.8', shop), 401);
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: 'Go on to what must be updated' }).click();
  await page.waitForURL(`**/credentials/${key.id}/replacement**`);

  // Of two places and three callers: the place and the caller where the new secret was seen.
  await saysInTime(`/credentials/${key.id}/replacement`, ['2 of 5 updated', 'Still trying with the old secret', 'shop/2.1, 12 calls since']);
  await page.reload();
  await page.getByText('2 of 5 updated').waitFor();
  const todo = page.getByRole('table', { name: 'Still to update' });
  await todo.getByText('Not declared: is it yours?').waitFor();
  assert.equal(await todo.getByRole('row').count(), 4);
  await fits(page);
  assert.match((await admin.get(`/credentials/${key.id}`)).body, /is being replaced: 2 of 5 updated/);

  assert.equal(await call(key, secret, '10.0.0.8', shop), 200);
  await saysInTime(`/credentials/${key.id}/replacement`, ['3 of 5 updated']);
  await page.getByRole('link', { name: /Tick off.*Sealed envelope/ }).click();
  await page.getByRole('button', { name: 'Tick it off' }).click();
  await page.getByText('What was done there: Say what was done there').waitFor();
  await page.getByLabel('What was done there').fill('New envelope, the old one is shredded.');
  await page.getByRole('button', { name: 'Tick it off' }).click();
  await page.getByText('4 of 5 updated').waitFor();
  await page.getByText('New envelope, the old one is shredded.').waitFor();
  await page.getByRole('link', { name: /Tick off.*10\.3\.3\.3/ }).click();
  await page.getByText('it may be whoever took the secret').waitFor();
  await page.getByLabel('What was done there').fill('Nobody knows it. Reported.');
  await page.getByRole('button', { name: 'Tick it off' }).click();
  await saysInTime(`/credentials/${key.id}/replacement`, ['5 of 5 updated', 'All of it was updated.']);
  assert.deepEqual((await stack.sql(`SELECT act, person FROM audit_entry WHERE object = '${key.id}' AND act LIKE 'replacement.%' ORDER BY id`)),
    [['replacement.tick', stack.people.Admin.email], ['replacement.tick', stack.people.Admin.email], ['replacement.done', 'housekeeper']]);
  assert.ok(!(await admin.get(`/credentials/${key.id}`)).body.includes('is being replaced'));
  assert.deepEqual(wrong, []);
  await context.close();
});

test('KD15: whoever still signs with a compromised public key is listed; who makes a signature up is not', async () => {
  const jose = await import('jose');
  const pair = () => generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const mine = pair();
  await freePlaces();
  const { headers } = await admin.send('/credentials/new', '/credentials', { name: 'Signs', by: 'key', public_key: mine.publicKey });
  const id = /^\/credentials\/(\w{10})\?did=made$/.exec(headers.location)[1];
  const [[client]] = await stack.sql(`SELECT client_id FROM client WHERE public_id = '${id}'`);
  const fetched = async ({ privateKey }, program) => {
    const assertion = await new jose.SignJWT({}).setProtectedHeader({ alg: 'EdDSA' }).setIssuer(client).setSubject(client).setAudience(stack.url).setJti(program + Math.random()).setIssuedAt().setExpirationTime('1m').sign(privateKey);
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_assertion: assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }).toString();
    return (await ask(`${stack.url}/oauth/token`, { method: 'POST', body, headers: { 'User-Agent': program, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) } })).status;
  };
  assert.equal(await fetched(mine, 'signer/1'), 200);
  assert.ok(revealed(await compromise({ id })).secret);
  assert.equal(await fetched(mine, 'signer/1'), 401);
  assert.equal(await fetched(pair(), 'stranger/1'), 401);
  const body = await saysInTime(`/credentials/${id}/replacement`, ['Still trying with the old secret', 'signer/1, 1 call since']);
  assert.ok(!body.includes('stranger/1'));
});

test('UI10: of 20 who say it at once one makes the next secret; a replayed form makes none; a token ends with its secret', once('the database decides'), async () => {
  const key = await stored('At once');
  const auth = await ask(`${stack.url}/auth`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: key.client_id, client_secret: key.secret }),
  });
  const bearer = { Authorization: `Bearer ${JSON.parse(auth.body).token}` };
  assert.equal((await ask(`${stack.url}/verify`, { headers: bearer })).status, 200);
  const pages = await Promise.all(Array.from({ length: 20 }, () => admin.get(`/credentials/${key.id}/compromised`)));
  const forms = pages.map(({ body }) => ({ csrf: field(body, 'csrf'), once: field(body, 'once'), seen: field(body, 'seen') }));
  const answers = await atOnce(forms.length, (i) => admin.post(`/credentials/${key.id}/compromised`, forms[i]));
  const made = answers.filter((answer) => revealed(answer).secret);
  assert.equal(made.length, 1);
  for (const answer of answers) assert.ok(answer === made[0] || answer.status === 409, String(answer.status));
  const rows = await stack.sql(`SELECT CONCAT(s.status, ' ', s.ended_reason) FROM secret s JOIN client c ON c.id = s.client_id WHERE c.public_id = '${key.id}' ORDER BY s.id`);
  assert.deepEqual(rows, [['revoked compromised'], ['active']]);
  assert.equal(await call(key, key.secret, '10.0.0.7', 'x'), 401);
  assert.equal((await ask(`${stack.url}/verify`, { headers: bearer })).status, 401);
  assert.equal(await call(key, revealed(made[0]).secret, '10.0.0.7', 'x'), 200);
  const again = await admin.post(`/credentials/${key.id}/compromised`, forms[answers.indexOf(made[0])]);
  assert.equal(again.status, 200);
  assert.match(again.body, /was ended and replaced already/);
  assert.equal(revealed(again).secret, undefined);
  assert.deepEqual(await stack.sql(`SELECT COUNT(*) FROM replacement r JOIN client c ON c.id = r.client_id WHERE c.public_id = '${key.id}'`), [['1']]);
});

test('UI10: in a rotation both secrets end, and a second compromise takes over what is not ticked off', once('the same forms are posted above'), async () => {
  const key = await stored('Twice');
  await declare(key, { name: 'Envelope', owner: 'Operations' });
  const rotated = revealed(await admin.send(`/credentials/${key.id}/rotate`, `/credentials/${key.id}/rotate`, { overlap: '24h' })).secret;
  assert.equal(await call(key, key.secret, '10.0.0.7', 'old/1'), 200);
  assert.equal(await call(key, rotated, '10.0.0.8', 'new/1'), 200);
  await saysInTime(`/credentials/${key.id}/places`, ['old/1</th>', 'new/1</th>']);
  const first = revealed(await compromise(key)).secret;
  for (const secret of [key.secret, rotated]) assert.equal(await call(key, secret, '10.0.0.7', 'old/1'), 401);
  assert.equal(await call(key, first, '10.0.0.8', 'new/1'), 200);
  await saysInTime(`/credentials/${key.id}/replacement`, ['1 of 3 updated', 'old/1, 1 call since']);
  const second = revealed(await compromise(key)).secret;
  assert.equal(await call(key, first, '10.0.0.8', 'new/1'), 401);
  assert.equal(await call(key, second, '10.0.0.7', 'old/1'), 200);
  const list = await saysInTime(`/credentials/${key.id}/replacement`, ['1 of 3 updated', 'new/1, 1 call since']);
  assert.match(list, /Envelope/);
  assert.deepEqual(await stack.sql(`SELECT CONCAT(r.outcome, '.') FROM replacement r JOIN client c ON c.id = r.client_id WHERE c.public_id = '${key.id}' ORDER BY r.id`), [['followed.'], ['.']]);
});

test('UI9 UI10: without JavaScript, 320 pixels wide: declare, say it is compromised, tick off, close', async () => {
  const key = await stored('Plain');
  const { context, page, wrong } = await person({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
  await page.goto(`/credentials/${key.id}/places`);
  await page.getByRole('link', { name: 'Declare a place' }).click();
  await page.getByRole('button', { name: 'Declare the place' }).click();
  await page.getByText('Place: Give the place a name.').waitFor();
  await page.getByLabel('Place', { exact: true }).fill('Server');
  await page.getByLabel('Who answers for it').fill('Ann');
  await page.getByRole('button', { name: 'Declare the place' }).click();
  await page.getByText('The place is declared.').waitFor();
  // Another one, or the housekeeper would end the replacement in the moment in which all is ticked off.
  await page.getByRole('link', { name: 'Declare a place' }).click();
  await page.getByLabel('Place', { exact: true }).fill('Laptop');
  await page.getByLabel('Who answers for it').fill('Ann');
  await page.getByRole('button', { name: 'Declare the place' }).click();
  await page.getByRole('link', { name: 'Laptop' }).first().waitFor();
  await page.goto(`/credentials/${key.id}/compromised`);
  await page.getByRole('button', { name: 'End it now and make the next' }).click();
  await page.getByText('This is the only time the secret is shown.').waitFor();
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: 'Go on to what must be updated' }).click();
  await page.getByText('0 of 2 updated').first().waitFor();
  await page.getByRole('link', { name: /Tick off.*Server/ }).click();
  await page.getByLabel('What was done there').fill('Done.');
  await page.getByRole('button', { name: 'Tick it off' }).click();
  await page.getByText('1 of 2 updated').first().waitFor();
  await page.getByRole('link', { name: /Change.*Server/ }).click();
  await page.getByRole('button', { name: 'Take the tick back' }).click();
  await page.getByText('0 of 2 updated').first().waitFor();
  await page.getByLabel('Why').fill('It was a drill.');
  await page.getByRole('button', { name: 'Close with 2 left' }).click();
  await page.getByText('has closed it: It was a drill.').waitFor();
  assert.deepEqual(wrong, []);
  await context.close();
});

test('UI10: a key that is deleted takes its replacement along; the chain of the audit log is whole', once('the same forms are posted above'), async () => {
  const key = await stored('Gone');
  assert.equal(await call(key, key.secret, '10.0.0.7', 'shop/2.1'), 200);
  await saysInTime(`/credentials/${key.id}/places`, ['shop/2.1</th>']);
  await compromise(key);
  await admin.deleteKey(key.id);
  assert.equal((await admin.get(`/credentials/${key.id}/replacement`)).status, 404);
  let rows;
  for (const end = Date.now() + 15000; Date.now() < end && rows?.[0][0] !== 'deleted';) {
    rows = await stack.sql(`SELECT r.outcome, r.open_of IS NULL FROM replacement r JOIN client c ON c.id = r.client_id WHERE c.public_id = '${key.id}'`);
    await new Promise((resolve) => { setTimeout(resolve, 300); });
  }
  assert.deepEqual(rows, [['deleted', '1']]);
  const [[organization]] = (await stack.keydesk(['organization', 'list'])).trim().split('\n').map((line) => line.split(/\s+/));
  assert.match(await stack.keydesk(['audit', 'verify', '--organization', organization]), /each in its place/);
});
