// oauth.test.js - clients that others have written, as they are, against the token service: openid-client, oauth4webapi,
// jose, Authlib and curl.
'use strict';
const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { createPrivateKey, generateKeyPairSync } = require('node:crypto');
const test = require('node:test');
const { promisify } = require('node:util');
const { start } = require('./stack.js');
const { Visitor, ask, atOnce, basic, revealed } = require('./visitor.js');

const run = promisify(execFile);
globalThis.crypto ??= require('node:crypto').webcrypto; // Node 18 has it, but not under this name

let stack, admin, cli, service;

// A scoped credential with these permissions.
async function scoped(name, fields) {
  const made = revealed(await admin.send('/credentials/scoped/new', '/credentials/scoped/new', { name, ...fields }));
  assert.ok(made.secret);
  return made;
}

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  cli = await scoped('Nightly export', { 'may-analytics': 'analytics:read', 'may-data': 'data:read' });
  service = await scoped('Reports service', { 'may-keydesk': 'keydesk:introspect' });
});
test.after(() => stack?.stop());

const verify = async (token, uri) => {
  const answer = await ask(`${stack.url}/verify`, { headers: { Authorization: `Bearer ${token}`, ...(uri && { 'X-Original-Method': 'GET', 'X-Original-URI': uri }) } });
  return answer.status;
};

test('KD16 RX9: openid-client discovers, gets a narrowed token, introspects it as a service, and revokes it', async () => {
  const openid = await import('openid-client');
  const discover = (client, how) => openid.discovery(new URL(stack.url), client.client_id, undefined, how(client.secret), { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });
  const mine = await discover(cli, openid.ClientSecretBasic);
  const theirs = await discover(service, openid.ClientSecretPost);
  const { access_token: token, scope, token_type, expires_in } = await openid.clientCredentialsGrant(mine, { scope: 'analytics:read', resource: stack.url });
  assert.deepEqual([scope, token_type, expires_in], ['analytics:read', 'bearer', 900]);
  assert.equal(await verify(token, '/analytics/v1/dashboards'), 200);
  assert.equal(await verify(token, '/data/v1/datasets'), 403);
  const said = await openid.tokenIntrospection(theirs, token);
  assert.deepEqual([said.active, said.scope, said.client_id, said.iss, said.aud], [true, 'analytics:read', cli.client_id, stack.url, stack.url]);
  await assert.rejects(openid.tokenRevocation(theirs, token), { error: 'unauthorized_client' });
  await openid.tokenRevocation(mine, token);
  assert.equal(await verify(token), 401);
  assert.deepEqual({ ...await openid.tokenIntrospection(theirs, token) }, { active: false });
  await assert.rejects(openid.clientCredentialsGrant(mine, { scope: 'platform:admin' }), { error: 'invalid_scope' });
  await assert.rejects(openid.clientCredentialsGrant(mine, { resource: 'https://elsewhere.example' }), { error: 'invalid_target' });
});

test('KD16: oauth4webapi takes the metadata of both issuers, and finds the token to RFC 9068; its service checks offline with jose', async () => {
  const oauth = await import('oauth4webapi');
  const jose = await import('jose');
  const options = { [oauth.allowInsecureRequests]: true };
  const at = async (address) => {
    const issuer = new URL(address);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' }));
  };
  const as = await at(stack.url);
  assert.equal((await at(`${stack.url}/integration`)).token_endpoint, `${stack.url}/integration/oauth/token`);
  const client = { client_id: cli.client_id };
  for (const how of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
    const answer = await oauth.clientCredentialsGrantRequest(as, client, how(cli.secret), {}, options);
    const { access_token: token } = await oauth.processClientCredentialsResponse(as, client, answer);
    const called = new Request('http://reports.example/', { headers: { Authorization: `Bearer ${token}` } });
    const claims = await oauth.validateJwtAccessToken(as, called, stack.url, options);
    assert.equal(claims.client_id, cli.client_id);
    const keys = jose.createRemoteJWKSet(new URL(as.jwks_uri));
    await jose.jwtVerify(token, keys, { issuer: as.issuer, audience: as.protected_resources[0], algorithms: as.keydesk_token_signing_algs, typ: 'at+jwt' });
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, how(cli.secret), token, options));
    assert.equal(await verify(token), 401);
    await jose.jwtVerify(token, keys, { issuer: as.issuer }); // offline it is good until exp, as the metadata says
    const asked = await oauth.introspectionRequest(as, { client_id: service.client_id }, how(service.secret), token, options);
    assert.equal((await oauth.processIntrospectionResponse(as, { client_id: service.client_id }, asked)).active, false);
  }
  const wrong = await oauth.clientCredentialsGrantRequest(as, client, oauth.ClientSecretBasic(`${cli.secret}0`), {}, options);
  await assert.rejects(oauth.processClientCredentialsResponse(as, client, wrong));
});

