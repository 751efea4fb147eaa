// attacks.test.js - what somebody would try who means harm, on the whole of it: the web server, the program, its files.
// Alone: visitors who are slow are measured by how often others are answered meanwhile.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic, field, revealed } = require('./visitor.js');

const isRoot = process.getuid() === 0;
let stack, admin, key;

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url, new http.Agent({ keepAlive: true })).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  key = await admin.createKey('Attacked');
});
test.after(() => stack?.stop());

// Bytes as they are, on a connection of their own; resolves to all that came back.
function raw(bytes) {
  return new Promise((resolve) => {
    const parts = [];
    const connection = net.connect(stack.port, '127.0.0.1', () => connection.write(bytes));
    connection.setTimeout(3000, () => connection.destroy());
    connection.on('data', (part) => parts.push(part));
    connection.on('error', () => {});
    connection.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  });
}

// Their statuses, as a pipeline may have several, and the headers of the first.
async function rawGet(target, lines = [], { method = 'GET', body = '' } = {}) {
  const text = await raw(`${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${stack.port}\r\n${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  return {
    text,
    statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((found) => Number(found[1])),
    header: (name) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(text.split('\r\n\r\n')[0])?.[1],
  };
}

const authorization = (id = key.client_id, secret = key.secret) => `Authorization: ${basic(id, secret).Authorization}`;
const verify = (lines) => rawGet('/verify', lines);
const number = async (statement) => Number((await stack.sql(statement))[0][0]);
const entries = () => number('SELECT COUNT(*) FROM audit_entry');

async function metric(name) {
  return Number(new RegExp(`^keydesk_${name}_total (\\d+)$`, 'm').exec((await ask(`${stack.url}/metrics`)).body)[1]);
}

test('UI6: no spelling of /verify and no header makes a key good in the other environment', async () => {
  const spellings = ['/verify', '/VERIFY', '/%76erify', '//verify', '/./verify', '/verify/', '/x/../verify', '/integration/../verify',
    '/integration/verify', '/integration//verify', '/%69ntegration/verify', '/integration%2fverify', '/integration/verify/', '/verify/../integration/verify',
    '/verify;x', '/verify%00', '/verify%3fKEYDESK_ENVIRONMENT=integration', '/static/../verify', 'http://elsewhere.example/verify'];
  const headers = ['KEYDESK_ENVIRONMENT', 'Keydesk-Environment', 'X-Keydesk-Environment', 'HTTP_KEYDESK_ENVIRONMENT', 'X-Original-Environment'];
  const answers = await Promise.all(spellings.map((target) => rawGet(target, [authorization(), ...headers.map((name) => `${name}: integration`)])));
  for (const [i, { statuses, header }] of answers.entries()) {
    assert.equal(statuses.length, 1, spellings[i]);
    assert.ok([200, 400, 401, 404].includes(statuses[0]), `${spellings[i]}: ${statuses[0]}`);
    if (statuses[0] === 200) assert.equal(header('X-Keydesk-Environment'), 'production', spellings[i]);
    if (/integration\/+verify$/.test(spellings[i]) || spellings[i].startsWith('/%69')) assert.equal(statuses[0], 401, spellings[i]);
  }
  assert.equal(answers[0].statuses[0], 200);
});

test('UI5: what is presented twice, or in two ways, is never good', async () => {
  const good = authorization(), wrong = authorization(key.client_id, `${key.secret.slice(0, -1)}_`);
  const id = `X-API-Key: ${key.client_id}`, secret = `X-API-Secret: ${key.secret}`;
  assert.deepEqual((await verify([good])).statuses, [200]);
  assert.deepEqual((await verify([id, secret])).statuses, [200]);
  const twice = [[good, wrong], [wrong, good], [good, good], [good, id], [good, secret], [good, id, secret], [id, id, secret], [id, secret, secret],
    [id, secret, 'X-API-Secret: other'], ['X-API-Secret: other', id, secret], [`${good}, Basic eA==`], [`Authorization: Basic eA==, ${good.slice(15)}`],
    [id], [secret], [`X_API_Key: ${key.client_id}`, `X_API_Secret: ${key.secret}`]];
  for (const lines of twice) {
    const { statuses } = await verify(lines);
    assert.ok(statuses.length === 1 && [400, 401].includes(statuses[0]), `${lines.map((line) => line.slice(0, 24))}: ${statuses}`);
  }
});

test('odd Basic: zero bytes, colons, other alphabets, what is too long', async () => {
  const of = (text) => `Authorization: Basic ${Buffer.from(text, 'latin1').toString('base64')}`;
  const { client_id, secret } = key;
  const odd = [of(`${client_id}:${secret}\0`), of(`${client_id}\0:${secret}`), of(`\0${client_id}:${secret}`), of(`${client_id}:${secret}:x`), of(`${client_id}::${secret}`),
    of(`${client_id}:`), of(`:${secret}`), of(client_id), of(''), of(`ü${client_id}:${secret}`), of(`${client_id}:${secret} `), of(`${client_id} :${secret}`),
    of(`${client_id.toUpperCase()}:${secret}`), of(`${client_id}:${secret.toLowerCase()}`), of(`${client_id}:\xff\xfe`), `Authorization: Basic ${'QUFB'.repeat(1900)}`, 'Authorization: Basic =',
    'Authorization: Basic', `Authorization: Bearer ${secret}`, `Authorization: ${secret}`, `Authorization: Basic ${of(`${client_id}:${secret}`).slice(21).replace(/.{20}/, '$& ')}`];
  for (const line of odd) assert.deepEqual((await verify([line])).statuses, [401], line.slice(0, 60));
  assert.equal(await metric('faults'), 0);
});

test('a body that says two lengths reaches nobody, and no second request is hidden in one', async () => {
  const body = JSON.stringify({ client_id: key.client_id, client_secret: key.secret });
  const hidden = `GET /verify HTTP/1.1\r\nHost: x\r\n${authorization()}\r\n\r\n`;
  const post = (lines, sent = body) => rawGet('/auth', ['Content-Type: application/json', ...lines], { method: 'POST', body: sent });
  assert.deepEqual((await post([`Content-Length: ${body.length}`])).statuses, [200]);
  for (const [lines, sent] of [[[`Content-Length: ${body.length}`, 'Content-Length: 3']], [[`Content-Length: ${body.length}`, `Content-Length: ${body.length}`]],
    [['Transfer-Encoding: xchunked', `Content-Length: ${body.length}`]], [['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${hidden}`],
    [['Content-Length: -1']], [[`Content-Length: +${body.length}`]], [['Content-Length: 99999999999999999999']], [['Transfer-Encoding: chunked'], 'zz\r\n'], [[]], [['Content-Length: 0'], hidden]]) {
    const { statuses } = await post(lines, sent);
    assert.ok(statuses.length === 1 && statuses[0] >= 400, `${lines}: ${statuses}`);
  }
  const both = await post(['Transfer-Encoding: chunked', `Content-Length: ${body.length}`], `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n${hidden}`);
  assert.equal(both.statuses.length, 1);
  for (const line of [` ${authorization()}`, authorization().replace(':', ' :'), `${authorization()}\r\n folded`, `${authorization()}\0`])
    assert.notEqual((await verify([line])).statuses[0], 200, JSON.stringify(line.slice(-12)));
});

