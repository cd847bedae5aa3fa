// The page around the check: takes what a person gives, and says what was found.
import { bytesOf, textOf } from "./bytes.js";
import { MOST_BYTES, certificateIn } from "./containers.js";
import { Refused, check, codeInGroups, readList } from "./verify.js";

const { texts, language, revocations, ...issuer } = JSON.parse(document.getElementById("data").textContent);
const trust = { ...issuer, list: null };
const OLD_AFTER_DAYS = 30;
const TONES = { valid: "good", not_covered: "unsure", revoked: "bad", replaced: "bad", refused: "bad" };
// Where nothing was found, nothing can be kept back either.
const NOTHING_THERE = ["nothing", "no_certificate", "not_signed", "address_only", "too_large", "old_browser"];
const part = (id) => document.getElementById(id);

// English dates as most of the world writes them: the day first.
const locale = language === "en" ? "en-GB" : language;
const days = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });

function inWords(day) {
  return days.format(new Date(`${day}T00:00:00Z`));
}

function amount(number, unit) {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(number);
}

function filled(name, values) {
  return texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

// Giving something -----------------------------------------------------------------------------------------------

let checked = null;  // the text that was checked last, for checking it again with a newer list
let turn = 0;  // whoever gives a second file while the first is read is shown the second

async function checkBytes(bytes, findElsewhere = async () => null) {
  const mine = ++turn;
  // Whatever happens from here, what was found about another certificate does not stand any longer.
  part("result").hidden = true;
  let text = null, verdict;
  try {
    text = await certificateIn(bytes);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    if (problem.reason === "no_certificate") text = await findElsewhere();
    verdict = { finding: "refused", reason: problem.reason };
  }
  if (text !== null) verdict = await check(text, trust);
  if (mine !== turn) return;
  checked = text;
  show(verdict);
  part("verdict").focus({ preventScroll: true });
  part("result").scrollIntoView();
}

// Null when it was deleted, or is on something that is no longer there.
async function contentOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return null;
  }
}

async function checkFile(file) {
  // What is far too large is not even read.
  const bytes = file.size > MOST_BYTES ? new Uint8Array(MOST_BYTES + 1) : await contentOf(file);
  await checkBytes(bytes ?? new Uint8Array(), () => qrCodeIn(file));
}

part("qr").addEventListener("submit", (event) => {
  event.preventDefault();
  checkBytes(bytesOf(part("text").value));
});

// Calls back with each file that is chosen, also when it is the same one again.
function onFile(input, take) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) await take(file);
  });
  input.addEventListener("click", () => { input.value = ""; });
}

onFile(part("file"), checkFile);

const isFile = (event) => event.dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => {
  if (!isFile(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!isFile(event)) return;
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) checkFile(file);
});

// Opened at …#<what a QR code says>.
function checkAddress() {
  let text = location.hash.slice(1);
  try {
    text = decodeURIComponent(text);
  } catch {
    // It was not encoded, and is refused for what it is.
  }
  if (text === "") return;
  part("text").value = text;
  checkBytes(bytesOf(text));
}

// The camera -----------------------------------------------------------------------------------------------------

let detector = null;
let stream = null;

async function prepareDetector() {
  if (!("BarcodeDetector" in window)) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  detector = new BarcodeDetector({ formats: ["qr_code"] });
  if (!navigator.mediaDevices?.getUserMedia) return;
  part("scan").hidden = false;
  part("text-hint").textContent = texts.qr_hint_scan;
}

// What the QR code in a picture says, or null.
async function qrCodeIn(picture) {
  if (detector === null) return null;
  try {
    const source = picture instanceof Blob ? await createImageBitmap(picture) : picture;
    const [code] = await detector.detect(source);
    return code?.rawValue || null;
  } catch {
    return null;  // no picture, or one that cannot be read
  }
}

async function startScanning() {
  const video = part("video");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    part("camera").textContent = texts.no_camera;
    return;
  }
  const mine = stream;
  video.srcObject = stream;
  video.hidden = false;
  part("scan").textContent = texts.stop;
  part("camera").textContent = texts.scanning;
  while (stream === mine) {
    const text = await qrCodeIn(video);
    if (text !== null && stream === mine) {
      stopScanning();
      part("text").value = text;
      await checkBytes(bytesOf(text));
    }
    await new Promise((resolve) => { setTimeout(resolve, 200); });
  }
}

function stopScanning() {
  stream.getTracks().forEach((track) => track.stop());
  stream = null;
  part("video").srcObject = null;
  part("video").hidden = true;
  part("scan").textContent = texts.scan;
  part("camera").textContent = "";
}

