/** Plans for C text in a test: the first function of the text, parsed as it stands. */
import type { Span } from '../../src/base/span.ts';
import { applyEdits } from '../../src/rewrite/apply-edits.ts';
import { readHouseStyle } from '../../src/rewrite/house-style.ts';
import type { Plan } from '../../src/rewrite/plan.ts';
import type { Refusal } from '../../src/diagnostics/refusal.ts';
import type { Knowledge, NameFacts, ReleaseFacts } from '../../src/resources/knowledge.ts';
import { createParser } from '../../src/syntax/parse.ts';
import type { FunctionTree } from '../../src/syntax/tree.ts';
import { planShareSuffix } from '../../transforms/share-suffix/index.ts';
import type { PlanContext } from '../../transforms/share-suffix/index.ts';

const parser = createParser();

/** The first function of a text. */
export function parseFirst(text: string): FunctionTree {
  const open = text.search(/\)\s*\{/);
  const start = text.lastIndexOf('\n\n', open) < 0 ? 0 : text.lastIndexOf('\n\n', open) + 2;
  let depth = 0;
  let end = text.indexOf('{', open);
  do {
    if (text[end] === '{') depth++;
    if (text[end] === '}') depth--;
    end++;
  } while (depth > 0);
  const masked = text.replace(/^[ \t]*#.*$/gm, (line) => ' '.repeat(line.length));
  const tree = parser.parse(text, masked, start, end, 'f');
  if (!tree) throw new Error('no function');
  return tree;
}

const MEMORY: ReleaseFacts = {
  kind: 'memory',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  keepsErrno: true,
  isMemoryRelease: true,
};

const FACTS: Record<string, NameFacts> = {
  free: { kind: 'function', releases: MEMORY, from: 'test' },
  SAFE_FREE: {
    kind: 'macro',
    macro: { hasJump: false, isStateful: false, freeNames: ['free', 'NULL'], writes: [0] },
    releases: { ...MEMORY, resetting: true },
    from: 'test',
  },
  fclose: {
    kind: 'function',
    releases: {
      ...MEMORY,
      kind: 'handle',
      acceptsSentinel: false,
      noopOnSentinel: false,
      keepsErrno: false,
      isMemoryRelease: false,
    },
    from: 'test',
  },
  close: {
    kind: 'function',
    releases: {
      ...MEMORY,
      kind: 'descriptor',
      sentinel: '-1',
      noopOnSentinel: false,
      keepsErrno: false,
      isMemoryRelease: false,
    },
    from: 'test',
  },
  malloc: {
    kind: 'function',
    acquires: [
      {
        kind: 'memory',
        handle: 'result',
        sentinel: 'null',
        afterFailure: 'sentinel',
        zeroes: false,
        releasers: ['free'],
      },
    ],
    from: 'test',
  },
  log_error: { kind: 'function', diagnostic: { readsErrno: false }, from: 'test' },
  SET_ERRNO: {
    kind: 'macro',
    macro: { hasJump: false, isStateful: false, freeNames: ['__LINE__'], writes: [] },
    diagnostic: { readsErrno: false },
    from: 'test',
  },
  LOG_ONCE: { kind: 'macro', macro: { hasJump: false, isStateful: true, freeNames: [], writes: [] }, from: 'test' },
  RETURN_IF: { kind: 'macro', macro: { hasJump: true, isStateful: false, freeNames: [], writes: [] }, from: 'test' },
};

/** Lower-case names are functions, unless they begin with `unknown`; capitals are unknown unless listed. */
export const TEST_KNOWLEDGE: Knowledge = {
  name: (name) => {
    const own = Object.hasOwn(FACTS, name) ? FACTS[name] : undefined;
    if (own) return own;
    const isFunction = /^[a-z]\w*_\w+$|^open|^fopen/.test(name) && !name.startsWith('unknown_');
    return isFunction ? { kind: 'function', from: 'test' } : { kind: 'unknown', from: 'nothing' };
  },
  isVolatileField: () => false,
};

export type Options = Partial<Omit<PlanContext, 'houseStyle'>>;

/** All plans or the refusal. */
export function plansOf(text: string, options: Options = {}): Plan[] | Refusal {
  const tree = parseFirst(text);
  const frozen: Span[] = [...text.matchAll(/^[ \t]*#.*$/gm)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  return planShareSuffix(tree, {
    knowledge: TEST_KNOWLEDGE,
    houseStyle: readHouseStyle(text, tree.root),
    style: 'auto',
    label: undefined,
    frozen,
    original: text,
    ...options,
  });
}

/** The text after the preferred plan, or `code: reason`. */
export function rewritten(text: string, options: Options = {}): string {
  const plans = plansOf(text, options);
  if (!Array.isArray(plans)) return `${plans.code}: ${plans.reason}`;
  return applyEdits(text, plans[0]?.edits ?? []);
}
