// process.test.js - master, workers, dispatcher and housekeeper: crash, drain, reload, backpressure.
'use strict';

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const test = require('node:test');
const { Connection, begin, body, record, request, STDIN } = require('./fastcgi.js');
const { Master, with_master, until, is_alive, children } = require('./master.js');

const pid_of = (answer) => Number(/pid=(\d+)/.exec(answer.text)[1]);
const generation_of = (answer) => Number(/generation=(\d+)/.exec(answer.text)[1]);

// The processes that answer now; mostly all of them, since one that is busy leaves connections to the others.
async function answering(master) {
  const answers = await Promise.all(Array.from({ length: 16 }, () => master.ask('/sleep?ms=100')));
  return new Set(answers.map(pid_of));
}

// Asks all the time, on new connections and on kept ones, until it is stopped; counts.
function load(master, { kept, fresh }) {
  const result = { answered: 0, undelivered: 0, failed: [], pids: new Set(), generations: new Set() };
  let going = true;
  const note = (answer) => {
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    result.answered++;
    result.pids.add(pid_of(answer));
    result.generations.add(generation_of(answer));
  };
  const ask_fresh = async () => note(await master.ask('/sleep?ms=1', { body: 'x'.repeat(300) }));
  const ask_kept = async (state) => {
    if (!state.connection || state.connection.closed) state.connection = new Connection(master.socket);
    await state.connection.opened;
    try {
      note(await state.connection.ask('/sleep?ms=1', { keep: true }));
    } catch (error) {
      // Closed meanwhile, and the request never delivered: a web server takes another connection then.
      if (error.code !== 'EPIPE') throw error;
      result.undelivered++;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const asker = async (work) => {
    const state = {};
    while (going) {
      try {
        await work(state);
      } catch (error) {
        result.failed.push(`${work.name}: ${error.message} ${error.code || ''}`);
      }
    }
    if (state.connection) state.connection.end();
  };
  const askers = [...Array.from({ length: kept }, () => asker(ask_kept)), ...Array.from({ length: fresh }, () => asker(ask_fresh))];
  result.stop = async () => {
    going = false;
    await Promise.all(askers);
  };
  return result;
}

test('answers on a socket that only owner and group may open', with_master({}, async (t, master) => {
  const answer = await master.ask('/', { body: 'hello' });
  assert.equal(answer.status, 200);
  assert.match(answer.text, /workers=2 body=5 remote=192\.0\.2\.1$/);
  assert.equal(fs.statSync(master.socket).mode & 0o777, 0o660);
  assert.match(master.log, /ready: 2 workers with 4 threads each/);
  const status = fs.readFileSync(`/proc/${pid_of(answer)}/status`, 'latin1');
  assert.match(status, /NoNewPrivs:\t1/);
  if (process.getuid() === 0) assert.doesNotMatch(status, /^Uid:.*\t0(\t|$)/m);
}));

test('a crash takes one process; the others go on, and it is replaced', with_master({}, async (t, master) => {
  for (let i = 0; i < 3; i++) {
    const by_pid = new Map();
    assert.ok(await until(async () => {
      const connection = new Connection(master.socket), pid = pid_of(await connection.ask('/sleep?ms=20', { keep: true }));
      by_pid.set(pid, [...(by_pid.get(pid) || []), connection]);
      return by_pid.size === 2 && [...by_pid.values()].every((all) => all.length >= 4);
    }));
    const [falling, others] = [...by_pid.values()];
    const going_on = others.slice(0, 4).map((connection) => connection.ask('/sleep?ms=300', { keep: true }));
    await assert.rejects(falling[0].ask('/crash', { keep: true }), /closed without an answer/);
    for (const answer of await Promise.all(going_on)) assert.equal(answer.status, 200);
    assert.ok(await until(async () => (await answering(master)).size === 2));
    for (const connection of [...falling, ...others]) connection.end();
  }
  assert.equal(master.log.match(/worker \d+ was killed by signal 6/g).length, 3);
}));

test('all workers killed: new ones answer what had come meanwhile', with_master({}, async (t, master) => {
  let before;
  assert.ok(await until(async () => (before = await answering(master)).size === 2));
  for (const pid of before) process.kill(pid, 'SIGKILL');
  assert.ok(await until(() => ![...before].some(is_alive)));
  const after = pid_of(await master.ask('/'));
  assert.ok(!before.has(after));
  assert.ok(is_alive(master.pid));
}));

test('a housekeeper that falls as soon as it has begun keeps no worker waiting',
  with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
    const worker = pid_of(await master.ask('/'));
    const others = () => children(master.pid).filter((pid) => pid !== worker && is_alive(pid));
    for (let i = 0; i < 7; i++) { // the next one comes 6.4 s after the last
      assert.ok(await until(() => others().length === 1));
      process.kill(others()[0], 'SIGKILL');
      assert.ok(await until(() => others().length === 0));
    }
    process.kill(worker, 'SIGKILL');
    const after = pid_of(await master.ask('/'));
    assert.deepEqual(children(master.pid).filter(is_alive), [after]);
  }));

