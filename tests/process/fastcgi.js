// fastcgi.js - a web server's side of FastCGI, record by record, so that tests can send what no web
// server would.
'use strict';

const net = require('node:net');

const BEGIN = 1, END = 3, PARAMS = 4, STDIN = 5, STDOUT = 6;
const SECONDS_TO_WAIT = 30; // far longer than anything here takes; a test that waits for it has failed

function record(type, data = Buffer.alloc(0)) {
  const head = Buffer.from([1, type, 0, 1, data.length >> 8, data.length & 255, 0, 0]);
  return Buffer.concat([head, data]);
}

function pair(name, value) {
  const lengths = [name, value].map((text) => {
    const n = Buffer.byteLength(text);
    return n < 128 ? Buffer.from([n]) : Buffer.from([0x80 | (n >> 24), n >> 16, n >> 8, n]);
  });
  return Buffer.concat([...lengths, Buffer.from(name), Buffer.from(value)]);
}

function begin(uri, { method, keep = false, length = 0, params = {} }) {
  const all = {
    REQUEST_METHOD: method || (length ? 'POST' : 'GET'), REQUEST_URI: uri, HTTP_HOST: '127.0.0.1:8080',
    REMOTE_ADDR: '192.0.2.1', CONTENT_LENGTH: String(length), KEYDESK_ASK: 'caller', ...params,
  };
  const pairs = Object.entries(all).map(([name, value]) => pair(name, value));
  return Buffer.concat([
    record(BEGIN, Buffer.from([0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0])),
    record(PARAMS, Buffer.concat(pairs)), record(PARAMS),
  ]);
}

function body(data) {
  const parts = [];
  for (let at = 0; at < data.length; at += 32768) parts.push(record(STDIN, data.subarray(at, at + 32768)));
  return Buffer.concat([...parts, record(STDIN)]);
}

// A whole request: { method, keep, body, length (if it is to lie), params }.
function request(uri, options = {}) {
  const data = Buffer.from(options.body || '');
  return Buffer.concat([begin(uri, { length: data.length, ...options }), body(data)]);
}

class Connection {
  constructor(path) {
    this.waiting = null;
    this.bytes = Buffer.alloc(0);
    this.out = [];
    this.answers = [];
    this.closed = false;
    this.socket = net.connect(path);
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('error', reject);
    });
    this.opened.catch(() => {});
    this.socket.on('data', (data) => this.read(data));
    this.socket.on('error', (error) => { this.code = error.code; this.end(); });
    this.socket.on('close', () => this.end());
    this.ended = new Promise((resolve) => { this.resolveEnded = resolve; });
  }

  end() {
    this.closed = true;
    this.socket.destroy();
    this.resolveEnded();
    this.hand();
  }

  read(data) {
    this.bytes = Buffer.concat([this.bytes, data]);
    for (;;) {
      if (this.bytes.length < 8) return;
      const n = this.bytes.readUInt16BE(4), whole = 8 + n + this.bytes[6];
      if (this.bytes.length < whole) return;
      const type = this.bytes[1], content = this.bytes.subarray(8, 8 + n);
      this.bytes = this.bytes.subarray(whole);
      if (type === STDOUT) this.out.push(content);
      if (type === END) {
        const text = Buffer.concat(this.out).toString('latin1'), head = text.indexOf('\r\n\r\n');
        this.out = [];
        this.answers.push({
          status: Number(/^Status: (\d+)/m.exec(text)[1]), head: text.slice(0, head), text: text.slice(head + 4),
        });
        this.hand();
      }
    }
  }

  hand() {
    if (!this.waiting) return;
    const { resolve, reject, timer } = this.waiting;
    if (this.answers.length) resolve(this.answers.shift());
    else if (this.closed) reject(Object.assign(new Error('the connection was closed without an answer'), { code: this.code }));
    else return;
    clearTimeout(timer);
    this.waiting = null;
  }

  // The next answer.
  answer() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), SECONDS_TO_WAIT * 1000);
      this.waiting = { resolve, reject, timer };
      this.hand();
    });
  }

  send(bytes) {
    this.socket.write(bytes);
  }

  ask(uri, options) {
    this.send(request(uri, options));
    return this.answer();
  }
}

// One request on a connection of its own.
async function ask(path, uri, options) {
  const connection = new Connection(path);
  try {
    return await connection.ask(uri, options);
  } finally {
    connection.end();
  }
}

module.exports = { Connection, ask, begin, body, record, request, STDIN };