test('what a caller claims to be its address is stored only if it is one', async () => {
  const other = await admin.createKey('Beside it');
  const from = (address) => ({ ...basic(key.client_id, key.secret), 'X-Original-Addr': address });
  const used = async (id) => (await stack.sql(`SELECT s.calls, s.last_used_from FROM secret s JOIN client c ON s.current_of = c.id WHERE c.public_id = '${id}'`))[0];
  const written = async (id, calls) => {
    for (let i = 0; i < 100 && Number((await used(id))[0]) < calls; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    return used(id);
  };
  let calls = 0;
  for (const addresses of [['192.0.2.300', '1'.repeat(4000), '<b>here</b>'], [`${'9'.repeat(44)}\xc3\xa4`, '\xff\xfe\xfd']]) {
    for (const address of addresses) assert.equal((await ask(`${stack.url}/verify`, { headers: from(address) })).status, 200);
    assert.equal((await ask(`${stack.url}/verify`, { headers: basic(other.client_id, other.secret) })).status, 200);
    assert.deepEqual(await written(other.id, ++calls), [String(calls), '127.0.0.1'], 'the use of another secret is not lost');
    assert.equal((await used(key.id))[1], '127.0.0.1');
  }
  for (const [address, stored] of [['192.0.2.7', '192.0.2.7'], ['2001:db8::7', '2001:db8::7']]) {
    await ask(`${stack.url}/verify`, { headers: from(address) });
    for (let i = 0; i < 100 && (await used(key.id))[1] !== stored; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await used(key.id))[1], stored);
  }
  await ask(`${stack.url}/verify`, { headers: { ...basic(other.client_id, other.secret), 'X-Forwarded-For': '6.6.6.6', 'X-Real-IP': '6.6.6.6', Forwarded: 'for=6.6.6.6' } });
  assert.deepEqual(await written(other.id, ++calls), [String(calls), '127.0.0.1']);
  await admin.deleteKey(other.id);
});

