// recipe.test.js - the nginx of app/README.md section 11, word for word, before an API that is really there.
// Once: it has an nginx of its own; that of Apache is in recipe_apache.test.js.
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

const isRoot = process.getuid() === 0;
let stack, key, api, nginx, folder, url;

// The indented text of section 11 from its first line to the next paragraph, with other names and ports.
function recipe(changes) {
  const text = fs.readFileSync(path.join(root, 'app/README.md'), 'utf8');
  const section = text.slice(text.indexOf('\n## 11.'), text.indexOf('\n### Apache\n'));
  let lines = section.split('\n').filter((line, i, all) => line.startsWith('    ') || (line === '' && all[i + 1]?.startsWith('    '))).join('\n');
  for (const [from, to] of changes) {
    assert.equal(lines.split(from).length, 2, `the recipe has '${from}' once`);
    lines = lines.replace(from, to);
  }
  return lines;
}

// What the API was last asked with; it answers 200, and 500 at /v1/broken.
const seen = [];
function startApi() {
  return new Promise((resolve) => {
    const server = http.createServer((request, answer) => {
      seen.push(request);
      const broken = request.url === '/v1/broken';
      answer.writeHead(broken ? 500 : 200, { 'Content-Type': 'text/plain', 'X-Api': 'mine' });
      answer.end(broken ? 'the API itself is broken\n' : 'the API says yes\n');
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

async function startNginx() {
  const port = await freePort();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-recipe-'));
  fs.chmodSync(folder, 0o755);
  const temp = ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n');
  const user = isRoot ? `user ${fs.readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.split(':')[2] === stack.user()).split(':')[0]};` : '';
  const text = recipe([['/run/keydesk/fastcgi.sock', path.join(stack.state, 'run/keydesk.sock')], ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
    ['server_name api.example.com;', ''], ['http://127.0.0.1:9000', `http://127.0.0.1:${api.address().port}`]]);
  fs.writeFileSync(`${folder}/conf`, `daemon off;\n${user}\npid ${folder}/pid;\nevents {}\nhttp {\naccess_log off;\n${temp}\n${text}\n}\n`);
  nginx = spawn('nginx', ['-p', folder, '-c', `${folder}/conf`, '-e', `${folder}/error.log`], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.once('exit', () => nginx.kill('SIGTERM'));
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

// The API of the recipe: what may be called at it.
async function catalogue() {
  await stack.sql("INSERT INTO api (public_id, word, name, level, choice, position, created_at) VALUES ('Orders0001', 'orders', 'Orders', 'organization', 'many', 90, NOW(6))");
  await stack.sql("INSERT INTO permission (api_id, word, name, only_reads, position) SELECT id, 'write', 'Write', 0, 1 FROM api WHERE word = 'orders'");
  await stack.sql('INSERT INTO permission_gives (permission_id, gives_id) SELECT id, id FROM permission WHERE api_id = (SELECT id FROM api WHERE word = \'orders\')');
  for (const [method, path] of [['GET', '/v1/orders'], ['POST', '/v1/orders'], ['DELETE', '/v1/orders'], ['GET', '/v1/broken'], ['GET', '/v1/keys'], ['GET', '/v1/open']]) {
    const needs = path === '/v1/open' ? 'open' : path === '/v1/keys' ? 'key' : 'secret';
    await stack.sql(`INSERT INTO endpoint (api_id, method, path, needs, permission_id, position) SELECT a.id, '${method}', '${path}', '${needs}', ${needs === 'open' ? 'NULL' : 'p.id'}, 1 FROM api a JOIN permission p ON p.api_id = a.id WHERE a.word = 'orders'`);
  }
  await stack.sql("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, NOW(6) FROM organization o, api a WHERE a.word = 'orders'");
  await stack.sql('UPDATE catalogue SET version = version + 1');
}

test.before(async () => {
  stack = await start({ demo: true });
  const admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  key = await admin.createKey('Behind a gateway');
  await catalogue();
  api = await startApi();
  await startNginx();
});
test.after(async () => {
  nginx?.kill('SIGTERM');
  api?.close();
  await stack?.stop();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});

const call = (target, headers = {}, more = {}) => ask(url, { headers, path: target, ...more });
const token = async () => JSON.parse((await ask(`${stack.url}/auth`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: key.client_id, client_secret: key.secret }),
})).body).token;

test('a good caller is let through, and the API hears who it is', async () => {
  const proofs = [basic(key.client_id, key.secret), { Authorization: `Bearer ${await token()}` }, { 'X-API-Key': key.client_id, 'X-API-Secret': key.secret }];
  for (const proof of proofs) {
    const answer = await call('/v1/orders?page=2', proof);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, 'the API says yes\n');
    assert.equal(answer.headers['x-keydesk-decision'], undefined, 'what is let through has none');
    const { headers, url: asked } = seen.at(-1);
    assert.equal(asked, '/v1/orders?page=2');
    assert.equal(headers['x-keydesk-client'], key.client_id);
    assert.match(headers['x-keydesk-organization'], /^[0-9A-Za-z]{10}$/);
    assert.equal(headers['x-keydesk-secret'], key.secret.slice(10, 20));
    assert.equal(headers['x-keydesk-environment'], 'production');
    assert.equal(headers['x-keydesk-permission'], 'orders:write');
    for (const name of ['authorization', 'x-api-key', 'x-api-secret']) assert.equal(headers[name], undefined, `${name} is not passed on`);
  }
});

test('what a caller says of itself is cleared, with a proof and in each spelling', async () => {
  const forged = { 'X-Keydesk-Client': 'kdc_live_forged', 'x-keydesk-ORGANIZATION': 'forged', 'X-Keydesk-Secret': 'forged', 'X-Keydesk-Environment': 'forged', 'X-Keydesk-Permission': 'forged', 'X_Keydesk_Client': 'forged' };
  assert.equal((await call('/v1/orders', { ...forged, ...basic(key.client_id, key.secret) })).status, 200);
  assert.ok(!JSON.stringify(seen.at(-1).rawHeaders).includes('forged'));
  assert.equal(seen.at(-1).headers['x-keydesk-client'], key.client_id);
});

test('a bad caller is 401 and the API is not asked, whatever the method and the body', async () => {
  const before = seen.length;
  const bad = [{}, basic(key.client_id, `${key.secret.slice(0, -1)}!`), basic('kdc_live_0123456789abcdef', key.secret), { Authorization: `Bearer ${(await token()).slice(0, -4)}AAAA` },
    { ...basic(key.client_id, key.secret), 'X-API-Key': key.client_id }];
  for (const proof of bad)
    for (const [method, body] of [['GET'], ['POST', 'x=1'], ['DELETE']]) {
      const answer = await call('/v1/orders', proof, { method, body });
      assert.equal(answer.status, 401);
      assert.match(answer.headers['x-keydesk-decision'], /^kdd_[0-9A-Za-z]{147}$/);
    }
  assert.equal(seen.length, before);
  assert.equal((await call('/verify', basic(key.client_id, key.secret))).status, 404, 'nobody asks Keydesk itself');
});

test('what the caller may not call is 403 with the reason, and the API is not asked', async () => {
  const proof = basic(key.client_id, key.secret), before = seen.length;
  const refused = async (target, reason, more) => {
    const answer = await call(target, proof, more);
    assert.equal(answer.status, 403, target);
    assert.equal(answer.headers['x-keydesk-reason'], reason, target);
    const decision = answer.headers['x-keydesk-decision'];
    assert.match(decision, /^kdd_[0-9A-Za-z]{147}$/, 'who hears it can have it looked up');
    assert.deepEqual(JSON.parse(answer.body), { error: 'access_denied', reason, decision });
  };
  await refused('/v1/nothing', 'no_endpoint');
  await refused('/v1/orders', 'no_endpoint', { method: 'PUT' });
  await refused('/v1/%6frders', 'not_canonical');
  await refused('/v1/x/../orders', 'not_canonical');
  await refused('/v1//orders', 'not_canonical');
  await stack.sql("DELETE e FROM entitlement e JOIN api a ON a.id = e.api_id WHERE a.word = 'orders'");
  await refused('/v1/orders', 'permission');
  await stack.sql("INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, NOW(6) FROM organization o, api a WHERE a.word = 'orders'");
  await stack.sql(`UPDATE client SET networks = '198.51.100.0/24' WHERE client_id = '${key.client_id}'`);
  await refused('/v1/orders', 'address');
  await stack.sql(`UPDATE client SET networks = '' WHERE client_id = '${key.client_id}'`);
  assert.equal(seen.length, before);
  assert.equal((await call('/v1/orders', proof)).status, 200);
});

test('whatever spelling of an address is let through, the API is asked for what was judged', async () => {
  const ways = ['/v1/open/../orders', '/v1/open/%2e%2e/orders', '/v1/open%2F..%2Forders', '/v1/open;/../orders', '/v1//orders', '/v1/./orders', '/v1/%6frders', '/v1/orders%00', '/v1/orders%2f',
    '/v1/orders/', '/V1/orders', '/v1/Orders', '/v1/open%3F/../orders', '/v1/open%23/orders', '/v1/open?/../orders', '/v1/open?x=/v1/orders', '/v1/open#/v1/orders', '//v1/orders', '/x/../v1/orders',
    '/v1\\orders', '/v1/open%00/orders', '/v1/open%0d%0aX-Keydesk-Client:%20forged', 'http://elsewhere.example/v1/orders', `/v1/open?${'x'.repeat(8300)}`];
  for (const way of ways) {
    const before = seen.length, { status } = await call(way);
    const asked = seen.slice(before).map((request) => request.url);
    assert.ok(asked.every((target) => target.split('?')[0] === '/v1/open'), `${way}: ${asked}`);
    assert.equal(asked.length, status === 200 ? 1 : 0, `${way}: ${status}`);
    assert.ok([200, 400, 401, 403, 404, 414].includes(status), `${way}: ${status}`);
  }
  const before = seen.length, forged = { 'X-HTTP-Method-Override': 'GET', 'X-Original-Method': 'GET', 'X-Original-URI': '/v1/open', KEYDESK_URI: '/v1/open', KEYDESK_ASK: 'caller', 'X-Rewrite-URL': '/v1/open' };
  for (const method of ['GET', 'POST', 'OPTIONS', 'PATCH', 'PROPFIND']) assert.equal((await call('/v1/orders', forged, { method })).status, 401, method);
  for (const method of ['PUT', 'PATCH', 'OPTIONS']) assert.ok([400, 403].includes((await call('/v1/orders', { ...forged, ...basic(key.client_id, key.secret) }, { method })).status), method);
  assert.equal(seen.length, before);
});

test('an open endpoint needs nothing, one for keys the key alone; no other takes it', async () => {
  const alone = { 'X-API-Key': key.client_id }, forged = { 'X-Keydesk-Client': 'forged', 'X-Keydesk-Secret': 'forged', 'X-Keydesk-Permission': 'forged' };
  assert.equal((await call('/v1/open', forged)).status, 200);
  assert.deepEqual(Object.keys(seen.at(-1).headers).filter((name) => name.startsWith('x-keydesk-')), []);
  assert.equal((await call('/v1/keys', { ...alone, ...forged })).status, 200);
  assert.equal(seen.at(-1).headers['x-keydesk-client'], key.client_id);
  assert.equal(seen.at(-1).headers['x-keydesk-secret'], undefined);
  assert.equal((await call('/v1/keys', { ...alone, 'X-API-Secret': 'kds_live_wrong' })).status, 401);
  assert.equal((await call('/v1/keys')).status, 401);
  assert.equal((await call('/v1/orders', alone)).status, 401);
  assert.equal((await call('/v1/orders', { 'X-API-Secret': key.secret })).status, 401);
});

test('KD18: beyond its limit the caller hears 429 with Retry-After, and what is left with each answer', async () => {
  const admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const limit = (n) => admin.send(`/credentials/${key.id}/limit`, `/credentials/${key.id}/limit`, { per_minute: n }, ['csrf', 'version']);
  assert.equal((await limit('5')).status, 303);
  const proof = basic(key.client_id, key.secret);
  const first = await call('/v1/orders', proof);
  assert.equal(first.status, 200);
  assert.equal(first.headers['ratelimit-policy'], '"credential";q=5;w=60');
  assert.match(first.headers.ratelimit, /^"credential";r=4;t=(1[0-2]|[1-9])$/);
  let answer, asked;
  do {
    asked = seen.length;
    answer = await call('/v1/orders', proof);
  } while (answer.status === 200);
  assert.equal(answer.status, 429);
  assert.match(answer.headers['retry-after'], /^(1[0-2]|[1-9])$/);
  assert.match(answer.headers.ratelimit, /^"credential";r=0;t=(1[0-2]|[1-9])$/);
  assert.equal(answer.body, '{"error":"too_many_requests"}\n');
  assert.equal(seen.length, asked, 'the API is not asked');
  assert.equal((await call('/v1/orders', { 'X-API-Key': key.client_id, 'X-API-Secret': `${key.secret}x` })).status, 401);
  assert.equal((await limit('')).status, 303);
  answer = await call('/v1/orders', proof);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.ratelimit, undefined);
});

test('a 500 of the API is its own, unchanged', async () => {
  const answer = await call('/v1/broken', basic(key.client_id, key.secret));
  assert.equal(answer.status, 500);
  assert.equal(answer.body, 'the API itself is broken\n');
  assert.equal(answer.headers['x-api'], 'mine');
});

async function away(why) {
  const before = seen.length;
  const answer = await call('/v1/orders', basic(key.client_id, key.secret));
  assert.equal(answer.status, 503, why);
  assert.deepEqual(JSON.parse(answer.body), { error: 'temporarily_unavailable' });
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(seen.length, before, 'nothing is let through meanwhile');
  return answer;
}

test('without the database the caller hears 503 with Retry-After, and is let through when it is back', async () => {
  await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT LOCK');
  for (const [id] of await stack.sql("SELECT id FROM information_schema.processlist WHERE user = 'keydesk_serve'")) await stack.sql(`KILL ${id}`).catch(() => {});
  assert.match((await away('no database')).headers['retry-after'], /^[1-9]\d*$/);
  await stack.sql('ALTER USER keydesk_serve@localhost ACCOUNT UNLOCK');
  assert.equal((await call('/v1/orders', basic(key.client_id, key.secret))).status, 200);
});

test('without Keydesk the caller hears 503', async () => {
  await stack.stop({ keep: true });
  await away('no Keydesk');
});
