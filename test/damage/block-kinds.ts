/** Damage to the cleanup block: its releases, guards, labels and loops. */
import { indentOf, lineAt, moveLine, releases, replaceLine } from './edits.ts';
import type { DamageKind } from './kinds.ts';
import { range, type Subject } from './subject.ts';

const GUARD = /^(\s*)if \((.*)\)( \{)?$/;
const UNLOCK = /^\s*\w*(?:un|_un)lock\w*\(/;

export const BLOCK_KINDS: readonly DamageKind[] = [
  {
    name: 'release-dropped',
    apply: (subject) =>
      releases(subject).map((line) => replaceLine(subject, line, `${indentOf(lineAt(subject, line))};`)),
  },
  {
    name: 'release-doubled',
    apply: (subject) =>
      releases(subject).map((line) => {
        const call = withoutComment(lineAt(subject, line));
        return replaceLine(subject, line, `${indentOf(call)}{ ${call.trim()}`, `${call} }`);
      }),
  },
  { name: 'release-at-wrong-label', apply: releasesPastLabels },
  { name: 'label-too-high', apply: labelsTooHigh },
  { name: 'label-too-low', apply: labelsTooLow },
  { name: 'label-in-nested-block', apply: labelsNested },
  {
    name: 'guard-lost',
    apply: (subject) =>
      guards(subject).map((line) => replaceLine(subject, line, lineAt(subject, line).replace(GUARD, '$1if (1)$3'))),
  },
  {
    name: 'guard-negated',
    apply: (subject) =>
      guards(subject).map((line) => replaceLine(subject, line, lineAt(subject, line).replace(GUARD, '$1if (!($2))$3'))),
  },
  { name: 'wrong-variable', apply: wrongVariables },
  { name: 'release-order', apply: swappedReleases },
  { name: 'cleanup-loop-off-by-one', apply: offByOne },
  {
    name: 'sentinel-instead-of-release',
    apply: (subject) =>
      releases(subject).flatMap((line) => {
        const match = /^(\s*)\w+\(([\w>[\].-]+)\);/.exec(lineAt(subject, line));
        return match && !UNLOCK.test(lineAt(subject, line))
          ? [replaceLine(subject, line, `${match[1]}${match[2]} = 0;`)]
          : [];
      }),
  },
];

function withoutComment(line: string): string {
  return line.replace(/\s*(?:\/\/.*|\/\*.*\*\/)\s*$/, '');
}

function guards(subject: Subject): number[] {
  return range(subject.block.from, subject.block.to - 1).filter((line) => GUARD.test(lineAt(subject, line)));
}

/** A release on one side of a label moves to the other. */
function releasesPastLabels(subject: Subject): string[] {
  return subject.labels.slice(1).flatMap(({ line }) => {
    const above = releases(subject).findLast((release) => release < line);
    const below = releases(subject).find((release) => release > line);
    return [
      ...(above === undefined ? [] : [moveLine(subject, above, line)]),
      ...(below === undefined ? [] : [moveLine(subject, below, line)]),
    ];
  });
}

/** The label one statement higher; for the first label that is the statement in front of the block. */
function labelsTooHigh(subject: Subject): string[] {
  return subject.labels.flatMap(({ line }) => {
    const above = range(subject.first, line - 1).findLast((one) => lineAt(subject, one).trim() !== '');
    if (above === undefined || !/;\s*$/.test(lineAt(subject, above))) return [];
    const guard = GUARD.test(lineAt(subject, above - 1)) && !lineAt(subject, above - 1).endsWith('{') ? 1 : 0;
    return [moveLine(subject, line, above - guard)];
  });
}

function labelsTooLow(subject: Subject): string[] {
  return subject.labels.flatMap(({ line }) => {
    const next = lineAt(subject, line + 1);
    return /;\s*$/.test(next) && !/^\s*return\b/.test(next) ? [moveLine(subject, line, line + 1)] : [];
  });
}

/** The label inside the block that ends in front of it. */
function labelsNested(subject: Subject): string[] {
  return subject.labels.slice(0, 1).flatMap(({ line, name }) => {
    const brace = range(subject.first, line - 1).findLast((one) => /^\s*\}$/.test(lineAt(subject, one)));
    if (brace === undefined) return [];
    const lines = [...subject.lines];
    lines.splice(line, 1);
    lines.splice(brace, 0, `${name}:;`);
    return [lines.join('\n')];
  });
}

/** A release gets what its neighbour gets. */
function wrongVariables(subject: Subject): string[] {
  const all = releases(subject);
  return all.flatMap((line) => {
    const mine = /\(([^()]*)\);/.exec(lineAt(subject, line))?.[1];
    const name = /^\s*(\w+)\(/.exec(lineAt(subject, line))?.[1];
    const other = all.find((one) => one !== line && new RegExp(`^\\s*${name}\\(`).test(lineAt(subject, one)));
    const theirs = other === undefined ? undefined : /\(([^()]*)\);/.exec(lineAt(subject, other))?.[1];
    if (mine === undefined || theirs === undefined || mine === theirs) return [];
    return [replaceLine(subject, line, lineAt(subject, line).replace(`(${mine})`, `(${theirs})`))];
  });
}

function swappedReleases(subject: Subject): string[] {
  const all = releases(subject);
  return all.flatMap((line) => (all.includes(line + 1) ? [moveLine(subject, line, line + 1)] : []));
}

function offByOne(subject: Subject): string[] {
  return range(subject.block.from, subject.block.to - 1).flatMap((line) => {
    const text = lineAt(subject, line);
    if (!/^\s*(?:for|while) \(/.test(text)) return [];
    const variants = [
      text.replace(' < ', ' <= '),
      text.replace(' = 0;', ' = 1;'),
      text.replace(' > 0', ' > 1'),
      text.replace(' < ', ' < -1 + '),
    ];
    return variants.filter((variant) => variant !== text).map((variant) => replaceLine(subject, line, variant));
  });
}