test('a form of another site changes nothing, whatever it can send', async () => {
  const csrf = await admin.csrf();
  const before = await entries();
  const form = 'application/x-www-form-urlencoded';
  const tries = [
    [{ Origin: 'null' }, csrf], [{ Origin: 'https://evil.example' }, csrf], [{ Origin: `http://127.0.0.1:${stack.port + 1}` }, csrf], [{ Origin: `https://127.0.0.1:${stack.port}` }, csrf],
    [{ Origin: `${stack.url}.evil.example` }, csrf], [{ Origin: `http://sub.127.0.0.1:${stack.port}` }, csrf], [{ Origin: `${stack.url}/` }, csrf],
    [{ 'Sec-Fetch-Site': 'cross-site' }, csrf], [{ 'Sec-Fetch-Site': 'same-site' }, csrf],
    [{}, ''], [{}, undefined], [{}, `${csrf}x`], [{}, csrf.slice(1)], [{}, csrf.toLowerCase()], [{ Origin: stack.url }, 'A'.repeat(43)],
    [{ Origin: stack.url, 'Content-Type': 'text/plain' }, csrf], [{ Origin: stack.url, 'Content-Type': 'multipart/form-data; boundary=x' }, csrf], [{ Origin: stack.url, 'Content-Type': 'application/json' }, csrf],
  ];
  for (const [headers, token] of tries) {
    const body = new URLSearchParams({ name: 'Forged', version: '1', ...(token === undefined ? {} : { csrf: token }) }).toString();
    const { status } = await ask(`${stack.url}/settings`, { method: 'POST', body, headers: { Cookie: admin.cookie(), 'Content-Type': form, 'Content-Length': body.length, ...headers } });
    assert.equal(status, 403, JSON.stringify([headers, token]));
  }
  // Its own visitor's token, in the victim's browser: signing somebody in as somebody else.
  const attacker = new Visitor(stack.url);
  const token = field((await attacker.get('/sign-in')).body, 'csrf');
  const victim = new Visitor(stack.url);
  await victim.get('/sign-in');
  assert.equal((await victim.post('/sign-in', { csrf: token, ...stack.people.Member })).status, 403);
  for (const path of ['/sign-out', '/environment', `/credentials/${key.id}/delete`, `/credentials/${key.id}/reset`, `/credentials/${key.id}/stored`])
    assert.equal((await admin.post(path, { csrf: token, confirm: key.id, stored: '1', environment: 'integration' })).status, 403, path);
  assert.equal(await entries(), before, 'nothing was written');
  assert.equal((await verify([authorization()])).statuses[0], 200);
});

test('a session is never one that came with the request, and of two cookies none is chosen by chance', async () => {
  const fixed = 'F'.repeat(43);
  const visitor = new Visitor(stack.url);
  visitor.cookies.set('keydesk', fixed);
  await visitor.signIn(stack.people.Member);
  assert.notEqual(visitor.cookies.get('keydesk'), fixed);
  const old = visitor.cookies.get('keydesk');
  assert.equal((await new Visitor(stack.url).get.call({ ...visitor, keep: (x) => x, cookie: () => `keydesk=${fixed}` }, '/')).status, 303);
  await visitor.send('/', '/sign-out', {});
  assert.equal((await ask(`${stack.url}/`, { headers: { Cookie: `keydesk=${old}` } })).status, 303, 'signed out on the server');
  for (const cookie of ["keydesk=' OR 1=1", `keydesk=${'%41'.repeat(43)}`, 'keydesk', 'keydesk=', `keydesk=${'\xff'.repeat(43)}`, `=${fixed}`, ';;;', `keydesk="${fixed}"`])
    assert.equal((await ask(`${stack.url}/`, { headers: { Cookie: cookie } })).status, 303, cookie);
});

