// real.js - the real program on a real database of its own, without a web server.
'use strict';
const { execFile, execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { ask } = require('./fastcgi.js');

const root = path.resolve(__dirname, '../..');
const PROGRAM = path.resolve(root, process.env.B || 'build/release', 'keydesk');
const NOBODY = 65534;
const database = process.env.KEYDESK_TEST_SOCKET;

// A way to the database that can be cut: connections through it end, and no new one is made. Its near end is
// a socket's path, or { host, port } where port 0 is one that is free.
class Way {
  constructor(near, target) {
    this.near = near;
    this.socket = near;
    this.pairs = new Set();
    this.opened = this.make(target);
  }

  make(target) {
    this.target = target;
    this.server = net.createServer((near) => {
      const far = net.connect(target);
      const pair = [near, far];
      this.pairs.add(pair);
      const end = () => { pair.forEach((one) => one.destroy()); this.pairs.delete(pair); };
      for (const one of pair) one.on('error', end).on('close', end);
      near.pipe(far).pipe(near);
    });
    return new Promise((resolve) => this.server.listen(this.near, () => {
      if (this.near.host) this.near.port = this.server.address().port;
      else fs.chmodSync(this.near, 0o777);
      resolve();
    }));
  }

  cut() {
    for (const pair of this.pairs) pair.forEach((one) => one.destroy());
    return new Promise((resolve) => this.server.close(resolve));
  }

  async open() { await this.make(this.target); }
}

// A master that has been started, and what it says.
class Running {
  constructor(env) {
    this.env = env;
    this.log = '';
    this.child = spawn(PROGRAM, ['serve', '--ready-fd', '3'], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    this.pid = this.child.pid;
    this.child.stderr.on('data', (data) => { this.log += data; });
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(signal || code)));
    this.ready = new Promise((resolve) => {
      this.child.stdio[3].on('data', () => resolve(true));
      this.child.stdio[3].on('end', () => resolve(false));
    });
  }

  ask(uri, options) { return ask(this.env.KEYDESK_LISTEN, uri, options); }

  verify(key, secret = key.client_secret) {
    return this.ask('/verify', { params: { HTTP_X_API_KEY: key.client_id, HTTP_X_API_SECRET: secret } });
  }

  async stop(signal = 'SIGTERM') {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended;
  }
}

// An installation: folders, key ring, schema, an organization with one account key.
class Installation {
  constructor(name, socket = database) {
    this.socket = socket;
    this.name = `${name}_${process.pid}`;
    this.running = [];
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kd-real-'));
    fs.chmodSync(this.dir, 0o777);
    const clean = Object.fromEntries(Object.entries(process.env).filter(([word]) => !word.startsWith('KEYDESK_')));
    this.env = {
      ...clean, KEYDESK_LISTEN: path.join(this.dir, 's'), KEYDESK_USER: 'nobody', KEYDESK_WORKERS: '2', KEYDESK_THREADS: '4', KEYDESK_WRITES_PER_SECOND: '10000',
      KEYDESK_KEYRING: path.join(this.dir, 'keyring'), KEYDESK_TEMPLATES: path.join(this.dir, 'templates'), KEYDESK_SCHEMA: path.join(this.dir, 'schema'),
      KEYDESK_DB_SOCKET: socket, KEYDESK_DB_NAME: this.name, KEYDESK_DB_USER: 'root', KEYDESK_DB_OWNER: 'root',
    };
    for (const folder of ['templates', 'schema']) fs.cpSync(path.join(root, folder), path.join(this.dir, folder), { recursive: true });
    this.keydesk('init');
    const id = JSON.parse(this.keydesk('organization', 'add', '--name', 'Process', '--json')).id;
    this.key = JSON.parse(this.keydesk('client', 'create', '--organization', id, '--environment', 'production', '--name', 'K', '--json'));
    this.key.organization = id;
    if (process.getuid() === 0) fs.chownSync(this.env.KEYDESK_KEYRING, NOBODY, NOBODY);
  }

  // The command line, straight to the database, whatever way the server takes.
  keydesk(...args) {
    return execFileSync(PROGRAM, args, { env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  keydeskAsync(...args) {
    return new Promise((resolve, reject) => {
      execFile(PROGRAM, args, { env: this.env }, (error, out) => (error ? reject(error) : resolve(out)));
    });
  }

  // Never in the foreground: this process itself may carry what a transaction of the program waits for.
  sql(statement) {
    return new Promise((resolve, reject) => {
      execFile('mariadb', ['--no-defaults', '-S', this.socket, '-u', 'root', '-BN', this.name, '-e', statement], (error, out) =>
        (error ? reject(error) : resolve(out.trim())));
    });
  }

  // Resolves when it serves.
  async start(settings = {}) {
    const one = new Running({ ...this.env, ...settings });
    this.running.push(one);
    if (!await one.ready) throw new Error(`it did not start:\n${one.log}`);
    return one;
  }

  // Nothing that it does of itself may be a call that it has forbidden itself.
  async remove() {
    for (const one of this.running) await one.stop();
    const forbidden = this.running.map((one) => /.* forbidden .*/.exec(one.log)).find((line) => line);
    await this.sql(`DROP DATABASE IF EXISTS ${this.name}`);
    fs.rmSync(this.dir, { recursive: true, force: true });
    if (forbidden) throw new Error(`a call was refused: ${forbidden}`);
  }
}

module.exports = { Installation, Running, Way, PROGRAM, database };
