// What a certificate is worth, from what was signed and what is trusted alone: no page, no clock, no connection.
//
// `trust` is { did, keys: [{ fingerprint, public_key, created_on, retired_on }], list }, where `list` is what
// readList returned, or null. Days are texts as in 2026-11-25, which sort as days do.
import { bytesOf, fromBase58, fromBase64url, hex, joined, sha256, textOf } from "./bytes.js";
import { signatureHolds } from "./ed25519.js";
import { NamedTwice, canonical, parseStrictly } from "./json.js";

const CERTIFICATE = "certificate+jws";
const REVOCATIONS = "revocations+jws";
const SUITE = "eddsa-jcs-2022";

// Why something is not accepted. For each reason the page has one sentence, under refused_<reason>.
export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

function insist(condition, reason) {
  if (!condition) throw new Refused(reason);
}

// Says what was found about a text: what a QR code says, or a credential. `finding` is valid, replaced, revoked,
// not_covered or refused; what the certificate says is there only when it is not refused.
export async function check(text, trust) {
  try {
    const { says, keys } = await (text.trimStart().startsWith("{") ? credential(text, trust) : qrText(text, trust));
    for (const key of keys) insist(isInLife(key, says.issuedOn), "key_life");
    return { ...judged(says, trust), says, fingerprints: [...new Set(keys.map((key) => key.fingerprint))] };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { finding: "refused", reason: problem.reason };
  }
}

// Reads a signed revocation list; throws Refused.
export async function readList(text, trust) {
  const { payload, key } = await signedText(withoutSpaces(text), REVOCATIONS, trust);
  insist(payload.iss === trust.did, "issuer");
  insist(Number.isSafeInteger(payload.iat) && payload.iat >= 0 && payload.iat < 1e11, "incomplete");
  insist(isObject(payload.revoked), "incomplete");
  for (const entry of Object.values(payload.revoked)) {
    insist(Array.isArray(entry) && ["revoked", "replaced"].includes(entry[0]) && isDay(entry[1]), "incomplete");
  }
  const day = new Date(payload.iat * 1000).toISOString().slice(0, 10);
  insist(isInLife(key, day), "key_life");
  return { issuedAt: payload.iat, day, revoked: payload.revoked };
}

// Holds a certificate whose signature is good against the list.
function judged(says, trust) {
  if (trust.list === null) return { finding: "not_covered", asOf: null };
  const asOf = trust.list.day;
  const entry = trust.list.revoked[hashOfCode(says.code)];
  if (entry) return { finding: entry[0], since: entry[1], asOf };
  return { finding: says.issuedOn > asOf ? "not_covered" : "valid", asOf };
}

// Codes themselves are not listed, since a code opens the name behind it.
function hashOfCode(code) {
  return hex(sha256(bytesOf(code))).slice(0, 24);
}

// To the day. What is signed with a retired key from now on is refused for its date.
function isInLife(key, day) {
  return key.created_on <= day && (key.retired_on === null || day <= key.retired_on);
}

