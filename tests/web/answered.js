// answered.js - which worker has answered the request of a number: the program's log, read as it grows.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

class Answered {
  constructor(stack) {
    this.file = fs.openSync(path.join(stack.state, 'log/keydesk.log'));
    this.worker = new Map();
    this.at = 0;
    this.rest = '';
  }

  read() {
    const piece = Buffer.alloc(1 << 20);
    for (let n; (n = fs.readSync(this.file, piece, 0, piece.length, this.at)) > 0; this.at += n) {
      const lines = (this.rest + piece.toString('latin1', 0, n)).split('\n');
      this.rest = lines.pop();
      for (const line of lines) {
        const found = / pid=(\d+) request number=(\w+)/.exec(line);
        if (found) this.worker.set(found[2], found[1]);
      }
    }
    return this.worker;
  }
}

module.exports = { Answered };
