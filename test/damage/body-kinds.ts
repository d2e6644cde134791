/** Damage in front of the block: jumps, exits, declarations, effects. */
import { bodyCalls, indentOf, lineAt, moveLine, releases, replaceLine } from './edits.ts';
import type { DamageKind } from './kinds.ts';
import { range, type Subject } from './subject.ts';

const SENTINEL = /^(\s*[\w ]+[ *]+\w+) = (?:NULL|-1|0);\s*$/;
const UNLOCK = /^\s*\w*unlock\w*\(/;

export const BODY_KINDS: readonly DamageKind[] = [
  { name: 'sentinel-not-initialised', apply: withoutSentinels },
  { name: 'sentinel-set-too-late', apply: lateSentinels },
  { name: 'success-falls-in', apply: successFallsIn },
  { name: 'return-left-in-front-of-label', apply: returnsInFront },
  {
    name: 'break-lost',
    apply: (subject) =>
      body(subject)
        .filter((line) => /^\s*break;\s*$/.test(lineAt(subject, line)))
        .map((line) => replaceLine(subject, line, `${indentOf(lineAt(subject, line))};`)),
  },
  {
    name: 'goto-lost',
    apply: (subject) =>
      subject.jumps.map(({ line }) => replaceLine(subject, line, `${indentOf(lineAt(subject, line))};`)),
  },
  { name: 'wrong-label', apply: otherLabels },
  { name: 'return-instead-of-goto', apply: returnsForGotos },
  { name: 'released-in-place-too', apply: releasedTwice },
  { name: 'released-after-hand-over', apply: releasedAfterHandOver },
  { name: 'effect-across-unlock', apply: acrossUnlock },
  {
    name: 'lock-released-twice',
    apply: (subject) => {
      const unlock = releases(subject).find((line) => UNLOCK.test(lineAt(subject, line)));
      if (unlock === undefined) return [];
      return subject.jumps.map(({ line }) =>
        replaceLine(
          subject,
          line,
          `${indentOf(lineAt(subject, line))}{ ${lineAt(subject, unlock).trim()}`,
          `${lineAt(subject, line)} }`,
        ),
      );
    },
  },
  {
    name: 'side-effect-doubled',
    apply: (subject) =>
      bodyCalls(subject).map((line) => replaceLine(subject, line, lineAt(subject, line), lineAt(subject, line))),
  },
  {
    name: 'side-effect-dropped',
    apply: (subject) =>
      bodyCalls(subject).map((line) => replaceLine(subject, line, `${indentOf(lineAt(subject, line))};`)),
  },
  {
    name: 'condition-negated',
    apply: (subject) =>
      body(subject).flatMap((line) => {
        const text = lineAt(subject, line);
        if (!/^\s*(?:\} else )?if \(/.test(text)) return [];
        const negated = text.replace(/if \((.*)\)( \{)?$/, 'if (!($1))$2');
        return negated === text ? [] : [replaceLine(subject, line, negated)];
      }),
  },
  {
    name: 'comparison-off-by-one',
    apply: (subject) =>
      body(subject).flatMap((line) => {
        const text = lineAt(subject, line);
        const shifted = /\bif \(/.test(text) ? text.replace(/ < 0\)/, ' <= 0)').replace(/ > (\d+)\)/, ' >= $1)') : text;
        return shifted === text ? [] : [replaceLine(subject, line, shifted)];
      }),
  },
];

/** Lines of the function in front of the block. */
function body(subject: Subject): number[] {
  return range(subject.first + 1, subject.block.from - 2);
}

function withoutSentinels(subject: Subject): string[] {
  return body(subject).flatMap((line) => {
    const match = SENTINEL.exec(lineAt(subject, line));
    return match ? [replaceLine(subject, line, `${match[1]};`)] : [];
  });
}

/** The declaration keeps its place, the sentinel comes behind the first jump. */
function lateSentinels(subject: Subject): string[] {
  const [jump] = subject.jumps;
  if (!jump) return [];
  return body(subject).flatMap((line) => {
    const match = SENTINEL.exec(lineAt(subject, line));
    const name = /(\w+)$/.exec(match?.[1] ?? '')?.[1];
    if (!match || name === undefined || line > jump.line) return [];
    const behind = /^\s*\}/.test(lineAt(subject, jump.line + 1)) ? jump.line + 1 : jump.line;
    const lines = [...subject.lines];
    lines.splice(
      behind + 1,
      0,
      `\t${lineAt(subject, line)
        .trim()
        .slice((match[1] ?? '').trim().length - name.length)}`,
    );
    lines.splice(line, 1, `${match[1]};`);
    return [lines.join('\n')];
  });
}

