/** Damage to the status: its type, its values, where it is set. */
import { lineAt, replaceLine, statusDeclaration, statusStores } from './edits.ts';
import type { DamageKind } from './kinds.ts';
import { range, type Subject } from './subject.ts';

export const STATUS_KINDS: readonly DamageKind[] = [
  {
    name: 'status-not-set',
    apply: (subject) => statusStores(subject).map(({ line, indent }) => replaceLine(subject, line, `${indent};`)),
  },
  {
    name: 'status-other-constant',
    apply: (subject) => [
      ...statusStores(subject)
        .filter(({ value }) => isConstant(value))
        .map(({ line, indent, value }) =>
          replaceLine(subject, line, `${indent}${subject.status} = ${otherConstant(subject, value)};`),
        ),
      ...otherInitialiser(subject),
    ],
  },
  { name: 'status-narrower', apply: narrowed },
  {
    name: 'status-shadowed',
    apply: (subject) => {
      const type = statusDeclaration(subject)?.type;
      if (type === undefined) return [];
      return statusStores(subject)
        .filter(({ line }) => /^\s*goto /.test(lineAt(subject, line + 1)))
        .map(({ line, indent, value }) =>
          replaceLine(
            subject,
            line,
            `${indent}${type}${type.endsWith('*') ? '' : ' '}${subject.status} = ${value}; (void)${subject.status};`,
          ),
        );
    },
  },
  {
    name: 'status-overwritten-in-block',
    apply: (subject) =>
      subject.status === undefined
        ? []
        : subject.labels.map(({ line }) =>
            replaceLine(subject, line, lineAt(subject, line), `\t${subject.status} = ${zeroOf(subject)};`),
          ),
  },
  {
    name: 'success-value-lost',
    apply: (subject) =>
      statusStores(subject)
        .filter(({ value }) => /^[a-z]\w*(?:->\w+)?$/.test(value) && !isConstant(value))
        .map(({ line, indent }) => replaceLine(subject, line, `${indent}${subject.status} = ${zeroOf(subject)};`)),
  },
  {
    name: 'status-set-behind-jump',
    apply: (subject) =>
      statusStores(subject)
        .filter(({ line }) => /^\s*goto /.test(lineAt(subject, line + 1)))
        .map(({ line }) => {
          const lines = [...subject.lines];
          const [store = ''] = lines.splice(line, 1);
          lines.splice(line + 1, 0, store);
          return lines.join('\n');
        }),
  },
  { name: 'returned-constant', apply: constantReturned },
];

function isConstant(value: string): boolean {
  return /^\(?-?(?:\d+L?|[A-Z][A-Z0-9_]*|true|false|\(size_t\)-1)\)?$/.test(value);
}

/** Another value of the same kind that the function can tell from the first. */
function otherConstant(subject: Subject, value: string): string {
  if (value === 'true') return 'false';
  if (value === 'false') return 'true';
  if (value === 'NULL') return '(void *)8';
  return /struct|union/.test(subject.returns) ? value : value === '7' ? '6' : '7';
}

function zeroOf(subject: Subject): string {
  const struct = /\b(?:struct|union) \w+$/.exec(subject.returns)?.[0];
  return struct === undefined ? '0' : `(${struct}){ 99 }`;
}

function otherInitialiser(subject: Subject): string[] {
  const declaration = statusDeclaration(subject);
  const value = declaration?.rest.slice(' = '.length) ?? '';
  if (!declaration || !isConstant(value)) return [];
  const text = lineAt(subject, declaration.line);
  return [replaceLine(subject, declaration.line, text.replace(` = ${value};`, ` = ${otherConstant(subject, value)};`))];
}

/** A status of another type than the function: what does not fit is lost without a word from the compiler. */
function narrowed(subject: Subject): string[] {
  const declaration = statusDeclaration(subject);
  if (!declaration || declaration.type.includes('*') || /struct|union|bool/i.test(declaration.type)) return [];
  const text = lineAt(subject, declaration.line);
  const types = ['_Bool', 'unsigned char', 'unsigned short'];
  return types.map((type) => replaceLine(subject, declaration.line, text.replace(declaration.type, type)));
}

/** The block returns a constant instead of the status. */
function constantReturned(subject: Subject): string[] {
  if (subject.status === undefined) return [];
  const text = lineAt(subject, subject.block.to);
  const most = /\b(?:struct|union)\b/.test(subject.returns) ? 0 : 1;
  return range(0, most).map((value) =>
    replaceLine(
      subject,
      subject.block.to,
      text.replace(new RegExp(`\\b${subject.status}\\b`), value === 0 ? zeroOf(subject) : otherConstant(subject, '7')),
    ),
  );
}
