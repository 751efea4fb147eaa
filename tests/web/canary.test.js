// canary.test.js - secrets, passwords, tokens and cookies go through all of it and stay nowhere.
//
// Each has been in every place where a client may put it. Then it is looked for, also in pieces and as base64,
// hex, percent-encoded and backwards: in a dump of the database, in its files and its binary log, in every log and file, and
// in the memory of each process. The memory of the web server is left out: what passes through it is in its buffers.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic, field } = require('./visitor.js');
const { ways, search, say, dump, processes, randomPart, signature } = require('./canary.js');

const isRoot = process.getuid() === 0;
const fast = '--innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync --innodb-doublewrite=0';
// With the text of each statement in its binary log, and nothing thrown away.
const binlog = '--log-bin=binlog --server-id=1 --binlog-format=ROW --binlog-annotate-row-events=1';

const letters = (n) => Array.from({ length: n }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[Math.floor(Math.random() * 36)]).join('');
const password = `pass ${letters(24)} & more`;
const wrong = `wrong ${letters(24)} & more`;
const forged = `kds_live_1${letters(10)}_${letters(60)}`;
// What is to be found, and where: without it nobody would know that the search finds anything.
const control = { stored: `stored${letters(24)}`, logged: `logged-${letters(100).replace(/[^a-z]/g, '').slice(0, 16)}` };

let stack, admin, hidden;

test.before(async () => {
  stack = await start({ env: { KEYDESK_MARIADB: `${fast} ${binlog}` } });
  hidden = await everywhere();
});
test.after(() => stack?.stop());

const verify = (headers, target = '/verify') => ask(stack.url + target, { headers });
const send = (target, type, body, headers = {}) =>
  ask(stack.url + target, { method: 'POST', body, headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), ...headers } });

// Everything that people do with a password, and with the cookies they get.
async function people() {
  const link = new URL(stack.setupLink).pathname;
  admin = new Visitor(stack.url);
  const person = { name: 'Ann Marsh', email: 'ann@example.com', organization: control.stored };
  assert.equal((await admin.send(link, link, { ...person, password: 'short' }, ['csrf'])).status, 422);
  assert.equal((await admin.send(link, link, { ...person, password }, ['csrf'])).status, 303);
  const other = new Visitor(stack.url);
  assert.equal((await other.send('/sign-in', '/sign-in', { email: person.email, password: wrong, next: '/' })).status, 422);
  assert.equal((await other.send('/sign-in', '/sign-in', { email: password, password: wrong, next: '/' })).status, 422);
  await other.signIn({ email: person.email, password });
  const left = { cookie: [...other.cookies.values()][0], csrf: await other.csrf() };
  assert.equal((await other.post('/sign-out', { csrf: left.csrf })).status, 303);
  assert.equal((await other.post('/settings', { csrf: left.csrf, name: 'x', version: 1 })).status < 500, true);
  return {
    'the link': link.split('/').pop(),
    'the cookie': [...admin.cookies.values()][0],
    'its CSRF token': await admin.csrf(),
    'the ended cookie': left.cookie,
    'the ended CSRF token': left.csrf,
  };
}

// Whatever a client does with a text that it should keep to itself.
async function careless(text) {
  const encoded = encodeURIComponent(text);
  const line = text.replace(/[^ -~]/g, '');
  for (const target of [`/verify?api_secret=${encoded}`, `/?key=${encoded}`, `/sign-in?next=${encoded}&did=${encoded}`, `/${encoded}`, `/credentials/${encoded}`,
    `/static/${encoded}`, `/setup/${encoded}`, `/invite/${encoded}`, `/reset/${encoded}`])
    await ask(stack.url + target);
  for (const name of ['User-Agent', 'Referer', 'Origin', 'Cookie', 'X-API-Key', 'X-API-Secret', 'Authorization', 'X-Forwarded-For', 'X-Anything', 'X-Original-Addr'])
    await verify({ [name]: name === 'Cookie' ? `session=${encoded}` : line });
  await verify({ Authorization: `Bearer ${line}` });
  await verify({ Authorization: `Basic ${line}` });
  await verify({ ...basic('kdc_live_0123456789abcdef', text) });
  await verify({ ...basic(text, text) });
  await send('/auth', 'application/json', JSON.stringify({ client_id: 'kdc_live_0123456789abcdef', client_secret: text }));
  await send('/auth', 'application/json', JSON.stringify({ client_secret: [text], [text]: text }));
  await send('/auth', 'application/json', `{"client_id": "${text}`);
  await send('/auth', 'text/plain', text);
  await send('/auth', `application/x-${encoded}`, text.repeat(1000));
  await send('/sign-in', 'application/x-www-form-urlencoded', `email=${encoded}&password=${encoded}&csrf=${encoded}`, { Origin: stack.url });
  await send('/sign-in', 'application/x-www-form-urlencoded', text.repeat(3000), { Origin: stack.url });
  await admin.post('/credentials', { name: 'x', csrf: text, once: text });
}