/** The return of success disappears, so that it falls into the error block. */
function successFallsIn(subject: Subject): string[] {
  const label = subject.block.from - 1;
  const above = range(subject.first, label - 1).findLast((line) => lineAt(subject, line).trim() !== '');
  if (above === undefined || !/^\s*return\b/.test(lineAt(subject, above))) return [];
  return [replaceLine(subject, above, `${indentOf(lineAt(subject, above))};`)];
}

/** Success falls in on purpose, but a return was left in front of the label. */
function returnsInFront(subject: Subject): string[] {
  const label = subject.block.from - 1;
  const above = range(subject.first, label - 1).findLast((line) => lineAt(subject, line).trim() !== '');
  if (above === undefined || /^\s*(?:return|goto)\b/.test(lineAt(subject, above))) return [];
  const left = lineAt(subject, subject.block.to).trim() === '}' ? 'return;' : lineAt(subject, subject.block.to).trim();
  const lines = [...subject.lines];
  lines.splice(label, 0, `\t${left}`);
  return [lines.join('\n')];
}

function otherLabels(subject: Subject): string[] {
  return subject.jumps.flatMap(({ label, line }) =>
    subject.labels
      .filter(({ name }) => name !== label)
      .map(({ name }) => replaceLine(subject, line, lineAt(subject, line).replace(label, name))),
  );
}

function returnsForGotos(subject: Subject): string[] {
  const last = lineAt(subject, subject.block.to).trim();
  const exit = last === '}' ? 'return;' : last;
  return subject.jumps.map(({ line }) => replaceLine(subject, line, indentOf(lineAt(subject, line)) + exit));
}

/** An exit releases in place what the block releases as well. */
function releasedTwice(subject: Subject): string[] {
  const [release] = releases(subject);
  if (release === undefined) return [];
  return subject.jumps.map(({ line }) =>
    replaceLine(
      subject,
      line,
      `${indentOf(lineAt(subject, line))}{ ${lineAt(subject, release).trim()}`,
      `${lineAt(subject, line)} }`,
    ),
  );
}

/** Success returns what it hands over, after it has released it. */
function releasedAfterHandOver(subject: Subject): string[] {
  const label = subject.block.from - 1;
  const above = range(subject.first, label - 1).findLast((line) => lineAt(subject, line).trim() !== '');
  if (above === undefined || !/^\s*return\b/.test(lineAt(subject, above))) return [];
  return releases(subject).map((release) =>
    replaceLine(
      subject,
      above,
      `${indentOf(lineAt(subject, above))}${lineAt(subject, release).trim()}`,
      lineAt(subject, above),
    ),
  );
}

/** A statement of the block, or the last one in front of it, changes sides with an unlock. */
function acrossUnlock(subject: Subject): string[] {
  const label = subject.block.from - 1;
  return releases(subject)
    .filter((line) => UNLOCK.test(lineAt(subject, line)))
    .flatMap((unlock) => {
      const jumps = subject.jumps.flatMap(({ line }) => [line - 1, line - 2]);
      const inFront = [label - 1, label - 3, ...jumps].filter(
        (line) =>
          /^\s*(?:\w+\(.*\)|[\w>.-]+(?:->|\.)\w+ [-+]?= .*|\w+\+\+);\s*$/.test(lineAt(subject, line)) &&
          line > subject.first,
      );
      const within = [unlock - 1, unlock + 1].filter((line) => releases(subject).includes(line));
      return [
        ...inFront.map((line) => moveLine(subject, line, unlock)),
        ...within.map((line) => moveLine(subject, unlock, line)),
      ];
    });
}