test('next leads nowhere but to a page of ours', async () => {
  const elsewhere = ['//evil.example', '/\\evil.example', '\\\\evil.example', '/%2fevil.example', '/%0d%0aX-Evil: 1', 'https://evil.example', '/credentials\r\nX-Evil: 1', '/credentials\0',
    '/credentials?x=//evil', '/credentials#//evil', '/./credentials', '/credentials/../..//evil', '/verify', '/sign-out', 'javascript:alert(1)', '\t//evil.example', `/${'x'.repeat(2000)}`, '/credentials/', ' /credentials'];
  for (const next of elsewhere) {
    const answer = await admin.get(`/sign-in?next=${encodeURIComponent(next)}`);
    assert.deepEqual([answer.status, answer.headers.location, answer.headers['x-evil']], [303, '/', undefined], next);
    const { status, headers } = await admin.post('/environment', { csrf: await admin.csrf(), environment: 'production', next });
    assert.deepEqual([status, headers.location, headers['x-evil']], [303, '/', undefined], next);
  }
  assert.equal((await admin.get('/sign-in?next=/credentials')).headers.location, '/credentials');
});

test('texts with markup are text, wherever they are shown', async () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(1)'>{{{csrf}}}&lt;`;
  const shown = (body) => {
    assert.ok(!/<script>alert|<img src=x|onerror='/.test(body), 'markup came through');
    return body;
  };
  const made = await admin.send('/credentials/new', '/credentials', { name: evil, description: `${evil}\n</textarea>${evil}` });
  shown(made.body);
  const { id } = revealed(made);
  for (const page of ['/', '/credentials', `/credentials/${id}`, `/credentials/${id}/reset`, `/credentials/${id}/delete`]) {
    const answer = await admin.get(page);
    assert.equal(answer.status, 200);
    shown(answer.body);
  }
  shown((await admin.send(`/credentials/${id}/delete`, `/credentials/${id}/delete`, { confirm: evil })).body);
  const settings = (await admin.get('/settings')).body;
  const organization = field(settings, 'name');
  assert.equal((await admin.post('/settings', { csrf: field(settings, 'csrf'), version: field(settings, 'version'), name: evil })).status, 303);
  for (const page of ['/', '/credentials', '/settings', '/nothing/here']) shown((await admin.get(page)).body);
  const now = (await admin.get('/settings')).body;
  await admin.post('/settings', { csrf: field(now, 'csrf'), version: field(now, 'version'), name: organization });
  for (const page of [`/sign-in?next=${encodeURIComponent(evil)}`, `/sign-in?did=${encodeURIComponent(evil)}`, `/?q=${encodeURIComponent(evil)}`, `/${encodeURIComponent(evil)}`])
    shown((await new Visitor(stack.url).get(page)).body);
  shown((await new Visitor(stack.url).send('/sign-in', '/sign-in', { email: evil, password: evil })).body);
  await admin.deleteKey(id);
});

test('numbers that do not fit are refused, not wrapped', async () => {
  const { body } = await admin.get('/settings');
  const before = await number('SELECT SUM(version) FROM organization');
  for (const version of ['-1', '0', '999999999999999999', '9999999999999999999', '18446744073709551617', '1e1', '0x1', '1 OR 1=1', '', '１'])
    assert.ok([409, 422].includes((await admin.post('/settings', { csrf: field(body, 'csrf'), version, name: 'Other' })).status), version);
  assert.equal(await number('SELECT SUM(version) FROM organization'), before);
  for (const id of ['0000000000', 'aaaaaaaaaa', '-000000001']) assert.equal((await admin.get(`/credentials/${id}`)).status, 404);
  assert.equal(await metric('faults'), 0);
});

test('ID3: no cache keeps a page of people or an answer to programs', async () => {
  const token = await ask(`${stack.url}/auth`, { method: 'POST', body: JSON.stringify({ client_id: key.client_id, client_secret: key.secret }), headers: { 'Content-Type': 'application/json' } });
  const reset = await admin.resetKey(key.id);
  key.secret = reset.secret;
  const answers = [token, reset.answer, await admin.get('/'), await admin.get(`/credentials/${key.id}`), await ask(`${stack.url}/sign-in`), await ask(`${stack.url}/nothing`),
    await ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) }), await ask(`${stack.url}/verify`)];
  for (const { headers } of answers) assert.match(headers['cache-control'], /no-store/);
  assert.equal(answers[2].headers['clear-site-data'], '"cache"', 'the page after a reveal tells the browser to forget');
});

