// canary.js - looks for texts in files and in the memory of processes: as they are, and in the ways they are written down.
'use strict';
const { spawn, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const PAGE = 4096;
// Characters, and from one piece to the next: of a copy that is overwritten in part 24 are enough.
const PIECE = 20;
const STEP = 4;

// Base64 of a text that stands anywhere within another: by its place modulo 3, without what its neighbours have a part in.
function base64s(text) {
  return [0, 1, 2].map((before) => {
    const bits = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    return bits.toString('base64').slice(before ? before + 1 : 0, Math.floor(bits.length / 3) * 4);
  });
}

// The ways in which a text is written: { way: text }, those that are alike once.
function ways(text) {
  const bytes = Buffer.from(text);
  const [zero, one, two] = base64s(text);
  const all = {
    plain: text,
    reversed: [...text].reverse().join(''),
    hex: bytes.toString('hex'),
    HEX: bytes.toString('hex').toUpperCase(),
    'base64 at 0': zero,
    'base64 at 1': one,
    'base64 at 2': two,
    percent: encodeURIComponent(text),
    form: new URLSearchParams({ a: text }).toString().slice(2),
    every: [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  };
  for (const way of ['base64 at 0', 'base64 at 1', 'base64 at 2']) all[`${way}, for addresses`] = all[way].replace(/\+/g, '-').replace(/\//g, '_');
  return all;
}

// Pieces of a text, so that half a copy is one too; a short one is a piece itself.
function pieces(text) {
  const all = [];
  for (let at = 0; at + PIECE <= text.length; at += STEP) all.push(text.slice(at, at + PIECE));
  return all.length ? all : [text];
}

// What is looked for. canaries: { name: text }.
class Canaries {
  constructor(canaries) {
    this.names = new Map();
    for (const [name, text] of Object.entries(canaries))
      for (const piece of pieces(text))
        for (const [way, written] of Object.entries(ways(piece))) if (!this.names.has(written)) this.names.set(written, `${name} (${way})`);
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keydesk-canary-'));
    this.list = path.join(this.folder, 'patterns');
    fs.writeFileSync(this.list, [...this.names.keys()].join('\n'));
  }

  end() { fs.rmSync(this.folder, { recursive: true }); }

  // grep over files, or over what write() gives it; resolves to [{ where, canary }].
  grep(files, write) {
    return new Promise((resolve, reject) => {
      const child = spawn('grep', ['-zaobHF', '-f', this.list, '--', ...files], { env: { ...process.env, LC_ALL: 'C' }, stdio: ['pipe', 'pipe', 'pipe'] });
      const parts = [];
      let wrong = '';
      child.stdout.on('data', (part) => parts.push(part));
      child.stderr.on('data', (part) => { wrong += part; });
      child.on('error', reject);
      child.on('close', (code) => {
        if (code > 1) return reject(new Error(`grep: ${wrong}`));
        // FILE:OFFSET:TEXT, each ended by a zero byte or a line end
        const found = Buffer.concat(parts).toString('latin1').split(/[\0\n]/).filter(Boolean);
        resolve(found.map((line) => {
          const [, file, offset, text] = /^(.*?):(\d+):(.*)$/s.exec(line);
          return { where: file, offset: Number(offset), canary: this.names.get(text) ?? text };
        }));
      });
      child.stdin.on('error', () => {});
      if (write) write(child.stdin).then(() => child.stdin.end(), reject);
      else child.stdin.end();
    });
  }

  inText(text) { return this.grep(['-'], async (to) => to.write(text)); }

  // Every regular file below these folders.
  async inFolders(...folders) {
    const files = folders.flatMap((folder) => filesBelow(folder));
    return { files, found: files.length ? await this.grep(files) : [] };
  }

  // Every page of a process that is in memory, shared ones too. For root only.
  async inMemory(pid) {
    const name = path.basename(fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0]);
    const pages = residentPages(pid);
    const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
    const starts = [];
    let bytes = 0;
    const found = await this.grep(['-'], async (to) => {
      for (const { address, length, mapped } of pages) {
        const part = Buffer.alloc(length);
        let got;
        try {
          got = fs.readSync(memory, part, 0, length, address);
        } catch {
          continue; // gone meanwhile, or of the kernel
        }
        starts.push({ bytes, address, mapped });
        bytes += got;
        if (!to.write(part.subarray(0, got))) await new Promise((resolve) => to.once('drain', resolve));
      }
    });
    fs.closeSync(memory);
    return {
      bytes,
      found: found.map(({ offset, canary }) => {
        const start = starts.filter((one) => one.bytes <= offset).pop();
        return { canary, where: `${name} ${start.mapped} ${(start.address + BigInt(offset - start.bytes)).toString(16)}` };
      }),
    };
  }
}

function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(at);
    return entry.isFile() ? [at] : [];
  });
}

// [{ address, length, mapped }] of what /proc/PID/pagemap says is there: at most 1 MB each.
function residentPages(pid) {
  const map = fs.openSync(`/proc/${pid}/pagemap`, 'r');
  const runs = [];
  for (const line of fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').filter(Boolean)) {
    const [, from, to, mode, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)$/.exec(line);
    const start = BigInt(`0x${from}`);
    const pages = Number((BigInt(`0x${to}`) - start) / BigInt(PAGE));
    if (!mode.startsWith('r') || name === '[vvar]' || name === '[vsyscall]') continue;
    const entries = Buffer.alloc(pages * 8);
    fs.readSync(map, entries, 0, entries.length, Number(start / BigInt(PAGE)) * 8);
    for (let page = 0; page < pages; page++) {
      if ((entries[page * 8 + 7] & 0xc0) === 0) continue; // neither present nor swapped
      const address = start + BigInt(page * PAGE);
      const last = runs[runs.length - 1];
      if (last && last.address + BigInt(last.length) === address && last.length < 1 << 20) last.length += PAGE;
      else runs.push({ address, length: PAGE, mapped: name || '(anonymous)' });
    }
  }
  fs.closeSync(map);
  return runs;
}

// What look() finds of these: { name: text }.
async function search(canaries, look) {
  const canary = new Canaries(canaries);
  try {
    return await look(canary);
  } finally {
    canary.end();
  }
}

const say = (found) => [...new Set(found.map(({ where, canary }) => `${canary}: ${where}`))].sort();

// Of a secret: neither its id, which is stored, nor its last characters, which pages show.
const randomPart = (secret) => secret.slice(21, 64);
// The claims hold public ids; who has the signature has the token.
const signature = (token) => token.split('.')[2];

// The whole database of a stack as a text.
function dump(stack) {
  const socket = path.join(stack.state, 'run/db/mariadb.sock');
  const asUser = process.getuid() === 0 ? ['setpriv', '--reuid', stack.user(), '--regid', stack.group(), '--clear-groups'] : ['env'];
  return execFileSync(asUser[0], [...asUser.slice(1), 'mariadb-dump', '--no-defaults', '-S', socket, '--hex-blob', '--databases', 'keydesk', 'mysql'],
    { maxBuffer: 1 << 28 }).toString('latin1');
}

// The processes of a stack by name, all but the web server's and the shell.
function processes(stack) {
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).flatMap((pid) => {
    try {
      const name = path.basename(fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0]);
      const its = fs.readFileSync(`/proc/${pid}/environ`, 'latin1') + fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      return ['keydesk', 'mariadbd'].includes(name) && its.includes(stack.state) ? [{ pid: Number(pid), name }] : [];
    } catch {
      return [];
    }
  });
}

module.exports = { ways, search, say, dump, processes, randomPart, signature };
