// visitor.js - a browser without a screen: cookies, forms and their tokens, over node's own http.
'use strict';
const http = require('node:http');

// One request; resolves to { status, headers, body }. Never follows a redirect. A path is sent as it stands,
// whatever it holds. A web server may close a connection that is kept just while we take it up again (Apache
// does when it is busy): as browsers do, such a request is sent once more, on a connection of its own. (reusedSocket is not
// true of one that stood in line for its connection.)
function ask(url, { method = 'GET', headers = {}, body, agent, path } = {}) {
  return new Promise((resolve, reject) => {
    let reused = false;
    const request = http.request(url, { method, headers, agent, ...(path && { path }) }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() }));
      answer.on('error', reject);
    });
    request.on('socket', (socket) => {
      reused = socket.carried === true;
      socket.carried = true;
    });
    request.on('error', (error) => {
      if (!reused || !['ECONNRESET', 'EPIPE'].includes(error.code)) reject(error);
      else ask(url, { method, headers, body, agent: false, path }).then(resolve, reject);
    });
    if (body !== undefined) request.write(body);
    request.end();
  });
}

// As a program does: who hears 503 comes again when it was told to, as a machine that does much else may not have computed a hash in time.
async function again(send) {
  let answer = await send();
  for (let i = 0; i < 5 && answer.status === 503 && answer.headers['retry-after']; i++) {
    await new Promise((resolve) => { setTimeout(resolve, answer.headers['retry-after'] * 1000); });
    answer = await send();
  }
  return answer;
}

const insist = (url, options) => again(() => ask(url, options));

// n at the same moment, each as send(i) has it; the answer of each is the one that it hears in the end.
const atOnce = (n, send) => Promise.all(Array.from({ length: n }, (_, i) => again(() => send(i))));

const basic = (id, secret) => ({ Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
const field = (html, name) => {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(html);
  return found && unescape(found[1]);
};

class Visitor {
  constructor(url, agent) {
    this.url = url;
    this.agent = agent;
    this.cookies = new Map();
  }

  keep(answer) {
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name, value] = line.split(';')[0].split('=');
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return answer;
  }

  cookie() { return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '); }

  async get(path) {
    return this.keep(await ask(this.url + path, { headers: { Cookie: this.cookie() }, agent: this.agent }));
  }

  async post(path, fields) {
    const body = new URLSearchParams(fields).toString();
    return this.keep(await ask(this.url + path, {
      method: 'POST', body, agent: this.agent,
      headers: { Cookie: this.cookie(), Origin: this.url, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) },
    }));
  }

  // Opens the page, takes its hidden fields, and sends its form.
  async send(page, path, fields, hidden = ['csrf', 'once', 'seen']) {
    const { body } = await this.get(page);
    const all = { ...fields };
    for (const name of hidden) if (field(body, name) !== null) all[name] = field(body, name);
    return this.post(path, all);
  }

  async signIn({ email, password }) {
    const answer = await this.send('/sign-in', '/sign-in', { email, password, next: '/' });
    if (answer.status !== 303) throw new Error(`sign-in: ${answer.status}`);
    return this;
  }

  async csrf() { return field((await this.get('/')).body, 'csrf'); }

  // Creates an account key; resolves to { id, client_id, secret } of the page that shows them.
  async createKey(name) {
    const answer = await this.send('/credentials/new', '/credentials', { name });
    return { ...revealed(answer), answer };
  }

  async resetKey(id) {
    const answer = await this.send(`/credentials/${id}/reset`, `/credentials/${id}/reset`, {});
    return { ...revealed(answer), answer };
  }

  async deleteKey(id) {
    return this.send(`/credentials/${id}/delete`, `/credentials/${id}/delete`, { confirm: id });
  }

  // Makes an additional secret for somebody else, as an admin may; resolves to its short id. Nobody has its text yet.
  async handSecret(fields) {
    const answer = await this.send('/secrets/new', '/secrets', fields);
    const made = /^\/secrets\/([0-9A-Za-z]{10})\?did=handed$/.exec(answer.headers.location ?? '');
    if (!made) throw new Error(`a secret was not made: ${answer.status} ${answer.body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')}`);
    return made[1];
  }

  // Opens one's own; resolves to { client_id, secret } of the page that shows it.
  async openSecret(id) {
    const answer = await this.send(`/secrets/${id}/open`, `/secrets/${id}/open`, {});
    return { ...revealed(answer), id, answer };
  }
}

// What a page that reveals says, empty where it does not.
function revealed({ body }) {
  return {
    id: /action="\/(?:credentials|secrets)\/([0-9A-Za-z]{10})\/stored"/.exec(body)?.[1],
    client_id: /kdc_(?:live|test)_[0-9A-Za-z]{16}/.exec(body)?.[0],
    secret: /kds_(?:live|test)_[0-9A-Za-z]{11}_[0-9A-Za-z]{60}/.exec(body)?.[0],
  };
}

// An answer's text with its decision id, which is another one each time, as its length.
const undecided = (body) => body.replace(/kdd_\w+/, ({ length }) => `kdd_ of ${length}`);

module.exports = { Visitor, again, ask, atOnce, insist, basic, field, revealed, undecided };