test('rows that somebody has changed by hand never make a secret good for what it was not', async () => {
  const check = async () => (await verify([authorization()])).statuses[0];
  const set = async (table, values) => stack.sql(`UPDATE ${table} SET ${values} WHERE ${table === 'secret' ? 'current_of' : 'id'} = (SELECT * FROM (SELECT id FROM client WHERE public_id = '${key.id}') x)`);
  const row = async (column) => (await stack.sql(`SELECT s.${column} FROM secret s JOIN client c ON s.current_of = c.id WHERE c.public_id = '${key.id}'`))[0][0];
  const hash = await row('hash'), org = await row('organization_id');
  const faults = await metric('faults');
  await stack.sql("INSERT INTO organization (public_id, name, status, created_at) VALUES ('OtherOrg00', 'Other', 'active', NOW())");
  const other = await number("SELECT id FROM organization WHERE public_id = 'OtherOrg00'");
  assert.equal(await check(), 200);
  for (const [table, wrong, right] of [
    ['secret', `organization_id = ${other}`, `organization_id = ${org}`], ['client', `organization_id = ${other}`, `organization_id = ${org}`],
    ['client', "environment = 'integration', place = 50", "environment = 'production'"], ['client', "client_id = 'kdc_live_0000000000000000'", `client_id = '${key.client_id}'`],
    ['secret', "hash = ''", `hash = '${hash}'`], ['secret', 'hash = NULL', `hash = '${hash}'`], ['secret', `hash = '${hash.replace(/m=\d+/, 'm=4194304')}'`, `hash = '${hash}'`],
    ['secret', `hash = '${hash.replace(/t=\d+/, 't=4000000000')}'`, `hash = '${hash}'`], ['secret', `hash = '${hash.replace(/p=\d+/, 'p=0')}'`, `hash = '${hash}'`], ['secret', `hash = '${hash.slice(0, -1)}'`, `hash = '${hash}'`],
    ['secret', `hash = '${hash.replace('argon2id', 'argon2i')}'`, `hash = '${hash}'`], ['secret', `hash = '${hash.replace(/keyid=\w+/, 'keyid=MQAA')}'`, `hash = '${hash}'`],
    ['secret', "status = 'pending'", "status = 'active'"], ['secret', "expires_at = '2000-01-01'", 'expires_at = NULL'], ['secret', 'owner_id = 999999', 'owner_id = NULL']]) {
    await set(table, wrong);
    assert.equal(await check(), 401, wrong);
    await set(table, right);
    assert.equal(await check(), 200, right);
  }
  assert.equal(await metric('faults'), faults);
});

test('KD2: another way of writing the address, or of the caller, is no further try', async () => {
  const { email } = stack.people['Compliance admin'];
  const ways = [email, email.toUpperCase(), ` ${email}`, `${email} `, `\t${email}`, `${email}\r\n`, `${email[0].toUpperCase()}${email.slice(1)}`, `  ${email}  `, email, email];
  const headers = [{ 'X-Forwarded-For': '6.6.6.6' }, { 'X-Real-IP': '7.7.7.7' }, { Forwarded: 'for=8.8.8.8' }, { 'X-Original-Addr': '9.9.9.9' }, { 'Client-IP': '5.5.5.5' }];
  const device = 'D'.repeat(54);
  const attempt = async (address, extra) => {
    const visitor = new Visitor(stack.url);
    visitor.cookies.set('keydesk_device', device);
    const csrf = field((await visitor.get('/sign-in')).body, 'csrf');
    const body = new URLSearchParams({ csrf, email: address, password: 'not the password' }).toString();
    return ask(`${stack.url}/sign-in`, { method: 'POST', body, headers: { Cookie: visitor.cookie(), Origin: stack.url, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length, ...extra } });
  };
  for (const [i, address] of ways.entries()) assert.match((await attempt(address, headers[i % headers.length])).body, /is wrong\./, JSON.stringify(address));
  for (const [i, address] of ways.entries()) assert.match((await attempt(address, headers[i % headers.length])).body, /Too many attempts/, JSON.stringify(address));
  // Somebody else is not concerned, nor is whoever is signed in.
  assert.equal((await new Visitor(stack.url).send('/sign-in', '/sign-in', stack.people.Member)).status, 303);
});

