// canary_handed.test.js - a secret that an admin makes for a member: before the member opens it there is none, and then its text
// is in that one reply and nowhere else.
//
// Everybody asks for every page there is, before and after. Then the text is looked for as in canary.test.js: in each
// reply, in a dump of the database, in its files and its binary log, in every log and file, and in the memory of each process.
// Once: the places where canary.test.js looks behind both servers, for one more kind of secret.
'use strict';
const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');
const { search, say, dump, processes, randomPart, signature } = require('./canary.js');

const isRoot = process.getuid() === 0;
const fast = '--innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync --innodb-doublewrite=0';
// With the text of each statement in its binary log, and nothing thrown away.
const binlog = '--log-bin=binlog --server-id=1 --binlog-format=ROW --binlog-annotate-row-events=1';
const PAGES = 150; // of each visitor
const WHOLE = /kds_(live|test)_[0-9A-Za-z]{11}_[0-9A-Za-z]{60}/;

// What is to be found, and where: without it nobody would know that the search finds anything.
const control = { stored: 'stored for the till of Quay Street', logged: 'logged-nowherebutinalog' };

let stack, key, secret, sid, hidden;
const visitors = {}; // by what they are
const replies = []; // all that anybody was answered: { who, what, text }
const reveals = []; // those of them that were to show a text

const one = async (statement) => (await stack.sql(statement))[0][0];

// A visitor of whose replies each is kept.
async function kept(who, person) {
  const visitor = await new Visitor(stack.url).signIn(person);
  for (const verb of ['get', 'post']) {
    const plain = visitor[verb].bind(visitor);
    visitor[verb] = async (at, fields) => {
      const answer = await plain(at, fields);
      replies.push({ who, what: `${verb} ${at}`, text: JSON.stringify(answer.headers) + answer.body });
      return answer;
    };
  }
  visitors[who] = visitor;
}