// The text of a QR code: an address, and behind the # a small signed text. The latter may stand alone.
async function qrText(text, trust) {
  const all = withoutSpaces(text);
  insist(all !== "", "nothing");
  const cut = all.lastIndexOf("#");
  // The address of this page on the issuer's site, with a signed text behind it, names no certificate itself.
  const address = cut < 0 || all.slice(0, cut).endsWith("/verify/offline") ? null : all.slice(0, cut);
  const signed = all.slice(cut + 1);
  // An address or a code without the signed text can only be looked up, which is not done here.
  insist(cut >= 0 || !(/^https?:\/\//i.test(all) || parseCode(all)), "address_only");
  const { payload, key } = await signedText(signed, CERTIFICATE, trust);
  const { c, n, t, i, d, s, h, m } = payload;
  insist([c, n, t, i].every(isText) && isDay(d) && isDay(s), "incomplete");
  insist(typeof h === "number" && h >= 0 && (m === undefined || isText(m)), "incomplete");
  insist(parseCode(c) === c, "code");
  if (address !== null) {
    const printed = parseCode(address.slice(address.lastIndexOf("/") + 1));
    insist(printed !== null, "code");
    insist(printed === c, "swapped");
  }
  const says = { code: c, holder: n, course: t, module: m ?? null, issuer: i, completedOn: d, issuedOn: s, hours: h };
  return { says, keys: [key] };
}

// JWS, compact serialization (RFC 7515), with the one algorithm that is used here.
async function signedText(text, kind, trust) {
  const parts = text.split(".");
  insist(parts.length === 3, "not_signed");
  const [header, payload, signature] = parts.map(fromBase64url);
  insist(header && payload && signature, "base64");
  const { alg, kid, typ, ...others } = objectIn(header);
  insist(alg === "EdDSA", "algorithm");
  // Whatever else a header asks for (crit, an own key) is not done here, so it is not passed over either.
  insist(typ === kind && Object.keys(others).length === 0, "kind");
  const key = findKey(kid, trust);
  const message = bytesOf(`${parts[0]}.${parts[1]}`);
  insist(await signatureHolds(fromBase64url(key.public_key), message, signature), "signature");
  return { payload: objectIn(payload), key };
}

// An Open Badges 3.0 credential with proofs of W3C Data Integrity. Each proof is made over the document without any
// proof. Proofs of other suites stand for themselves and are not read here.
async function credential(text, trust) {
  const document = objectFrom(text);
  insist(isCredential(document), "no_certificate");
  const { proof, ...unsigned } = document;
  const proofs = (Array.isArray(proof) ? proof : [proof]).filter(
    (one) => isObject(one) && one.cryptosuite === SUITE);
  insist(proofs.length > 0, "no_proof");
  const keys = [];
  for (const one of proofs) keys.push(await keyOfProof(one, unsigned, trust));
  return { says: credentialSays(document), keys };
}

// Tells a credential from other JSON, before anything in it is believed.
export function isCredential(document) {
  return isObject(document) && [document.type].flat().includes("OpenBadgeCredential");
}

async function keyOfProof(proof, unsigned, trust) {
  const { proofValue, ...options } = proof;
  insist(options.type === "DataIntegrityProof", "no_proof");
  insist(options.proofPurpose === "assertionMethod", "purpose");
  insist(canonical(options["@context"]) === canonical(unsigned["@context"] ?? null), "context");
  insist(isText(options.verificationMethod), "key");
  const cut = options.verificationMethod.indexOf("#");
  const did = options.verificationMethod.slice(0, cut);
  insist(did === trust.did && isObject(unsigned.issuer) && unsigned.issuer.id === did, "issuer");
  const key = findKey(options.verificationMethod.slice(cut + 1), trust);
  const signature = isText(proofValue) && proofValue[0] === "z" ? fromBase58(proofValue.slice(1), 64) : null;
  insist(signature !== null, "signature");
  const message = joined(...[options, unsigned].map((part) => sha256(bytesOf(canonical(part)))));
  insist(await signatureHolds(fromBase64url(key.public_key), message, signature), "signature");
  return key;
}

function credentialSays({ id, issuer, validFrom, credentialSubject }) {
  const subject = credentialSubject ?? {}, achievement = subject.achievement ?? {};
  const holder = [subject.identifier].flat()[0]?.identityHash;
  const completedOn = dayOf(subject.activityEndDate), issuedOn = dayOf(validFrom);
  insist([id, holder, achievement.name, issuer.name].every(isText) && completedOn && issuedOn, "incomplete");
  const code = parseCode(id.slice(id.lastIndexOf("/") + 1));
  insist(code !== null, "code");
  // The address of a module's achievement names the course and then the module.
  const ofModule = /\/courses\/[^/#]+\/[^/#]+(#|$)/.test(achievement.id ?? "");
  return {
    code, holder, issuer: issuer.name, completedOn, issuedOn,
    course: ofModule ? null : achievement.name,
    module: ofModule ? achievement.name : null,
    done: isText(achievement.criteria?.narrative) ? achievement.criteria.narrative : null,
  };
}

function findKey(fingerprint, trust) {
  const key = trust.keys.find((one) => one.fingerprint === fingerprint);
  insist(key, "key");
  return key;
}

function objectIn(bytes) {
  const text = textOf(bytes);
  insist(text !== null, "json");
  return objectFrom(text);
}

function objectFrom(text) {
  let value;
  try {
    value = parseStrictly(text);
  } catch (problem) {
    throw new Refused(problem instanceof NamedTwice ? "named_twice" : "json");
  }
  insist(isObject(value), "json");
  return value;
}

// Codes: 20 symbols of Crockford's base 32, and one that checks them by Luhn's method (ISO/IEC 7812-1).
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function parseCode(typed) {
  const code = typed.toUpperCase().replace(/-/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (code.length !== 21) return null;
  let total = 0;
  for (let at = 0; at < 21; at++) {
    const value = SYMBOLS.indexOf(code[at]);
    if (value < 0) return null;
    const weighed = at % 2 === 1 ? value * 2 : value;
    total += Math.floor(weighed / 32) + (weighed % 32);
  }
  return total % 32 === 0 ? code : null;
}

export function codeInGroups(code) {
  return code.match(/.{1,7}/g).join("-");
}

// What is copied from a mail or a message may be broken into lines; no text that is signed here has spaces.
function withoutSpaces(text) {
  return text.replace(/\s+/g, "");
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value) {
  return typeof value === "string" && value !== "";
}

function isDay(value) {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  // 31 February is no date in some browsers, and 3 March in others.
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(value);
}

function dayOf(moment) {
  const found = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?Z$/.exec(moment);
  return found && isDay(found[1]) ? found[1] : null;
}
