// measure.js - requests a second, latency, CPU time and memory of what runs already.
'use strict';
const { spawn, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK']));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Every process: id -> { parent, ticks } of user and system time (proc(5), stat, fields 4, 14 and 15).
function processes() {
  const all = new Map();
  for (const id of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = fs.readFileSync(`/proc/${id}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      all.set(Number(id), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch { /* it has ended meanwhile */ }
  }
  return all;
}

// The process and all that it has started.
function tree(root, all = processes()) {
  const found = new Set([root]);
  for (let before = 0; found.size > before;) {
    before = found.size;
    for (const [id, { parent }] of all) if (found.has(parent)) found.add(id);
  }
  return [...found].filter((id) => all.has(id));
}

const cpuSeconds = (root, all) => tree(root, all).reduce((sum, id) => sum + all.get(id).ticks, 0) / TICKS_PER_SECOND;

// Of one process, in MB: its proportional share of what it has mapped; where that may not be read, what
// is resident and its own.
function memory(id) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${id}/smaps_rollup`, 'latin1'))[1]) / 1024;
  } catch {
    const [, resident, shared] = fs.readFileSync(`/proc/${id}/statm`, 'latin1').split(' ').map(Number);
    return (resident - shared) * 4 / 1024;
  }
}

// And what it shares with no other, in MB.
function privateMemory(id) {
  const text = fs.readFileSync(`/proc/${id}/smaps_rollup`, 'latin1');
  return [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].reduce((sum, found) => sum + Number(found[1]), 0) / 1024;
}

const quoted = (text) => `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`;

// Writes what wrk is to send: requests of { method, path, headers, body }, in turn.
function writeScript(folder, name, requests) {
  const file = path.join(folder, `${name}.lua`);
  const made = requests.map(({ method = 'GET', path: at, headers = {}, body = '' }) => {
    const lines = Object.entries(headers).map(([key, value]) => `[${quoted(key)}]=${quoted(value)}`).join(',');
    return `wrk.format(${quoted(method)}, ${quoted(at)}, {${lines}}, ${quoted(body)})`;
  });
  fs.writeFileSync(file, `local make = function() return { ${made.join(',\n')} } end
local all, at
function init() all = make(); at = 0 end
function request() at = at % #all + 1; return all[at] end
function done(sum, latency)
  io.write(string.format('RESULT {"n":%d,"us":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\\n', sum.requests, sum.duration,
    latency:percentile(50), latency:percentile(99), sum.errors.status,
    sum.errors.connect + sum.errors.read + sum.errors.write + sum.errors.timeout))
end
`);
  return file;
}

function wrk(url, script, connections, seconds) {
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (data) => { out += data; });
    child.stderr.on('data', (data) => { out += data; });
    child.on('error', reject);
    child.on('exit', () => {
      const found = /^RESULT (.*)$/m.exec(out);
      if (found) resolve(JSON.parse(found[1]));
      else reject(new Error(`wrk: ${out}`));
    });
  });
}

// Loads url for that long. roots: name -> process id, whose CPU time per request is told by that name.
async function measure({ url, script, roots, refused = false }, connections, seconds) {
  const before = processes();
  const began = Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, cpuSeconds(root, before)]));
  const told = await wrk(url, script, connections, seconds);
  const after = processes();
  const result = { rps: told.n / (told.us / 1e6), p50: told.p50 / 1000, p99: told.p99 / 1000 };
  for (const [name, root] of Object.entries(roots)) result[name] = (cpuSeconds(root, after) - began[name]) * 1e6 / told.n;
  result.wrong = told.broken + (refused ? told.n - told.refused : told.refused);
  return result;
}

module.exports = { median, tree, memory, privateMemory, writeScript, measure };
