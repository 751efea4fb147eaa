// rivals.js - other products in one run with Keydesk: BENCH_RIVALS names a folder whose bench.mjs measures them
// and takes further servers by --targets, in the form of rivals.mjs.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

// What of theirs does the same work: a key or token is checked, a token is issued.
const SAME = '^keydesk|^better-auth-db:verify$|^node-oauth2-(sha256|argon2id)|^oidc-provider:(token-ES256|introspect)|^glewlwyd-mariadb:(token-ES256|introspect)';

// Keydesk runs already; its database's time is counted as its own.
async function rivals({ folder, stack, asked, roots, scratch, seconds }) {
  const told = path.join(scratch, 'rivals.json');
  fs.writeFileSync(told, JSON.stringify({ url: stack.url, pids: Object.values(roots), secret: asked.secret, token: asked.token, auth: asked.auth }));
  const child = spawn(process.execPath, [path.join(folder, 'bench.mjs'), '--only', process.env.BENCH_ONLY || SAME,
    '--targets', path.join(__dirname, 'rivals.mjs'), '--conns', '16,64', '--rounds', String(seconds), '--secs', '1'],
  { stdio: 'inherit', env: { ...process.env, KEYDESK_BENCH: told } });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${folder}/bench.mjs has ended with ${code}`);
}

module.exports = { rivals };