test('SIGTERM cuts no request, leaves no process and no socket', with_master({ KEYDESK_THREADS: 16 }, async (t, master) => {
  const kept = new Connection(master.socket);
  const asked = Array.from({ length: 8 }, () => master.ask('/sleep?ms=1000'));
  const all = [...children(master.pid)];
  assert.equal((await master.ask('/')).status, 200); // those before it have arrived
  await kept.ask('/', { keep: true });
  master.kill('SIGTERM');
  const late = kept.ask('/', { keep: true }); // on a connection that was there before
  assert.equal((await late).status, 200);
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
  assert.equal(await master.ended, 0);
  assert.ok(!fs.existsSync(master.socket));
  assert.equal(all.length, 3);
  assert.ok(!all.some(is_alive));
}));

test('a request that never ends is cut when the time to drain is up',
  with_master({ KEYDESK_DRAIN_SECONDS: 1 }, async (t, master) => {
    const asked = master.ask('/sleep?ms=60000');
    await master.ask('/');
    master.kill('SIGTERM');
    await assert.rejects(asked, /closed without an answer/);
    assert.equal(await master.ended, 0);
    assert.match(master.log, /a worker leaves and cuts 1 requests/);
  }));

test('a second signal does not wait', with_master({}, async (t, master) => {
  const asked = master.ask('/sleep?ms=60000');
  await master.ask('/');
  master.kill('SIGINT');
  assert.ok(await until(() => !fs.existsSync(master.socket)));
  master.kill('SIGINT');
  await assert.rejects(asked, /closed without an answer/);
  assert.equal(await master.ended, 0);
}));

test('SIGHUP under load: new settings, new processes, not one error',
  with_master({ KEYDESK_DRAIN_SECONDS: 4 }, async (t, master) => {
    const asking = load(master, { kept: 6, fresh: 6 });
    t.after(asking.stop);
    for (let generation = 101; generation <= 105; generation++) {
      const old = children(master.pid);
      master.write_settings({ KEYDESK_CADENCE_DAYS: generation });
      master.kill('SIGHUP');
      assert.ok(await until(() => asking.generations.has(generation)));
      assert.ok(await until(() => !old.some(is_alive)), 'the old ones leave');
      assert.ok(await until(() => children(master.pid).length === 3));
    }
    await asking.stop();
    t.diagnostic(`${asking.answered} requests, ${asking.undelivered} not delivered, ${asking.pids.size} workers`);
    assert.deepEqual(asking.failed, []);
    assert.ok(asking.answered > 1000);
    assert.ok(is_alive(master.pid));
    assert.match((await master.ask('/')).text, /workers=2 /);
    master.kill('SIGTERM');
    assert.equal(await master.ended, 0);
    assert.ok(!fs.existsSync(master.socket));
  }));

test('a reload whose check fails changes nothing', with_master({}, async (t, master) => {
  const before = children(master.pid);
  master.touch('check');
  master.write_settings({ KEYDESK_CADENCE_DAYS: 100 });
  master.kill('SIGHUP');
  assert.ok(await until(() => /reload refused/.test(master.log)));
  assert.deepEqual(children(master.pid), before);
  assert.equal(generation_of(await master.ask('/')), 365);
}));