// And with a pair that is good: also beside what it is for.
async function good({ client_id, secret }) {
  const token = JSON.parse((await send('/auth', 'application/json', JSON.stringify({ client_id, client_secret: secret }))).body).token;
  assert.equal((await verify(basic(client_id, secret))).status, 200);
  assert.equal((await verify({ 'X-API-Key': client_id, 'X-API-Secret': secret })).status, 200);
  assert.equal((await verify({ Authorization: `Bearer ${token}` })).status, 200);
  // An accepted caller's program is noted, but for what has the form of a secret or token.
  for (const name of [secret, token, `curl/7 ${secret}`])
    assert.equal((await verify({ ...basic(client_id, secret), 'User-Agent': name })).status, 200);
  assert.equal((await verify({ ...basic(client_id, secret), 'X-Original-Addr': secret })).status, 200);
  return token;
}

async function everywhere() {
  const cookies = await people();
  const first = await admin.createKey('First');
  const token = await good(first);
  const reset = await admin.resetKey(first.id);
  const second = await good({ client_id: first.client_id, secret: reset.secret });
  assert.equal((await verify(basic(first.client_id, first.secret))).status, 401);
  const texts = { ...cookies, 'the password': password, 'the wrong password': wrong, 'a forged secret': forged, 'the ended secret': randomPart(first.secret),
    'the secret': randomPart(reset.secret), 'the ended token': signature(token), 'the token': signature(second) };
  for (const text of [password, wrong, forged, first.secret, reset.secret, token, second]) await careless(text);
  await ask(`${stack.url}/${control.logged}`);
  // The housekeeper writes what was counted; the next requests of each thread are others.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  return texts;
}

test('the search finds a text in each way of writing it, also half of it', async () => {
  const text = `${letters(20)} & ${letters(27)}`;
  await search({ it: text }, async (canary) => {
    for (const written of Object.values(ways(text))) assert.ok((await canary.inText(`\0before ${written} after`)).length > 0, written);
    assert.ok((await canary.inText(Buffer.from(`xy${text}z`).toString('base64'))).length > 0, 'base64 within more');
    assert.ok((await canary.inText(text.slice(15, 45))).length > 0, 'a part');
    assert.deepEqual(await canary.inText(letters(10000)), []);
  });
});

test('CARD4: no secret, password, token or cookie is in the database', async () => {
  const text = dump(stack);
  assert.deepEqual(say(await search(hidden, (canary) => canary.inText(text))), []);
  assert.equal((await search({ control: control.stored }, (canary) => canary.inText(text))).length > 0, true, 'the control is found');
});

test('CARD4: none is in the memory of a process when its request is over, shared memory included', { skip: isRoot ? false : 'only root may look into them' }, async () => {
  const all = processes(stack);
  assert.ok(all.filter(({ name }) => name === 'keydesk').length >= 4, 'master, workers, housekeeper');
  const known = fs.readFileSync(path.join(stack.state, 'keys/serve.password'), 'latin1').trim();
  const found = await search(hidden, async (canary) => (await Promise.all(all.map(({ pid }) => canary.inMemory(pid)))).flatMap((one) => one.found));
  assert.deepEqual(say(found), []);
  // What a worker has to know, to connect again, is found in it.
  await search({ control: known }, async (canary) => {
    const finds = await Promise.all(all.filter(({ name }) => name === 'keydesk').map(({ pid }) => canary.inMemory(pid)));
    assert.ok(finds.filter((one) => one.found.length > 0).length >= 2, 'the control is found');
  });
});

test('CARD4: none is in a log, in a temporary file, or in the files of the database after it has ended', async () => {
  await stack.sql('FLUSH TABLES');
  await stack.stop({ keep: true });
  const { files, found } = await search(hidden, (canary) => canary.inFolders(stack.state));
  assert.deepEqual(say(found), []);
  for (const name of ['ibdata1', 'ib_logfile0', 'binlog.000001', 'keydesk.log', 'access.log'])
    assert.ok(files.some((file) => path.basename(file) === name), `${name} was looked into`);
  await search(control, async (canary) => {
    const places = say((await canary.inFolders(stack.state)).found).join('\n');
    for (const place of [/stored.*\.ibd/, /stored.*binlog\./, /logged.*access\.log/]) assert.match(places, place, 'the control is found');
  });
});
