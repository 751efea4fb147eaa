// master.js - starts a real master, with a serve() that does what its address says (serve_stub.c).
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ask } = require('./fastcgi.js');

const PROGRAM = process.env.KEYDESK_TEST_STUB;

// Waits until what() is true; false when it never becomes so.
async function until(what, seconds = 30) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await what()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

function is_alive(pid) {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(fs.readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

// The processes whose parent this is.
function children(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

class Master {
  constructor(settings = {}, { stdin = 'ignore', env = {}, program = PROGRAM } = {}) {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kd-'));
    fs.chmodSync(this.dir, 0o777);
    this.socket = path.join(this.dir, 's');
    this.settings = {
      KEYDESK_LISTEN: this.socket, KEYDESK_USER: 'nobody', KEYDESK_WORKERS: 2, KEYDESK_THREADS: 4, ...settings,
    };
    this.write_settings();
    this.log = '';
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KEYDESK_')));
    this.process = spawn(program, ['serve', '--ready-fd', '3'], {
      stdio: [stdin, 'ignore', 'pipe', 'pipe'],
      env: { ...clean, KEYDESK_SETTINGS: path.join(this.dir, 'settings'), STUB: this.dir, ...env },
    });
    this.pid = this.process.pid;
    this.process.stderr.on('data', (data) => { this.log += data; });
    this.ended = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve(signal || code)));
    this.ready = new Promise((resolve) => {
      this.process.stdio[3].on('data', () => resolve(true));
      this.process.stdio[3].on('end', () => resolve(false));
    });
  }

  write_settings(more = {}) {
    Object.assign(this.settings, more);
    fs.writeFileSync(path.join(this.dir, 'settings'),
      Object.entries(this.settings).map(([name, value]) => `${name}=${value}\n`).join(''));
  }

  touch(name) { fs.writeFileSync(path.join(this.dir, name), ''); }

  remove(name) { fs.rmSync(path.join(this.dir, name), { force: true }); }

  read(name) {
    try {
      return fs.readFileSync(path.join(this.dir, name), 'latin1');
    } catch {
      return '';
    }
  }

  ask(uri, options) { return ask(this.socket, uri, options); }

  kill(signal) { this.process.kill(signal); }

  async stop() {
    const all = children(this.pid);
    if (this.process.exitCode === null && this.process.signalCode === null) this.kill('SIGKILL');
    await this.ended;
    await until(() => !all.some(is_alive)); // they write until they end
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

// test(name, with_master(settings, async (t, master) => ...)): a master for one test, ready to answer.
function with_master(settings, work) {
  return async (t) => {
    const master = new Master(settings);
    t.after(() => master.stop());
    if (!await master.ready) throw new Error(`the master did not start:\n${master.log}`);
    try {
      await work(t, master);
    } catch (error) {
      t.diagnostic(master.log.split('\n').slice(-30).join('\n'));
      throw error;
    }
  };
}

module.exports = { Master, with_master, until, is_alive, children };
