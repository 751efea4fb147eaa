// start_times.js - how long it takes from the start of a program to its first answer.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { ask } = require('../process/fastcgi.js');
const { start, exists, sleep, stillThere } = require('./bare.js');
const { median } = require('./measure.js');

async function once({ stack, program, args, socket, env, uri }) {
  fs.rmSync(socket, { force: true });
  const began = process.hrtime.bigint();
  const child = start(stack, program, args, env);
  try {
    while (!(await exists({ path: socket }))) {
      stillThere(child, program);
      await sleep(1);
    }
    const { status } = await ask(socket, uri);
    if (status !== 200) throw new Error(`${program} answers ${status}`);
    return Number(process.hrtime.bigint() - began) / 1e6;
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.kill('SIGTERM')) await ended;
  }
}

// Prints, and gives in milliseconds, the median of some starts of the program by itself: processes, key ring, templates, statements
// compared with the columns of a database that runs already.
async function startTimes({ stack, folder, tries }) {
  const socket = path.join(folder, 'start.sock'), answer = path.join(folder, 'start.answer');
  const settings = { KEYDESK_SETTINGS: path.join(stack.state, 'settings') };
  const log = path.join(folder, 'start.log');
  const program = /exec "([^"]*)"/.exec(fs.readFileSync(path.join(stack.state, 'keydesk'), 'utf8'))[1];
  const times = { keydesk: [], bare: [] };

  fs.writeFileSync(answer, 'Status: 200 OK\r\n\r\n');
  for (let i = 0; i < tries; i++) {
    times.keydesk.push(await once({ stack, program: 'sh', args: ['-c', `exec "${program}" serve 2>>"${log}"`], socket,
      env: { ...settings, KEYDESK_LISTEN: socket }, uri: '/health/ready' }));
    times.bare.push(await once({ stack, program: path.join(folder, 'bare'), args: [socket, '80', answer], socket, env: settings, uri: '/' }));
  }
  console.log(`From the program's start to its first answer: ${median(times.keydesk).toFixed(0)} ms (bare libfcgi ${median(times.bare).toFixed(0)} ms)`);
  return median(times.keydesk);
}

module.exports = { startTimes };
