/** An audit as Markdown, to be committed or pasted into an issue: the same input gives the same bytes. */
import type { Acquisition, AcquisitionEnd, AuditedFunction, PatternCode } from '../audit/model.ts';
import { PATTERNS } from '../audit/model.ts';
import type { AuditReport, FileAuditReport } from '../engine/audit-report.ts';
import { decodeBytes } from '../engine/encoding.ts';
import { describeVerdict } from '../engine/notes.ts';
import type { FileChange } from '../engine/run.ts';
import { describeAuditVerdict, describeEnd, describeLater } from './audit-words.ts';
import { formatCount, plural } from './counts.ts';
import { levelOf } from './issues.ts';
import type { Level } from './issues.ts';
import { code, place, row, section } from './markdown-words.ts';
import { describeRewrite } from './text.ts';

/** Renders the audit, with the patches of the rewrites it recommends. */
export function renderAuditMarkdown(audit: AuditReport, changes: readonly FileChange[]): string {
  return [
    '# Resource audit\n',
    ...renderSummary(audit),
    ...renderFindings(audit),
    ...renderPatterns(audit),
    ...renderRecommendations(audit, changes),
    ...renderAcquisitions(audit),
    ...renderUnread(audit),
  ].join('\n');
}

function renderSummary(audit: AuditReport): string[] {
  const { files, functions, audited, acquisitions, ends } = audit.summary;
  const counts = [
    `- ${plural(files, 'file')}, ${plural(functions, 'function')}; ${formatCount(audited)} of them acquire or release something\n`,
    `- ${plural(acquisitions, 'acquisition')}; on the ways out of their functions ${formatCount(ends.released)} times released, ${formatCount(ends.handedOver)} times handed over, ${formatCount(ends.held)} times held, ${formatCount(ends.unknown)} times not known\n`,
  ];
  return [counts.join(''), `**Verdict.** ${describeAuditVerdict(audit)}.\n`];
}

const LEVELS: readonly Level[] = ['error', 'warning', 'note'];

function renderFindings({ files }: AuditReport): string[] {
  const all = files.flatMap(({ path, findings }) =>
    findings.map((finding) => ({ path, finding, level: levelOf(finding) })),
  );
  if (all.length === 0) return [];
  const texts = LEVELS.flatMap((level) =>
    all
      .filter((one) => one.level === level)
      .map(({ path, finding }) => {
        const { line, message, code: rule, path: steps = [], evidence = [] } = finding;
        const way = steps.map((step) => `  - line ${step.line}: ${oneLine(step.what)}\n`).join('');
        const rests = evidence.map((one) => `  - taken for granted: ${oneLine(one)}\n`).join('');
        return `- **${level}** ${place(path, line)} ${code(finding.function)}: ${oneLine(message)} (${rule})\n${way}${rests}`;
      }),
  );
  return ['## Findings\n', texts.join('')];
}

function renderPatterns({ summary }: AuditReport): string[] {
  const rows = (Object.keys(PATTERNS) as PatternCode[]).flatMap((pattern) => {
    const count = summary.patterns[pattern] ?? 0;
    return count === 0 ? [] : [row([PATTERNS[pattern], formatCount(count)])];
  });
  const releasers = summary.releasers.map(({ name, calls }) => row([code(name), formatCount(calls)]));
  return [
    ...section('Patterns observed', ['pattern', 'functions'], rows),
    ...section('Released by', ['call', 'places'], releasers),
  ];
}

function renderRecommendations({ files }: AuditReport, changes: readonly FileChange[]): string[] {
  const rows = files.flatMap(({ path, rewrites }) =>
    rewrites.map((entry) =>
      row([place(path, entry.line), code(entry.name), describeRewrite(entry), describeVerdict(entry)]),
    ),
  );
  if (rows.length === 0) return [];
  const patches = changes.map(({ patch }) => decodeBytes(patch)).join('');
  const fence = '`'.repeat(Math.max(3, ...[...patches.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return [
    ...section('Would gain from `goto-cleanup apply`', ['place', 'function', 'rewrite', 'proof'], rows),
    ...(patches === ''
      ? []
      : [
          `<details><summary>The patch, as \`git apply\` takes it</summary>\n\n${fence}diff\n${patches}${fence}\n\n</details>\n`,
        ]),
  ];
}

const HEADS = ['acquisition', 'line', 'by', 'on error', 'on success', 'still held'];

function renderAcquisitions({ files }: AuditReport): string[] {
  const parts = files.flatMap((file) => {
    const functions = file.functions.filter((one) => one.acquisitions.length > 0);
    return functions.length === 0 ? [] : [`### ${code(file.path)}\n`, ...functions.flatMap(renderFunction)];
  });
  return parts.length === 0 ? [] : ['## Acquisitions\n', ...parts];
}

function renderFunction({ name, line, acquisitions, exits, inexactBecause }: AuditedFunction): string[] {
  const rows = acquisitions.map((one) =>
    row([
      code(one.handle),
      `${one.line}${one.isInLoop ? ', in a loop' : ''}`,
      code(one.call),
      endsOn(one, ['error']),
      [endsOn(one, ['success', 'either']), describeLater(one)].filter((text) => text !== '').join('; '),
      one.ends.flatMap((end) => (end.state === 'held' ? [`line ${end.line}`] : [])).join(', '),
    ]),
  );
  const ledger = exits.flatMap((exit) => exit.outcomes.map((text) => `- line ${exit.line}: ${oneLine(text)}\n`));
  const note =
    inexactBecause === undefined ? '' : `\nMay say more than the function can do: ${oneLine(inexactBecause)}.\n`;
  return [
    `#### ${code(name)}, line ${line}\n`,
    `${row(HEADS)}${row(HEADS.map(() => '---'))}${rows.join('')}`,
    `<details><summary>Exit ledger</summary>\n\n${ledger.join('')}${note}\n</details>\n`,
  ];
}

/** Ways out of these sides, held ones left out: they have a column of their own. */
function endsOn({ ends }: Acquisition, sides: readonly AcquisitionEnd['side'][]): string {
  const texts = ends
    .filter(({ side, state }) => sides.includes(side) && state !== 'held')
    .map((end) => `line ${end.line}: ${describeEnd(end)}`);
  return [...new Set(texts)].join('; ');
}

function renderUnread({ files }: AuditReport): string[] {
  const rows = files.flatMap((file: FileAuditReport) => [
    ...file.unread.map((one) => row([place(file.path, one.line), code(one.name), one.reason, one.code])),
    ...file.errors.map(({ message }) => row([code(file.path), '', message, ''])),
  ]);
  return section('Not audited', ['place', 'function', 'why', 'code'], rows);
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ');
}
