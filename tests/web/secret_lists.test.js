// secret_lists.test.js - who sees which additional secrets: a member their own, an admin all and never a value; in a browser
// with its script and without, and by HTTP.
// Once: it reads pages, and posts nothing.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { start } = require('./stack.js');
const { launch, open, signIn, fits, everything } = require('./browser.js');
const { Visitor, revealed } = require('./visitor.js');

let stack, browser, website;
const opened = [], people = {}, secrets = {};

test.before(async () => {
  browser = await launch();
  stack = await start({ demo: true });
  const org = (await stack.sql(`SELECT organization_id FROM user u JOIN person p ON p.id = u.person_id WHERE p.email = '${stack.people.Admin.email}'`))[0][0];
  await stack.sql(`UPDATE organization SET additional_secrets = 60 WHERE id = ${org};
    DELETE FROM member_permission WHERE organization_id = ${org};
    INSERT INTO member_permission (organization_id, permission_id) SELECT ${org}, p.id FROM permission p JOIN api a ON a.id = p.api_id WHERE a.word = 'analytics'`);
  [[website]] = await stack.sql(`SELECT public_id FROM client WHERE organization_id = ${org} AND kind = 'account' AND environment = 'production' AND deleted_at IS NULL AND status = 'active' ORDER BY id LIMIT 1`);
  for (const role of ['Admin', 'Member']) {
    people[role] = { ...stack.people[role], http: await new Visitor(stack.url).signIn(stack.people[role]) };
    const answer = await people[role].http.send('/secrets/new', '/secrets', { name: `Only of the ${role}`, key: website, 'may-analytics': 'analytics:read' });
    const { secret } = revealed(answer);
    secrets[role] = { secret, id: /secrets\/(\w{10})\/stored/.exec(answer.body)[1] };
  }
});
test.after(async () => {
  for (const { wrong } of opened) assert.deepEqual(wrong, []);
  await browser?.close();
  await stack?.stop();
});

async function visitor(role, options) {
  const made = await open(browser, stack.url, options);
  opened.push(made);
  await signIn(made.page, people[role]);
  await made.page.getByRole('heading', { name: 'Overview' }).waitFor();
  return made.page;
}

async function looked(options) {
  const admin = await visitor('Admin', options), member = await visitor('Member', options);
  for (const page of [admin, member]) {
    await page.goto('/secrets');
    await fits(page);
  }
  await admin.getByRole('link', { name: 'Only of the Member' }).waitFor();
  await admin.getByRole('link', { name: 'Only of the Admin' }).waitFor();
  await member.getByRole('link', { name: 'Only of the Member' }).waitFor();
  assert.equal(await member.getByText('Only of the Admin').count(), 0);

  await admin.getByRole('link', { name: 'Only of the Member' }).click();
  await admin.getByRole('heading', { name: 'What it may do' }).waitFor();
  await fits(admin);
  for (const { secret } of Object.values(secrets)) assert.ok(!(await everything(admin)).includes(secret));
  assert.equal(await admin.getByRole('link', { name: 'Rotate secret' }).count(), 0);
  await member.getByRole('link', { name: 'Only of the Member' }).click();
  await member.getByRole('link', { name: 'Rotate secret' }).waitFor();
  await fits(member);

  await admin.goto('/secrets');
  await admin.getByRole('searchbox', { name: 'Words, short id or secret' }).fill('Only Member');
  await admin.getByRole('button', { name: 'Search', exact: true }).click();
  await admin.getByText('1 found').waitFor();
  assert.equal(await admin.getByText('Only of the Admin').count(), 0);
  await admin.goto(`/credentials/${website}/delete`);
  await admin.getByRole('heading', { name: 'Whose additional secrets end with it' }).waitFor();
  await admin.getByRole('link', { name: 'Only of the Member' }).waitFor();
  await fits(admin);
  for (const page of [admin, member]) await page.context().close();
}

test('LR5 LR6: a member sees their own, an admin all and never a value; whose end with a key is said', () => looked({}));
test('LR5 LR6: without JavaScript, 320 pixels wide: the same', () => looked({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } }));

test('LR6: by HTTP: the secret of another member is answered as what is not there, and is in no list', async () => {
  const { http } = people.Member;
  const plain = ({ status, body }) => `${status} ${body.replace(/request [0-9A-Za-z]+|<code[^>]*>[^<]*<\/code>|value="[^"]*"/g, '')}`;
  for (const rest of ['', '/open', '/edit', '/reset', '/rotate', '/finish', '/cancel', '/revoke']) {
    const theirs = await http.get(`/secrets/${secrets.Admin.id}${rest}`);
    const unknown = await http.get(`/secrets/0000000000${rest}`);
    assert.equal(theirs.status, 404, rest);
    assert.equal(plain(theirs), plain(unknown), rest);
  }
  for (const query of ['', '?state=ended', '?q=Only', `?after=${secrets.Admin.id}`, `?before=${secrets.Admin.id}`, '?environment=integration'])
    assert.ok(!(await http.get(`/secrets${query}`)).body.includes('Only of the Admin'), query);
});