// The process that looks at the program before a reload, once it is held; not one of those.
async function held_check(master, others) {
  let pid;
  assert.ok(await until(() => {
    pid = children(master.pid).find((one) => !others.includes(one));
    return pid && /^State:\tT/m.test(fs.readFileSync(`/proc/${pid}/status`, 'latin1'));
  }), 'a check is held');
  return pid;
}

test('settings that are spoilt after the check end nobody', with_master({}, async (t, master) => {
  const before = children(master.pid);
  master.touch('held');
  master.kill('SIGHUP');
  const check = await held_check(master, before);
  master.write_settings({ KEYDESK_CADENCE_DAYS: 'many' });
  process.kill(check, 'SIGCONT');
  assert.ok(await until(() => /reload refused: the settings have changed since the check: KEYDESK_CADENCE_DAYS/.test(master.log)));
  assert.deepEqual(children(master.pid), before);
  assert.equal(generation_of(await master.ask('/')), 365);
}));

test('a reload that is asked for during the check is looked at anew', with_master({}, async (t, master) => {
  const before = children(master.pid);
  master.touch('held');
  master.kill('SIGHUP');
  const first = await held_check(master, before);
  master.write_settings({ KEYDESK_CADENCE_DAYS: 100 });
  master.kill('SIGHUP');
  process.kill(first, 'SIGCONT');
  const second = await held_check(master, [...before, first]);
  assert.equal(generation_of(await master.ask('/')), 365);
  process.kill(second, 'SIGCONT');
  assert.ok(await until(async () => generation_of(await master.ask('/')) === 100));
}));

test('a reload whose workers cannot begin leaves the old ones serving', with_master({}, async (t, master) => {
  const before = children(master.pid);
  master.touch('broken');
  master.kill('SIGHUP');
  assert.ok(await until(() => /a worker cannot begin: .*the templates are broken/.test(master.log)));
  for (let i = 0; i < 20; i++) assert.ok(before.includes(pid_of(await master.ask('/'))));
  master.remove('broken');
  assert.ok(await until(() => !before.some(is_alive)));
  assert.ok(!before.includes(pid_of(await master.ask('/'))));
}));

test('SIGTERM in the middle of a reload still drains everything', with_master({}, async (t, master) => {
  const asked = Array.from({ length: 4 }, () => master.ask('/sleep?ms=800'));
  await master.ask('/');
  master.kill('SIGHUP');
  assert.ok(await until(() => /the program begins anew/.test(master.log)));
  master.kill('SIGTERM');
  for (const answer of await Promise.all(asked)) assert.equal(answer.status, 200);
  assert.equal(await master.ended, 0);
  assert.ok(!fs.existsSync(master.socket));
}));

test('a killed master takes all with it', with_master({}, async (t, master) => {
  const all = children(master.pid);
  const asked = master.ask('/sleep?ms=300');
  await master.ask('/');
  master.kill('SIGKILL');
  assert.equal((await asked).status, 200);
  assert.ok(await until(() => !all.some(is_alive)));
}));

test('what cannot begin ends at once, with the reason', async (t) => {
  const master = new Master();
  t.after(() => master.stop());
  master.touch('broken');
  assert.equal(await master.ready, false);
  assert.equal(await master.ended, 1);
  assert.match(master.log, /the templates are broken/);
  assert.ok(!fs.existsSync(master.socket));
});

test('a second master does not take the socket of the first', with_master({}, async (t, master) => {
  const second = new Master({ KEYDESK_LISTEN: master.socket });
  t.after(() => second.stop());
  assert.equal(await second.ended, 1);
  assert.match(second.log, /another program answers at/);
  assert.equal((await master.ask('/')).status, 200);
  assert.deepEqual(fs.readdirSync(master.dir).sort(), ['s', 'settings']);
}));

test('a socket that nobody listens at any more is replaced', with_master({}, async (t, master) => {
  master.kill('SIGKILL');
  await master.ended;
  assert.ok(fs.existsSync(master.socket));
  let next;
  assert.ok(await until(async () => {
    next = new Master({ KEYDESK_LISTEN: master.socket });
    t.after(() => next.stop());
    return next.ready;
  }));
  assert.equal((await master.ask('/')).status, 200);
}));