test('KD1: a set-up link is good once, also for two at once, and cannot be had again', async () => {
  await stack.sql('DELETE FROM installation');
  const link = new URL(/http\S+/.exec(await stack.keydesk(['init']))[0]).pathname;
  const newer = new URL(/http\S+/.exec(await stack.keydesk(['init']))[0]).pathname;
  assert.equal((await ask(stack.url + link)).status, 404, 'a newer link ends the older');
  for (const wrong of [newer.slice(0, -1), `${newer}x`, newer.toLowerCase(), `/setup/${'A'.repeat(43)}`, `/setup/${'%41'.repeat(43)}`]) assert.equal((await ask(stack.url + wrong)).status, 404);
  const person = (i) => ({ organization: 'Twice', name: 'Twice Over', email: `twice${i}@example.com`, password: 'violet harbour 88 lamp' });
  const visitors = Array.from({ length: 6 }, () => new Visitor(stack.url));
  const tokens = await Promise.all(visitors.map(async (visitor) => field((await visitor.get(newer)).body, 'csrf')));
  // More at once than one worker lets compute a password hash: who hears 503 comes again.
  const post = async (visitor, i) => {
    let answer;
    do answer = await visitor.post(newer, { ...person(i), csrf: tokens[i] }); while (answer.status === 503);
    return answer;
  };
  const answers = await Promise.all(visitors.map(post));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 404, 404, 404, 404, 404]);
  assert.equal(await number("SELECT COUNT(*) FROM organization WHERE name = 'Twice'"), 1);
  assert.equal((await ask(stack.url + newer)).status, 404);
  assert.equal(await stack.keydesk(['init']), '');
});

test('the command line: what is refused says so by its end, and nobody is given a new password unasked', async () => {
  const { email } = stack.people.Member;
  const [[organization]] = await stack.sql(`SELECT o.public_id FROM organization o JOIN user u ON u.organization_id = o.id JOIN person p ON p.id = u.person_id WHERE p.email = '${email}'`);
  const hash = await stack.sql(`SELECT password_hash FROM person WHERE email = '${email}'`);
  const fails = async (args, code, input) => {
    const before = await entries();
    const error = await stack.keydesk(args, input).then(() => assert.fail(args.join(' ')), (why) => why);
    assert.equal(error.code, code, `${args.join(' ')}: ${error.err}`);
    assert.equal(error.out, '');
    assert.match(error.err, /./);
    assert.equal(await entries(), before);
    assert.ok(!`${error.out}${error.err}`.includes('violet harbour'));
  };
  const add = ['user', 'add', '--organization', organization, '--email', email, '--name', 'Other', '--role', 'admin'];
  await fails(add, 1, 'violet harbour 88 lamp\n');
  await fails([...add.slice(0, 4), '--email', 'new@example.com', '--name', 'New', '--role', 'owner'], 2, 'violet harbour 88 lamp\n');
  await fails([...add.slice(0, 4), '--email', 'new@example.com', '--name', 'New', '--role', 'member'], 2, 'password1234\n');
  await fails(['user', 'set-password', '--email', 'nobody@example.com'], 1, 'violet harbour 88 lamp\n');
  // What the form to sign in would never take.
  await fails(['user', 'set-password', '--email', email], 2, 'violet\tharbour 88 lamp\n');
  await fails(['user', 'set-password', '--email', email], 2, Buffer.from('violet harbour 88 l\xe4mp\n', 'latin1'));
  await fails([...add.slice(0, 4), '--email', 'new@example.com', '--name', '\u00a0\u200b', '--role', 'member'], 2, 'violet harbour 88 lamp\n');
  await fails(['organization', 'add', '--name', '\u200b'], 2);
  await fails(['client', 'create', '--organization', 'nowhere000', '--environment', 'production', '--name', 'X'], 1);
  await fails(['client', 'create', '--organization', organization, '--environment', 'staging', '--name', 'X'], 2);
  await fails(['client', 'reset', '--organization', organization, '--id', "x' OR 1=1"], 1);
  await fails(['no-such-thing'], 2);
  await fails(['user', 'add', '--password', 'violet harbour 88 lamp'], 2);
  // In another organization the same person keeps name, password and what they may do. That they are meant is to be said:
  // whoever invited that address first may have chosen its password.
  const elsewhere = /^(\S{10})/.exec(await stack.keydesk(['organization', 'add', '--name', 'Elsewhere']))[1];
  const join = ['user', 'add', '--organization', elsewhere, '--email', email.toUpperCase(), '--name', 'Other', '--role', 'member'];
  await fails(join, 1, 'violet harbour 88 lamp\n');
  await fails(['operator', 'add', '--email', email], 1);
  const joined = await stack.keydesk([...join, '--yes'], 'violet harbour 88 lamp\n');
  assert.match(joined, /; they were known before: their name and password stay as they were/);
  assert.match(await stack.keydesk(['user', 'reactivate', '--organization', elsewhere, '--email', email]), /is active; nothing was changed/);
  assert.deepEqual(await stack.sql(`SELECT password_hash FROM person WHERE email = '${email}'`), hash);
  assert.equal(await number(`SELECT COUNT(*) FROM person WHERE email = '${email}' AND is_operator = 0`), 1);
});

