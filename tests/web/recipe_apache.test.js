// recipe_apache.test.js - the Apache of app/README.md section 11, and that of app/deploy/authorizer_apache.conf, word for word,
// before an API that is really there.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { start, freePort, root } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

let stack, key, account, api, apache, folder, url, authorized, relay;

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

// A way from TCP to the program's socket, as systemd-socket-proxyd is one.
function startRelay() {
  return new Promise((resolve) => {
    const server = net.createServer((near) => {
      const far = net.connect(path.join(stack.state, 'run/keydesk.sock'));
      for (const [one, other] of [[near, far], [far, near]]) one.on('error', () => other.destroy()).pipe(other);
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function startApache() {
  const [port, another] = [await freePort(), await freePort()];
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-recipe-'));
  fs.chmodSync(folder, 0o755);
  writeScript(script());
  const name = (file, id) => fs.readFileSync(file, 'utf8').split('\n').find((line) => line.split(':')[2] === id).split(':')[0];
  const user = process.getuid() === 0 ? `User ${name('/etc/passwd', stack.user())}\nGroup ${name('/etc/group', stack.group())}` : '';
  const text = recipe([['<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${port}>`], ['/etc/keydesk/keydesk.lua', `${folder}/keydesk.lua`],
    ['http://127.0.0.1:9000/v1/', `http://127.0.0.1:${api.address().port}/platform/v1/`], ['<Location "/v1/">', '<Location "/platform/v1/">']]);
  const authorizer = changed(fs.readFileSync(path.join(root, 'app/deploy/authorizer_apache.conf'), 'utf8'), [['<VirtualHost *:443>', `<VirtualHost 127.0.0.1:${another}>`],
    ['fcgi://127.0.0.1:9011/', `fcgi://127.0.0.1:${relay.address().port}/`],
    ['http://127.0.0.1:9000/v1/', `http://127.0.0.1:${api.address().port}/platform/v1/`], ['<Location "/v1/">', '<Location "/platform/v1/">']]);
  const modules = ['mpm_event', 'authz_core'].map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`).join('\n');
  fs.writeFileSync(`${folder}/conf`, `ServerRoot "${folder}"\nPidFile "${folder}/pid"\nDefaultRuntimeDir "${folder}"\nMutex "file:${folder}" default\n` +
    `Listen 127.0.0.1:${port}\nListen 127.0.0.1:${another}\nServerName 127.0.0.1\nErrorLog "${folder}/error.log"\n${user}\n${modules}\n${text}\n${authorizer}\n`);
  apache = spawn('apache2', ['-d', folder, '-f', `${folder}/conf`, '-D', 'FOREGROUND'], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => apache.kill('SIGTERM'));
  url = `http://127.0.0.1:${port}`;
  authorized = `http://127.0.0.1:${another}`;
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
    relay = await startRelay();
    await startApache();
  });
  test.after(async () => {
    apache?.kill('SIGTERM');
    api?.close();
    relay?.close();
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

  // ---- mod_authnz_fcgi
  const authorize = (target, headers = basic(key.client_id, key.secret), more = {}) => ask(`${authorized}/platform/v1/accounts/${account}${target}`, { headers, ...more });

  test('UI4: an Authorizer lets a good caller through with its body, and the API hears who it is, by no forged word', async () => {
    const body = Buffer.from([...Array(20000)].map((_, i) => (i * 7919) % 256));
    const forged = Object.fromEntries(['Client', 'Organization', 'Secret', 'Environment', 'Permission'].flatMap((name) => ['X-Keydesk-', 'X_Keydesk_', 'X-Keydesk_', 'X_Keydesk-'].map((before) => [before + name, 'forged'])));
    const answer = await authorize('/workspaces?page=2', { ...basic(key.client_id, key.secret), ...forged, Variable_KEYDESK_CLIENT: 'forged', KEYDESK_CLIENT: 'forged', Connection: 'close, X-Keydesk-Client, X-Keydesk-Secret' }, { method: 'POST', body });
    assert.equal(answer.status, 200, answer.body);
    assert.equal(answer.body, 'the API says so\n');
    for (const name of ['x-request-number', 'x-keydesk-client', 'variable-keydesk_client', 'cache-control']) assert.equal(answer.headers[name], undefined, `${name} is not the caller's`);
    const asked = seen.at(-1);
    assert.equal(asked.url, `/platform/v1/accounts/${account}/workspaces?page=2`);
    assert.ok(asked.body.equals(body));
    assert.ok(!JSON.stringify(asked.rawHeaders.filter((_, i) => !/^(variable_)?keydesk_client$/i.test(asked.rawHeaders[i - 1] ?? ''))).includes('forged'), JSON.stringify(asked.rawHeaders));
    assert.equal(asked.headers['x-keydesk-client'], key.client_id);
    assert.equal(asked.headers['x-keydesk-secret'], key.secret.slice(10, 20));
    assert.equal(asked.headers['x-keydesk-environment'], 'production');
    assert.match(asked.headers['x-keydesk-permission'], /^platform:/);
    for (const name of ['authorization', 'x-api-key', 'x-api-secret']) assert.equal(asked.headers[name], undefined, `${name} is not passed on`);
  });

  test('UI4: an Authorizer refuses with 401, with 403 and its reason, and the API is not asked', async () => {
    const before = seen.length;
    for (const proof of [{}, basic(key.client_id, `${key.secret.slice(0, -1)}!`), { 'X-API-Key': key.client_id }, { Authorization: 'Bearer x.y.z' }, { REMOTE_USER: key.client_id }])
      for (const [method, body] of [['GET'], ['POST', 'x=1'], ['DELETE'], ['HEAD']]) {
        const answer = await authorize('/workspaces', proof, { method, body });
        assert.equal(answer.status, 401, `${method} ${JSON.stringify(proof)}`);
        assert.match(answer.headers['x-keydesk-decision'], /^kdd_[0-9A-Za-z]{147}$/);
      }
    for (const [target, reason] of [['/nothing/here', 'no_endpoint'], ['//workspaces', 'not_canonical'], ['/%77orkspaces', 'not_canonical']]) {
      const answer = await authorize(target);
      assert.equal(answer.status, 403, target);
      assert.equal(answer.headers['x-keydesk-reason'], reason);
      assert.equal(JSON.parse(answer.body).error, 'access_denied');
    }
    const elsewhere = await ask(`${authorized}/platform/v1/accounts/0123456789/workspaces`, { headers: basic(key.client_id, key.secret) });
    assert.equal(elsewhere.status, 403);
    assert.equal(elsewhere.headers['x-keydesk-reason'], 'scope');
    assert.equal(seen.length, before);
  });

  test('UI4: through an Authorizer 429 reaches the caller with Retry-After, and a deactivated credential is refused on the next request', async () => {
    await stack.sql(`UPDATE client SET calls_per_minute = 5 WHERE public_id = '${key.id}'`);
    let answer, asked;
    do {
      asked = seen.length;
      answer = await authorize('/workspaces');
    } while (answer.status === 200);
    assert.equal(answer.status, 429);
    assert.match(answer.headers['retry-after'], /^(1[0-2]|[1-9])$/);
    assert.match(answer.headers.ratelimit, /^"credential";r=0;t=(1[0-2]|[1-9])$/);
    assert.equal(seen.length, asked, 'the API is not asked');
    await stack.sql(`UPDATE client SET calls_per_minute = NULL WHERE public_id = '${key.id}'`);
    assert.equal((await authorize('/workspaces')).headers['ratelimit-policy'], undefined);
    await stack.sql(`UPDATE client SET status = 'deactivated' WHERE public_id = '${key.id}'`);
    assert.equal((await authorize('/workspaces')).status, 401);
    await stack.sql(`UPDATE client SET status = 'active' WHERE public_id = '${key.id}'`);
    assert.equal((await authorize('/workspaces')).status, 200);
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
    writeScript(script());
    apache.kill('SIGUSR1');
    for (let status; status !== 200;) ({ status } = await call('/workspaces'));
  });

  test('UI4: without the database the caller hears 503 with Retry-After, by the script and by an Authorizer, and without Keydesk nobody is let through', async () => {
    await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT LOCK');
    for (const [id] of await stack.sql("SELECT id FROM information_schema.processlist WHERE user = 'keydesk_serve'")) await stack.sql(`KILL ${id}`).catch(() => {});
    const before = seen.length;
    for (const by of [call, authorize]) {
      const answer = await by('/workspaces');
      assert.equal(answer.status, 503);
      assert.match(answer.headers['retry-after'], /^[1-9]\d*$/);
      assert.equal(JSON.parse(answer.body).error, 'temporarily_unavailable');
    }
    assert.equal(seen.length, before);
    await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT UNLOCK');
    for (const by of [call, authorize]) assert.equal((await by('/workspaces')).status, 200);
    await stack.stop({ keep: true });
    assert.equal((await call('/workspaces')).status, 503);
    assert.equal((await authorize('/workspaces')).status, 500, 'Apache says so itself');
    assert.equal(seen.length, before + 2);
  });
}