test('KD16: Authlib, of Debian, gets a token, introspects it and revokes it', async () => {
  const program = `
import json, sys
from authlib.integrations.requests_client import OAuth2Session
url, ours, our_secret, theirs, their_secret = sys.argv[1:]
mine = OAuth2Session(ours, our_secret, scope='data:read')
token = mine.fetch_token(url + '/oauth/token', grant_type='client_credentials')
service = OAuth2Session(theirs, their_secret, token_endpoint_auth_method='client_secret_post')
before = service.introspect_token(url + '/oauth/introspect', token=token['access_token']).json()
ended = mine.revoke_token(url + '/oauth/revoke', token=token['access_token']).status_code
after = service.introspect_token(url + '/oauth/introspect', token=token['access_token']).json()
print(json.dumps([token['scope'], before['active'], before['scope'], ended, after]))
`;
  const { stdout } = await run('/usr/bin/python3', ['-c', program, stack.url, cli.client_id, cli.secret, service.client_id, service.secret], { env: { ...process.env, AUTHLIB_INSECURE_TRANSPORT: '1' } });
  assert.deepEqual(JSON.parse(stdout), ['data:read', true, 'data:read', 200, { active: false }]);
});

// Puts a public key in place of a credential's secret, in the console; resolves to its private half as PEM.
async function registered(credential, kind, options) {
  const pair = generateKeyPairSync(kind, { ...options, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const answer = await admin.send(`/credentials/${credential.id}/key`, `/credentials/${credential.id}/key`, { public_key: pair.publicKey, overlap: 'now' });
  assert.equal(answer.headers.location, `/credentials/${credential.id}?did=registered`);
  return pair.privateKey;
}

const imported = (pem, algorithm) => crypto.subtle.importKey('pkcs8', Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64'), algorithm, false, ['sign']);

test('KD15: with a public key instead of a secret, openid-client and oauth4webapi fetch, introspect and revoke by private_key_jwt', async () => {
  const openid = await import('openid-client');
  const oauth = await import('oauth4webapi');
  const signs = await scoped('Signs with P-256', { 'may-keydesk': 'keydesk:introspect' });
  const ecdsa = await imported(await registered(signs, 'ec', { namedCurve: 'P-256' }), { name: 'ECDSA', namedCurve: 'P-256' });
  const mine = await openid.discovery(new URL(stack.url), signs.client_id, undefined, openid.PrivateKeyJwt(ecdsa), { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] });
  const { access_token: token } = await openid.clientCredentialsGrant(mine, { scope: 'keydesk:introspect' });
  assert.equal(await verify(token), 200);
  assert.equal((await openid.tokenIntrospection(mine, token)).client_id, signs.client_id);
  await openid.tokenRevocation(mine, token);
  assert.equal(await verify(token), 401);

  const rsa = await scoped('Signs with RSA', { 'may-data': 'data:read' });
  const pem = await registered(rsa, 'rsa', { modulusLength: 2048 });
  const options = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(stack.url);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' }));
  for (const name of ['RSASSA-PKCS1-v1_5', 'RSA-PSS']) {
    const key = await imported(pem, { name, hash: 'SHA-256' });
    const client = { client_id: rsa.client_id };
    const answer = await oauth.clientCredentialsGrantRequest(as, client, oauth.PrivateKeyJwt(key), {}, options);
    assert.equal(await verify((await oauth.processClientCredentialsResponse(as, client, answer)).access_token), 200);
    const other = await oauth.clientCredentialsGrantRequest(as, { client_id: signs.client_id }, oauth.PrivateKeyJwt(key), {}, options);
    assert.equal(other.status, 401);
  }
});

test('KD15: Authlib, of Debian, fetches tokens by private_key_jwt as it comes, with RSA and Ed25519; an assertion of jose is good once of twenty sent together', async () => {
  const jose = await import('jose');
  const signs = await scoped('Signs for Authlib', { 'may-data': 'data:read' });
  const pem = await registered(signs, 'rsa', { modulusLength: 2048 });
  const program = `
import sys
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
url, client, key, algorithm = sys.argv[1:]
session = OAuth2Session(client, key, token_endpoint_auth_method='private_key_jwt')
session.register_client_auth_method(PrivateKeyJWT(url + '/oauth/token', alg=algorithm))
for i in range(2):
    print(session.fetch_token(url + '/oauth/token', grant_type='client_credentials')['token_type'])
`;
  const edwards = await scoped('Signs for Authlib with Ed25519', { 'may-data': 'data:read' });
  for (const [client, key, algorithm] of [[signs, pem, 'RS256'], [edwards, await registered(edwards, 'ed25519'), 'EdDSA']]) {
    const { stdout } = await run('/usr/bin/python3', ['-c', program, stack.url, client.client_id, key, algorithm], { env: { ...process.env, AUTHLIB_INSECURE_TRANSPORT: '1' } });
    assert.equal(stdout, 'Bearer\nBearer\n', algorithm);
  }

  const key = createPrivateKey(pem);
  const assertion = await new jose.SignJWT({}).setProtectedHeader({ alg: 'PS256' }).setIssuer(signs.client_id).setSubject(signs.client_id).setAudience(stack.url).setJti('the same').setIssuedAt().setExpirationTime('1m').sign(key);
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_assertion: assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }).toString();
  const send = () => ask(`${stack.url}/oauth/token`, { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) } });
  const answers = await atOnce(20, send);
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(19).fill(401)]);
  assert.match(answers.find((answer) => answer.status === 401).body, /was accepted before/);
});

