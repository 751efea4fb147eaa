// rivals.mjs - Keydesk as a target of another benchmark's runner: bench.mjs --targets rivals.mjs
//
// KEYDESK_BENCH is the file that rivals.js has written. The command does nothing, because Keydesk runs
// already; pids() names the processes whose CPU time is Keydesk's, database included.
import fs from 'node:fs'

const told = JSON.parse(fs.readFileSync(process.env.KEYDESK_BENCH))
const of = requests => async () => requests.map(({ method = 'GET', path, headers = {}, body = '' }) => ({ method, path, headers, body }))
const one = (id, group, title, requests, expect) =>
  ({ id: `keydesk:${id}`, group, server: 'keydesk', title: `Keydesk: ${title}`, status: 200, expect, requests: of(requests) })

export default () => ({
  servers: { keydesk: { title: 'Keydesk, its database included', cmd: ['sleep', '86400'], base: told.url, ready: '/health/live', status: 200, pids: () => told.pids } },
  cases: [
    one('verify', 'verify', 'verify key and secret', told.secret, /^/),
    one('verify-token', 'introspect', 'verify a token', told.token, /^/),
    one('auth', 'token', 'a token for key and secret, ES256', told.auth, /"access_token"/),
  ],
})
