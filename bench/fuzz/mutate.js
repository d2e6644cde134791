// Damages the text of a C function as editors, merges and preprocessors do: a mutant mostly looks like C, and need not be.

const TOKEN = /\/\*[^]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|\d[\w.]*|\s+|[^]/g;

/** Words and bytes that decide how a function is read. */
const SPICE = [
  ...'{ } ( ) [ ] ; : , * & ! = == -> . ? # \\ " \' /* */ // 0 -1 NULL'.split(' '),
  ...'if else for while do switch case default goto break continue return sizeof static const volatile'.split(' '),
  '\n#if A\n',
  '\n#ifdef B\n',
  '\n#else\n',
  '\n#elif C\n',
  '\n#endif\n',
  '\n#define M(x) return x\n',
  '\n',
  '\\\n',
  'return;',
  'goto out;',
  'out:',
  'free(p);',
  'if (!p) {',
  'do {',
  '} while (0);',
  '({',
  '})',
  'case 1 ... 3:',
  '__attribute__((cleanup(f)))',
  'asm("")',
  'int a[n];',
  'typeof(x)',
  '\0',
  '\u00ff',
  '\r\n',
  '\t',
];

/** Numbers in [0, 1) from a seed: mulberry32, by Tommy Ettinger. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/**
 * A mutant of `text`, damaged in one to six places.
 * @param other another function, of which pieces are taken
 */
export function mutate(text, other, random) {
  let parts = split(text, random);
  const donor = split(other, random);
  for (let left = 1 + Math.floor(random() * random() * 6); left > 0; left--) {
    const kind = KINDS[Math.floor(random() * KINDS.length)];
    parts = kind(parts, donor, random);
  }
  return parts.join('');
}

/** By lines, which keeps statements whole, or by tokens. */
function split(text, random) {
  return random() < 0.5 ? text.split(/(?<=\n)/) : (text.match(TOKEN) ?? []);
}

function place(parts, random) {
  return Math.floor(random() * parts.length);
}

/** A run of neighbours, mostly short. */
function run(parts, random) {
  const from = place(parts, random);
  return [from, from + 1 + Math.floor(random() ** 4 * Math.min(40, parts.length - from))];
}

function insert(parts, at, more) {
  return [...parts.slice(0, at), ...more, ...parts.slice(at)];
}

const KINDS = [
  function drop(parts, donor, random) {
    const [from, to] = run(parts, random);
    return [...parts.slice(0, from), ...parts.slice(to)];
  },
  function double(parts, donor, random) {
    const [from, to] = run(parts, random);
    return insert(parts, to, parts.slice(from, to));
  },
  function move(parts, donor, random) {
    const [from, to] = run(parts, random);
    const rest = [...parts.slice(0, from), ...parts.slice(to)];
    return insert(rest, place(rest, random), parts.slice(from, to));
  },
  function exchange(parts, donor, random) {
    const [one, two] = [place(parts, random), place(parts, random)];
    return parts.map((part, at) => (at === one ? parts[two] : at === two ? parts[one] : part));
  },
  function transplant(parts, donor, random) {
    const [from, to] = run(donor, random);
    return insert(parts, place(parts, random), donor.slice(from, to));
  },
  function spice(parts, donor, random) {
    return insert(parts, place(parts, random), [SPICE[place(SPICE, random)]]);
  },
  function replace(parts, donor, random) {
    const at = place(parts, random);
    return [...parts.slice(0, at), SPICE[place(SPICE, random)], ...parts.slice(at + 1)];
  },
  function cut(parts, donor, random) {
    return random() < 0.2 ? parts.slice(0, place(parts, random)) : parts;
  },
  /** Growth: what is linear once may not be when it stands a hundred times. */
  function repeat(parts, donor, random) {
    const [from, to] = run(parts, random);
    const times = random() < 0.1 ? 100 : 4;
    return insert(parts, to, Array(times).fill(parts.slice(from, to)).flat()).slice(0, 20_000);
  },
];