test('KD15: a token of a scoped credential says where it may work, to a service that checks it offline with jose; too many places are left out', async () => {
  const jose = await import('jose');
  const [[org]] = await stack.sql(`SELECT organization_id FROM client WHERE client_id = '${cli.client_id}'`);
  await stack.sql(`INSERT INTO account (public_id, organization_id, name, created_at) VALUES ('oauthacct0', ${org}, 'Places', '2026-01-01')`);
  await stack.sql(`INSERT INTO workspace (public_id, organization_id, account_id, name, created_at) SELECT CONCAT('oauthw', LPAD(seq, 4, '0')), ${org}, (SELECT id FROM account WHERE public_id = 'oauthacct0'), CONCAT('Place ', seq), '2026-01-01' FROM seq_1_to_158`);
  const placed = await scoped('Reads profiles', { 'may-profile': 'profile:read', workspace: 'oauthw0001' });
  const [[client]] = await stack.sql(`SELECT id FROM client WHERE client_id = '${placed.client_id}'`);
  const keys = jose.createRemoteJWKSet(new URL(`${stack.url}/.well-known/jwks.json`));
  const said = async ({ client_id, secret }, address = '/auth') => {
    const answer = await ask(stack.url + address, { method: 'POST', body: JSON.stringify({ grant_type: 'client_credentials', client_id, client_secret: secret }), headers: { 'Content-Type': 'application/json' } });
    const token = JSON.parse(answer.body).access_token;
    const { payload } = await jose.jwtVerify(token, keys, { issuer: stack.url, audience: stack.url, typ: 'at+jwt' });
    return { token, places: [payload.accounts, payload.workspaces, payload.places_at] };
  };
  assert.deepEqual((await said(placed)).places, [[], ['oauthw0001'], undefined]);
  await stack.sql(`INSERT INTO client_account (client_id, account_id, organization_id) SELECT ${client}, id, ${org} FROM account WHERE public_id = 'oauthacct0'`);
  assert.deepEqual((await said(placed, '/oauth/token')).places, [['oauthacct0'], ['oauthw0001'], undefined]);
  await stack.sql(`UPDATE organization SET account_keys = 9 WHERE id = ${org}`);
  assert.deepEqual((await said(await admin.createKey('Everywhere'))).places, [undefined, undefined, undefined]);
  await stack.sql(`INSERT IGNORE INTO client_workspace (client_id, workspace_id, organization_id) SELECT ${client}, id, ${org} FROM workspace WHERE public_id LIKE 'oauthw%'`);
  const { token, places } = await said(placed, '/oauth/token');
  assert.deepEqual(places, [[], [], `${stack.url}/oauth/introspect`]);
  assert.equal(await verify(token, '/profile/v1/workspaces/oauthw0158/users'), 200);
  const asked = JSON.parse((await ask(places[2], { method: 'POST', body: `token=${token}`, headers: { ...basic(service.client_id, service.secret), 'Content-Type': 'application/x-www-form-urlencoded' } })).body);
  assert.deepEqual([asked.accounts, asked.workspaces.length], [['oauthacct0'], 158]);
});

