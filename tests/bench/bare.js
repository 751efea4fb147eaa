// bare.js - starts bare.c behind an nginx of its own whose configuration is that of Keydesk's.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { freePort } = require('../web/stack.js');
const { ask } = require('../web/visitor.js');

// More than nginx may hold connections at once: it has at most as many as the load generator.
const THREADS = 80;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const setting = (stack, name) => new RegExp(`^${name}=(.*)$`, 'm').exec(fs.readFileSync(path.join(stack.state, 'settings'), 'utf8'))[1];

// What run.sh has recorded of the processes of this stack: keydesk, web, mariadb.
function pidOf(stack, name) {
  const folder = path.dirname(setting(stack, 'KEYDESK_LISTEN'));
  return Number(fs.readFileSync(path.join(folder, name), 'utf8').split(' ')[0]);
}

// The program's own answer, as the web server hears it: without what nginx adds.
async function answerOf(stack, { method = 'GET', path: at, headers = {}, body }) {
  const given = { ...headers };
  if (body) given['Content-Length'] = Buffer.byteLength(body);
  const answer = await ask(stack.url + at, { method, headers: given, body });
  const theirs = new Set(['server', 'date', 'connection', 'keep-alive', 'transfer-encoding']);
  const lines = [`Status: ${answer.status} OK`];
  for (const [name, value] of Object.entries(answer.headers)) if (!theirs.has(name)) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n${answer.body}`;
}

function nginxConfig(stack, folder, socket, port) {
  const text = fs.readFileSync(path.join(stack.state, 'web/nginx.conf'), 'utf8');
  return text.replaceAll(path.join(stack.state, 'web'), folder).replaceAll(setting(stack, 'KEYDESK_LISTEN'), socket)
    .replaceAll(`127.0.0.1:${stack.port}`, `127.0.0.1:${port}`);
}

const exists = (connect) => new Promise((resolve) => {
  const socket = net.connect(connect, () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});

async function waitFor(child, connect, what) {
  while (!(await exists(connect))) {
    if (child.exitCode !== null) throw new Error(`${what} has ended with ${child.exitCode}`);
    await sleep(5);
  }
}

// Started with the same rights as Keydesk's workers.
function start(stack, program, args, env) {
  const { uid, gid } = fs.statSync(path.join(stack.state, 'data'));
  const who = process.getuid() === 0 ? { uid, gid } : {};
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, ...env }, ...who });
}

class Bare {
  // words: what bare.c does before it answers. Its answer is Keydesk's to the same request.
  static async start({ stack, folder, program, name, request, words }) {
    const bare = new Bare(), own = path.join(folder, name), socket = path.join(folder, `${name}.sock`);
    fs.mkdirSync(path.join(own, 'tmp'), { recursive: true });
    fs.writeFileSync(`${own}.answer`, await answerOf(stack, request));
    bare.program = start(stack, program, [socket, String(THREADS), `${own}.answer`, ...words], { KEYDESK_SETTINGS: path.join(stack.state, 'settings') });
    await waitFor(bare.program, { path: socket }, `bare ${name}`);
    bare.port = await freePort();
    bare.url = `http://127.0.0.1:${bare.port}`;
    fs.writeFileSync(path.join(own, 'nginx.conf'), nginxConfig(stack, own, socket, bare.port));
    for (const name of ['fastcgi.conf', 'example_nginx.conf']) fs.copyFileSync(path.join(stack.state, 'web', name), path.join(own, name));
    bare.nginx = spawn('nginx', ['-p', own, '-e', path.join(own, 'nginx.log'), '-c', path.join(own, 'nginx.conf')], { stdio: 'inherit' });
    await waitFor(bare.nginx, { port: bare.port, host: '127.0.0.1' }, `nginx of ${name}`);
    return bare;
  }

  roots(stack) { return { program: this.program.pid, nginx: this.nginx.pid, database: pidOf(stack, 'mariadb') }; }

  async stop() {
    for (const child of [this.nginx, this.program]) {
      if (!child || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }
}

module.exports = { Bare, pidOf, setting, exists, sleep, start };
