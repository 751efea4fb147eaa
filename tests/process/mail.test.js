// mail.test.js - mail goes through a real SMTP server, encrypted and once; and waits while there is none.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');
const { children, until } = require('./master.js');

const PASSWORD = 'a violet umbrella in May';
let here;

// An SMTP server of aiosmtpd, and the mails that it got.
class Server {
  constructor(options) {
    this.mails = [];
    this.child = spawn('/usr/bin/python3', [path.join(__dirname, 'mail_server.py'), JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.ready = new Promise((resolve) => {
      let text = '';
      this.child.stdout.on('data', (data) => {
        text += data;
        for (let end; (end = text.indexOf('\n')) >= 0; text = text.slice(end + 1)) {
          const said = JSON.parse(text.slice(0, end));
          if (said.port) { this.port = said.port; resolve(this); }
          else this.mails.push(said);
        }
      });
    });
  }

  async stop() {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

// A certificate for the names, signed by an authority of its own: { ca, cert, key }.
function certificate(name, names) {
  const at = (what) => path.join(here.dir, `${name}.${what}`);
  const run = (...args) => execFileSync('openssl', args, { stdio: 'pipe' });
  run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name} authority`, '-keyout', at('ca.key'), '-out', at('ca'));
  run('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${names}`, '-keyout', at('key'), '-out', at('csr'));
  run('x509', '-req', '-in', at('csr'), '-CA', at('ca'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '1', '-copy_extensions', 'copy', '-out', at('cert'));
  return { ca: at('ca'), cert: at('cert'), key: at('key') };
}

const typed = (settings, ...args) => execFileSync(PROGRAM, args, { env: { ...here.env, ...settings }, input: `${PASSWORD}\n`, stdio: ['pipe', 'pipe', 'pipe'] });
const add = (email) => typed({}, 'user', 'add', '--organization', here.key.organization, '--email', email, '--name', email, '--role', 'admin');
// What makes a mail: the command line sets a new password.
const set_password = (email, settings) => typed(settings, 'user', 'set-password', '--email', email);

const settings = (server, more) => ({ KEYDESK_SMTP_URL: `smtp://127.0.0.1:${server.port}`, KEYDESK_MAIL_FROM: 'keydesk@desk.example', ...more });

const outbox = async () => (await here.sql('SELECT recipient, IF(sent_at IS NULL, 0, 1), sealed IS NOT NULL, tries, error FROM outbox ORDER BY id')).split('\n').filter((line) => line)
  .map((line) => line.split('\t')).map(([to, sent, sealed, tries, error]) => ({ to, sent: sent === '1', sealed: sealed === '1', tries: Number(tries), error }));

// It is tried again at once, and not when its pause is over.
const now_due = () => here.sql("UPDATE outbox SET due_at = '2020-01-01' WHERE due_at IS NOT NULL");

// What doctor says, whatever else is wrong with a test's installation.
function doctor(mail) {
  try {
    return execFileSync(PROGRAM, ['doctor'], { env: { ...here.env, ...mail }, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return error.stdout;
  }
}

const header = (mail, name) => new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)\r$`, 'mi').exec(mail.text)?.[1];
const body = (mail) => Buffer.from(mail.text.slice(mail.text.indexOf('\r\n\r\n')), 'base64').toString();
// The housekeeper is the child without threads.
const housekeeper = (running) => children(running.pid).find((pid) => fs.readdirSync(`/proc/${pid}/task`).length === 1);

async function server_for(t, options) {
  const server = await new Server(options).ready;
  t.after(() => server.stop());
  return server;
}

test.before(() => {
  here = new Installation('mail');
  for (const name of ['ann', 'bo', 'cy', 'di']) add(`${name}@example.com`);
});
test.after(() => here?.remove());
test.afterEach(() => Promise.all(here.running.map((one) => one.stop())));
test.beforeEach(() => here.sql('DELETE FROM outbox'));

test('a mail arrives once, over STARTTLS and signed in, with the headers that a mail has', async (t) => {
  const tls = certificate('good', 'IP:127.0.0.1');
  const server = await server_for(t, { tls: 'starttls', user: 'desk', password: 'let the desk in', ...tls });
  const file = path.join(here.dir, 'smtp.password');
  fs.writeFileSync(file, 'let the desk in\n', { mode: 0o644 });
  const mail = settings(server, { KEYDESK_SMTP_CA_FILE: tls.ca, KEYDESK_SMTP_USER: 'desk', KEYDESK_SMTP_PASSWORD_FILE: file });
  set_password('ann@example.com', mail);
  const [waits] = await outbox();
  assert.ok(waits.sealed && !waits.sent);
  assert.doesNotMatch(await here.sql('SELECT CONVERT(sealed USING latin1) FROM outbox'), /password|http/i, 'the text is sealed');
  const running = await here.start(mail);
  assert.ok(await until(() => server.mails.length > 0, 10), running.log);
  const [got] = server.mails;
  assert.deepEqual({ ...got, text: '' }, { sender: 'keydesk@desk.example', to: ['ann@example.com'], encrypted: true, who: 'desk', text: '' });
  assert.equal(header(got, 'From'), 'Keydesk <keydesk@desk.example>');
  assert.equal(header(got, 'To'), '<ann@example.com>');
  assert.equal(header(got, 'Subject'), 'A new password was set for you');
  assert.match(header(got, 'Message-ID'), /^<[0-9A-Za-z]{22}@desk\.example>$/);
  assert.ok(Math.abs(Date.parse(header(got, 'Date')) - Date.now()) < 60000);
  assert.equal(header(got, 'Content-Type'), 'text/plain; charset=utf-8');
  assert.match(body(got), /^Who runs this Keydesk has set a new password[^]*\r\nhttp:\/\/127\.0\.0\.1:8080\/profile\r\n$/);
  assert.ok(await until(async () => (await outbox())[0].sent, 5));
  assert.equal((await outbox())[0].sealed, false, 'the text is wiped');
  await running.stop();
  assert.equal(server.mails.length, 1);
  for (const secret of [PASSWORD, 'let the desk in', 'ann@example.com', 'Who runs this']) assert.ok(!running.log.includes(secret), secret);
});

for (const [what, make] of [
  ['a certificate of another authority', () => { const tls = certificate('one', 'IP:127.0.0.1'); return [{ tls: 'starttls', ...tls }, certificate('other', 'IP:127.0.0.1').ca, 'smtp']; }],
  ['a certificate of another name', () => { const tls = certificate('named', 'DNS:mail.elsewhere.example'); return [{ tls: 'starttls', ...tls }, tls.ca, 'smtp']; }],
  ['no STARTTLS', () => [{ tls: 'none' }, certificate('unused', 'IP:127.0.0.1').ca, 'smtp']],
  ['TLS from the first byte on with a certificate of another name', () => { const tls = certificate('smtps', 'DNS:mail.elsewhere.example'); return [{ tls: 'smtps', ...tls }, tls.ca, 'smtps']; }],
]) {
  test(`a mail server with ${what} gets nothing, and doctor says why`, async (t) => {
    const [options, authorities, scheme] = make();
    const server = await server_for(t, options);
    const mail = settings(server, { KEYDESK_SMTP_URL: `${scheme}://127.0.0.1:${server.port}`, KEYDESK_SMTP_CA_FILE: authorities });
    set_password('ann@example.com', mail);
    const running = await here.start(mail);
    assert.ok(await until(async () => (await outbox())[0].error, 10), running.log);
    const [waits] = await outbox();
    assert.ok(!waits.sent && waits.sealed);
    assert.match(waits.error, /SSL|certificate|STARTTLS|TLS/i);
    await running.stop();
    assert.equal(server.mails.length, 0);
    const said = doctor(mail);
    assert.match(said, /^wrong +mail +smtps?:\/\/127\.0\.0\.1:\d+: .*(SSL|certificate|STARTTLS|TLS)/im);
    assert.match(said, /^warn +outbox +1 mails wait/m);
  });
}

test('over TLS from the first byte on, to a server found by its name', async (t) => {
  const tls = certificate('first', 'DNS:localhost');
  const server = await server_for(t, { tls: 'smtps', ...tls });
  const mail = settings(server, { KEYDESK_SMTP_URL: `smtps://localhost:${server.port}`, KEYDESK_SMTP_CA_FILE: tls.ca });
  const running = await here.start(mail);
  set_password('ann@example.com', mail);
  assert.ok(await until(() => server.mails.length === 1, 10), running.log);
  assert.ok(server.mails[0].encrypted);
  assert.match(doctor(mail), /^ok +mail +smtps:\/\/localhost:\d+ is there, its certificate is good$/m);
  await running.stop();
});

test('while the mail server is down nothing is lost, and nothing else waits for it', async (t) => {
  const first = await new Server({ tls: 'none' }).ready;
  const { port } = first;
  const mail = settings(first);
  await first.stop();
  const running = await here.start(mail);
  for (const email of ['bo@example.com', 'cy@example.com', 'di@example.com']) set_password(email, mail);
  assert.ok(await until(async () => (await outbox()).some((row) => row.error), 10), running.log);
  assert.equal((await running.verify(here.key)).status, 200);
  assert.ok((await outbox()).every((row) => !row.sent && row.sealed));
  const server = await server_for(t, { tls: 'none', port });
  await now_due();
  assert.ok(await until(() => server.mails.length === 3, 10), running.log);
  assert.deepEqual(server.mails.map((got) => got.to[0]).sort(), ['bo@example.com', 'cy@example.com', 'di@example.com']);
  assert.ok(await until(async () => (await outbox()).every((row) => row.sent && !row.sealed), 5));
  await running.stop();
});

test('an address that the server refuses holds up nobody else', async (t) => {
  const server = await server_for(t, { tls: 'none', refuse: 'ann@example.com' });
  const mail = settings(server);
  set_password('ann@example.com', mail);
  set_password('bo@example.com', mail);
  const running = await here.start(mail);
  assert.ok(await until(() => server.mails.length === 1, 10), running.log);
  assert.deepEqual(server.mails[0].to, ['bo@example.com']);
  assert.ok(await until(async () => /550/.test((await outbox())[0].error), 5));
  await here.sql("UPDATE outbox SET made_at = '2020-01-01' WHERE sent_at IS NULL");
  assert.ok(await until(async () => !(await outbox())[0].sealed, 5), 'after three days it is given up, and its text wiped');
  assert.equal((await outbox())[0].sent, false);
  assert.equal(await here.sql('SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL'), '0');
  await running.stop();
});

// To us that looks like a server that is away, for which all wait; who waits is tried first then.
test('an address at which the server hangs up holds up nobody else for more than a pause', async (t) => {
  const server = await server_for(t, { tls: 'none', drop: 'ann@example.com' });
  const mail = settings(server);
  set_password('ann@example.com', mail);
  set_password('bo@example.com', mail);
  await now_due();
  const running = await here.start(mail);
  assert.ok(await until(async () => (await outbox())[0].tries === 1 && (await outbox())[0].error, 10), running.log);
  assert.deepEqual((await outbox()).map(({ tries }) => tries), [1, 0]);
  assert.equal(server.mails.length, 0);
  await now_due();
  assert.ok(await until(() => server.mails.length === 1, 10), running.log);
  assert.deepEqual(server.mails[0].to, ['bo@example.com']);
  await running.stop();
});

test('a housekeeper that is killed between the answer and its row sends again, under the same Message-ID; then never more', async (t) => {
  const server = await server_for(t, { tls: 'none', hold: 2 });
  const mail = settings(server);
  set_password('ann@example.com', mail);
  const running = await here.start(mail);
  assert.ok(await until(() => server.mails.length === 1, 10), running.log);
  process.kill(housekeeper(running), 'SIGKILL');
  assert.equal((await outbox())[0].sent, false);
  assert.equal((await outbox())[0].tries, 1, 'that it is tried was written before');
  await now_due();
  assert.ok(await until(async () => (await outbox())[0].sent, 30), running.log);
  await until(() => server.mails.length > 2, 5);
  assert.equal(server.mails.length, 2);
  assert.equal(header(server.mails[0], 'Message-ID'), header(server.mails[1], 'Message-ID'));
  await running.stop();
});

// The limit is 10 s, and libcurl would wait for two minutes more.
test('a server that never answers a mail keeps the housekeeper for no longer than the limit', async (t) => {
  const server = await server_for(t, { tls: 'none', hold: 60 });
  const mail = settings(server);
  const running = await here.start(mail);
  set_password('ann@example.com', mail);
  assert.ok(await until(() => server.mails.length === 1, 10), running.log);
  assert.ok(await until(async () => (await outbox())[0].error, 30), running.log);
  assert.equal((await outbox())[0].sent, false);
  await running.stop();
});

test('a server that is slow, but answers, gets no mail that the end of a turn would cut off', async (t) => {
  const server = await server_for(t, { tls: 'none', hold: 3.5 });
  const mail = settings(server);
  for (const email of ['ann@example.com', 'bo@example.com']) set_password(email, mail);
  const running = await here.start(mail);
  assert.ok(await until(async () => (await outbox()).every((row) => row.sent), 30), running.log);
  assert.deepEqual((await outbox()).map((row) => row.tries), [1, 1]);
  assert.equal(server.mails.length, 2);
  await running.stop();
});
