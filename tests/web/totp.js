// totp.js - the codes that an authenticator app shows.
'use strict';
const crypto = require('node:crypto');

const step = () => Math.floor(Date.now() / 30000);

// RFC 4648 and RFC 6238, as an authenticator app does it.
function codeOf(seed, at = step()) {
  const bits = [...seed.replace(/ /g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(at));
  const mac = crypto.createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

module.exports = { step, codeOf };
