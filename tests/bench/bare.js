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

// A child that has not been started, has ended, or was killed answers nobody any more.
function stillThere(child, what) {
  const end = child.failed?.message ?? child.exitCode ?? child.signalCode;
  if (end !== null) throw new Error(`${what} has ended with ${end}`);
}

async function waitFor(child, connect, what) {
  while (!(await exists(connect))) {
    stillThere(child, what);
    await sleep(5);
  }
}

// A program that cannot be started says so by an event, which nobody else listens to.
function noted(child) {
  child.on('error', (error) => { child.failed = error; });
  return child;
}

// Started with the same rights as Keydesk's workers.
function start(stack, program, args, env) {
  const { uid, gid } = fs.statSync(path.join(stack.state, 'data'));
  const who = process.getuid() === 0 ? { uid, gid } : {};
  return noted(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, ...env }, ...who }));
}

class Bare {
  // statements: what bare.c runs before it answers, as statements.js gives them. Its answer is Keydesk's to the same request.
  static async start(wish) {
    const bare = new Bare();
    try {
      await bare.begin(wish);
    } catch (error) {
      await bare.stop(); // nobody else knows of it
      throw error;
    }
    return bare;
  }

  async begin({ stack, folder, program, name, request, statements }) {
    const own = path.join(folder, name), socket = path.join(folder, `${name}.sock`);
    fs.mkdirSync(path.join(own, 'tmp'), { recursive: true });
    fs.writeFileSync(`${own}.answer`, await answerOf(stack, request));
    if (statements) fs.writeFileSync(`${own}.statements`, statements);
    this.program = start(stack, program, [socket, String(THREADS), `${own}.answer`, ...(statements ? [`${own}.statements`] : [])], { KEYDESK_SETTINGS: path.join(stack.state, 'settings') });
    await waitFor(this.program, { path: socket }, `bare ${name}`);
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    fs.writeFileSync(path.join(own, 'nginx.conf'), nginxConfig(stack, own, socket, this.port));
    for (const file of ['fastcgi.conf', 'example_nginx.conf']) fs.copyFileSync(path.join(stack.state, 'web', file), path.join(own, file));
    this.nginx = noted(spawn('nginx', ['-p', own, '-e', path.join(own, 'nginx.log'), '-c', path.join(own, 'nginx.conf')], { stdio: 'inherit' }));
    await waitFor(this.nginx, { port: this.port, host: '127.0.0.1' }, `nginx of ${name}`);
    this.name = name;
    this.there();
  }

  // Throws when one of its programs has ended: what was measured then was nobody.
  there() {
    stillThere(this.program, `bare ${this.name}`);
    stillThere(this.nginx, `nginx of ${this.name}`);
  }

  roots(stack) { return { program: this.program.pid, nginx: this.nginx.pid, database: pidOf(stack, 'mariadb') }; }

  async stop() {
    for (const child of [this.nginx, this.program]) {
      if (!child || child.failed || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }
}

module.exports = { Bare, pidOf, setting, exists, sleep, start, stillThere };
