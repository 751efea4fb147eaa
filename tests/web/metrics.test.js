// metrics.test.js - /metrics as Prometheus reads it: every line of it, by the strict parser of its own client.
// Once: what the program counts; that /metrics answers behind both is in attacks.test.js.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const test = require('node:test');
const { start } = require('./stack.js');
const { Visitor, ask, basic } = require('./visitor.js');

let stack, admin, key;

test.before(async () => {
  stack = await start({ demo: true });
  admin = await new Visitor(stack.url).signIn(stack.people.Admin);
  const { body } = await admin.get('/credentials');
  for (const id of new Set([...body.matchAll(/href="\/credentials\/([0-9A-Za-z]{10})"/g)].map((found) => found[1]))) await admin.deleteKey(id);
  key = await admin.createKey('Measured');
});
test.after(() => stack?.stop());

// Each sample as [name, labels, value], each family as { type, unit, help }; throws when it is no OpenMetrics.
const program = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families, samples = {}, []
for family in text_string_to_metric_families(sys.stdin.read()):
    families[family.name] = {"type": family.type, "unit": family.unit, "help": family.documentation}
    samples += [[s.name, s.labels, s.value] for s in family.samples]
json.dump({"families": families, "samples": samples}, sys.stdout)
`;
const parse = (text) => JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input: text, stdio: ['pipe', 'pipe', 'pipe'] }).toString());

async function scrape() {
  const { body } = await ask(`${stack.url}/metrics`);
  const parsed = parse(body);
  parsed.text = body;
  parsed.value = (name, labels = {}) => {
    const found = parsed.samples.filter(([its, all]) => its === name && Object.entries(labels).every(([label, value]) => all[label] === value));
    assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
    return found[0][2];
  };
  return parsed;
}

test('the strict parser of Prometheus reads it, and refuses it with an error put in', async () => {
  const { headers, body } = await ask(`${stack.url}/metrics`);
  assert.equal(headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  const { families } = parse(body);
  for (const [name, { type, help }] of Object.entries(families)) {
    assert.match(name, /^keydesk_[a-z0-9_]+$/);
    assert.ok(['counter', 'gauge', 'histogram', 'info'].includes(type), `${name} is ${type}`);
    assert.match(help, /\.$/, name);
  }
  assert.equal(families.keydesk_answer_seconds.unit, 'seconds');
  const broken = [[/# EOF\n/, ''], ['_total ', ' '], ['le="+Inf"', 'le="20.0"'], ['# UNIT keydesk_answer_seconds seconds', '# UNIT keydesk_answer_seconds bytes'],
    [/(# TYPE keydesk_requests counter\n)/, '$1$1']];
  for (const [from, to] of broken) {
    assert.notEqual(body.replace(from, to), body, String(from));
    assert.throws(() => parse(body.replace(from, to)), /ValueError/, String(from));
  }
});

test('what programs and people do is counted where it belongs', async () => {
  const before = await scrape();
  for (let i = 0; i < 10; i++) assert.equal((await ask(`${stack.url}/verify`, { headers: basic(key.client_id, key.secret) })).status, 200);
  for (let i = 0; i < 5; i++) assert.equal((await ask(`${stack.url}/verify`, { headers: basic(key.client_id, `${key.secret.slice(0, -1)}!`) })).status, 401);
  await admin.get('/credentials');
  await new Visitor(stack.url).signIn(stack.people.Member);
  const after = await scrape();
  const grown = (name, labels) => after.value(name, labels) - before.value(name, labels);
  assert.equal(grown('keydesk_answers_total', { asked: 'verify', status: '2xx' }), 10);
  assert.equal(grown('keydesk_answers_total', { asked: 'verify', status: '4xx' }), 5);
  assert.equal(grown('keydesk_verdicts_total', { verdict: 'good' }), 10);
  assert.equal(grown('keydesk_verdicts_total', { verdict: 'malformed' }), 5);
  assert.equal(grown('keydesk_answer_seconds_count', { asked: 'verify' }), 15);
  assert.equal(grown('keydesk_answers_total', { asked: 'page', status: '2xx' }), 2); // the page, and the form to sign in
  assert.equal(grown('keydesk_answers_total', { asked: 'sign_in', status: '3xx' }), 1);
  assert.ok(grown('keydesk_answer_seconds_sum', { asked: 'sign_in' }) > 0.001, 'it has computed Argon2');
  // Bucket upon bucket, and the last one is the count.
  const buckets = after.samples.filter(([name, labels]) => name === 'keydesk_answer_seconds_bucket' && labels.asked === 'verify').map(([, , value]) => value);
  assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
  assert.equal(buckets.at(-1), after.value('keydesk_answer_seconds_count', { asked: 'verify' }));
});

test('what is there now is shown: workers, connections, queues, the housekeeper at work', async () => {
  const now = await scrape();
  assert.ok(now.value('keydesk_workers') >= 2);
  assert.ok(now.value('keydesk_database_connections') >= 1);
  assert.equal(now.value('keydesk_argon2_computing', { for: 'people' }), 0);
  assert.equal(now.value('keydesk_argon2_waiting', { for: 'programs' }), 0);
  assert.ok(now.value('keydesk_cache_entries') >= 1024);
  assert.match(now.samples.find(([name]) => name === 'keydesk_build_info')[1].version, /^\d+\.\d+\.\d+$/);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const later = await scrape();
  for (const work of ['round', 'uses']) assert.ok(later.value('keydesk_housekeeping_age_seconds', { work }) <= 10, work);
});

test('it does not grow with what is asked, and holds no key, person or address', async () => {
  const before = await scrape();
  for (let i = 0; i < 30; i++) {
    await ask(`${stack.url}/nowhere/${i}`, { headers: { 'User-Agent': `program ${i}`, 'X-Original-Addr': `192.0.2.${i}` } });
    await ask(`${stack.url}/verify`, { headers: { ...basic(`kdc_live_${String(i).padStart(16, '0')}`, 'x'), 'User-Agent': `program ${i}` } });
  }
  const { samples, text } = await scrape();
  assert.ok(samples.length <= before.samples.length + 4, 'but for a work done for the first time');
  assert.ok(samples.length < 250, `${samples.length} samples`);
  for (const word of [key.client_id, key.id, key.secret.slice(10, 20), stack.people.Admin.email, '192.0.2.', '127.0.0.1', 'program 1']) assert.ok(!text.includes(word), word);
});
