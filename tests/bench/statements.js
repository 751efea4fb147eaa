// statements.js - the statements that a request runs, as the database has heard them, values and all.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { ask } = require('../web/visitor.js');
const { pidOf, sleep } = require('./bare.js');

const TRIES = 200, WARM = 200, HEARD = 8;

// The entries of a general query log: { thread, command, text }. Read as latin1, so that each byte is a character.
function entries(log) {
  const found = [];
  for (const line of log.split('\n')) {
    const begins = /^(?:\d{6} +\d+:\d\d:\d\d)?\t+ *(\d+) ([A-Z][a-z]+(?: [a-z]+)?)(?:\t(.*))?$/.exec(line);
    if (begins) found.push({ thread: begins[1], command: begins[2], text: begins[3] ?? '' });
    else if (found.length) found.at(-1).text += `\n${line}`;
  }
  return found;
}

const ESCAPED = { 0: '\0', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

// A text that is no UTF-8, as the hash of a session, is no text to the database either.
function readable(statement) {
  return statement.replace(/'(?:[^'\\]|\\[^]|'')*'/g, (quoted) => {
    const bytes = Buffer.from(quoted.slice(1, -1).replace(/''/g, "'").replace(/\\([^])/g, (_, c) => ESCAPED[c] ?? c), 'latin1');
    return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes) ? quoted : `0x${bytes.toString('hex')}`;
  });
}

// The program anew, so that its connections are new ones too.
async function reload(stack) {
  const ready = () => stack.log().match(/ready: /g).length, before = ready();
  process.kill(pidOf(stack, 'keydesk'), 'SIGHUP');
  while (ready() === before) await sleep(20);
  await sleep(500);
}

// Of a request, once the program has prepared all that it asks: the fewest of several times, as now and then a thread reads
// anew what it keeps. The housekeeper must be silent meanwhile, and a worker from before the log was on has no values, so it
// is tried until one connection is heard alone.
async function hear(stack, file, { path: at, ...options }) {
  const once = () => ask(stack.url + at, options);
  for (let i = 0; i < WARM; i += 16) await Promise.all(Array.from({ length: 16 }, once));
  const all = [];
  for (let i = 0; i < TRIES && all.length < HEARD; i++) {
    const { size } = fs.statSync(file);
    const { status } = await once();
    if (status !== 200) throw new Error(`${at}: ${status}`);
    await sleep(20 + i); // the log may be late on a busy machine
    const heard = entries(fs.readFileSync(file, 'latin1').slice(size));
    const ran = heard.filter(({ command }) => command === 'Execute' || command === 'Query');
    const whole = ran.every(({ text }) => !text.replace(/'(?:[^'\\]|\\[^]|'')*'/g, '').includes('?'));
    if (whole && new Set(ran.map(({ thread }) => thread)).size === 1 && !heard.some(({ command }) => command === 'Prepare'))
      all.push(ran);
  }
  if (!all.length) throw new Error(`${at}: its statements were never heard alone`);
  const fewest = all.reduce((a, b) => (b.length < a.length ? b : a));
  return Buffer.from(fewest.map(({ text }) => `${readable(text)}\0`).join(''), 'latin1');
}

// Of each request, by name, what bare.c is to run. A statement is logged with its values when the log was on as it was
// prepared, so the program begins anew before and after.
async function statementsOf(stack, requests) {
  const file = path.join(stack.state, 'data', 'statements.log'), found = {};
  await stack.sql(`SET GLOBAL general_log_file = '${file}'; SET GLOBAL general_log = 1`);
  await reload(stack);
  for (const [name, request] of Object.entries(requests)) found[name] = await hear(stack, file, request);
  await stack.sql('SET GLOBAL general_log = 0');
  await reload(stack);
  fs.rmSync(file);
  return found;
}

module.exports = { statementsOf };