test('serves on a socket that it inherits as descriptor 0, across a reload', async (t) => {
  const dir = fs.mkdtempSync('/tmp/kd-'), server = net.createServer().listen(path.join(dir, 'ours'));
  await new Promise((resolve) => server.once('listening', resolve));
  const master = new Master({}, { stdin: server._handle.fd });
  // node would accept too, and would remove the name when it closes.
  fs.renameSync(path.join(dir, 'ours'), path.join(dir, 'theirs'));
  server.close();
  t.after(async () => {
    await master.stop();
    fs.rmSync(dir, { recursive: true });
  });
  master.socket = path.join(dir, 'theirs');
  assert.ok(await master.ready, master.log);
  const first = children(master.pid);
  assert.equal((await master.ask('/')).status, 200);
  master.kill('SIGHUP');
  assert.ok(await until(() => !first.some(is_alive)));
  assert.equal((await master.ask('/')).status, 200);
  master.kill('SIGTERM');
  assert.equal(await master.ended, 0);
  assert.ok(fs.existsSync(master.socket), 'it is not ours to remove');
});

test('kept idle connections hold no thread',
  with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
    const kept = Array.from({ length: 64 }, () => new Connection(master.socket));
    for (const connection of kept) assert.equal((await connection.ask('/', { keep: true })).status, 200);
    const silent = Array.from({ length: 64 }, () => new Connection(master.socket));
    await Promise.all(silent.map((connection) => connection.opened));
    const answers = await Promise.all(Array.from({ length: 12 }, () => master.ask('/sleep?ms=100')));
    assert.ok(answers.every((answer) => answer.status === 200));
    for (const connection of kept) assert.equal((await connection.ask('/', { keep: true })).status, 200);
    for (const connection of [...kept, ...silent]) connection.end();
  }));

test('more requests than threads wait, and none is refused',
  with_master({}, async (t, master) => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => master.ask('/sleep?ms=20')));
    assert.ok(answers.every((answer) => answer.status === 200));
  }));

test('more connections than a worker takes wait in the backlog',
  with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
    const idle = [];
    while (idle.length < 1024) { // in portions that the backlog of 511 takes; an answer says that all before it are in
      for (let i = 0; i < 128; i++) idle.push(new Connection(master.socket));
      assert.equal((await idle.at(-1).ask('/', { keep: true })).status, 200);
    }
    for (const connection of idle.slice(0, 50)) assert.equal((await connection.ask('/', { keep: true })).status, 200);
    let answered = false;
    const late = master.ask('/').then((answer) => { answered = answer.status === 200; });
    assert.equal((await idle[60].ask('/', { keep: true })).status, 200);
    assert.equal(answered, false);
    idle[70].end();
    await late;
    assert.ok(answered);
    for (const connection of idle) connection.end();
  }));

// A request that sends its body a byte at a time.
function slow_upload(master, options = {}) {
  const connection = new Connection(master.socket);
  connection.send(begin('/', { length: 1000, keep: true, ...options }));
  connection.timer = setInterval(() => {
    if (connection.closed) clearInterval(connection.timer);
    else connection.send(record(STDIN, Buffer.from('x')));
  }, 50);
  return connection;
}

// A request whose answer is not read; go_on() does.
function slow_reader(master, kb = 2000) {
  const connection = new Connection(master.socket);
  connection.socket.pause();
  connection.send(request(`/big?kb=${kb}`, { keep: true }));
  connection.go_on = () => connection.socket.resume();
  return connection;
}

test('a slow body is refused when its time is up, whatever its pace, and holds no thread meanwhile',
  with_master({ KEYDESK_WORKERS: 1, KEYDESK_THREADS: 2, KEYDESK_READ_SECONDS: 3 }, async (t, master) => {
    const slow = Array.from({ length: 64 }, () => slow_upload(master));
    let over = 0, beside = 0;
    const answers = slow.map(async (connection) => {
      const { status } = await connection.answer();
      over++;
      return status;
    });
    for (let i = 0; i < 200 && over === 0; i++) {
      assert.equal((await master.ask('/', { body: 'x'.repeat(3000) })).status, 200);
      if (over === 0) beside++;
    }
    assert.ok(beside > 0, 'none was answered while they waited');
    assert.deepEqual([...new Set(await Promise.all(answers))], [408]);
    await Promise.all(slow.map((connection) => connection.ended));
  }));

