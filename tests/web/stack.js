// stack.js - the whole of Keydesk as a user starts it, for tests: app/deploy/run.sh on a port and state of its own.
'use strict';
const { spawn, execFile, execFileSync } = require('node:child_process');
const { randomInt } = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const root = path.resolve(__dirname, '../..');
// Fast and not durable: what these tests kill is the program, not the machine.
const fast = '--innodb-flush-log-at-trx-commit=2 --innodb-flush-method=nosync --innodb-doublewrite=0';

// Below those that the kernel gives to connections: one of these, of which other tests make thousands, would take it before the server does.
function freePort() {
  return new Promise((resolve, reject) => {
    const port = randomInt(12000, 32000);
    const server = net.createServer();
    server.on('error', ({ code }) => (code === 'EADDRINUSE' ? resolve(freePort()) : reject(code)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

// start({ demo, env, state, port, fresh }): resolves when Keydesk says that it is ready. `said` is all that it printed.
async function start(wish = {}) {
  const state = wish.state ?? fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-web-'));
  const port = wish.port ?? (await freePort());
  fs.chmodSync(state, 0o755);
  // A database's first files, made once by tests/with_data.sh; fresh has them made, as a first start does.
  const data = process.env.KEYDESK_TEST_DATA;
  if (data && !wish.state && !wish.fresh) execFileSync('cp', ['-a', data, path.join(state, 'data')]);
  const env = {
    ...process.env, KEYDESK_STATE: state, KEYDESK_PORT: String(port), KEYDESK_MARIADB: fast,
    DEMO: wish.demo ? '1' : '', WEB: process.env.WEB || 'nginx',
    // A test is faster than a person. Those of the limit itself set it.
    KEYDESK_WRITES_PER_SECOND: '10000', ...wish.env,
  };
  delete env.KEYDESK_TEST_SOCKET;
  delete env.KEYDESK_TEST_DATA;
  const child = spawn(path.join(root, 'app/deploy/run.sh'), { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  // A test that is stopped takes its stack along.
  process.once('exit', () => child.kill('SIGTERM'));
  const said = [];
  let failed = '';
  child.stderr.on('data', (data) => { failed += data; });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in 120 s: ${said.join('\n')} ${failed}`)), 120000);
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line.startsWith('Data, keys and logs are in')) {
        clearTimeout(timer);
        resolve();
      }
    });
    child.on('exit', (code) => reject(new Error(`run.sh ended with ${code}: ${said.join('\n')} ${failed}`)));
  });
  return new Stack(child, { state, port, said });
}

class Stack {
  constructor(child, { state, port, said }) {
    this.child = child;
    this.state = state;
    this.port = port;
    this.said = said;
    this.url = `http://127.0.0.1:${port}`;
    const setup = said.find((line) => line.includes('/setup/'));
    this.setupLink = setup && setup.slice(setup.indexOf('http'));
    // With demo: each person's e-mail address and password, by role.
    this.people = {};
    for (const line of said) {
      const found = /^\s+(\S+@\S+)\s+(Admin|Compliance admin|Member)\s+(\S+)$/.exec(line);
      if (found) this.people[found[2]] = { email: found[1], password: found[3] };
    }
    // With demo: the line to be tried as it stands.
    this.tryLine = said.map((line) => /^\s+(curl .*)$/.exec(line)?.[1]).find(Boolean);
  }

  // The program on the settings of this stack; resolves to what it printed, rejects when it fails.
  keydesk(args, input = '') {
    return new Promise((resolve, reject) => {
      const child = execFile(path.join(this.state, 'keydesk'), args, { timeout: 60000 }, (error, out, err) =>
        (error ? reject(Object.assign(error, { out, err })) : resolve(out)));
      child.stdin.on('error', () => {}); // it may end without reading
      child.stdin.end(input);
    });
  }

  // Rows of a statement, asked as the database's superuser.
  sql(statement) {
    return new Promise((resolve, reject) => {
      const socket = path.join(this.state, 'run/db/mariadb.sock');
      const asUser = process.getuid() === 0 ? ['setpriv', '--reuid', this.user(), '--regid', this.group(), '--clear-groups'] : ['env'];
      execFile(asUser[0], [...asUser.slice(1), 'mariadb', '--no-defaults', '-S', socket, '-BN', 'keydesk', '-e', statement],
        (error, out) => (error ? reject(error) : resolve(out.trim().split('\n').filter(Boolean).map((row) => row.split('\t')))));
    });
  }

  // Whose the programs are.
  user() { return String(fs.statSync(path.join(this.state, 'data')).uid); }
  group() { return String(fs.statSync(path.join(this.state, 'data')).gid); }

  log(name = 'keydesk') { return fs.readFileSync(path.join(this.state, 'log', `${name}.log`), 'utf8'); }

  // Ends it as Ctrl-C does; keep leaves the state for another start.
  async stop({ keep = false } = {}) {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGTERM');
      await ended;
    }
    const forbidden = /.* forbidden .*/.exec(this.log());
    if (!keep) fs.rmSync(this.state, { recursive: true, force: true });
    if (forbidden) throw new Error(`the program made a call that it has forbidden itself: ${forbidden}`);
  }
}

// For a test in which the web server plays no part, in a file of others: it runs behind nginx, and behind Apache when asked for (T=NAME, BOTH=1).
function once(why) {
  return { skip: process.env.WEB === 'apache' && !process.env.T && !process.env.BOTH ? `it runs behind nginx: ${why}` : false };
}

module.exports = { start, freePort, once, root };
