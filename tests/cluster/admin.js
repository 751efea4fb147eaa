// admin.js - somebody who is signed in, over FastCGI, without a web server.
'use strict';
const { Visitor } = require('../web/visitor.js');

const URL_OF_ALL = 'http://127.0.0.1:8080';

class Admin extends Visitor {
  constructor(running, cookies = []) {
    super(URL_OF_ALL);
    this.running = running;
    this.cookies = new Map(cookies);
  }

  // The same session at another machine.
  at(running) { return new Admin(running, this.cookies); }

  async answer(uri, params, options = {}) {
    const { status, head, text } = await this.running.ask(uri, { ...options, params: { HTTP_COOKIE: this.cookie(), ...params } });
    const lines = head.split('\r\n').map((line) => /^([^:]*): (.*)$/.exec(line)).filter(Boolean);
    const all = (name) => lines.filter((line) => line[1].toLowerCase() === name).map((line) => line[2]);
    return this.keep({ status, body: Buffer.from(text, 'latin1').toString(), headers: { 'set-cookie': all('set-cookie'), location: all('location')[0] } });
  }

  get(uri) { return this.answer(uri, {}); }

  post(uri, fields) {
    return this.answer(uri, { HTTP_ORIGIN: this.url, CONTENT_TYPE: 'application/x-www-form-urlencoded' },
      { method: 'POST', body: new URLSearchParams(fields).toString() });
  }
}

module.exports = { Admin };
