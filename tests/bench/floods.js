// floods.js - good callers beside others: as good, forged, or wrong in the secret alone.
'use strict';
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ask, basic } = require('../web/visitor.js');
const { sleep } = require('./bare.js');
const { median, writeScript } = require('./measure.js');

const CONNECTIONS = 16, FLOOD = 64;
const say = (text = '') => console.log(text);
const settingsOf = (stack) => ({ ...process.env, KEYDESK_SETTINGS: path.join(stack.state, 'settings') });

async function counted(stack) {
  const { body } = await ask(`${stack.url}/metrics`);
  return Object.fromEntries([...body.matchAll(/^keydesk_(\w+)_total (\d+)$/gm)].map((found) => [found[1], Number(found[2])]));
}

function line(title, result, other) {
  say(`  ${title.padEnd(34)} ${result.rps.toFixed(0).padStart(7)}/s   p50 ${result.p50.toFixed(2)} ms   p99 ${result.p99.toFixed(2)} ms` +
    (other ? `   the others ${other.rps.toFixed(0)}/s` : ''));
}

// Each second secret is given the hash of none: their texts are well-formed, of real ids, and wrong, as if the key of the tags had leaked.
async function makeWrong(stack, asked) {
  const wrong = asked.secret.filter((_, i) => i % 2), good = asked.secret.filter((_, i) => i % 2 === 0);
  const sids = wrong.map(({ headers }) => Buffer.from(headers.Authorization.slice('Basic '.length), 'base64').toString().split(':')[1].slice(10, 20));
  const list = sids.map((sid) => `'${sid}'`).join(',');
  await stack.sql(`UPDATE keydesk.secret SET hash = CONCAT(LEFT(hash, CHAR_LENGTH(hash) - 4), IF(RIGHT(hash, 4) = 'AAAA', 'BAAA', 'AAAA')) WHERE sid IN (${list})`);
  return { good, wrong };
}

// Good callers by themselves and then beside others, a second each, in turn: so that what else the machine does falls on both alike.
// The share of their throughput that they keep is the median of those of the rounds.
async function beside({ good, others, rounds, measured }) {
  const alone = [], together = [], theirs = [];
  for (let i = 0; i < rounds; i++) {
    alone.push(await measured(good, CONNECTIONS, 1));
    const [mine, other] = await Promise.all([measured(good, CONNECTIONS, 1), measured(others, FLOOD, 1)]);
    together.push(mine);
    theirs.push(other);
  }
  const middle = (results) => Object.fromEntries(Object.keys(results[0]).map((name) => [name, median(results.map((result) => result[name]))]));
  return { alone: middle(alone), together: middle(together), theirs: middle(theirs), kept: median(together.map(({ rps }, i) => rps / alone[i].rps)) };
}

function show(title, found) {
  line(title, found.together, found.theirs);
  say(`  ${''.padEnd(34)} of ${found.alone.rps.toFixed(0)}/s alone they keep ${(found.kept * 100).toFixed(0)} %`);
}

// Good secrets of one client that no process has seen, each put into the database as a row of its own.
async function makeNew(stack, asked, programs, n) {
  const [clientId] = Buffer.from(asked.secret[0].headers.Authorization.slice('Basic '.length), 'base64').toString().split(':');
  const made = execFileSync(path.join(programs, 'bench/secrets'), [String(n)], { env: settingsOf(stack), encoding: 'utf8' }).trim().split('\n').map((one) => one.split(' '));
  for (let from = 0; from < n; from += 200) {
    const rows = made.slice(from, from + 200).map(([sid, , hint, hash]) => `SELECT '${sid}' AS sid, '${hint}' AS hint, '${hash}' AS hash`).join(' UNION ALL ');
    await stack.sql(`INSERT INTO keydesk.secret (sid, organization_id, client_id, kind, status, hash, hint, key_number, created_at, stored_at)
      SELECT n.sid, c.organization_id, c.id, 'primary', 'active', n.hash, n.hint, s.key_number, s.created_at, s.created_at
        FROM keydesk.client c JOIN keydesk.secret s ON s.current_of = c.id JOIN (${rows}) n WHERE c.client_id = '${clientId}'`);
  }
  return made.map(([, text]) => ({ ...asked.secret[0], headers: { ...asked.secret[0].headers, ...basic(clientId, text) } }));
}

