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
  fs.mkdirSync(path.join(folder, 'tmp'), { recursive: true });
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

// The recipe for a gateway, with a file in place of the API behind it.
function gatewayConfig(stack, folder) {
  const text = fs.readFileSync(path.join(stack.state, 'web/example_nginx.conf'), 'utf8');
  fs.writeFileSync(path.join(folder, 'file'), 'What an API would say.\n'.repeat(10));
  fs.chmodSync(folder, 0o755);
  return text.replace(/^.*proxy_pass .*$/m, `  root ${folder}; try_files /file =404;`);
}

// An nginx with the configuration of Keydesk's, before any program's socket.
async function startFront({ stack, folder, socket }) {
  const port = await freePort();
  fs.writeFileSync(path.join(folder, 'nginx.conf'), nginxConfig(stack, folder, socket, port));
  fs.copyFileSync(path.join(stack.state, 'web/fastcgi.conf'), path.join(folder, 'fastcgi.conf'));
  fs.writeFileSync(path.join(folder, 'example_nginx.conf'), gatewayConfig(stack, folder));
  const nginx = noted(spawn('nginx', ['-p', folder, '-e', path.join(folder, 'nginx.log'), '-c', path.join(folder, 'nginx.conf')], { stdio: 'inherit' }));
  await waitFor(nginx, { port, host: '127.0.0.1' }, `nginx of ${folder}`);
  return { nginx, url: `http://127.0.0.1:${port}` };
}

async function end(child) {
  if (!child || child.failed || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

// Keydesk itself behind such an nginx, which asks it about each call to a file.
class Gateway {
  static async start({ stack, folder }) {
    const gateway = new Gateway(), own = path.join(folder, 'gateway');
    fs.mkdirSync(own, { recursive: true });
    Object.assign(gateway, await startFront({ stack, folder: own, socket: setting(stack, 'KEYDESK_LISTEN') }));
    return gateway;
  }

  roots(stack) { return { program: pidOf(stack, 'keydesk'), nginx: this.nginx.pid, database: pidOf(stack, 'mariadb') }; }

  stop() { return end(this.nginx); }
}

class Bare {
  // statements: what bare.c runs before it answers, as statements.js gives them; signatures: how many it then makes. Its
  // answer is Keydesk's to the same request.
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

  async begin({ stack, folder, program, name, request, statements, signatures }) {
    const own = path.join(folder, name), socket = path.join(folder, `${name}.sock`);
    fs.mkdirSync(own, { recursive: true });
    fs.writeFileSync(`${own}.answer`, await answerOf(stack, request));
    if (statements) fs.writeFileSync(`${own}.statements`, statements);
    this.program = start(stack, program, [socket, String(THREADS), `${own}.answer`, ...(statements ? [`${own}.statements`] : []), ...(signatures ? [String(signatures)] : [])], { KEYDESK_SETTINGS: path.join(stack.state, 'settings') });
    await waitFor(this.program, { path: socket }, `bare ${name}`);
    Object.assign(this, await startFront({ stack, folder: own, socket }));
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
    await end(this.nginx);
    await end(this.program);
  }
}

module.exports = { Bare, Gateway, pidOf, setting, exists, sleep, start, stillThere };
