// factor.test.js - the second factor in real browsers, with and without scripts, and as who has stolen one half of it.
//
// Once: whether a code is right is decided behind the web server; journey.test.js and attacks.test.js carry cookies through both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, source, everything } = require('./browser.js');
const { step, codeOf } = require('./totp.js');
const { Visitor, field } = require('./visitor.js');

let stack, browser, ben;
const opened = [];

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  ben = stack.people.Member;
});
test.after(async () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
  await browser?.close();
  await stack?.stop();
});

async function person(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  return made.page;
}

// Nobody has a factor, nothing was guessed.
async function afresh() {
  for (const table of ['sign_in_failure', 'recovery_code', 'factor', 'half_session']) await stack.sql(`DELETE FROM ${table}`);
  await stack.sql('UPDATE organization SET factor_required = 0');
}

// What was used lately counts as used long ago.
const later = () => stack.sql('UPDATE factor SET last_step = last_step - 10');

async function turnOn(page) {
  await page.goto('/profile/factor');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor();
  const seed = await page.locator('#r-seed').inputValue();
  await page.getByRole('textbox', { name: 'Code', exact: true }).fill(codeOf(seed));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  const codes = (await page.locator('#r-codes').inputValue()).trim().split('\n');
  await page.getByLabel('I have stored them').check();
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByText('Your second factor is on.').waitFor();
  await later();
  return { seed, codes };
}

const half = async () => {
  const visitor = new Visitor(stack.url);
  const answer = await visitor.send('/sign-in', '/sign-in', { ...ben, next: '/secrets' });
  assert.equal(answer.headers.location, '/sign-in/code?next=/secrets');
  return visitor;
};