// Every page that links lead to, and those about the secret whether any does or not.
async function everyPage(visitor) {
  const about = ['', '/open', '/reset', '/rotate', '/finish', '/cancel', '/revoke', '/edit', '/places'].map((page) => `/secrets/${secret}${page}`);
  const known = new Set(['/', '/secrets', '/secrets/new', '/credentials', '/settings', '/profile', '/search?q=till', `/search?q=${sid}`, `/search?q=${secret}`, '/data-api', ...about]);
  let asked = 0;
  for (const at of known) {
    if (++asked > PAGES) break;
    const { body } = await visitor.get(at);
    for (const [, href] of body.matchAll(/href="(\/[^"#]*)/g)) if (!href.startsWith('/static/')) known.add(href.replace(/&amp;/g, '&'));
  }
}

// Who has no part in it tries to open it, and all else that shows a text.
async function thieves() {
  for (const who of ['admin', 'compliance admin', 'another member'])
    for (const act of ['open', 'rotate', 'reset', 'compromised', 'stored']) {
      if (who === 'admin' && act === 'reset') continue; // may; it is tried by itself
      const { status } = await visitors[who].send('/profile', `/secrets/${secret}/${act}`, { once: `${who}-${act}-${'x'.repeat(22)}`.replace(/ /g, '-').slice(0, 22), seen: sid, overlap: '1h' });
      assert.ok([403, 404].includes(status), `${who} ${act}: ${status}`);
    }
}

async function nothingIsThere() {
  const [[status, hash, hint, number]] = await stack.sql(`SELECT status, hash, hint, key_number FROM secret WHERE sid = '${sid}'`);
  assert.deepEqual([status, hash, hint, number], ['pending', 'NULL', '', '0']);
  for (const { who, what, text } of replies) assert.ok(reveals.includes(text) || !WHOLE.test(text), `${who} ${what}`);
  const [before, own] = dump(stack).split(sid);
  assert.ok(own !== undefined && !WHOLE.test(before) && !WHOLE.test(own), 'the row is there, and no text');
  assert.equal(await one(`SELECT COUNT(*) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE s.sid = '${sid}'`), '0');
}

// Opened by its member; the form sent again shows nothing.
async function opened() {
  const { member } = visitors;
  const form = (await member.get(`/secrets/${secret}/open`)).body;
  const fields = Object.fromEntries([...form.matchAll(/name="(csrf|once)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const answer = await member.post(`/secrets/${secret}/open`, fields);
  assert.equal(answer.status, 200);
  const [text] = WHOLE.exec(answer.body);
  assert.equal(text.slice(10, 20), sid);
  reveals.push(replies.at(-1).text);
  assert.ok(!WHOLE.test((await member.post(`/secrets/${secret}/open`, fields)).body), 'sent again');
  await member.send(`/secrets/${secret}`, `/secrets/${secret}/stored`, {});
  return text;
}

// As whoever has it uses it.
async function used(text) {
  for (const headers of [basic(key.client_id, text), { 'X-API-Key': key.client_id, 'X-API-Secret': text, 'User-Agent': `curl ${text}` }]) assert.equal((await ask(`${stack.url}/verify`, { headers })).status, 200);
  const body = JSON.stringify({ client_id: key.client_id, client_secret: text });
  const { token } = JSON.parse((await ask(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).body);
  assert.equal((await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${token}` } })).status, 200);
  await ask(`${stack.url}/verify?api_secret=${text}`);
  return token;
}

async function handed() {
  const { admin } = visitors;
  const id = await one(`SELECT u.public_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Member.email}'`);
  secret = await admin.handSecret({ name: control.stored, member: id, key: key.id, 'may-data': 'data:read', comment: 'The till' });
  const current = () => one(`SELECT s.sid FROM secret s JOIN client c ON c.id = s.current_of WHERE c.public_id = '${secret}'`);
  const texts = {};
  for (const time of ['first', 'second']) {
    sid = await current();
    for (const visitor of Object.values(visitors)) await everyPage(visitor);
    await thieves();
    await nothingIsThere();
    const text = await opened();
    texts[`the ${time} secret`] = randomPart(text);
    texts[`the ${time} token`] = signature(await used(text));
    for (const visitor of Object.values(visitors)) await everyPage(visitor);
    await thieves();
    if (time === 'first') assert.equal((await admin.send(`/secrets/${secret}/reset`, `/secrets/${secret}/reset`, {})).status, 303);
  }
  await ask(`${stack.url}/${control.logged}`);
  // The housekeeper writes what was counted; the next requests of each thread are others.
  await new Promise((resolve) => setTimeout(resolve, 5000));
  return texts;
}

test.before(async () => {
  stack = await start({ demo: true, env: { KEYDESK_MARIADB: `${fast} ${binlog}` } });
  const org = await one(`SELECT o.public_id FROM organization o JOIN user u ON u.organization_id = o.id JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`);
  const other = { email: 'other@example.com', password: 'correct horse battery staple' };
  await stack.keydesk(['user', 'add', '--organization', org, '--email', other.email, '--name', 'Otto Quill', '--role', 'member'], `${other.password}\n`);
  for (const [who, person] of Object.entries({ admin: stack.people.Admin, 'compliance admin': stack.people['Compliance admin'], member: stack.people.Member, 'another member': other })) await kept(who, person);
  await stack.sql(`UPDATE organization SET account_keys = 50, additional_secrets = 50 WHERE public_id = '${org}'`);
  // Of this one the admin is the one to see the text.
  key = await new Visitor(stack.url).signIn(stack.people.Admin).then((admin) => admin.createKey('Website'));
  hidden = await handed();
});
test.after(() => stack?.stop());

test('KD13: the text of a handed-over secret is in the one reply to who opens it, and in no other to anybody', async () => {
  assert.ok(replies.length > 400, `${replies.length} replies were looked at`);
  for (const who of Object.keys(visitors)) assert.ok(replies.some((reply) => reply.who === who && reply.text.includes(control.stored)) || who === 'another member', `${who} has seen that it is there`);
  const others = replies.filter(({ text }) => !reveals.includes(text)), all = others.map(({ text }) => text).join('\n');
  assert.ok(all.length > 1e6 && others.length === replies.length - reveals.length);
  if ((await search(hidden, (canary) => canary.inText(all))).length > 0)
    for (const { who, what, text } of others) assert.deepEqual(say(await search(hidden, (canary) => canary.inText(text))), [], `${who} ${what}`);
  for (const text of reveals) assert.ok((await search(hidden, (canary) => canary.inText(text))).length > 0, 'it is found where it is');
  assert.equal(reveals.length, 2);
  // Whoever is not to know that there is one at all has not been told.
  for (const { what, text } of replies.filter(({ who }) => who === 'another member')) assert.ok(!text.includes(control.stored), what);
});

test('KD13: it is in no row of the database', async () => {
  const text = dump(stack);
  assert.deepEqual(say(await search(hidden, (canary) => canary.inText(text))), []);
  assert.equal((await search({ control: control.stored }, (canary) => canary.inText(text))).length > 0, true, 'the control is found');
});

test('KD13: it is in the memory of no process when its request is over, shared memory included', { skip: isRoot ? false : 'only root may look into them' }, async () => {
  const all = processes(stack);
  assert.ok(all.filter(({ name }) => name === 'keydesk').length >= 4, 'master, workers, housekeeper');
  assert.deepEqual(say(await search(hidden, async (canary) => (await Promise.all(all.map(({ pid }) => canary.inMemory(pid)))).flatMap((one) => one.found))), []);
});

test('KD13: it is in no log, no temporary or core file, and not in the files of the database after it has ended', async () => {
  await stack.sql('FLUSH TABLES');
  await stack.stop({ keep: true });
  const { files, found } = await search(hidden, (canary) => canary.inFolders(stack.state, '/dev/shm'));
  assert.deepEqual(say(found), []);
  for (const name of ['ibdata1', 'ib_logfile0', 'binlog.000001', 'keydesk.log', 'access.log']) assert.ok(files.some((file) => path.basename(file) === name), `${name} was looked into`);
  assert.deepEqual(files.filter((file) => /^core(\.\d+)?$/.test(path.basename(file))), []);
  await search(control, async (canary) => {
    const places = say((await canary.inFolders(stack.state)).found).join('\n');
    for (const place of [/stored.*\.ibd/, /stored.*binlog\./, /logged.*access\.log/]) assert.match(places, place, 'the control is found');
  });
});
