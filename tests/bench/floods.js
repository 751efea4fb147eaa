// floods.js - good callers beside others: as good, forged, or wrong in the secret alone.
'use strict';
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ask } = require('../web/visitor.js');
const { median, writeScript } = require('./measure.js');

const CONNECTIONS = 16, FLOOD = 64;
const say = (text = '') => console.log(text);

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
  const time = Math.max(2, rounds >> 1), computed = await counted(stack), began = Date.now();
  await measured(wrong, 2 * FLOOD, time); // so many that refusals which are held back leave enough to compute
  const rate = ((await counted(stack)).argon2_computations - computed.argon2_computations) * 1000 / (Date.now() - began);
  // At the priority at which Keydesk computes those: what else the machine does falls on both alike.
  const alike = Number(execFileSync('nice', ['-n', '10', path.join(programs, 'bench/argon2'), String(time)], { env: { ...process.env, KEYDESK_SETTINGS: path.join(stack.state, 'settings') } }));
  say(`  Argon2 for secrets that are not known: ${rate.toFixed(0)}/s; libargon2 by itself ${alike.toFixed(0)}/s`);
  return { forged: besideForged.kept, likeGood: besideForged.together.rps / besideGood.together.rps, wrong: besideWrong.kept, argon2: rate / alike };
}

module.exports = { floods };
