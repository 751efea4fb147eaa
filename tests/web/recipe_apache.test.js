// recipe_apache.test.js - the Apache of app/README.md section 11, word for word, before an API that is really there.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { start, freePort, root } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

let stack, key, account, api, apache, folder, url;

// A text with each of the changes made once.
function changed(text, changes) {
  for (const [from, to] of changes) {
    assert.equal(text.split(from).length, 2, `'${from}' is there once`);
    text = text.replace(from, to);
  }
  return text;
}

function recipe(changes) {
  const text = fs.readFileSync(path.join(root, 'app/README.md'), 'utf8');
  const section = text.slice(text.indexOf('\n### Apache\n'), text.indexOf('\n## 12.'));
  return changed(section.split('\n').filter((line) => line.startsWith('    ')).join('\n'), changes);
}

// What the API was asked with, bodies too.
const seen = [];
function startApi() {
  return new Promise((resolve) => {
    const server = http.createServer((request, answer) => {
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        seen.push({ url: request.url, method: request.method, headers: request.headers, rawHeaders: request.rawHeaders, body: Buffer.concat(parts) });
        answer.writeHead(request.url.endsWith('/members') ? 500 : 200, { 'Content-Type': 'text/plain' });
        answer.end('the API says so\n');
      });
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

const writeScript = (text) => fs.writeFileSync(`${folder}/keydesk.lua`, text);
const script = () => changed(fs.readFileSync(path.join(root, 'app/deploy/keydesk.lua'), 'utf8'), [['@SOCKET@', path.join(stack.state, 'run/keydesk.sock')]]);

async function startApache() {
  const port = await freePort();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-recipe-'));
  fs.chmodSync(folder, 0o755);
  writeScript(script());
  const name = (file, id) => fs.readFileSync(file, 'utf8').split('\n').find((line) => line.split(':')[2] === id).split(':')[0];
  const user = process.getuid() === 0 ? `User ${name('/etc/passwd', stack.user())}\nGroup ${name('/etc/group', stack.group())}` : '';
  const text = recipe([['<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${port}>`], ['/etc/keydesk/keydesk.lua', `${folder}/keydesk.lua`],
    ['http://127.0.0.1:9000/v1/', `http://127.0.0.1:${api.address().port}/platform/v1/`], ['<Location "/v1/">', '<Location "/platform/v1/">']]);
  const modules = ['mpm_event', 'authz_core'].map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`).join('\n');
  fs.writeFileSync(`${folder}/conf`, `ServerRoot "${folder}"\nPidFile "${folder}/pid"\nDefaultRuntimeDir "${folder}"\nMutex "file:${folder}" default\n` +
    `Listen 127.0.0.1:${port}\nServerName 127.0.0.1\nErrorLog "${folder}/error.log"\n${user}\n${modules}\n${text}\n`);
  apache = spawn('apache2', ['-d', folder, '-f', `${folder}/conf`, '-D', 'FOREGROUND'], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => apache.kill('SIGTERM'));
  url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 200; i++) {
    try {
      return await ask(`${url}/`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(fs.readFileSync(`${folder}/error.log`, 'utf8'));
}

const call = (target, headers = basic(key.client_id, key.secret), more = {}) => ask(`${url}/platform/v1/accounts/${account}${target}`, { headers, ...more });

if (process.env.WEB === 'apache') {
  test.before(async () => {
    stack = await start({ demo: true });
    const admin = await new Visitor(stack.url).signIn(stack.people.Admin);
    const { body } = await admin.get('/credentials');
    for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
    key = await admin.createKey('Behind a gateway');
    account = (await stack.sql("SELECT public_id FROM account WHERE name = 'Retail'"))[0][0];
    api = await startApi();
    await startApache();
  });
  test.after(async () => {
    apache?.kill('SIGTERM');
    api?.close();
    await stack?.stop();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  test('a good caller is let through with its body, and the API hears who it is', async () => {
    const body = Buffer.from([...Array(20000)].map((_, i) => (i * 7919) % 256));
    const answer = await call('/workspaces?page=2', { ...basic(key.client_id, key.secret), 'X-Keydesk-Client': 'forged', X_Keydesk_Client: 'forged', Connection: 'close, X-Keydesk-Client' },
      { method: 'POST', body });
    assert.equal(answer.status, 200);
    const asked = seen.at(-1);
    assert.equal(asked.url, `/platform/v1/accounts/${account}/workspaces?page=2`);
    assert.ok(asked.body.equals(body));
    assert.ok(!JSON.stringify(asked.rawHeaders).includes('forged'));
    assert.equal(asked.headers['x-keydesk-client'], key.client_id);
    assert.equal(asked.headers['x-keydesk-secret'], key.secret.slice(10, 20));
    assert.equal(asked.headers['x-keydesk-environment'], 'production');
    for (const name of ['authorization', 'x-api-key', 'x-api-secret']) assert.equal(asked.headers[name], undefined, `${name} is not passed on`);
  });

  test('KD18: beyond its limit the caller hears 429 with Retry-After, and what is left with each answer', async () => {
    await stack.sql(`UPDATE client SET calls_per_minute = 5 WHERE public_id = '${key.id}'`);
    const first = await call('/workspaces');
    assert.equal(first.headers['ratelimit-policy'], '"credential";q=5;w=60');
    assert.match(first.headers.ratelimit, /^"credential";r=4;t=(1[0-2]|[1-9])$/);
    let answer, asked;
    do {
      asked = seen.length;
      answer = await call('/workspaces');
    } while (answer.status !== 429);
    assert.match(answer.headers['retry-after'], /^(1[0-2]|[1-9])$/);
    assert.match(answer.headers.ratelimit, /^"credential";r=0;t=(1[0-2]|[1-9])$/);
    assert.equal(seen.length, asked, 'the API is not asked');
    await stack.sql(`UPDATE client SET calls_per_minute = NULL WHERE public_id = '${key.id}'`);
  });

  test('a bad caller is 401 and the API is not asked, whatever the method and the body', async () => {
    const before = seen.length;
    for (const proof of [{}, basic(key.client_id, `${key.secret.slice(0, -1)}!`), { 'X-API-Key': key.client_id }])
      for (const [method, body] of [['GET'], ['POST', 'x=1'], ['DELETE']]) {
        const answer = await call('', proof, { method, body });
        assert.equal(answer.status, 401);
        assert.match(answer.headers['x-keydesk-decision'], /^kdd_[0-9A-Za-z]{147}$/);
      }
    assert.equal(seen.length, before);
    assert.equal((await ask(`${url}/verify`, { headers: basic(key.client_id, key.secret) })).status, 404, 'nobody asks Keydesk itself');
  });

  test('a 500 of the API is its own, unchanged', async () => {
    const answer = await call('/members');
    assert.equal(answer.status, 500);
    assert.equal(answer.body, 'the API says so\n');
  });

  test('while the script is missing, broken or without what it needs nobody is let through', async () => {
    const before = seen.length;
    const broken = [null, 'this is no Lua (', changed(script(), [['"socket.unix"', '"socket.none"']]), changed(script(), [['function production(', 'function nobody(']]),
      changed(script(), [['local text, socket =', 'error("broken")\n  local text, socket =']])];
    for (const text of broken) {
      if (text === null) fs.rmSync(`${folder}/keydesk.lua`);
      else writeScript(text);
      const old = /\n.*resuming normal operations/g;
      const times = fs.readFileSync(`${folder}/error.log`, 'utf8').match(old)?.length ?? 0;
      apache.kill('SIGUSR1');
      while ((fs.readFileSync(`${folder}/error.log`, 'utf8').match(old)?.length ?? 0) === times) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal((await call('')).status, 500, String(text).slice(0, 40));
    }
    assert.equal(seen.length, before);
  });
}