// Nearly as many as there are places for: they are made for the first ones, and had by others the second time.
test('slow bodies that come in time are whole and each its own, and their connections kept',
  with_master({ KEYDESK_WORKERS: 1, KEYDESK_THREADS: 2 }, async (t, master) => {
    for (let round = 0; round < 2; round++) {
      const slow = Array.from({ length: 120 }, (_, i) => {
        const connection = new Connection(master.socket);
        connection.data = Buffer.from(`${round}:${i} `.repeat(1000).slice(0, 3000));
        connection.send(begin('/echo', { length: 3000, keep: true }));
        connection.send(body(connection.data.subarray(0, 1000)).subarray(0, -8));
        return connection;
      });
      assert.equal((await master.ask('/')).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const connection of slow) connection.send(body(connection.data.subarray(1000, 1001)).subarray(0, -8));
      await new Promise((resolve) => setTimeout(resolve, 50));
      for (const connection of slow.toReversed()) connection.send(body(connection.data.subarray(1001)));
      for (const connection of slow) {
        assert.equal((await connection.answer()).text, connection.data.toString());
        assert.match((await connection.ask('/', { keep: true })).text, /^ok /);
        connection.end();
      }
    }
  }));

test('replies that are slowly taken hold no thread and arrive whole',
  with_master({ KEYDESK_WORKERS: 1, KEYDESK_THREADS: 2 }, async (t, master) => {
    const slow = Array.from({ length: 64 }, () => slow_reader(master));
    for (let i = 0; i < 200; i++) assert.equal((await master.ask('/')).status, 200);
    for (const connection of slow) assert.equal(connection.answers.length, 0);
    for (const connection of slow) connection.go_on();
    for (const connection of slow) {
      const { status, text } = await connection.answer();
      assert.equal(status, 200);
      assert.equal(text.length, 2000 * 1024);
      assert.match((await connection.ask('/', { keep: true })).text, /^ok /);
      connection.end();
    }
  }));

// Places are free again a moment after a connection has ended, when the worker has seen it. What `make` makes is
// there when none of it was refused; until then it is made anew.
async function all_placed(master, make, refused) {
  let made;
  const placed = await until(async () => {
    made = make();
    for (let i = 0; i < 20; i++) assert.equal((await master.ask('/')).status, 200);
    if (!(await refused(made))) return true;
    for (const connection of made) connection.end();
    return false;
  });
  assert.ok(placed, 'none was refused');
  return made;
}

const is_over = (connection) => connection.answers.length > 0 || connection.closed;

test('more slow requests than there are places for: 503 with Retry-After, and what is whole is answered',
  with_master({ KEYDESK_WORKERS: 1, KEYDESK_THREADS: 2, KEYDESK_READ_SECONDS: 60 }, async (t, master) => {
    const slow = Array.from({ length: 144 }, () => slow_upload(master));
    assert.ok(await until(() => slow.filter(is_over).length === 16), '128 are waited for');
    for (const connection of slow.filter(is_over)) connection.end();
    // Fewer at a time than the 32 that may linger: one more would be closed while it still sends.
    const placed = slow.filter((connection) => !is_over(connection));
    for (let i = 0; i < 20; i++) {
      const late = Array.from({ length: 6 }, () => new Connection(master.socket));
      await Promise.all(late.map((connection) => connection.opened));
      for (const connection of late) {
        connection.send(begin('/', { length: 1000, keep: true }));
        for (const one of placed) one.send(record(STDIN, Buffer.from('y')));
      }
      for (const answer of await Promise.all(late.map((connection) => connection.answer()))) {
        assert.equal(answer.status, 503);
        assert.match(answer.head, /^Retry-After: 2$/m);
      }
      for (const connection of late) connection.end();
    }
    assert.ok(!placed.some(is_over), 'a place is kept, also while a thread has its next byte in hand');
    assert.equal((await master.ask('/', { body: 'x'.repeat(60000) })).status, 200, 'a body that has come is never refused');
    // Each place is free again, however a slow one went: without a word, or with all of its answer.
    for (const connection of slow) connection.end();
    const readers = await all_placed(master, () => Array.from({ length: 128 }, () => slow_reader(master, 600)), async (made) => {
      for (const connection of made) connection.go_on();
      const answers = await Promise.all(made.map((connection) => connection.answer()));
      return answers.some((answer) => answer.status !== 200);
    });
    const again = await all_placed(master, () => [
      ...Array.from({ length: 64 }, () => slow_reader(master, 600)), ...Array.from({ length: 60 }, () => slow_upload(master)),
    ], (made) => made.some(is_over));
    for (const connection of [...readers, ...again]) connection.end();
  }));

