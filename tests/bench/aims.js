// aims.js - the aims, each beside what this run has found.
'use strict';
const { median } = require('./measure.js');

const percent = (value) => `${(value * 100).toFixed(0)} %`;
const fold = (value) => `${value.toFixed(value < 10 ? 1 : 0)} x`;

class Aims {
  constructor({ say, connections }) {
    this.say = say;
    this.connections = connections;
  }

  line(what, aim, found, met) {
    this.say(`  ${what.padEnd(44)} ${aim.padStart(16)}   ${found.padEnd(22)} ${met ? 'met' : 'MISSED'}`);
  }

  // Of the last row of its group, at each number of connections.
  ratio({ rows, results }, name, what, least, of = '(b)') {
    const row = rows.find((one) => one.name === name), other = rows.filter(({ group }) => group === row.group).at(-1);
    const found = this.connections.map((n) => {
      const theirs = results.get(other).get(n);
      return median(results.get(row).get(n).map((mine, i) => mine.rps / theirs[i].rps));
    });
    this.line(what, `${percent(least)} of ${of}`, found.map(percent).join(', '), Math.min(...found) >= least);
  }

  print(all) {
    const { started, rest, after, flooded, beside } = all;
    const most = Math.max(...rest.own, ...after.own), whole = Math.max(rest.all, after.all);
    this.say(`\nThe aims, at ${this.connections.join(' and ')} connections`);
    this.ratio(all, 'secret', '1 /verify, key and secret', 0.85);
    this.ratio(all, 'token', '1 /verify, token', 0.85);
    this.ratio(all, 'late', '1 /verify, rows of 500 ms', 0.85, '(a)');
    this.ratio(all, 'gateway', '1 through auth_request, before a file', 0.85);
    this.ratio(all, 'auth', '2 /auth', 0.7);
    this.ratio(all, 'oauth', '2 /oauth/token', 0.7);
    this.line('2 Argon2 for secrets not known yet', '95 % of libargon2', percent(flooded.argon2), flooded.argon2 >= 0.95);
    for (const { title, times, rates, costs } of beside)
      this.line(title, `${times} x`, `${rates.map(fold).join(', ')}; CPU ${costs.map(fold).join(', ')}`, Math.min(...rates, ...costs) >= times);
    this.line('4 kept beside forged secrets', '67 % of alone', `${percent(flooded.forged)}, ${percent(flooded.likeGood)} of beside good`, flooded.forged >= 2 / 3);
    this.line('4 known ones beside wrong ones', '67 % of alone', percent(flooded.wrong), flooded.wrong >= 2 / 3);
    this.line('5 private memory of a worker', '4 MB', `${most.toFixed(1)} MB`, most <= 4);
    this.line('5 memory of the whole program', '25 MB', `${whole.toFixed(1)} MB`, whole <= 25);
    this.ratio(all, 'page', '6 the page of credentials', 0.7);
    this.line('7 from start to first answer', '100 ms', `${started.toFixed(0)} ms`, started <= 100);
  }
}

module.exports = { Aims };
