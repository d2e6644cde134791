/** What may stand in goto-cleanup.json. One table for the check, the schema and the documentation. */
import { PLATFORMS } from '../resources/preset.ts';
import { FINDING_CODES } from './finding-codes.ts';
import { type Shape, toJsonSchema } from './setting-shape.ts';

export const STYLES = ['auto', 'single', 'ladder'] as const;
export const PROOFS = ['identical', 'equivalent'] as const;
const KINDS = ['memory', 'handle', 'descriptor', 'lock', 'reference', 'other'] as const;
const SENTINELS = ['null', '-1', 'map-failed', 'none'] as const;
const FAILURES = ['sentinel', 'nonzero', 'negative', 'zero', 'never'] as const;
const AFTER_FAILURE = ['sentinel', 'unchanged', 'unspecified', 'held'] as const;

const IDENTIFIER = /^[A-Za-z_]\w*$/;
const NAME: Shape = { is: 'string', pattern: IDENTIFIER };
const GLOBS: Shape = { is: 'list', of: { is: 'string' } };
const HANDLE = /^(?:result|(?:arg|out):\d+|element:\d+:\d+)$/;

const PAIR: Shape = {
  is: 'object',
  required: ['acquire', 'release'],
  keys: {
    acquire: { ...NAME, about: 'The call that obtains the resource.' },
    release: { ...NAME, about: 'The call that gives it back.' },
    kind: { is: 'choice', of: KINDS },
    handle: {
      is: 'string',
      pattern: HANDLE,
      about: 'Where the handle stands: result, arg:N (argument N itself, from 0) or out:N (what argument N points to).',
    },
    argument: { is: 'integer', about: 'Which argument of the release (from 0) is released. 0 if absent.' },
    sentinel: { is: 'choice', of: SENTINELS, about: "The handle's value when nothing is held." },
    failure: { is: 'choice', of: FAILURES, about: 'How the result of the acquire shows that it failed.' },
    afterFailure: { is: 'choice', of: AFTER_FAILURE, about: 'What the handle is after a failure.' },
    zeroes: { is: 'boolean', about: 'The object comes filled with zero bytes.' },
    acceptsSentinel: { is: 'boolean', about: 'The release may be called with the sentinel.' },
    noopOnSentinel: { is: 'boolean', about: 'On the sentinel the release does nothing at all: no log, no errno.' },
    resetting: { is: 'boolean', about: 'The release is a macro that sets the handle to its sentinel.' },
    keepsErrno: { is: 'boolean', about: 'The release leaves errno as it is.' },
  },
};

const DIAGNOSTIC: Shape = {
  is: 'object',
  required: ['name'],
  keys: { name: NAME, readsErrno: { is: 'boolean', about: 'It reads errno (perror, SET_ERRNO_SYS).' } },
};

const TRANSFER: Shape = {
  is: 'object',
  required: ['name'],
  keys: {
    name: NAME,
    arguments: {
      is: 'list',
      of: { is: 'integer' },
      about: 'Arguments (from 0) that pass to the callee. All if absent.',
    },
    when: { is: 'choice', of: ['always', 'success'], about: 'success: a failing call leaves them with the caller.' },
  },
};

/** Settings that an override may change for some files. */
const LOCAL_KEYS: Readonly<Record<string, Shape>> = {
  label: { ...NAME, about: 'Name of the label of a single block.' },
  style: { is: 'choice', of: STYLES, about: 'One block, a ladder of labels, or what can be proved and the file does.' },
  proof: { is: 'choice', of: PROOFS, about: 'identical: only rewrites that rest on nothing but C.' },
  rules: {
    is: 'map',
    names: ['repeated-cleanup', ...Object.keys(FINDING_CODES)],
    to: { is: 'choice', of: ['on', 'off'] },
    about: 'Kinds of report, on or off.',
  },
};

export const CONFIG_SHAPE: Shape = {
  is: 'object',
  about: 'Settings of goto-cleanup. The file nearest to the source file counts.',
  keys: {
    $schema: { is: 'string' },
    extends: { is: 'list', of: { is: 'string' }, about: 'Presets that are in force in every file.' },
    ...LOCAL_KEYS,
    status: {
      is: 'object',
      about: 'How this project carries a status out of a function.',
      keys: {
        types: { is: 'list', of: { is: 'string' }, about: 'Types that are a status.' },
        variable: { ...NAME, about: 'Name of a status variable that has to be introduced.' },
        success: { is: 'string', about: 'The value that means success.' },
      },
    },
    platform: { is: 'choice', of: PLATFORMS, about: 'Whose promises about library functions count.' },
    pairs: { is: 'list', of: PAIR, about: 'Calls that obtain a resource, and the calls that give it back.' },
    diagnostics: {
      is: 'list',
      of: { is: 'name-or', object: DIAGNOSTIC },
      about: "Calls that return, only read their arguments, and touch nothing but the logger's own state.",
    },
    acceptLogOrder: { is: 'boolean', about: 'Two diagnostics may change places; each such proof lists log-order.' },
    neverReturns: { is: 'list', of: NAME, about: 'Calls from which control never comes back.' },
    retainsNothing: { is: 'list', of: NAME, about: 'Calls that keep no pointer to their arguments.' },
    transfersOwnership: {
      is: 'list',
      of: { is: 'name-or', object: TRANSFER },
      about: 'Calls that take over what they are given.',
    },
    include: { ...GLOBS, about: 'Only these files (patterns as in .gitignore, from the folder of this file).' },
    exclude: { ...GLOBS, about: 'Not these files (patterns as in .gitignore, from the folder of this file).' },
    overrides: {
      is: 'list',
      of: { is: 'object', required: ['files'], keys: { files: GLOBS, ...LOCAL_KEYS } },
      about: 'Other settings for some files; a later entry wins.',
    },
  },
};

/** The published JSON Schema. */
export function configSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'goto-cleanup.json',
    ...toJsonSchema(CONFIG_SHAPE),
  };
}