test('those who send slowly, as many as there are places for, cut nobody off who reads, and the other way round',
  with_master({ KEYDESK_WORKERS: 1, KEYDESK_THREADS: 2, KEYDESK_READ_SECONDS: 60 }, async (t, master) => {
    const senders = Array.from({ length: 144 }, () => slow_upload(master));
    assert.ok(await until(() => senders.filter(is_over).length === 16), '128 are waited for');
    const reader = slow_reader(master);
    await master.ask('/');
    reader.go_on();
    assert.equal((await reader.answer()).text.length, 2000 * 1024);
    for (const connection of [...senders, reader]) connection.end();

    const readers = await all_placed(master, () => Array.from({ length: 128 }, () => slow_reader(master, 600)), async () => false);
    const sender = new Connection(master.socket);
    sender.send(begin('/echo', { length: 5 }));
    await master.ask('/');
    sender.send(body(Buffer.from('hello')));
    assert.equal((await sender.answer()).text, 'hello');
    for (const connection of readers) connection.go_on();
    for (const connection of readers) assert.equal((await connection.answer()).text.length, 600 * 1024);
    for (const connection of [...readers, sender]) connection.end();
  }));

test('SIGTERM waits for what is slow, and a reload too', with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
  const reader = slow_reader(master), connection = new Connection(master.socket);
  connection.send(begin('/echo', { length: 5 }));
  await master.ask('/');
  const first = children(master.pid);
  master.kill('SIGHUP');
  assert.ok(await until(async () => !first.includes(pid_of(await master.ask('/')))));
  const late = slow_reader(master);
  await master.ask('/');
  master.kill('SIGTERM');
  assert.ok(await until(() => !fs.existsSync(master.socket)));
  connection.send(body(Buffer.from('hello')));
  assert.equal((await connection.answer()).text, 'hello');
  for (const one of [reader, late]) {
    one.go_on();
    assert.equal((await one.answer()).text.length, 2000 * 1024);
    one.end();
  }
  assert.equal(await master.ended, 0);
}));

test('records inside a body are a body', with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
  const forged = request('/note?secret=666', { keep: true, params: { REMOTE_ADDR: '198.51.100.66' } });
  const filler = (n) => Buffer.alloc(n, 'A');
  // Wherever the library's first read ends: 8192 bytes, of which the begin of the request takes some.
  for (let before = 7600; before <= 8192; before += 8) {
    const connection = new Connection(master.socket);
    const answer = await connection.ask('/', { keep: true, body: Buffer.concat([filler(before), forged, filler(9000)]) });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /remote=192\.0\.2\.1$/);
    const next = await connection.ask('/?next', { keep: true });
    assert.match(next.text, /body=0 remote=192\.0\.2\.1$/);
    assert.equal(connection.answers.length, 0);
    connection.end();
  }
  // A length that lies: what lies behind it is not read as a request either.
  for (const length of [0, 10, 100]) {
    const connection = new Connection(master.socket);
    connection.send(request('/', { method: 'POST', keep: true, length, body: Buffer.concat([filler(100), forged]) }));
    assert.equal((await connection.answer()).status, 400);
    await connection.ended;
    assert.equal(connection.answers.length, 0);
  }
  await master.ask('/note?secret=7');
  assert.ok(await until(() => /^7 /m.test(master.read('uses'))));
  assert.doesNotMatch(master.read('uses'), /^666 /m);
}));

