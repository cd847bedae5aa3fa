// Where a certificate may be kept: as text, in a picture (PNG, SVG), in a PDF. Nothing is believed here; what is
// found goes to check().
import { textOf } from "./bytes.js";
import { parseStrictly } from "./json.js";
import { Refused, isCredential } from "./verify.js";

export const MOST_BYTES = 5_000_000;
const MOST_INFLATED = 1_000_000;
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const BADGES = "https://purl.imsglobal.org/ob/v3p0";

// The text of the one certificate in a file; throws Refused.
export async function certificateIn(bytes) {
  if (bytes.length > MOST_BYTES) throw new Refused("too_large");
  if (PNG.every((byte, at) => bytes[at] === byte)) return theOnly(await inPng(bytes));
  if (latin1(bytes.subarray(0, 1024)).includes("%PDF-")) return theOnly(await inPdf(bytes));
  const text = textOf(bytes);
  if (text === null) throw new Refused("no_certificate");
  return text.trimStart().startsWith("<") ? theOnly(inSvg(text)) : text;
}

// Two different certificates in one file: one could be checked while the other is meant.
function theOnly(texts) {
  const different = new Set(texts);
  if (different.size === 0) throw new Refused("no_certificate");
  if (different.size > 1) throw new Refused("several");
  return texts[0];
}

// Chunks of a PNG: length, kind, data, a sum. In iTXt: keyword 0 compressed? method language 0 translation 0 text.
async function inPng(bytes) {
  const found = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = PNG.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const kind = latin1(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (kind === "iTXt" && latin1(data).startsWith("openbadgecredential\0")) found.push(await textOfChunk(data));
    at += 12 + length;
  }
  return found.filter((text) => text !== null);
}

async function textOfChunk(data) {
  const keyword = data.indexOf(0);
  const language = data.indexOf(0, keyword + 3);
  const translation = data.indexOf(0, language + 1);
  if (language < 0 || translation < 0) return null;
  const text = data.subarray(translation + 1);
  const isCompressed = data[keyword + 1] !== 0;
  const plain = isCompressed ? await inflated(text) : text;
  return plain && textOf(plain);
}

function inSvg(text) {
  const picture = new DOMParser().parseFromString(text, "image/svg+xml");
  return [...picture.getElementsByTagNameNS(BADGES, "credential")]
    .map((element) => element.textContent.trim())
    .filter((inner) => inner !== "");
}

// A PDF keeps attached files as streams like all others. Instead of following its tables, which a small page cannot
// do for every kind of PDF, all streams are looked into.
async function inPdf(bytes) {
  const found = [];
  const all = latin1(bytes);
  for (const start of all.matchAll(/stream\r?\n/g)) {
    const from = start.index + start[0].length;
    const to = all.indexOf("endstream", from);
    if (all.slice(start.index - 3, start.index) === "end" || to < 0) continue;
    const text = await streamText(bytes.subarray(from, to));
    if (text !== null && isCredentialText(text)) found.push(text);
  }
  return found;
}

// The end of line before "endstream" is no part of the stream; its bytes may also be the stream's own last ones.
async function streamText(stream) {
  if (stream[0] === 0x7b) return textOf(stream);  // { is where a credential that is not compressed begins
  if ((stream[0] & 0x0f) !== 8) return null;  // not what zlib writes
  for (const spare of [1, 2, 0]) {
    const plain = await inflated(stream.subarray(0, stream.length - spare));
    if (plain !== null) return textOf(plain);
  }
  return null;
}

function isCredentialText(text) {
  if (!text.includes("OpenBadgeCredential")) return false;
  try {
    return isCredential(parseStrictly(text));
  } catch {
    // Damaged, or a member is named twice: it is meant to be one, and check() says what is wrong with it.
    return text.trimStart().startsWith("{");
  }
}

// Undoes what zlib did; null when it cannot be undone, or is more than a certificate can be.
async function inflated(bytes) {
  if (typeof DecompressionStream !== "function") throw new Refused("old_browser");
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > MOST_INFLATED) {
        await reader.cancel();
        return null;
      }
      parts.push(value);
    }
  } catch {
    return null;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

// One character for each byte, so that places in the text are places in the file.
function latin1(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
