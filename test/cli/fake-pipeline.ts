/**
 * A pipeline that needs no C: every line `return 1;` of a function `int NAME(...) {` ... `}` becomes `goto out;`, a line
 * with `refuse_me` refuses the function, one with `leak_me` is a finding. Everything else of the command line is real.
 */
import { LineIndex } from '../../src/base/span.ts';
import { isTouched } from '../../src/engine/changed-lines.ts';
import type { FunctionSelection } from '../../src/engine/choose-functions.ts';
import type { FileText, Pipeline, PipelineSource } from '../../src/engine/pipeline.ts';
import type { FileOutcome } from '../../src/engine/process-file.ts';
import type { FunctionReport } from '../../src/engine/report.ts';
import { verifyReport, type VerifyReport } from '../../src/engine/verify-report.ts';
import { applyEdits } from '../../src/rewrite/apply-edits.ts';
import type { Edit } from '../../src/rewrite/plan.ts';

/** The pipeline as what the command line takes; every file is looked at. */
export function pipelinesOf(pipeline: Pipeline): PipelineSource {
  return { countIfIdle: () => undefined, load: async () => pipeline };
}

const FUNCTION = /^int (\w+)\(.*\)\s*\{[\s\S]*?^\}/gm;

export const fakePipeline: Pipeline = {
  processFile: (text, _path, { options }) => processText(text, options),
  auditFile: (text, _path, { options }) => {
    const { findings, counts } = processText(text, options);
    return { functions: [], unread: [], findings, fieldReleases: [], count: counts.functions };
  },
  verifyFiles: (before, after) => compare(before, after),
  verifyVersions: ({ pairs, notJudged }) => {
    const functions = pairs.flatMap(({ before, after }) => (before && after ? compare(before, after).functions : []));
    return verifyReport(functions, notJudged);
  },
  explainFunction: (file, which, form) => {
    const wanted = JSON.stringify(which);
    return 'name' in which && !file.text.includes(which.name) ? undefined : `${form} ${file.path} ${wanted}\n`;
  },
};

/** One function `f` a file. */
function compare(before: FileText, after: FileText): VerifyReport {
  const isSame = before.text === after.text;
  const places = { before: { path: before.path, line: 1 }, after: { path: after.path, line: 1 } };
  const verdict = isSame ? 'identical' : 'different';
  return verifyReport(
    [{ name: 'f', ...places, verdict, uses: [], ...(!isSame && { reason: 'the texts differ' }) }],
    [],
  );
}

function processText(text: string, { functionPattern, changes }: FunctionSelection): FileOutcome {
  const lines = new LineIndex(text);
  const functions: FunctionReport[] = [];
  const rewrites: { name: string; edits: Edit[] }[] = [];
  const findings: FileOutcome['findings'][number][] = [];
  const matches = [...text.matchAll(FUNCTION)];
  for (const match of matches.filter(({ 1: name = '' }) => functionPattern?.test(name) ?? true)) {
    const [body, name = ''] = match;
    const place = {
      name,
      line: lines.place(match.index).line,
      endLine: lines.place(match.index + body.length - 1).line,
    };
    if (changes && !isTouched(changes, place.line, place.endLine)) continue;
    if (body.includes('leak_me'))
      findings.push({ code: 'leak-on-path', function: name, line: place.line, column: 5, message: '`p` leaks' });
    if (body.includes('refuse_me')) functions.push({ ...place, ...REFUSED, at: { line: place.line, column: 5 } });
    const edits = [...body.matchAll(/return 1;/g)].map(({ index }) => ({
      start: match.index + index,
      end: match.index + index + 9,
      text: 'goto out; /* \xfc */',
    }));
    if (edits.length === 0) continue;
    rewrites.push({ name, edits });
    functions.push({ ...place, ...REWRITABLE, exits: edits.length });
  }
  const newText = applyEdits(
    text,
    rewrites.flatMap(({ edits }) => edits),
  );
  const counts = { functions: matches.length, attempted: 1, parsed: 1, candidates: functions.length };
  return { newText, functions, rewrites, findings, counts };
}

const REFUSED = { status: 'refused', code: 'order-conflict', reason: 'free before unlock' } as const;

const REWRITABLE = {
  status: 'rewritable',
  style: 'single',
  successShares: true,
  labels: ['out'],
  releasesBefore: 9,
  releasesAfter: 3,
  proof: {
    verdict: 'equivalent',
    uses: ['reorder', 'errno: free'],
    restsOn: [{ name: 'free', fact: 'keeps errno', from: 'preset libc' }],
    exits: 4,
  },
} as const;
