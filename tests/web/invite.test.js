// invite.test.js - people come into a team and get a new password, by links that are mailed or handed over: in a browser, and as attackers.
//
// Once: what a form or a link does is decided behind the web server; journey.test.js posts forms, and canary.test.js looks for links in logs, behind both.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open } = require('./browser.js');
const { search, say, dump, processes } = require('./canary.js');
const { codeOf } = require('./totp.js');
const { Visitor, atOnce, field } = require('./visitor.js');

const ann = { email: 'ann@example.com', password: 'seven quiet herons at noon' };
const kim = { email: 'kim@example.com', password: 'lamps under a frozen bridge' };
const max = { email: 'max@example.com', password: 'nine paper boats in April' };
const lou = { email: 'lou@example.com', password: 'a violet umbrella in May' };
const invitation = (text) => /\/invite\/([0-9A-Za-z]{43})/.exec(text)?.[1];
const resetting = (text) => /\/reset\/([0-9A-Za-z]{43})/.exec(text)?.[1];
const person = (text) => /href="\/team\/([0-9A-Za-z]{10})"/.exec(text)?.[1];

let stack, mailed, browser, server;
const mails = [];
const opened = [];

async function visitor(where, options) {
  const made = await open(browser, where.url, options);
  opened.push(made);
  return made.page;
}

async function set_up(where) {
  const setup = new URL(where.setupLink).pathname;
  assert.equal((await new Visitor(where.url).send(setup, setup, { organization: 'Northwind Trading', name: 'Ann Marsh', ...ann })).status, 303);
}

