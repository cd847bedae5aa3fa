// Bytes and their ways of being written. Hashing is here too: a page that was opened from a folder, or from an
// address without TLS, may have no crypto.subtle.

export function bytesOf(text) {
  return new TextEncoder().encode(text);
}

// Null for what is not UTF-8. A byte order mark at the beginning is left out.
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Null for anything but the one way of writing these bytes: no padding, no other symbols, and nothing in the bits
// that are left over. Otherwise one signed text could be written in several ways.
export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0, count = 0, at = 0;
  for (const symbol of text) {
    bits = (bits << 6) | BASE64URL.indexOf(symbol);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = bits >> count;
      bits &= (1 << count) - 1;
    }
  }
  return bits === 0 ? bytes : null;
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// Reads exactly `length` bytes in base 58 (Bitcoin's alphabet), or returns null.
export function fromBase58(text, length) {
  if (text.length > length * 2) return null;
  let number = 0n;
  for (const symbol of text) {
    const digit = BASE58.indexOf(symbol);
    if (digit < 0) return null;
    number = number * 58n + BigInt(digit);
  }
  // Each leading 1 stands for one byte of zeros.
  const zeros = text.match(/^1*/)[0].length;
  const digits = number === 0n ? "" : number.toString(16);
  if (zeros + Math.ceil(digits.length / 2) !== length) return null;
  return bytesOfNumber(number, length);
}

// Big-endian.
function bytesOfNumber(number, length) {
  const digits = number.toString(16).padStart(length * 2, "0");
  return Uint8Array.from({ length }, (_, at) => parseInt(digits.slice(at * 2, at * 2 + 2), 16));
}

// SHA-256 and SHA-512 (FIPS 180-4). Their constants are the beginnings of the fractions of roots of the first
// primes; those of SHA-256 are the first halves of those of SHA-512.
const MASK64 = (1n << 64n) - 1n;
const PRIMES = [];
for (let n = 2; PRIMES.length < 80; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);

// The first 64 bits of the fraction of a root: the largest whole number whose power is not above the prime, with
// the point moved by 64 bits.
function fractionOfRoot(prime, power) {
  const target = BigInt(prime) << (64n * power);
  let root = 0n;
  for (let bit = 1n << 69n; bit; bit >>= 1n) if ((root | bit) ** power <= target) root |= bit;
  return root & MASK64;
}

const ROUNDS = PRIMES.map((prime) => fractionOfRoot(prime, 3n));
const START = PRIMES.slice(0, 8).map((prime) => fractionOfRoot(prime, 2n));
const upperHalf = (word) => Number(word >> 32n);

function padded(message, block) {
  const length = Math.ceil((message.length + 1 + block / 8) / block) * block;
  const all = new Uint8Array(length);
  all.set(message);
  all[message.length] = 0x80;
  new DataView(all.buffer).setBigUint64(length - 8, BigInt(message.length) * 8n);
  return all;
}

const ROUNDS_256 = Uint32Array.from(ROUNDS.slice(0, 64), upperHalf);

export function sha256(message) {
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const state = Uint32Array.from(START, upperHalf);
  const words = new Uint32Array(64);
  const view = new DataView(padded(message, 64).buffer);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getUint32(block + i * 4);
    for (let i = 16; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      words[i] = words[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3))
        + words[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS_256[i] + words[i];
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, i) => digest.setUint32(i * 4, word));
  return new Uint8Array(digest.buffer);
}

export function sha512(message) {
  const turn = (x, n) => ((x >> n) | (x << (64n - n))) & MASK64;
  const state = [...START];
  const words = [];
  const view = new DataView(padded(message, 128).buffer);
  for (let block = 0; block < view.byteLength; block += 128) {
    for (let i = 0; i < 16; i++) words[i] = view.getBigUint64(block + i * 8);
    for (let i = 16; i < 80; i++) {
      const x = words[i - 15], y = words[i - 2];
      words[i] = (words[i - 16] + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n))
        + words[i - 7] + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n))) & MASK64;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i++) {
      const one = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n))
        + ((e & f) ^ (~e & MASK64 & g)) + ROUNDS[i] + words[i];
      const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK64, c, b, a, (one + two) & MASK64];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) & MASK64; });
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => digest.setBigUint64(i * 8, word));
  return new Uint8Array(digest.buffer);
}