test("KD16: curl: form, JSON and Basic; each refusal is the RFC's", async () => {
  const curl = async (...args) => JSON.parse((await run('curl', ['-sS', ...args])).stdout);
  const at = `${stack.url}/oauth/token`;
  const grant = 'grant_type=client_credentials';
  const user = `${cli.client_id}:${cli.secret}`;
  assert.equal((await curl('-u', user, '-d', grant, at)).token_type, 'Bearer');
  assert.equal((await curl('-d', `${grant}&client_id=${cli.client_id}&client_secret=${cli.secret}`, at)).token_type, 'Bearer');
  assert.equal((await curl('--json', JSON.stringify({ grant_type: 'client_credentials', client_id: cli.client_id, client_secret: cli.secret }), at)).token_type, 'Bearer');
  assert.equal((await curl('-u', user, '-H', 'Transfer-Encoding: chunked', '-d', grant, at)).token_type, 'Bearer');
  const refused = [
    ['invalid_request', '-u', user, '-d', 'scope=data:read', at],
    ['invalid_request', '-u', user, '-d', `${grant}&${grant}`, at],
    ['invalid_request', '-u', user, '-d', `${grant}&client_id=${cli.client_id}&client_secret=${cli.secret}`, at],
    ['invalid_request', '-u', user, '-d', grant, `${at}?scope=data:read`],
    ['invalid_client', '-d', grant, at],
    ['invalid_client', '-u', user, '-d', grant, `${stack.url}/integration/oauth/token`],
    ['unsupported_grant_type', '-u', user, '-d', 'grant_type=password', at],
    ['invalid_scope', '-u', user, '-d', `${grant}&scope=profile:read`, at],
    ['invalid_target', '-u', user, '-d', `${grant}&audience=https://elsewhere.example`, at],
  ];
  for (const [error, ...args] of refused) assert.equal((await curl(...args)).error, error, args.join(' ').replaceAll(cli.secret, '...'));
  const answer = await ask(at, { method: 'POST', headers: { ...basic(cli.client_id, `${cli.secret}0`), 'Content-Type': 'application/x-www-form-urlencoded' }, body: grant });
  assert.deepEqual([answer.status, answer.headers['www-authenticate'], answer.headers['cache-control']], [401, 'Basic realm="keydesk"', 'no-store']);
});

test('KD15: a token is dead at introspection and at /verify on the next request when its credential is paused, its permission taken, its secret reset', async () => {
  const one = await scoped('Short life', { 'may-analytics': 'analytics:read' });
  const [[id]] = await stack.sql(`SELECT public_id FROM client WHERE client_id = '${one.client_id}'`);
  const form = (client, body) => ({ method: 'POST', headers: { ...basic(client.client_id, client.secret), 'Content-Type': 'application/x-www-form-urlencoded' }, body });
  const { access_token: token } = JSON.parse((await ask(`${stack.url}/oauth/token`, form(one, 'grant_type=client_credentials'))).body);
  const states = async () => [JSON.parse((await ask(`${stack.url}/oauth/introspect`, form(service, `token=${token}`))).body).active, await verify(token, '/analytics/v1/dashboards')];
  assert.deepEqual(await states(), [true, 200]);
  await stack.sql(`UPDATE client SET status = 'deactivated' WHERE public_id = '${id}'`);
  assert.deepEqual(await states(), [false, 401]);
  await stack.sql(`UPDATE client SET status = 'active' WHERE public_id = '${id}'`);
  assert.deepEqual(await states(), [true, 200]);
  const held = `client_grant WHERE client_id = (SELECT id FROM client WHERE public_id = '${id}')`;
  const [[api, permission, org]] = await stack.sql(`SELECT api_id, permission_id, organization_id FROM ${held}`);
  await stack.sql(`DELETE FROM ${held}`);
  assert.deepEqual(await states(), [false, 403]);
  await stack.sql(`INSERT INTO client_grant (client_id, permission_id, api_id, organization_id) SELECT id, ${permission}, ${api}, ${org} FROM client WHERE public_id = '${id}'`);
  assert.deepEqual(await states(), [true, 200]);
  await admin.resetKey(id);
  assert.deepEqual(await states(), [false, 401]);
});