// The next mail to that address: the housekeeper sends every 2 s.
async function mail_to(address) {
  for (let i = 0; i < 600; i++) {
    const at = mails.findIndex(({ to }) => to.includes(address));
    if (at >= 0) {
      const [, body] = /\r?\n\r?\n([^]*)$/.exec(mails.splice(at, 1)[0].text);
      return Buffer.from(body, 'base64').toString();
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  return assert.fail(`no mail to ${address} in a minute`);
}

async function invited(admin, email, role = 'member') {
  const answer = await admin.send('/team/new', '/team', { name: 'Kim Adeyemi', email, role });
  assert.equal(answer.status, 200, answer.body.slice(0, 300));
  return { token: invitation(answer.body), id: person(answer.body) };
}

async function accept(where, token, password) {
  return new Visitor(where.url).send(`/invite/${token}`, `/invite/${token}`, { password });
}

test.before(async () => {
  browser = await launch();
  server = spawn('/usr/bin/python3', [path.join(__dirname, '../process/mail_server.py'), JSON.stringify({ tls: 'none' })], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => {
    let text = '';
    server.stdout.on('data', (data) => {
      text += data;
      for (let end; (end = text.indexOf('\n')) >= 0; text = text.slice(end + 1)) {
        const said = JSON.parse(text.slice(0, end));
        if (said.port) resolve(said.port);
        else mails.push(said);
      }
    });
  });
  stack = await start();
  mailed = await start({ env: { KEYDESK_SMTP_URL: `smtp://127.0.0.1:${port}`, KEYDESK_MAIL_FROM: 'keydesk@desk.example' } });
  await set_up(stack);
  await set_up(mailed);
});
test.after(async () => {
  await browser?.close();
  server?.kill();
  await stack?.stop();
  await mailed?.stop();
});

// Every step of one person, through the pages.
async function whole_way(one, javaScriptEnabled) {
  const page = await visitor(stack, { javaScriptEnabled });
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(ann.email);
  await page.getByLabel('Password').fill(ann.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto('/team');
  await page.getByRole('link', { name: 'Invite somebody' }).click();
  await page.getByLabel('Name', { exact: true }).fill(one.name);
  await page.getByLabel('E-mail address').fill(ann.email);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('Belongs to the organization already.').first().waitFor();
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), one.name);
  await page.getByLabel('E-mail address').fill(one.email);
  await page.getByLabel('Compliance admin').check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const first = await page.getByLabel('Link').inputValue();
  await page.getByRole('link', { name: 'I have handed it over' }).click();
  await page.getByRole('heading', { name: one.name }).waitFor();
  await page.getByRole('link', { name: 'Send the invitation again' }).click();
  await page.getByText('The link that was made before ends at once.').waitFor();
  await page.getByRole('button', { name: 'Make a new link' }).click();
  const second = await page.getByLabel('Link').inputValue();
  await page.getByRole('link', { name: 'I have handed it over' }).click();

  const guest = await visitor(stack, { javaScriptEnabled });
  await guest.goto(first);
  await guest.getByRole('heading', { name: 'This invitation does not work' }).waitFor();
  await guest.goto(second);
  await guest.getByLabel('New password').fill(kim.password);
  await guest.getByRole('button', { name: 'Join Northwind Trading' }).click();
  await guest.getByRole('heading', { name: 'Overview' }).waitFor();

  await page.reload();
  await page.getByRole('link', { name: 'New password' }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByLabel('Link').inputValue();
  const another = await visitor(stack, { javaScriptEnabled });
  await another.goto('/sign-in');
  await another.getByRole('link', { name: 'Forgotten password' }).click();
  await another.getByText('Ask an admin of your organization for a link').waitFor();
  await another.goto(link);
  await another.getByLabel('New password').fill('short one');
  await another.getByRole('button', { name: 'Set the password' }).click();
  await another.getByRole('link', { name: /^New password: / }).waitFor();
  await another.getByLabel('New password').fill(lou.password);
  await another.getByRole('button', { name: 'Set the password' }).click();
  await another.getByText('Your password is set, and all your sessions are ended.').waitFor();
  await guest.reload();
  await guest.getByRole('heading', { name: 'Sign in' }).waitFor();
  await new Visitor(stack.url).signIn({ email: one.email, password: lou.password });
}

test("KD5 KD6: in a browser: invited, sent again, come in; a new password by an admin's link", () =>
  whole_way({ name: 'Mia Lund', email: 'mia@example.com' }, true));

test("KD5 KD6: without JavaScript: invited, sent again, come in; a new password by an admin's link", () =>
  whole_way({ name: 'Max Lund', email: 'max@example.com' }, false));

test('KD5: of 20 who accept at once one comes in; used, sent again or withdrawn it is worth nothing', async () => {
  const admin = await new Visitor(stack.url).signIn(ann);
  const one = await invited(admin, kim.email);
  const answers = await atOnce(20, (i) => accept(stack, one.token, `${kim.password} ${i}`));
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  assert.equal((await new Visitor(stack.url).get(`/invite/${one.token}`)).status, 404);
  const two = await invited(admin, lou.email, 'admin');
  const next = invitation((await admin.send(`/team/${two.id}/resend`, `/team/${two.id}/resend`, {})).body);
  const forged = { csrf: field((await admin.get('/sign-in')).body, 'csrf') ?? '', password: lou.password };
  assert.equal((await admin.post(`/invite/${two.token}`, { ...forged, csrf: await admin.csrf() })).status, 404);
  assert.equal((await admin.send(`/team/${two.id}/withdraw`, `/team/${two.id}/withdraw`, {})).status, 303);
  assert.equal((await admin.post(`/invite/${next}`, { ...forged, csrf: await admin.csrf() })).status, 404);
  assert.equal((await stack.sql(`SELECT COUNT(*) FROM person p JOIN user u ON u.person_id = p.id WHERE p.email = '${lou.email}'`))[0][0], '0');
});

test('KD5: invited by mail, and nobody but whom it is for ever sees the link', async () => {
  const admin = await new Visitor(mailed.url).signIn(ann);
  const answer = await admin.send('/team/new', '/team', { name: 'Kim Adeyemi', email: kim.email, role: 'member' });
  assert.equal(answer.status, 303, answer.body.slice(0, 300));
  assert.match(answer.headers.location, /^\/team\/[0-9A-Za-z]{10}\?did=mailed$/);
  assert.match((await admin.get(answer.headers.location)).body, /A mail with the link is on its way/);
  const token = invitation(await mail_to(kim.email));
  assert.equal((await accept(mailed, token, kim.password)).status, 303);
  assert.equal((await accept(mailed, token, kim.password)).status, 403);
});

test('KD6: forgotten, mailed, set once; the same answer for an address that nobody has', async () => {
  const words = ({ status, headers, body }) => [status, headers.location, body];
  const forgotten = (email) => new Visitor(mailed.url).send('/forgot', '/forgot', { email });
  assert.deepEqual(words(await forgotten(kim.email)), words(await forgotten('nobody@example.com')));
  const token = resetting(await mail_to(kim.email));
  assert.equal((await mailed.sql("SELECT COUNT(*) FROM outbox WHERE recipient = 'nobody@example.com'"))[0][0], '0');
  const old = await new Visitor(mailed.url).signIn(kim);
  const page = await new Visitor(mailed.url).get(`/reset/${token}`);
  assert.equal(page.status, 200);
  assert.equal(page.headers['referrer-policy'], 'same-origin');
  assert.match(page.headers['cache-control'], /no-store/);
  const answers = await atOnce(20, (i) =>
    new Visitor(mailed.url).send(`/reset/${token}`, `/reset/${token}`, { password: `${lou.password} ${i}` }));
  const won = answers.findIndex(({ status }) => status === 303);
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  assert.equal((await old.get('/')).status, 303);
  assert.equal((await new Visitor(mailed.url).get(`/reset/${token}`)).status, 404);
  await assert.rejects(new Visitor(mailed.url).signIn(kim));
  await new Visitor(mailed.url).signIn({ email: kim.email, password: `${lou.password} ${won}` });
  for (const name of ['keydesk', 'access']) assert.ok(!mailed.log(name).includes(token), `the link is in ${name}.log`);
});

test('KD6: an admin gets into no other organization and to no operator by it', async () => {
  const operator = await new Visitor(stack.url).signIn(ann);
  const one = await invited(operator, 'eve@example.com', 'admin');
  assert.equal((await accept(stack, one.token, kim.password)).status, 303);
  const eve = await new Visitor(stack.url).signIn({ email: 'eve@example.com', password: kim.password });
  const [[id]] = await stack.sql(`SELECT u.public_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${ann.email}'`);
  const page = await eve.get(`/team/${id}/reset-link`);
  assert.equal(page.status, 409);
  assert.match(page.body, /keydesk user reset-link/);
  const answer = await eve.post(`/team/${id}/reset-link`, { csrf: await eve.csrf() });
  assert.equal(answer.status, 409);
  assert.equal(resetting(answer.body), undefined);
  const token = resetting(await stack.keydesk(['user', 'reset-link', '--email', ann.email]));
  assert.equal((await new Visitor(stack.url).send(`/reset/${token}`, `/reset/${token}`, { password: lou.password })).status, 303);
  await new Visitor(stack.url).signIn({ email: ann.email, password: lou.password });
});

// What was shown to somebody, or mailed, and must be nowhere now.
const hidden = {};

test('KD7: whoever turns their second factor on, uses a recovery code or turns it off is told by mail', async () => {
  const admin = await new Visitor(mailed.url).signIn(ann);
  assert.equal((await admin.send('/team/new', '/team', { name: 'Max Roth', email: max.email, role: 'member' })).status, 303);
  hidden['an invitation'] = invitation(await mail_to(max.email));
  assert.equal((await accept(mailed, hidden['an invitation'], max.password)).status, 303);
  const page = await new Visitor(mailed.url).signIn(max);
  const shown = await page.send('/profile/factor', '/profile/factor', {});
  const seed = /data-once>([A-Z2-7 ]+)</.exec(shown.body)[1];
  const on = await page.post('/profile/factor/confirm', { csrf: field(shown.body, 'csrf'), code: codeOf(seed) });
  const codes = on.body.match(/[A-Z2-7]{4}(-[A-Z2-7]{4}){3}/g);
  assert.equal(new Set(codes).size, 10);
  assert.match(await mail_to(max.email), /asks for a code of your authenticator app from now on/);
  const again = new Visitor(mailed.url);
  assert.equal((await again.send('/sign-in', '/sign-in', max)).headers.location, '/sign-in/code?next=/');
  assert.equal((await again.send('/sign-in/code', '/sign-in/code', { code: codes[0] })).status, 303);
  assert.match(await mail_to(max.email), /One of the recovery codes of your Keydesk sign-in was used/);
  assert.match(await mailed.keydesk(['user', 'reset-link', '--email', max.email]), /A second factor is on:.* keydesk user reset-factor --email max@example\.com/);
  assert.equal(JSON.parse(await mailed.keydesk(['user', 'reset-link', '--email', ann.email, '--json'])).factor, false);
  const off = await again.send('/profile/factor/off', '/profile/factor/off', { current_password: max.password, proof: max.password, code: codes[1] });
  assert.equal(off.status, 303, off.body.slice(0, 500));
  const told = `${await mail_to(max.email)}${await mail_to(max.email)}`;
  assert.match(told, /no longer asks for a code/);
  assert.match(told, /One of the recovery codes/);
  const raw = [...seed.replace(/ /g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('').match(/.{8}/g);
  hidden['a seed'] = seed.replace(/ /g, '');
  hidden['the bytes of a seed'] = Buffer.from(raw.map((byte) => parseInt(byte, 2))).toString('hex').toUpperCase();
  for (const i of [2, 3]) hidden[`recovery code ${i}`] = codes[i].replace(/-/g, '');
  assert.equal((await new Visitor(mailed.url).send('/forgot', '/forgot', { email: max.email })).status, 303);
  hidden['a link for a password'] = resetting(await mail_to(max.email));
  const visitor = new Visitor(mailed.url);
  assert.equal((await visitor.get(`/reset/${hidden['a link for a password']}`)).status, 200);
});

test('KD13: seeds, recovery codes and the links that were mailed are in no row, no log and no file of the database', async () => {
  assert.equal(Object.keys(hidden).length, 6);
  assert.deepEqual(say(await search(hidden, (canary) => canary.inText(dump(mailed)))), []);
  await mailed.sql('FLUSH TABLES');
  const { files, found } = await search(hidden, (canary) => canary.inFolders(mailed.state));
  assert.ok(files.length > 20);
  assert.deepEqual(say(found), []);
  assert.ok((await search({ control: 'Max Roth' }, (canary) => canary.inFolders(mailed.state))).found.length > 0, 'the control is found');
});

test('KD13: nor in the memory of a process, once what came after is done', { skip: process.getuid() === 0 ? false : 'only root may look into them' }, async () => {
  assert.equal(Object.keys(hidden).length, 6);
  const all = processes(mailed);
  assert.ok(all.filter(({ name }) => name === 'keydesk').length >= 4, 'master, workers, housekeeper');
  assert.deepEqual(say(await search(hidden, async (canary) => (await Promise.all(all.map(({ pid }) => canary.inMemory(pid)))).flatMap((one) => one.found))), []);
});

test('KD5 KD6: mails have budgets: three an hour to one address, and twenty forgotten passwords from one network', async () => {
  const admin = await new Visitor(mailed.url).signIn(ann);
  const pat = { name: 'Pat <Oduya>', email: 'pat@example.com', role: 'compliance_admin' };
  const first = await admin.send('/team/new', '/team', pat);
  assert.equal(first.status, 303);
  const [, id] = /^\/team\/([0-9A-Za-z]{10})/.exec(first.headers.location);
  for (let i = 0; i < 2; i++) assert.equal((await admin.send(`/team/${id}/resend`, `/team/${id}/resend`, {})).status, 303);
  const links = (await mailed.sql('SELECT COUNT(*) FROM outbox'))[0][0];
  const again = await admin.send(`/team/${id}/resend`, `/team/${id}/resend`, {});
  assert.equal(again.status, 409);
  assert.match(again.body, /This address was sent 3 mails within an hour\. Nothing was sent\./);
  assert.equal((await admin.send(`/team/${id}/withdraw`, `/team/${id}/withdraw`, {})).status, 303);
  const anew = await admin.send('/team/new', '/team', pat);
  assert.equal(anew.status, 422);
  assert.match(anew.body, /This address was sent 3 mails within an hour/);
  for (const typed of ['value="Pat &lt;Oduya&gt;"', 'value="pat@example.com"', 'value="compliance_admin" checked']) assert.ok(anew.body.includes(typed), typed);
  assert.equal((await mailed.sql('SELECT COUNT(*) FROM outbox'))[0][0], links);
  assert.equal((await mailed.sql("SELECT COUNT(*) FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = 'pat@example.com'"))[0][0], '0');

  let answer;
  for (let i = 0; i < 21; i++) answer = await new Visitor(mailed.url).send('/forgot', '/forgot', { email: `nobody${i}@example.com` });
  assert.equal(answer.status, 422);
  assert.match(answer.body, /Too many requests from here\. Wait ten minutes, then try again\./);
  assert.ok(answer.body.includes('value="nobody20@example.com"'));
});

test('KD31: none of these pages had an error in the console or asked for anything elsewhere', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