test('a body that is too large is refused and its connection closed', with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
  const connection = new Connection(master.socket);
  const answer = await connection.ask('/', { keep: true, body: Buffer.alloc(65537, 'x') });
  assert.equal(answer.status, 413);
  await connection.ended;
  assert.equal((await master.ask('/', { body: Buffer.alloc(65536, 'x') })).status, 200);
  assert.equal((await master.ask('/big?kb=300')).text.length, 300 * 1024);
}));

test('a peer that leaves in the middle costs nothing', with_master({ KEYDESK_WORKERS: 1 }, async (t, master) => {
  const whole = request('/big?kb=2000', { keep: true, body: 'x'.repeat(500) });
  for (let n = 1; n < whole.length; n += 37) {
    const connection = new Connection(master.socket);
    await connection.opened;
    connection.send(whole.subarray(0, n));
    await new Promise((resolve) => connection.socket.end(resolve));
    connection.end();
  }
  const pid = pid_of(await master.ask('/'));
  for (let i = 0; i < 20; i++) assert.equal(pid_of(await master.ask('/')), pid);
  assert.doesNotMatch(master.log, /killed by signal/);
}));

test('uses are written, kept while there is no database, and written at the end',
  with_master({}, async (t, master) => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => master.ask(`/note?secret=${i % 5 + 1}`)));
    const calls = () => master.read('uses').trim().split('\n').filter(Boolean).reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
    assert.ok(await until(() => calls() === 50));
    assert.match(master.read('uses'), /^1 \d+ 192\.0\.2\.1$/m);

    master.touch('down');
    assert.ok(await until(() => /the housekeeper has no database/.test(master.log)));
    await master.ask('/note?secret=9');
    master.remove('down');
    assert.ok(await until(() => /the housekeeper has its database again/.test(master.log)));
    assert.ok(await until(() => calls() === 51));

    await master.ask('/note?secret=10');
    master.kill('SIGTERM');
    assert.equal(await master.ended, 0);
    assert.equal(calls(), 52);
  }));

test('what the shared memory holds outlives a crash of every process but the master, and a reload',
  with_master({}, async (t, master) => {
    master.touch('down');
    assert.ok(await until(() => /the housekeeper has no database/.test(master.log)));
    await master.ask('/note?secret=5');
    const before = children(master.pid);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    assert.ok(await until(() => !before.some(is_alive)));
    await master.ask('/note?secret=5');
    const first = pid_of(await master.ask('/'));
    master.kill('SIGHUP');
    assert.ok(await until(async () => pid_of(await master.ask('/')) !== first && /begins anew/.test(master.log)));
    master.remove('down');
    assert.ok(await until(() => /^5 2 /m.test(master.read('uses'))));
  }));

test('starts that are refused say why', () => {
  const refused = (settings) => {
    const result = spawnSync(process.env.KEYDESK_TEST_STUB, ['serve'], { env: { STUB: '/', ...settings }, encoding: 'latin1' });
    assert.equal(result.status, 1);
    return result.stderr;
  };
  assert.match(refused({ KEYDESK_LISTEN: '/nowhere/at/all' }), /KEYDESK_LISTEN: \/nowhere\/at\/all: No such file/);
  assert.match(refused({ KEYDESK_LISTEN: '/etc/passwd' }), /KEYDESK_LISTEN: \/etc\/passwd is no socket/);
  assert.match(refused({ KEYDESK_LISTEN: '/tmp/x', KEYDESK_LISTEN_GROUP: 'no-such' }), /there is no group 'no-such'/);
  assert.match(refused({ KEYDESK_LISTEM: '/tmp/x' }), /KEYDESK_LISTEM: there is no such setting/);
  if (process.getuid() === 0) {
    assert.match(refused({ KEYDESK_LISTEN: '/tmp/kd-refused', KEYDESK_USER: 'root' }), /'root' is root/);
    assert.match(refused({ KEYDESK_LISTEN: '/tmp/kd-refused', KEYDESK_USER: 'no-such' }), /'no-such' does not exist/);
  }
});
