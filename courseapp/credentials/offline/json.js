// JSON as signed texts need it: read without mercy, written in one way only.

export class NotJson extends Error {}
export class NamedTwice extends NotJson {}

const DEEPEST = 100;
const TOKEN = /[ \t\n\r]*(?:([{}[\]:,])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;

// Readers disagree about which of two members with one name counts, so one could be checked and the other shown:
// JSON.parse takes the last and says nothing. Also refused: what has half a character in it (a lone surrogate),
// numbers too large to hold, and anything behind the end. Objects come without a prototype, so that a member
// called __proto__ is a member like any other.
export function parseStrictly(text) {
  let at = 0;
  const value = valueFrom(next(), 0);
  if (/[^ \t\n\r]/.test(text.slice(at))) throw new NotJson();
  return value;

  function next() {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) throw new NotJson();
    at = TOKEN.lastIndex;
    const [, mark, string, number, word] = found;
    if (mark) return { mark };
    if (string) return { value: wellFormed(JSON.parse(string)), isString: true };
    if (number) return { value: finite(Number(number)) };
    return { value: JSON.parse(word) };
  }

  function valueFrom(token, depth) {
    if (depth > DEEPEST) throw new NotJson();
    if (token.mark === "{") return members(depth);
    if (token.mark === "[") return items(depth);
    if (token.mark) throw new NotJson();
    return token.value;
  }

  function members(depth) {
    const object = Object.create(null);
    for (let token = next(), first = true; ; first = false, token = next()) {
      if (first && token.mark === "}") return object;
      if (!token.isString || next().mark !== ":") throw new NotJson();
      if (token.value in object) throw new NamedTwice();
      object[token.value] = valueFrom(next(), depth + 1);
      const { mark } = next();
      if (mark === "}") return object;
      if (mark !== ",") throw new NotJson();
    }
  }

  function items(depth) {
    const array = [];
    for (let token = next(); ; token = next()) {
      if (array.length === 0 && token.mark === "]") return array;
      array.push(valueFrom(token, depth + 1));
      const { mark } = next();
      if (mark === "]") return array;
      if (mark !== ",") throw new NotJson();
    }
  }
}

function wellFormed(string) {
  // With the flag u, a pair of surrogates is one character, which is not in the range.
  if (/[\ud800-\udfff]/u.test(string)) throw new NotJson();
  return string;
}

function finite(number) {
  if (!Number.isFinite(number)) throw new NotJson();
  return number;
}

// The JSON Canonicalization Scheme (RFC 8785). Its rules for texts and numbers are those of JSON.stringify, and
// its order of members, by UTF-16 units, is that of sort().
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}
