// galera.js - nodes of a real Galera cluster on loopback; programs reach them by sockets only.
'use strict';
const { execFile, execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { until, is_alive } = require('../process/master.js');

const PLUGIN = '/usr/lib/galera/libgalera_smm.so';
const PORTS = 4; // of each node: group, incremental and whole transfer of state, and one that only names it
const SECONDS_TO_JOIN = 120;
const root = process.getuid() === 0;
// MariaDB does not run as root. Whoever started it ends it: it must not outlive a test that was killed.
const as_other = (program, args) => (root
  ? ['setpriv', ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--pdeathsig', 'KILL', '--', program, ...args]]
  : ['setpriv', ['--pdeathsig', 'KILL', '--', program, ...args]]);

const is_free = (port) => new Promise((resolve) => {
  const server = net.createServer().once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

async function free_ports(n) {
  for (;;) {
    const first = 20000 + Math.floor(Math.random() * 10000);
    const all = await Promise.all(Array.from({ length: n }, (_, i) => is_free(first + i)));
    if (all.every(Boolean)) return first;
  }
}

class Node {
  constructor(cluster, number) {
    this.cluster = cluster;
    this.number = number;
    this.dir = path.join(cluster.dir, `n${number}`);
    this.socket = path.join(this.dir, 's');
    this.port = cluster.port + (number - 1) * PORTS;
    for (const folder of ['', 'data', 'tmp']) {
      fs.mkdirSync(path.join(this.dir, folder));
      if (root) fs.chownSync(path.join(this.dir, folder), 65534, 65534);
    }
  }

  install() {
    const [program, args] = as_other('mariadb-install-db', ['--no-defaults', `--datadir=${this.dir}/data`, '--skip-test-db',
      '--auth-root-authentication-method=normal', '--skip-name-resolve', '--cross-bootstrap', '--innodb-log-file-size=8M']);
    execFileSync(program, args, { env: { ...process.env, TMPDIR: `${this.dir}/tmp` }, stdio: 'pipe' });
  }

  // Begins a cluster, or joins that of the others; resolves when it takes part.
  async start(others) {
    const { port, dir } = this, at = (offset) => `127.0.0.1:${port + offset}`;
    const log = fs.openSync(path.join(dir, 'log'), 'a');
    const [program, args] = as_other('mariadbd', ['--no-defaults', `--datadir=${dir}/data`, `--tmpdir=${dir}/tmp`,
      `--socket=${this.socket}`, '--skip-networking', '--skip-name-resolve', '--performance-schema=0', '--max-connections=300',
      '--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin', '--binlog-format=ROW', '--innodb-autoinc-lock-mode=2',
      '--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-doublewrite=0', '--innodb-buffer-pool-size=32M',
      '--innodb-log-file-size=8M', '--wsrep-on=ON', `--wsrep-provider=${PLUGIN}`, '--wsrep-cluster-name=keydesk',
      `--wsrep-node-name=n${this.number}`, `--wsrep-node-address=${at(0)}`, `--wsrep-node-incoming-address=${at(3)}`,
      '--wsrep-sst-method=rsync', `--wsrep-sst-receive-address=${at(2)}`, '--wsrep-slave-threads=2',
      `--wsrep-provider-options=base_port=${port};gmcast.listen_addr=tcp://${at(0)};ist.recv_addr=${at(1)};gcache.size=32M`,
      `--wsrep-cluster-address=gcomm://${others.map((node) => `127.0.0.1:${node.port}`).join(',')}`]);
    this.child = spawn(program, args, { stdio: ['ignore', log, log], detached: true });
    fs.closeSync(log);
    if (!await until(() => this.is_ready(), SECONDS_TO_JOIN)) throw new Error(`node ${this.number} does not join:\n${this.log().slice(-3000)}`);
  }

  log() { return fs.readFileSync(path.join(this.dir, 'log'), 'latin1'); }

  // Never in the foreground: this process may be asking what waits for the answer.
  sql(statement, database = '') {
    return new Promise((resolve, reject) => {
      execFile('mariadb', ['--no-defaults', '-S', this.socket, '-u', 'root', '-BN', ...(database ? [database] : []), '-e', statement],
        { maxBuffer: 1 << 26 }, (error, out) => (error ? reject(error) : resolve(out.trim())));
    });
  }

  async is_ready() {
    try {
      return /ON$/.test(await this.sql("SHOW STATUS LIKE 'wsrep_ready'"))
        && /Synced$/.test(await this.sql("SHOW STATUS LIKE 'wsrep_local_state_comment'"));
    } catch {
      return false;
    }
  }

  signal(name) { process.kill(this.child.pid, name); }

  async kill() {
    this.signal('SIGKILL');
    await until(() => !is_alive(this.child.pid));
  }
}

class Cluster {
  static async start(n) {
    const cluster = new Cluster();
    cluster.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kd-ring-'));
    fs.chmodSync(cluster.dir, 0o755);
    cluster.port = await free_ports(n * PORTS);
    cluster.nodes = Array.from({ length: n }, (_, i) => new Node(cluster, i + 1));
    cluster.nodes[0].install();
    for (const [i, node] of cluster.nodes.entries()) await node.start(cluster.nodes.slice(0, i));
    return cluster;
  }

  // Whether all are in it and say so. One that was frozen says that it is ready until it hears that the others went on without it.
  async is_whole() {
    const says = async (node) => await node.is_ready() && /\t(\d+)$/.exec(await node.sql("SHOW STATUS LIKE 'wsrep_cluster_size'"))[1];
    return (await Promise.all(this.nodes.map(says))).every((size) => size === String(this.nodes.length));
  }

  others(node) { return this.nodes.filter((other) => other !== node); }

  // The same question to each, once it has all that was committed before; they must say the same.
  async all(statement, database) {
    return Promise.all(this.nodes.map((node) => node.sql(`SET SESSION wsrep_sync_wait = 1; ${statement}`, database)));
  }

  async stop() {
    for (const node of this.nodes) if (node.child && is_alive(node.child.pid)) await node.kill();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

module.exports = { Cluster };
