// rotation.test.js - a secret replaced with an overlap: for programs on all workers, in a browser with and without a script, by command.
// Alone: every worker must be heard, which many requests at once make likely on processors of their own.
// Once: each worker decides; programs.test.js resets and revokes behind both.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { once, start } = require('./stack.js');
const { launch, open, signIn } = require('./browser.js');
const { Visitor, ask, atOnce, basic, field, revealed } = require('./visitor.js');

const WORKERS = 4, AT_ONCE = 24, ROUNDS = 200;

let stack, admin, key, browser;

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_WORKERS: String(WORKERS) } });
  admin = await new Visitor(stack.url, new http.Agent({ keepAlive: true })).signIn(stack.people.Admin);
  browser = await launch();
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  key = await admin.createKey('Rotated');
  await admin.send(`/credentials/${key.id}`, `/credentials/${key.id}/stored`, { stored: '1' });
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

const send = (act, fields = {}) => admin.send(`/credentials/${key.id}/${act}`, `/credentials/${key.id}/${act}`, fields);
const rotate = async (overlap = '24h') => revealed(await send('rotate', { overlap })).secret;
const sid = (secret) => secret.slice(10, 20);
const token = async (secret) => {
  const answer = await ask(`${stack.url}/auth`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: key.client_id, client_secret: secret }),
  });
  return answer.status === 200 ? JSON.parse(answer.body).token : answer.status;
};
const bearer = (text) => ({ Authorization: `Bearer ${text}` });

// Asked until every worker has answered, as the log says; all answers must be that one.
async function everywhere(headers, status) {
  const before = stack.log().length;
  for (let round = 0; round < ROUNDS; round++) {
    // More at once than the web server keeps connections for, now and then: new ones come to whichever worker is free.
    const answers = await Promise.all(Array.from({ length: AT_ONCE * (1 + round % 5) }, () => ask(`${stack.url}/verify`, { headers })));
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [status]);
    const lines = stack.log().slice(before).split('\n').filter((line) => line.includes('route=/verify'));
    if (new Set(lines.map((line) => /pid=(\d+)/.exec(line)[1])).size === WORKERS) return;
  }
  assert.fail('not every worker was asked');
}

test('LR4b: in the overlap both secrets and their tokens work on every worker; after finish the old is 401 on the next request', once('each worker decides'), async () => {
  const old = key.secret;
  const oldToken = await token(old);
  const fresh = await rotate();
  assert.ok(fresh && fresh !== old);
  const newToken = await token(fresh);
  for (const headers of [basic(key.client_id, old), basic(key.client_id, fresh), bearer(oldToken), bearer(newToken)]) await everywhere(headers, 200);
  assert.equal((await send('finish')).status, 303);
  await everywhere(basic(key.client_id, old), 401);
  await everywhere(bearer(oldToken), 401);
  assert.equal(await token(old), 401);
  await everywhere(basic(key.client_id, fresh), 200);
  await everywhere(bearer(newToken), 200);
  key.secret = fresh;
});

test('LR4b: after cancel the new secret and its tokens are 401 on the next request, and the old one works on', once('each worker decides'), async () => {
  const fresh = await rotate('15m');
  const newToken = await token(fresh);
  await everywhere(bearer(newToken), 200);
  assert.equal((await send('cancel')).status, 303);
  await everywhere(basic(key.client_id, fresh), 401);
  await everywhere(bearer(newToken), 401);
  await everywhere(basic(key.client_id, key.secret), 200);
  assert.deepEqual(await stack.sql(`SELECT status, ends_at FROM secret WHERE sid = '${sid(key.secret)}'`), [['active', 'NULL']]);
});

