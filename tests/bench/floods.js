// floods.js - good callers beside others: as good, forged, or wrong in the secret alone.
'use strict';
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ask } = require('../web/visitor.js');
const { writeScript } = require('./measure.js');

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

// What is found: the share of their throughput that good callers keep beside each flood, and how near Argon2 is to libargon2 alone.
async function floods({ stack, good, asked, folder, programs, time, measured }) {
  const forged = { title: 'forged', url: stack.url, roots: good.roots, script: writeScript(folder, 'forged', asked.forged), refused: true };
  const alone = await measured(good, CONNECTIONS, time);
  const [besideGood, moreGood] = await Promise.all([measured(good, CONNECTIONS, time), measured({ ...good }, FLOOD, time)]);
  const before = await counted(stack);
  const [besideForged, refused] = await Promise.all([measured(good, CONNECTIONS, time), measured(forged, FLOOD, time)]);
  const after = await counted(stack);
  const onlyForged = await measured(forged, FLOOD, time);

  say(`\nGood callers on ${CONNECTIONS} connections, beside others on ${FLOOD}`);
  line('alone', alone);
  line('beside as many good ones', besideGood, moreGood);
  line('beside a flood of forged secrets', besideForged, refused);
  say(`  A forged secret takes ${onlyForged.program.toFixed(0)} us of the program and ${onlyForged.database.toFixed(1)} of the database` +
    ` (a good one ${alone.program.toFixed(0)} and ${alone.database.toFixed(1)}).`);
  say(`  During the flood: ${after.secrets_forged - before.secrets_forged} forged, ${after.argon2_computations - before.argon2_computations}` +
    ` Argon2 computations, ${after.secret_reads - before.secret_reads} queries for ${after.callers_accepted - before.callers_accepted} good calls.`);

  const secrets = await makeWrong(stack, asked);
  const known = { ...good, script: writeScript(folder, 'known', secrets.good) };
  const wrong = { title: 'wrong', url: stack.url, roots: good.roots, script: writeScript(folder, 'wrong', secrets.wrong), refused: true };
  const knownAlone = await measured(known, CONNECTIONS, time);
  const [besideWrong, wrongs] = await Promise.all([measured(known, CONNECTIONS, time), measured(wrong, FLOOD, time)]);
  line('known secrets alone', knownAlone);
  line('beside wrong ones of real ids', besideWrong, wrongs);
  const computed = await counted(stack), began = Date.now();
  await measured(wrong, CONNECTIONS, Math.max(2, time));
  const rate = ((await counted(stack)).argon2_computations - computed.argon2_computations) * 1000 / (Date.now() - began);
  const alike = Number(execFileSync(path.join(programs, 'bench/argon2'), [String(Math.max(2, time))], { env: { ...process.env, KEYDESK_SETTINGS: path.join(stack.state, 'settings') } }));
  say(`  Argon2 for secrets that are not known: ${rate.toFixed(0)}/s; libargon2 by itself ${alike.toFixed(0)}/s`);
  return { forged: besideForged.rps / alone.rps, likeGood: besideForged.rps / besideGood.rps, wrong: besideWrong.rps / knownAlone.rps, argon2: rate / alike };
}

module.exports = { floods };