for (const javaScriptEnabled of [true, false]) {
  test(`KD7: it is turned on, asked for at the next sign-in, and turned off, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
    await afresh();
    const page = await person({ javaScriptEnabled });
    await signIn(page, ben);
    const { seed, codes } = await turnOn(page);
    assert.equal(codes.length, 10);
    assert.ok(!(await source(page)).includes(codes[0]), 'a recovery code is shown again');
    await page.context().clearCookies();
    await page.goto('/secrets');
    await page.getByLabel('E-mail address').fill(ben.email);
    await page.getByLabel('Password').fill(ben.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Type your code' }).waitFor();
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill('000000');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This code is not right, or was used already.').waitFor();
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(codeOf(seed));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/secrets');
    await page.goto('/profile/factor/off');
    await page.getByLabel('Current password').fill(ben.password);
    await page.getByRole('textbox', { name: 'Code', exact: true }).fill(codes[3].toLowerCase());
    await page.getByRole('button', { name: 'Turn it off' }).click();
    await page.getByText('Your second factor is off.').waitFor();
  });
}

test('KD7: back shows neither seed nor recovery codes', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { seed, codes } = await turnOn(page);
  for (let i = 0; i < 3; i++) {
    await page.goBack({ waitUntil: 'commit' }).catch(() => {});
    const all = await everything(page).catch(() => '');
    assert.ok(!all.includes(seed) && !all.includes(codes[0]), `back ${i + 1} shows it`);
  }
});

test('KD7: whoever leaves the page of the seed leaves neither its text nor its picture in the copy kept for "back"', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  await page.goto('/profile/factor');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const picture = page.getByRole('img', { name: 'QR code for your authenticator app' });
  const seed = await page.locator('#r-seed').inputValue();
  assert.match(await picture.innerHTML(), /M\d+ \d+h/);
  await page.evaluate(() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); });
  assert.equal(await picture.innerHTML(), '');
  assert.ok(!(await everything(page)).includes(seed));
});

test('KD7: twenty at once with one code are one session', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { seed } = await turnOn(page);
  // One after the other: of twenty passwords at once ten would wait.
  const thieves = [];
  while (thieves.length < 20) thieves.push(await half());
  const forms = await Promise.all(thieves.map((thief) => thief.get('/sign-in/code')));
  await stack.sql('DELETE FROM sign_in_failure');
  const before = Number((await stack.sql('SELECT COUNT(*) FROM session'))[0][0]);
  const code = codeOf(seed);
  const answers = await Promise.all(thieves.map((thief, i) => thief.post('/sign-in/code', { csrf: field(forms[i].body, 'csrf'), next: '/', code })));
  assert.equal(answers.filter(({ headers }) => headers.location === '/').length, 1);
  assert.equal(Number((await stack.sql('SELECT COUNT(*) FROM session'))[0][0]), before + 1);
});

test('KD7: a half session opens nothing, a used code and an older one sign nobody in', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { seed, codes } = await turnOn(page);
  const thief = await half();
  for (const path of ['/', '/secrets', '/profile', '/profile/factor', '/profile/factor/off'])
    assert.match((await thief.get(path)).headers.location, /^\/sign-in/, path);
  const now = step();
  assert.equal((await thief.send('/sign-in/code', '/sign-in/code', { code: codeOf(seed, now), next: '/' })).status, 303);
  for (const code of [codeOf(seed, now), codeOf(seed, now - 1)])
    assert.equal((await (await half()).send('/sign-in/code', '/sign-in/code', { code, next: '/' })).status, 422);
  assert.equal((await (await half()).send('/sign-in/code', '/sign-in/code', { code: codes[0], next: '/' })).status, 303);
  assert.equal((await (await half()).send('/sign-in/code', '/sign-in/code', { code: codes[0], next: '/' })).status, 422);
});

test('KD7: whoever ends the sessions while a recovery code is looked at ends what it lets in, or no code is used', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { codes } = await turnOn(page);
  const count = async (from) => Number((await stack.sql(`SELECT COUNT(*) FROM ${from}`))[0][0]);
  // Until the program of the database is at that statement, or what runs it is over.
  const until = async (running, statement) => {
    let over = false;
    running.then(() => { over = true; });
    while (!over && !await count(`information_schema.processlist WHERE info LIKE '${statement}%'`)) await new Promise((go) => setTimeout(go, 20));
  };
  const visitor = await half();
  const { body } = await visitor.get('/sign-in/code');
  // For less than the second after which a statement that waits is tried again.
  const held = stack.sql('START TRANSACTION; SELECT id FROM recovery_code FOR UPDATE; DO SLEEP(0.9); COMMIT');
  await until(held, 'DO SLEEP(0.9)');
  const answer = visitor.post('/sign-in/code', { csrf: field(body, 'csrf'), next: '/', code: codes[0] });
  await until(answer, 'UPDATE recovery_code');
  const ended = stack.sql('DELETE FROM half_session');
  const { status, headers } = await answer;
  await Promise.all([held, ended]);
  const used = await count('recovery_code WHERE used_at IS NOT NULL');
  assert.equal(status, 303);
  assert.equal(used, headers.location === '/' ? 1 : 0, `${headers.location}, and ${used} codes used`);
});

test('KD7: a stolen cookie is worth nothing once the factor is on, and cannot turn it off', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const stolen = new Visitor(stack.url);
  assert.equal((await stolen.send('/sign-in', '/sign-in', { ...ben, next: '/' })).headers.location, '/');
  const { seed } = await turnOn(page);
  assert.match((await stolen.get('/secrets')).headers.location, /^\/sign-in/);
  const thief = new Visitor(stack.url);
  for (const { name, value } of await page.context().cookies()) thief.cookies.set(name, value);
  const csrf = field((await thief.get('/profile/factor/off')).body, 'csrf');
  assert.equal((await thief.post('/profile/factor/off', { csrf, code: codeOf(seed) })).status, 422);
  assert.equal((await thief.post('/profile/factor/off', { csrf, proof: ben.password, code: '000000' })).status, 422);
  assert.equal((await stack.sql('SELECT COUNT(*) FROM factor WHERE confirmed_at IS NOT NULL'))[0][0], '1');
});

test('KD7: codes are guessed ten times, not more, and who is known here is not locked out', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { seed } = await turnOn(page);
  const known = await half();
  assert.equal((await known.send('/sign-in/code', '/sign-in/code', { code: codeOf(seed), next: '/' })).status, 303);
  await later();
  let looked = 0;
  for (let i = 0; i < 4; i++) {
    const thief = await half();
    for (let k = 0; k < 5; k++) {
      const answer = await thief.send('/sign-in/code', '/sign-in/code', { code: '000000', next: '/' });
      looked += answer.body.includes('This code is not right') ? 1 : 0;
    }
  }
  assert.equal(looked, 10);
  await known.send('/profile', '/sign-out', {});
  assert.equal((await known.send('/sign-in', '/sign-in', { ...ben, next: '/' })).headers.location, '/sign-in/code?next=/');
  assert.equal((await known.send('/sign-in/code', '/sign-in/code', { code: codeOf(seed), next: '/' })).status, 303);
});

test('KD7: where it is required, nothing else is open until it is on', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await stack.sql('UPDATE organization SET factor_required = 1');
  await page.goto('/secrets');
  await page.getByText('A second factor is required of you.').waitFor();
  await turnOn(page);
  await page.goto('/secrets');
  assert.equal(new URL(page.url()).pathname, '/secrets');
  assert.match(await stack.keydesk(['user', 'reset-factor', '--email', ben.email]), /The second factor is off/);
  await page.goto('/secrets');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await afresh();
});

test('KD7: neither seed nor codes are in a log', async () => {
  await afresh();
  const page = await person();
  await signIn(page, ben);
  const { seed, codes } = await turnOn(page);
  const fs = require('node:fs');
  const path = require('node:path');
  const logs = fs.readdirSync(stack.state, { recursive: true }).map((name) => path.join(stack.state, name))
    .filter((name) => name.endsWith('.log') && fs.statSync(name).isFile());
  assert.ok(logs.length > 0);
  for (const name of logs) {
    const text = fs.readFileSync(name, 'utf8');
    for (const canary of [seed, seed.replace(/ /g, ''), ...codes]) assert.ok(!text.includes(canary), name);
  }
  await afresh();
});