// How many are computed a second in the middle of a load of two, so many at a time that somebody always waits.
async function computedRate(stack, loaded) {
  const at = async () => ({ n: (await counted(stack)).argon2_computations, when: performance.now() });
  await sleep(600);
  const from = await at();
  await sleep(1200);
  const to = await at();
  return { rate: (to.n - from.n) * 1000 / (to.when - from.when), result: await loaded };
}

// Argon2 for good secrets that are not known, and libargon2 by itself at the priority at which Keydesk computes those, in turn.
async function unseen({ stack, good, asked, folder, programs, rounds, measured }) {
  const alone = [], ours = [], costs = [];
  for (let i = 0; i < rounds; i++) {
    alone.push(Number(execFileSync('nice', ['-n', '10', path.join(programs, 'bench/argon2'), '2'], { env: settingsOf(stack) })));
    const requests = await makeNew(stack, asked, programs, Math.ceil(2.2 * Math.max(...alone)));
    const { rate, result } = await computedRate(stack, measured({ ...good, script: writeScript(folder, `unseen${i}`, requests) }, FLOOD, 2));
    ours.push(rate);
    costs.push(result);
  }
  const middle = (name) => median(costs.map((cost) => cost[name])).toFixed(0), ratio = median(ours.map((rate, i) => rate / alone[i]));
  say(`  Argon2 for secrets that are not known: ${median(ours).toFixed(0)}/s; libargon2 by itself ${median(alone).toFixed(0)}/s: ${(ratio * 100).toFixed(0)} %`);
  say(`  Such a request takes ${middle('program')} us of the program, ${middle('nginx')} of nginx and ${middle('database')} of the database.`);
  return ratio;
}

// What is found: the share of their throughput that good callers keep beside each flood, and how near Argon2 is to libargon2 alone.
async function floods({ stack, good, asked, folder, programs, rounds, measured }) {
  const forged = { title: 'forged', url: stack.url, roots: good.roots, script: writeScript(folder, 'forged', asked.forged), refused: true };

  say(`\nGood callers on ${CONNECTIONS} connections, beside others on ${FLOOD}`);
  const besideGood = await beside({ good, others: { ...good }, rounds, measured });
  show('beside as many good ones', besideGood);
  const before = await counted(stack);
  const besideForged = await beside({ good, others: forged, rounds, measured });
  const after = await counted(stack);
  show('beside a flood of forged secrets', besideForged);
  const onlyForged = await measured(forged, FLOOD, 1);
  say(`  A forged secret takes ${onlyForged.program.toFixed(0)} us of the program and ${onlyForged.database.toFixed(1)} of the database` +
    ` (a good one ${besideForged.alone.program.toFixed(0)} and ${besideForged.alone.database.toFixed(1)}).`);
  say(`  During the flood: ${after.secrets_forged - before.secrets_forged} forged, ${after.refusals_held - before.refusals_held} of them held back, ` +
    `${after.argon2_computations - before.argon2_computations} Argon2 computations, ${after.secret_reads - before.secret_reads} queries for ` +
    `${after.callers_accepted - before.callers_accepted} good calls.`);

  const secrets = await makeWrong(stack, asked);
  const known = { ...good, script: writeScript(folder, 'known', secrets.good) };
  const wrong = { title: 'wrong', url: stack.url, roots: good.roots, script: writeScript(folder, 'wrong', secrets.wrong), refused: true };
  const besideWrong = await beside({ good: known, others: wrong, rounds, measured });
  show('beside wrong ones of real ids', besideWrong);
  const argon2 = await unseen({ stack, good, asked, folder, programs, rounds: Math.max(2, rounds >> 1), measured });
  return { forged: besideForged.kept, likeGood: besideForged.together.rps / besideGood.together.rps, wrong: besideWrong.kept, argon2 };
}

module.exports = { floods };
