// Signatures with Ed25519 (RFC 8032, section 5.1.7). The browser checks them where it can; where it cannot, the
// arithmetic below does. Nothing here is secret, so its time may depend on the numbers.
import { joined, sha512 } from "./bytes.js";

const P = 2n ** 255n - 19n;
// The order of the base point.
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

// Tells whether a signature of 64 bytes over a message was made with the key of these 32 bytes.
export async function signatureHolds(publicKey, message, signature) {
  if (!isWellFormed(publicKey, signature)) return false;
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch {
    // No crypto.subtle, or one that does not know Ed25519.
    return signatureHoldsHere(publicKey, message, signature);
  }
}

export function signatureHoldsHere(publicKey, message, signature) {
  if (!isWellFormed(publicKey, signature)) return false;
  const A = decoded(publicKey);
  if (A === null) return false;
  const R = signature.subarray(0, 32);
  const s = numberOf(signature.subarray(32));
  const k = numberOf(sha512(joined(R, publicKey, message))) % L;
  // sB = R + kA, as R = sB + k(-A).
  const found = encoded(sumOfMultiples(s, BASE, k, negative(A)));
  return found.every((byte, at) => byte === R[at]);
}

// Browsers differ in what they let through here, so it is decided before they are asked: s below L, since s + L
// would be a second signature over the same text; both points in their one way of being written.
function isWellFormed(publicKey, signature) {
  return publicKey.length === 32 && signature.length === 64
    && isCanonical(publicKey) && isCanonical(signature.subarray(0, 32))
    && numberOf(signature.subarray(32)) < L;
}

function isCanonical(point) {
  const { y, isOdd } = coordinatesOf(point);
  // Where x is 0 it has no odd form.
  return y < P && !(isOdd && (y === 1n || y === P - 1n));
}

function coordinatesOf(point) {
  const number = numberOf(point);
  return { y: number & (2n ** 255n - 1n), isOdd: number >> 255n === 1n };
}

// Little-endian, as everything in Ed25519.
function numberOf(bytes) {
  let number = 0n;
  for (let at = bytes.length - 1; at >= 0; at--) number = (number << 8n) | BigInt(bytes[at]);
  return number;
}

function modulo(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let square = modulo(base); exponent; exponent >>= 1n, square = (square * square) % P) {
    if (exponent & 1n) result = (result * square) % P;
  }
  return result;
}

const inverse = (number) => power(number, P - 2n);
const D = modulo(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

// Points are kept as [X, Y, Z, T] with x = X / Z, y = Y / Z, xy = T / Z (RFC 8032, section 5.1.4).
const NEUTRAL = [0n, 1n, 1n, 0n];
const BASE = withY(modulo(4n * inverse(5n)), false);

// The point on the curve, or null where there is none (RFC 8032, section 5.1.3).
function withY(y, isOdd) {
  const u = modulo(y * y - 1n), v = modulo(D * y * y + 1n);
  let x = modulo(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  const squared = modulo(v * x * x);
  if (squared === modulo(-u)) x = modulo(x * ROOT_OF_MINUS_ONE);
  else if (squared !== u) return null;
  if ((x & 1n) !== BigInt(isOdd)) x = modulo(-x);
  return [x, y, 1n, modulo(x * y)];
}

function decoded(point) {
  const { y, isOdd } = coordinatesOf(point);
  return withY(y, isOdd);
}

function encoded([X, Y, Z]) {
  const z = inverse(Z);
  let number = modulo(Y * z) | ((modulo(X * z) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(number & 255n);
    number >>= 8n;
    return byte;
  });
}

const negative = ([X, Y, Z, T]) => [modulo(-X), Y, Z, modulo(-T)];

function sum([X1, Y1, Z1, T1], [X2, Y2, Z2, T2]) {
  const a = modulo((Y1 - X1) * (Y2 - X2)), b = modulo((Y1 + X1) * (Y2 + X2));
  const c = modulo(2n * T1 * T2 * D), d = modulo(2n * Z1 * Z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

// m times one point and n times the other, doubling for both at once.
function sumOfMultiples(m, one, n, other) {
  const both = sum(one, other);
  let result = NEUTRAL;
  for (let bit = 252n; bit >= 0n; bit--) {
    result = sum(result, result);
    const inOne = (m >> bit) & 1n, inOther = (n >> bit) & 1n;
    if (inOne && inOther) result = sum(result, both);
    else if (inOne) result = sum(result, one);
    else if (inOther) result = sum(result, other);
  }
  return result;
}
