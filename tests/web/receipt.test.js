// receipt.test.js - the receipt of a departure in a real browser, by HTTP and at the command line: its counts are the truth.
// Once: it reads what the program wrote down; journey.test.js and without_script.test.js post forms behind both.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, fits } = require('./browser.js');
const { Visitor, ask, insist, basic } = require('./visitor.js');

const SECRETS = 10, SESSIONS = 3;

let stack, browser, ann, ben, org, orgId, before;
const opened = [], secrets = [], sessions = [], tokens = [], seen = [];
const one = async (statement) => (await stack.sql(statement))[0][0];
const number = async (statement) => Number(await one(statement));
const verify = async (headers) => (await insist(`${stack.url}/verify`, { headers })).status;

async function token({ client_id, secret }) {
  const answer = await ask(`${stack.url}/auth`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id, client_secret: secret }) });
  assert.equal(answer.status, 200);
  return { Authorization: `Bearer ${JSON.parse(answer.body).token}` };
}

// What the database says that there is, before any of it ends.
const truth = async () => ({
  sessions: await number(`SELECT COUNT(*) FROM session WHERE user_id = ${ben.row}`),
  secrets: await number(`SELECT COUNT(*) FROM client WHERE kind = 'additional' AND owner_id = ${ben.row} AND deleted_at IS NULL`),
  data: await number(`SELECT COUNT(*) FROM data_access WHERE user_id = ${ben.row}`),
  known: await number(`SELECT COUNT(DISTINCT s.id) FROM exposure e JOIN secret s ON s.id = e.secret_id WHERE e.user_id = ${ben.row} AND s.status IN ('active', 'retiring') AND (s.owner_id IS NULL OR s.owner_id <> ${ben.row})`),
  owned: await number(`SELECT COUNT(*) FROM client WHERE kind = 'scoped' AND owner_id = ${ben.row} AND deleted_at IS NULL`),
});

async function visit(options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, stack.people.Admin);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

// Ben has ten additional secrets with a token of each, three sessions, access to the Data API, and has seen five keys that others use.
test.before(async () => {
  stack = await start({ demo: true });
  browser = await launch();
  const { email } = stack.people.Member;
  const [[row, id, organization, publicId]] = await stack.sql(`SELECT u.id, u.public_id, o.id, o.public_id FROM user u JOIN person p ON p.id = u.person_id JOIN organization o ON o.id = u.organization_id WHERE p.email = '${email}' ORDER BY u.id LIMIT 1`);
  ben = { row, id, email };
  org = organization;
  orgId = publicId;
  await stack.sql(`UPDATE organization SET account_keys = 50, additional_secrets = 50 WHERE id = ${org}`);
  ann = await new Visitor(stack.url).signIn(stack.people.Admin);
  const key = await ann.createKey('Website');
  for (let i = 0; i < SESSIONS; i++) sessions.push(await new Visitor(stack.url).signIn(stack.people.Member));
  for (let i = 0; i < SECRETS; i++) {
    const made = await sessions[0].openSecret(await ann.handSecret({ name: `Script ${i}`, member: ben.id, key: key.id, 'may-data': 'data:read' }));
    secrets.push(made);
    tokens.push(await token(made));
  }
  for (let i = 0; i < 5; i++) seen.push(await ann.createKey(`Shared ${i}`));
  await stack.sql(`INSERT INTO exposure (organization_id, secret_id, user_id, how, at) SELECT organization_id, id, ${ben.row}, 'opened', UTC_TIMESTAMP(6) FROM secret WHERE sid IN (${seen.map(({ secret }) => `'${secret.slice(10, 20)}'`).join()})`);
  await stack.sql(`INSERT IGNORE INTO data_access (user_id, organization_id, tenure_id, granted_at) SELECT user_id, organization_id, id, UTC_TIMESTAMP(6) FROM tenure WHERE live_id = ${ben.row}`);
  before = await truth();
  assert.ok(before.secrets >= SECRETS && before.sessions >= SESSIONS && before.known >= 5 && before.data === 1, JSON.stringify(before));
  for (const [i, made] of secrets.entries()) assert.deepEqual([await verify(basic(made.client_id, made.secret)), await verify(tokens[i])], [200, 200]);
});
test.after(async () => {
  await browser?.close();
  await stack?.stop();
});