test('the access log keeps one line for one request, its fields where they are, and no secret', async () => {
  const name = 'x%20200%200%0d%0aforged%09line%22';
  const written = () => stack.log('access').trim().split('\n');
  // The line comes after the reply; it is looked for behind those that are there.
  const noted = async (line, ...asked) => {
    const before = written().length;
    await ask(...asked);
    for (let i = 0; i < 500 && !written().slice(before).some((one) => line.test(one)); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await noted(/:other/, `${stack.url}/${name}`);
  await noted(/:other/, `${stack.url}/credentials/${key.secret}?secret=${key.secret}`);
  await noted(/:token/, `${stack.url}/setup/${'S'.repeat(43)}`);
  await noted(/sign-in/, `${stack.url}/sign-in`, { headers: { Referer: `${stack.url}/?q=${key.secret}`, 'User-Agent': 'forged\tline "status=200" request=1', 'X-Request-Number': 'mine', 'X-Request-Id': 'mine' } });
  const lines = written();
  assert.match(lines.at(-4), /^\S+ 127\.0\.0\.1 GET "\/:other" 404 \d+ /, 'a path of no form is not shown');
  assert.match(lines.at(-3), /^\S+ 127\.0\.0\.1 GET "\/:other" 404 \d+ /, 'nor one with a secret');
  assert.match(lines.at(-2), / GET "\/setup\/:token" 404 /);
  assert.match(lines.at(-1), / GET "\/sign-in" 200 /);
  assert.ok(!lines.some((one) => one.includes('forged')));
  for (const log of ['access', 'keydesk', process.env.WEB || 'nginx']) {
    const text = stack.log(log);
    assert.ok(!text.includes(key.secret.slice(21)), `${log}: a secret`);
    assert.ok(!text.includes('S'.repeat(43)), `${log}: the token of a link`);
    assert.ok(!/mine|status=200" request/.test(text), `${log}: a request's own words`);
  }
});

test('what root reads, runs or writes to is nothing that the programs could have put there', { skip: isRoot ? false : 'only root can look there' }, () => {
  const uid = Number(stack.user());
  const mode = (name) => fs.lstatSync(path.join(stack.state, name));
  const isOwn = (name) => mode(name).uid === uid || (mode(name).mode & 0o002) !== 0 || ((mode(name).mode & 0o020) !== 0 && mode(name).gid !== 0);
  for (const name of ['.', 'log', 'web', 'run', 'settings', 'keydesk', 'lock', 'url', 'log/keydesk.log', 'log/access.log', 'web/nginx.conf', 'web/fastcgi.conf', 'run/keydesk', 'run/web'])
    assert.ok(!isOwn(name), `${name} could be changed by the programs' user`);
  for (const name of ['keys', 'keys/keyring', 'keys/serve.password', 'keys/owner.password', 'data', 'run/db']) assert.equal(mode(name).mode & 0o077, 0, `${name} is open to others`);
  assert.equal(mode('run/keydesk.sock').mode & 0o007, 0);
});

test('a secret that was shown, checked and traded is in no memory, file or row afterwards', { skip: isRoot ? false : 'only root can look there' }, async () => {
  const made = await admin.createKey('Traces');
  const call = () => ask(`${stack.url}/auth`, { method: 'POST', body: JSON.stringify({ client_id: made.client_id, client_secret: made.secret }), headers: { 'Content-Type': 'application/json' } });
  for (let i = 0; i < 20; i++) await Promise.all([call(), ask(`${stack.url}/verify`, { headers: basic(made.client_id, made.secret) })]);
  const random = made.secret.slice(21, 64);
  const encoded = Buffer.from(`${made.client_id}:${made.secret}`).toString('base64').slice(64, 104);
  const session = admin.cookies.get('keydesk');
  assert.ok(holds(processes(), [stack.url]).length > 0, 'the search finds what is there');
  assert.deepEqual(holds(processes(), [random, encoded, session, stack.people.Admin.password]), []);
  for (const text of [random, session, stack.people.Admin.password])
    assert.throws(() => execFileSync('grep', ['-rlaF', text, stack.state]), ({ status, stdout }) => status === 1 && stdout.length === 0, 'a file holds it');
  await admin.deleteKey(made.id);
});

// The master, its workers and its housekeeper.
function processes() {
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('keydesk\0serve') && fs.readFileSync(`/proc/${pid}/environ`, 'utf8').includes(stack.state);
    } catch {
      return false;
    }
  });
}