part("scan").addEventListener("click", () => (stream ? stopScanning() : startScanning()));

// Saying what was found ------------------------------------------------------------------------------------------

function show({ finding, reason, since, says, fingerprints }) {
  part("result").hidden = false;
  part("banner").className = `verdict-banner ${TONES[finding]}`;
  const day = since ?? trust.list?.day;
  part("verdict").textContent =
    finding === "not_covered" && !day ? texts.not_covered_at_all
      : filled(finding, { date: day ? inWords(day) : "" });
  part("why").textContent = finding === "refused" ? whyRefused(reason) : texts[`${finding}_why`];
  part("said").hidden = finding === "refused";
  const age = finding === "valid" || finding === "not_covered" ? ageOfList() : "";
  tell(part("stale"), age);
  part("statement").replaceChildren(...(says ? facts(says) : []));
  part("fingerprints").replaceChildren(...(fingerprints ?? []).map((one) => code(inFours(one))));
}

function whyRefused(reason) {
  const sentence = texts[`refused_${reason}`];
  return NOTHING_THERE.includes(reason) ? sentence : `${sentence} ${texts.refused_hint}`;
}

function facts(says) {
  return [
    [texts.holder, says.holder],
    [texts.course, says.course],
    [texts.module, says.module],
    [texts.done, says.done ?? amount(says.hours, "hour")],
    [texts.issued_by, says.issuer],
    [texts.completed_on, inWords(says.completedOn)],
    [texts.issued_on, inWords(says.issuedOn)],
    [texts.code, code(codeInGroups(says.code))],
  ].filter(([, value]) => value !== null).map(([name, value]) => fact(name, value));
}

// Always as text: what somebody is called is never markup.
function fact(name, value) {
  const row = document.createElement("div");
  const [term, description] = ["dt", "dd"].map((kind) => row.appendChild(document.createElement(kind)));
  term.textContent = name;
  // A name is written in its own direction, at the place where all values begin.
  description.appendChild(document.createElement("bdi")).append(value);
  return row;
}

function code(text) {
  const element = document.createElement("code");
  element.textContent = text;
  element.dir = "ltr";
  return element;
}

function inFours(fingerprint) {
  return fingerprint.match(/.{1,4}/g).join(" ");
}

function tell(place, text) {
  place.textContent = text;
  place.hidden = text === "";
}

// The revocation list --------------------------------------------------------------------------------------------

// How old the list is, or nothing while it is young.
function ageOfList() {
  if (trust.list === null) return "";
  const age = Math.floor((Date.now() / 1000 - trust.list.issuedAt) / 86400);
  return age > OLD_AFTER_DAYS ? filled("list_old", { age: amount(age, "day") }) : "";
}

function showList() {
  part("list-state").textContent =
    trust.list === null ? texts.list_none : filled("list_until", { date: inWords(trust.list.day) });
  tell(part("list-age"), ageOfList());
}

async function takeList(text) {
  let list;
  try {
    list = await readList(text ?? "", trust);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return `${texts.list_refused} ${texts[`refused_${problem.reason}`]}`;
  }
  if (trust.list !== null && list.issuedAt <= trust.list.issuedAt) {
    return filled("list_older", { date: inWords(trust.list.day) });
  }
  trust.list = list;
  showList();
  const taken = filled("list_taken", { date: inWords(list.day) });
  if (checked === null) return taken;
  show(await check(checked, trust));
  return `${taken} ${texts.list_rechecked}`;
}

part("list").addEventListener("submit", async (event) => {
  event.preventDefault();
  part("list-said").textContent = await takeList(part("list-text").value);
});

onFile(part("list-file"), async (file) => {
  part("list-said").textContent = await takeList(textOf((await contentOf(file)) ?? new Uint8Array()));
});

// What is trusted ------------------------------------------------------------------------------------------------

part("trusted").replaceChildren(
  fact(texts.identifier, code(trust.did)),
  ...trust.keys.map(({ fingerprint, created_on: from, retired_on: to }) =>
    fact(
      to === null ? filled("key_since", { from: inWords(from) })
        : filled("key_between", { from: inWords(from), to: inWords(to) }),
      code(inFours(fingerprint)),
    )),
);

try {
  trust.list = await readList(revocations, trust);
} catch (problem) {
  // The list that came with the page does not hold: it is as if there were none.
  if (!(problem instanceof Refused)) throw problem;
}
showList();
addEventListener("hashchange", checkAddress);
checkAddress();
await prepareDetector();