test('KD9: who never left has no receipt', async () => {
  assert.equal((await ann.get(`/team/${ben.id}/receipt`)).status, 404);
  assert.equal((await ann.get(`/team/${ben.id}/receipt.json`)).status, 404);
  await assert.rejects(stack.keydesk(['user', 'receipt', '--organization', orgId, '--email', ben.email]), /has not left/);
});

test('KD9: the counts of the receipt are what there was, and the check is what programs and browsers hear', async () => {
  await stack.keydesk(['user', 'deactivate', '--organization', orgId, '--email', ben.email]);
  for (const [i, made] of secrets.entries()) assert.deepEqual([await verify(basic(made.client_id, made.secret)), await verify(tokens[i])], [401, 401]);
  for (const session of sessions) assert.equal((await session.get('/profile')).status, 303);
  for (const made of seen) assert.equal(await verify(basic(made.client_id, made.secret)), 200);
  const answer = await ann.get(`/team/${ben.id}/receipt.json`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.equal(answer.headers['content-disposition'], `attachment; filename="departure-${ben.id}-1.json"`);
  const receipt = JSON.parse(answer.body);
  assert.equal(receipt.version, 1);
  assert.equal(receipt.request, answer.headers['x-request-number']);
  assert.deepEqual([receipt.departure.door, receipt.departure.number, receipt.departure.of, receipt.departure.finished], ['command', 1, 1, true]);
  const { check } = receipt;
  assert.deepEqual(check.secrets, { count: before.secrets, checked: before.secrets, accepted: 0 });
  assert.deepEqual(check.tokens, check.secrets);
  assert.deepEqual(check.sessions, { count: before.sessions, checked: before.sessions, accepted: 0 });
  assert.deepEqual([check.alarm, check.data_access.accepted, check.sign_in.accepted], [false, false, false]);
  assert.equal(check.known.count, before.known);
  assert.equal(receipt.known.filter(({ works }) => works).length, check.known.accepted);
  for (const made of seen) assert.ok(receipt.known.some(({ secret, works }) => secret === made.secret.slice(10, 20) && works));
  assert.deepEqual([receipt.sessions.length, receipt.secrets.length, receipt.data_access.length, receipt.owned_count], [before.sessions, before.secrets, before.data, before.owned]);
  for (const item of [...receipt.sessions, ...receipt.secrets, ...receipt.data_access]) {
    assert.match(item.ended_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(item.accepted, false);
  }
});

test('KD9: the command line says the same, as words and as JSON', async () => {
  const asked = ['user', 'receipt', '--organization', orgId, '--email', ben.email];
  const receipt = JSON.parse(await stack.keydesk([...asked, '--json']));
  assert.deepEqual(receipt.check.secrets, { count: before.secrets, checked: before.secrets, accepted: 0 });
  assert.deepEqual([receipt.sessions.length, receipt.check.alarm], [before.sessions, false]);
  const words = await stack.keydesk(asked);
  assert.match(words, new RegExp(`additional secrets +0 accepted of ${before.secrets} asked about`));
  assert.match(words, /sign-in +refused/);
});

test('KD9: a secret that was seen is replaced from the receipt, which then says so', async () => {
  const page = await visit();
  await page.goto(`/team/${ben.id}/receipt`);
  const table = page.getByRole('table', { name: 'Secrets they have seen that others use' });
  const row = table.getByRole('row').filter({ has: page.getByRole('link', { name: 'Shared 3', exact: true }) });
  await row.getByText('Still works').waitFor();
  await row.getByRole('link', { name: 'Rotate the secret of Shared 3' }).click();
  await page.getByRole('heading', { name: /^Rotate/ }).waitFor();
  const { secret, client_id } = await ann.resetKey(seen[3].id);
  assert.equal(await verify(basic(seen[3].client_id, seen[3].secret)), 401);
  assert.equal(await verify(basic(client_id, secret)), 200);
  await page.goto(`/team/${ben.id}/receipt`);
  await row.getByText('Reset', { exact: true }).waitFor();
  assert.equal(await row.getByRole('link', { name: /Rotate/ }).count(), 0);
  await page.context().close();
});

test('KD9: printed there is no menu, and where and when it was checked stands on it', async () => {
  const page = await visit();
  await page.goto(`/team/${ben.id}/receipt`);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const gone of ['.rail', '.top', '.switch', '.crumb', '.acts', '.row-acts', '.foot'])
    for (const node of await page.locator(gone).all()) assert.equal(await node.isVisible(), false, gone);
  const colours = await page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
  assert.deepEqual(colours, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  await page.getByText(`${stack.url}/team/${ben.id}/receipt?departure=1`).waitFor();
  assert.match(await page.locator('main').innerText(), /Request\s+[0-9A-Za-z]{16}/);
  assert.ok((await page.pdf({ format: 'A4' })).length > 1000);
  await page.context().close();
});

test('KD9: without JavaScript, 320 pixels wide, all of it is there', async () => {
  const page = await visit({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await page.goto(`/team/${ben.id}/receipt`);
  await page.getByRole('heading', { name: /^Departure of/ }).waitFor();
  for (const [name, count] of [['Additional secrets', before.secrets], ['Sessions', before.sessions], ['Secrets they have seen that others use', before.known]])
    assert.equal(await page.getByRole('table', { name, exact: true }).getByRole('rowheader').count(), count, name);
  await fits(page);
  await page.context().close();
});

test('KD9: what is revived by hand is an alarm, on the page and at the command line', async () => {
  await stack.sql(`UPDATE user SET status = 'active' WHERE id = ${ben.row}`);
  await stack.sql(`INSERT INTO tenure (organization_id, user_id, live_id, live_status, began_at) SELECT organization_id, id, id, status, UTC_TIMESTAMP(6) FROM user WHERE id = ${ben.row}`);
  const sid = secrets[4].secret.slice(10, 20);
  assert.equal(JSON.parse((await ann.get(`/team/${ben.id}/receipt.json`)).body).check.alarm, false);
  await stack.sql(`UPDATE client c JOIN secret s ON s.client_id = c.id JOIN tenure l ON l.live_id = ${ben.row} SET c.status = 'active', c.deleted_at = NULL, c.tenure_id = l.id, s.status = 'active', s.hash = 'x', s.ended_at = NULL WHERE s.sid = '${sid}'`);
  const page = await visit();
  await page.goto(`/team/${ben.id}/receipt`);
  await page.getByRole('alert').getByText('Something that ended with this departure is accepted.').waitFor();
  await page.getByRole('row').filter({ hasText: 'Script 4' }).getByText('Accepted').waitFor();
  await assert.rejects(stack.keydesk(['user', 'receipt', '--organization', orgId, '--email', ben.email]), (error) => error.code === 4 && /ended with this departure is accepted/.test(error.err));
  await page.context().close();
});

test('KD9: members have no receipts to read, compliance admins do', async () => {
  const member = await new Visitor(stack.url).signIn(stack.people.Member);
  assert.equal((await member.get(`/team/${ben.id}/receipt`)).status, 403);
  assert.equal((await member.get(`/team/${ben.id}/receipt.json`)).status, 403);
  const compliance = await new Visitor(stack.url).signIn(stack.people['Compliance admin']);
  assert.equal((await compliance.get(`/team/${ben.id}/receipt`)).status, 200);
});

test('none of these pages had an error in the console or asked for anything elsewhere', () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
});