// Those whose memory holds one of the texts.
function holds(pids, texts) {
  return pids.filter((pid) => {
    const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
    const part = Buffer.alloc(1 << 22);
    const ranges = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').map((line) => /^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+\s*(?!\[v)/.exec(line)).filter(Boolean);
    const found = ranges.some(([, first, last]) => {
      for (let at = parseInt(first, 16); at < parseInt(last, 16); at += part.length) {
        let n = 0;
        try {
          n = fs.readSync(memory, part, 0, Math.min(part.length, parseInt(last, 16) - at), at);
        } catch { /* a page that cannot be read */ }
        if (texts.some((text) => part.subarray(0, n).includes(text))) return true;
      }
      return false;
    });
    fs.closeSync(memory);
    return found;
  });
}

test('nothing is left out of the audit log, and a flood of sign-ins does not stop a known secret', async () => {
  const known = basic(key.client_id, key.secret);
  assert.equal((await ask(`${stack.url}/verify`, { headers: known })).status, 200);
  const visitor = new Visitor(stack.url);
  const csrf = field((await visitor.get('/sign-in')).body, 'csrf');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 100 });
  let left = 2000, done = false;
  const flood = Promise.all(Array.from({ length: 100 }, async () => {
    while (left-- > 0) {
      const body = new URLSearchParams({ csrf, email: `nobody${left}@example.com`, password: 'not the password' }).toString();
      const { status } = await ask(`${stack.url}/sign-in`, { method: 'POST', body, agent, headers: { Cookie: visitor.cookie(), Origin: stack.url, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length } });
      assert.ok(status === 422 || status === 503, String(status));
    }
  })).then(() => { done = true; });
  let calls = 0;
  while (!done) {
    assert.equal((await ask(`${stack.url}/verify`, { headers: known })).status, 200);
    calls++;
  }
  await flood;
  console.log(`# ${calls} answers beside 2,000 sign-ins`);
  assert.ok(calls > 0, 'none was answered meanwhile');
  assert.match(await stack.keydesk(['audit', 'verify', '--installation']), /each in its place/);
  const organization = (await stack.sql("SELECT o.public_id FROM organization o JOIN client c ON c.organization_id = o.id LIMIT 1"))[0][0];
  assert.match(await stack.keydesk(['audit', 'verify', '--organization', organization]), /each in its place/);
});

test('visitors who send or take a byte now and then do not hold all threads', async () => {
  const host = `Host: 127.0.0.1:${stack.port}\r\n`;
  const uploads = [`POST /auth HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{`,
    `POST /sign-in HTTP/1.1\r\n${host}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n\r\ncsrf=`,
    `POST /verify HTTP/1.1\r\n${host}${authorization()}\r\nContent-Length: 2000\r\n\r\nx`,
    `POST /auth HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 999999\r\n\r\n{`];
  const page = `GET /credentials HTTP/1.1\r\n${host}Cookie: ${admin.cookie()}\r\n\r\n`;
  const slow = [];
  for (let i = 0; i < 64; i++) {
    const upload = net.connect(stack.port, '127.0.0.1', () => upload.write(uploads[i % uploads.length]));
    upload.timer = setInterval(() => upload.write('x'), 200);
    const reader = net.connect({ port: stack.port, host: '127.0.0.1', readableHighWaterMark: 1 }, () => reader.write(page.repeat(40)));
    reader.timer = setInterval(() => reader.read(1), 200);
    slow.push(upload, reader);
  }
  for (const one of slow) one.on('error', () => {}).on('close', () => clearInterval(one.timer));
  const known = basic(key.client_id, key.secret);
  const credentials = JSON.stringify({ client_id: key.client_id, client_secret: key.secret });
  let answers = 0;
  for (const end = Date.now() + 6000; Date.now() < end || answers < 12; answers++) {
    assert.equal((await ask(`${stack.url}/verify`, { headers: known })).status, 200);
    assert.equal((await admin.get('/credentials')).status, 200);
    assert.equal((await ask(`${stack.url}/sign-in`)).status, 200);
    const { status } = await ask(`${stack.url}/auth`, { method: 'POST', body: credentials, headers: { 'Content-Type': 'application/json', 'Content-Length': credentials.length } });
    assert.equal(status, 200, 'a body that has come is never refused');
  }
  for (const one of slow) one.destroy();
  console.log(`# ${answers} rounds beside 64 slow uploads and 64 slow readers`);
});