test('LR4b: when the overlap is over the old secret is 401 at once, and the housekeeper writes it down', once('each worker decides'), async () => {
  const old = key.secret;
  const fresh = await rotate('1h');
  await everywhere(basic(key.client_id, old), 200);
  await stack.sql(`UPDATE secret SET ends_at = UTC_TIMESTAMP(6) WHERE sid = '${sid(old)}'`);
  await everywhere(basic(key.client_id, old), 401);
  await everywhere(basic(key.client_id, fresh), 200);
  key.secret = fresh;
  for (let i = 0; i < 300; i++) {
    const [[status, reason]] = await stack.sql(`SELECT status, ended_reason FROM secret WHERE sid = '${sid(old)}'`);
    if (status === 'revoked') {
      assert.equal(reason, 'rotated');
      assert.deepEqual(await stack.sql(`SELECT COUNT(*), MAX(person) FROM audit_entry WHERE act = 'secret.end' AND object = '${sid(old)}'`), [['1', 'housekeeper']]);
      return;
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.fail('nobody has written it down');
});

test('LR4b: of 20 who rotate at once one does, and the secret in use works on', once('the database decides'), async () => {
  const { body } = await admin.get(`/credentials/${key.id}/rotate`);
  const fields = { csrf: field(body, 'csrf'), seen: field(body, 'seen'), overlap: '24h' };
  const answers = await atOnce(20, (i) =>
    new Visitor(stack.url).post.call({ url: stack.url, keep: (x) => x, cookie: () => admin.cookie() }, `/credentials/${key.id}/rotate`, { ...fields, once: `rotate-${i}-${'x'.repeat(12)}` }));
  const made = answers.filter((answer) => revealed(answer).secret);
  assert.equal(made.length, 1, String(answers.map(({ status }) => status)));
  assert.ok(answers.every(({ status }) => status === 200 || status === 409), String(answers.map(({ status }) => status)));
  await everywhere(basic(key.client_id, key.secret), 200);
  await everywhere(basic(key.client_id, revealed(made[0]).secret), 200);
  assert.equal((await send('cancel')).status, 303);
});

// What a person does, whether or not there is a script.
async function asPerson(javaScriptEnabled) {
  const { page, context, wrong } = await open(browser, stack.url, { javaScriptEnabled });
  await signIn(page, stack.people.Admin);
  await page.goto(`/credentials/${key.id}`);
  await page.getByRole('link', { name: 'Rotate secret' }).click();
  assert.ok(await page.getByLabel('24 hours').isChecked());
  await page.getByLabel('6 hours').check();
  await page.getByRole('button', { name: 'Rotate the secret' }).click();
  assert.match(await page.locator('.head').textContent(), /works beside it until .* UTC/);
  const fresh = await page.locator('#r-secret').inputValue();
  await page.getByLabel('I have stored it').check();
  await page.getByRole('button', { name: 'Finish and go to the key' }).click();
  return { page, context, wrong, fresh };
}

// The caller of this test moves from the one secret to the other; use is written within seconds.
async function verdict(page, words) {
  for (let i = 0; i < 150; i++) {
    await page.goto(`/credentials/${key.id}`);
    if (words.test(await page.locator('main').textContent())) return;
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
  assert.fail(`not there: ${words} in ${await page.locator('main').textContent()}`);
}

test('LR4b KD20: in a browser: rotate, see who uses which secret and how long is left, finish', async () => {
  const { page, context, wrong, fresh } = await asPerson(true);
  const left = page.locator('[data-countdown]');
  assert.equal(await left.textContent(), 'in 5 h');
  assert.match(await page.locator('.countdown').textContent(), /\(\d+ \w+ \d+, \d\d:\d\d UTC\)/);
  assert.match(await page.locator('.verdict').textContent(), /Unknown.*has not been used yet/s);
  const asker = { 'User-Agent': 'nightly/1.0' };
  assert.equal((await ask(`${stack.url}/verify`, { headers: { ...basic(key.client_id, key.secret), ...asker } })).status, 200);
  assert.equal((await ask(`${stack.url}/verify`, { headers: { ...basic(key.client_id, fresh), 'User-Agent': 'web/2.0' } })).status, 200);
  await verdict(page, /Not yet.*not moved yet.*nightly\/1\.0/s);
  // What happened so long ago that it has moved: an hour and more of silence.
  assert.equal((await ask(`${stack.url}/verify`, { headers: { ...basic(key.client_id, fresh), ...asker } })).status, 200);
  await verdict(page, /nightly\/1\.0.*Uses both/s);
  await stack.sql(`UPDATE secret SET last_used_at = last_used_at - INTERVAL 2 HOUR WHERE sid = '${sid(key.secret)}'`);
  await stack.sql(`UPDATE secret_caller c JOIN secret s ON s.id = c.secret_id SET c.first_at = c.first_at - INTERVAL 2 HOUR, c.last_at = c.last_at - INTERVAL 2 HOUR WHERE s.sid IN ('${sid(key.secret)}', '${sid(fresh)}')`);
  await stack.sql(`DELETE c FROM secret_caller c JOIN secret s ON s.id = c.secret_id WHERE s.sid = '${sid(key.secret)}' AND c.program <> 'nightly/1.0'`);
  await verdict(page, /Safe to finish/);
  // The time left ticks, counted from when the page came.
  await page.clock.install();
  await page.reload();
  await page.clock.fastForward('02:00:00');
  assert.equal(await left.textContent(), 'in 3 h');
  await page.clock.fastForward('04:00:00');
  assert.equal(await left.textContent(), 'now');
  await page.getByRole('link', { name: 'Finish now' }).click();
  await page.getByRole('button', { name: /End the old secret/ }).click();
  assert.match(await page.locator('main').textContent(), /The old secret has ended\./);
  await everywhere(basic(key.client_id, key.secret), 401);
  await everywhere(basic(key.client_id, fresh), 200);
  key.secret = fresh;
  assert.deepEqual(wrong, []);
  await context.close();
});

test('LR4b KD20: without JavaScript: rotate, cancel, rotate again, let it run', async () => {
  const { page, context, wrong, fresh } = await asPerson(false);
  assert.equal(await page.locator('[data-countdown]').textContent(), 'in 5 h');
  await page.getByRole('link', { name: 'Cancel it' }).click();
  await page.getByRole('button', { name: /End the new secret/ }).click();
  assert.match(await page.locator('main').textContent(), /The old one is the secret again\./);
  await everywhere(basic(key.client_id, fresh), 401);
  await everywhere(basic(key.client_id, key.secret), 200);
  await page.goto(`/credentials/${key.id}/rotate`);
  await page.getByRole('button', { name: 'Rotate the secret' }).click();
  key.secret = await page.locator('#r-secret').inputValue();
  await page.getByRole('button', { name: 'Finish and go to the key' }).click();
  await page.goto('/credentials');
  assert.match(await page.locator('main').textContent(), /old …\w{4} ends in/);
  assert.deepEqual(wrong, []);
  await context.close();
});

test('LR4b: the command line rotates, finishes and cancels, and refuses a second rotation', once('it is a command'), async () => {
  const [[id]] = (await stack.keydesk(['organization', 'list'])).trim().split('\n').map((line) => line.split(/\s+/));
  const which = ['--organization', id, '--id', key.id];
  const fails = (args, code) => assert.rejects(stack.keydesk(['client', ...args]), { code });
  await fails(['rotate', ...which], 1); // one runs since the test before
  await stack.keydesk(['client', 'finish', ...which]);
  await fails(['finish', ...which], 1);
  await fails(['cancel', ...which], 1);
  for (const overlap of ['0', '-1h', '3650d', 'soon', '24h ']) await fails(['rotate', ...which, '--overlap', overlap], 2);
  const made = JSON.parse(await stack.keydesk(['client', 'rotate', ...which, '--overlap', '7d', '--json']));
  assert.ok(Math.abs(Date.parse(made.old_ends_at) - Date.now() - 7 * 86400000) < 60000, made.old_ends_at);
  await everywhere(basic(key.client_id, key.secret), 200);
  await everywhere(basic(key.client_id, made.client_secret), 200);
  await stack.keydesk(['client', 'cancel', ...which]);
  await everywhere(basic(key.client_id, made.client_secret), 401);
  assert.match(await stack.keydesk(['client', 'rotate', ...which]), /The old secret works until .* UTC\./);
  assert.match(await stack.keydesk(['client', 'finish', ...which]), /Finished/);
  await everywhere(basic(key.client_id, key.secret), 401);
  assert.match(await stack.keydesk(['audit', 'verify', '--organization', id]), /each in its place/);
});
