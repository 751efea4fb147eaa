// catalogue.test.js - the catalogue on the command line: export, diff and load of a file.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { Installation, PROGRAM } = require('./real.js');

let here;

// A command: { code, out, err }.
function command(args, input = '') {
  return new Promise((resolve) => {
    const child = spawn(PROGRAM, args, { env: here.env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 30000 });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data) => { said.out += data; });
    child.stderr.on('data', (data) => { said.err += data; });
    child.on('close', (code) => resolve({ code, ...said }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const exported = async () => (await command(['catalogue', 'export'])).out;
const catalogue = async () => JSON.parse(await exported());
const load = (value) => command(['catalogue', 'load', '-'], typeof value === 'string' ? value : JSON.stringify(value));
const diff = (value) => command(['catalogue', 'diff', '-'], typeof value === 'string' ? value : JSON.stringify(value));
const entries = (act) => here.sql(`SELECT COUNT(*) FROM audit_entry WHERE organization_id = 0 AND act = '${act}'`);

const weather = {
  word: 'weather', name: 'Weather', level: 'organization', choice: 'one',
  permissions: [{ word: 'read', name: 'Read', only_reads: true }],
  endpoints: [{ method: 'GET', path: '/weather/v1/{place}', needs: 'secret', permission: 'read' }],
};

test.before(() => { here = new Installation('catalogue'); });
test.after(() => here.remove());

test('init fills an empty catalogue, says so, and leaves one that is not empty alone', async () => {
  const again = await command(['init']);
  assert.equal(again.code, 0);
  assert.doesNotMatch(again.out, /catalogue/);
  assert.equal(await exported(), fs.readFileSync(path.join(here.env.KEYDESK_SCHEMA, 'catalogue.json'), 'utf8'));
  await here.sql('DELETE FROM endpoint; DELETE FROM permission_gives; UPDATE permission SET includes_id = NULL; DELETE FROM permission; DELETE FROM api');
  const first = await command(['init']);
  assert.match(first.out, /^The catalogue was empty; it holds the 10 APIs of .*\/catalogue\.json now\.$/m);
  assert.equal(await exported(), fs.readFileSync(path.join(here.env.KEYDESK_SCHEMA, 'catalogue.json'), 'utf8'));
});

test('MP1 KD26: an export is loaded and exported again, byte for byte, whatever is in it', async () => {
  const now = await catalogue();
  now.apis.push({ ...weather, name: 'W "<&>" é 天', description: 'back\\slash / \u2028' });
  const loaded = await load(now);
  assert.deepEqual([loaded.code, loaded.err, loaded.out], [0, '', 'weather: W "<&>" é 天 is new, with 1 permissions and 1 endpoints\n']);
  const text = await exported();
  assert.deepEqual(JSON.parse(text), now);
  const before = await entries('api.edit');
  assert.deepEqual(await load(text), { code: 0, err: '', out: 'The catalogue is what the file says.\n' });
  assert.equal(await exported(), text);
  assert.equal(await entries('api.edit'), before);
  now.apis.pop();
  assert.equal((await load(now)).out, 'weather: W "<&>" é 天 goes\n');
});

test('KD26: diff says in words what load would do, does nothing, and its exit code tells', async () => {
  const now = await catalogue();
  const text = await exported();
  assert.equal((await diff(text)).code, 0);
  now.apis[0].name = 'Profiles';
  now.apis[0].endpoints.push({ method: 'GET', path: '/profile/v1/ping', needs: 'open' });
  [now.apis[1], now.apis[2]] = [now.apis[2], now.apis[1]];
  const said = await diff(now);
  assert.deepEqual(said, {
    code: 4, err: '',
    out: 'profile: name "Profile API" becomes "Profiles"\nprofile: GET /profile/v1/ping is new: open to everybody\nThe APIs come in another order.\n',
  });
  assert.equal(await exported(), text);
  const json = await command(['catalogue', 'diff', '-', '--json'], JSON.stringify(now));
  assert.equal(JSON.parse(json.out).apis[0].api, 'profile');
  assert.equal((await load(now)).code, 0);
  assert.equal(await entries('catalogue.order'), '1');
  assert.equal((await diff(text)).code, 4);
  assert.equal((await load(text)).code, 0);
  assert.equal(await exported(), text);
});

test('KD26: a file with mistakes is refused whole, and every mistake is named', async () => {
  const text = await exported();
  const now = await catalogue();
  now.apis[0].colour = 'red';
  now.apis[1].level = 'planet';
  now.apis[2].endpoints[0].path = 'no-slash';
  now.apis[3].permissions[0].includes = 'luck';
  now.apis.push({ ...weather, endpoints: [{ method: 'GET', path: '/data/v1/datasets/{other}', needs: 'key', permission: 'read' }] });
  const refused = await load(now);
  assert.equal(refused.code, 1);
  assert.deepEqual(refused.err.trim().split('\n'), [
    'keydesk: apis[0].colour: is no member that is known here',
    'keydesk: apis[1].level: must be one of: organization account workspace',
    'keydesk: apis[2].endpoints[0].path: A path begins with a slash.',
    'keydesk: apis[3].permissions[0].includes: is no permission of this API: luck',
    'keydesk: apis[10].endpoints[0].path: is a call that data has already: GET /data/v1/datasets/{dataset}',
  ]);
  assert.equal((await diff(now)).code, 1);
  assert.equal((await load('{"apis": [')).code, 1);
  assert.match((await load('{"apis": [')).err, /the file: is not JSON: line 1/);
  assert.equal((await command(['catalogue', 'load'])).code, 2);
  assert.equal((await command(['catalogue', 'load', '/nonexistent/file'])).code, 2);
  assert.equal(await exported(), text);
});

test('KD26: what is in use cannot vanish: load says who holds it, and refuses', async () => {
  const text = await exported();
  const now = await catalogue();
  await here.sql('INSERT INTO entitlement (organization_id, api_id, granted_at) SELECT o.id, a.id, NOW(6) FROM organization o, api a WHERE a.word = \'sso-federation\'');
  now.apis = now.apis.filter((api) => api.word !== 'sso-federation' && api.word !== 'analytics');
  const refused = await load(now);
  assert.equal(refused.code, 1);
  assert.equal(refused.err, 'keydesk: sso-federation: it cannot be removed: 1 organization may use the API, and 0 credentials have permissions of it\n' +
    `keydesk: sso-federation:   Process (${here.key.organization}): 0 credentials\n`);
  assert.equal(await exported(), text);
  await here.sql('DELETE FROM entitlement');
  assert.equal((await load(now)).code, 0);
  assert.equal(await entries('api.delete'), '3');
  assert.equal((await load(text)).code, 0);
  assert.equal(await exported(), text);
});

test('an organization is entitled to an API on the command line, which is in its own audit log, once', async () => {
  const organization = here.key.organization;
  const of = (act) => here.sql(`SELECT COUNT(*) FROM audit_entry e JOIN organization o ON o.id = e.organization_id WHERE o.public_id = '${organization}' AND act = 'entitlement.${act}'`);
  const run = (act, ...rest) => command(['entitlement', act, '--organization', organization, ...rest]);
  assert.deepEqual(await run('give', 'profile'), { code: 0, out: '', err: '' });
  assert.deepEqual(await run('give', 'profile'), { code: 0, out: 'It may use profile already.\n', err: '' });
  assert.equal(await of('give'), '1');
  assert.equal((await run('list')).out, 'profile               workspace     Profile API\n');
  assert.deepEqual(JSON.parse((await run('list', '--json')).out), { apis: [{ word: 'profile', name: 'Profile API', level: 'workspace' }] });
  assert.deepEqual(await run('give', 'luck'), { code: 1, out: '', err: 'keydesk: there is no API luck\n' });
  assert.equal((await run('give')).code, 1);
  assert.equal((await command(['entitlement', 'give', '--organization', '0000000000', 'profile'])).code, 1);
  assert.equal((await run('withdraw', 'profile')).code, 0);
  assert.equal((await run('withdraw', 'profile')).out, 'It may not use profile as it is.\n');
  assert.equal(await of('withdraw'), '1');
  assert.equal((await run('list')).out, '');
});

test('KD26: each change is in the audit log of the installation, which holds', async () => {
  const verified = await command(['audit', 'verify']);
  assert.equal(verified.code, 0, verified.out + verified.err);
});
