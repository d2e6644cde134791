/** The reports of `torture` as SARIF 2.1.0: a result for each finding, the failure's stack as its code flow. */
import { createHash } from 'node:crypto';
import { ownFrames, placeOf } from '../torture/group-findings.ts';
import {
  TORTURE_CODES,
  type TortureComparison,
  type TortureDifference,
  type TortureFinding,
  type TortureReport,
} from '../torture/report.ts';
import type { Frame, Stack } from '../torture/symbolize.ts';
import type { RenderOptions } from './reporter.ts';

type DisplayPath = RenderOptions['displayPath'];

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const DIFFERS = { id: 'differs-after-failure', text: 'two builds end differently after the same failure' };

function document(
  tool: TortureReport['tool'],
  rules: readonly { id: string; text: string }[],
  results: object[],
): string {
  const sarif = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: tool.name,
            version: tool.version,
            rules: rules.map(({ id, text }) => ({ id, shortDescription: { text } })),
          },
        },
        results,
      },
    ],
  };
  return `${JSON.stringify(sarif, undefined, 2)}\n`;
}

function resultOf(finding: TortureFinding, displayPath: DisplayPath): object {
  const place = placeOf(finding.stack) ?? placeOf(finding.failure.stack);
  const { acquisition, number, mode, stack } = finding.failure;
  const when = `when ${acquisition} number ${number} fails${mode === 'once' ? '' : ' and all behind it'}`;
  return {
    ruleId: finding.code,
    level: finding.code === 'abort' || finding.code === 'memory-reachable' ? 'note' : 'error',
    message: { text: `${place ? `${place.function}: ` : ''}${finding.message}, ${when}` },
    locations: place?.path === undefined ? [] : [locationOf(place, displayPath)],
    codeFlows: codeFlowsOf(stack, displayPath),
    partialFingerprints: { 'torturePlace/v1': fingerprint(finding.code, finding.stack) },
    properties: {
      repeat: ['goto-cleanup', ...finding.repeat],
      ...(finding.rewritten.length > 0 && { rewritten: finding.rewritten }),
    },
  };
}

/** From main inwards, as code flows read. */
function codeFlowsOf(stack: Stack, displayPath: DisplayPath): object[] {
  const frames = ownFrames(stack).filter((frame) => frame.path !== undefined);
  if (frames.length === 0) return [];
  const locations = frames.toReversed().map((frame) => ({
    location: { ...locationOf(frame, displayPath), message: { text: frame.function } },
  }));
  return [{ threadFlows: [{ locations }] }];
}

function locationOf(frame: Frame, displayPath: DisplayPath): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(displayPath(frame.path ?? '')) },
      ...(frame.line !== undefined && { region: { startLine: frame.line } }),
    },
    logicalLocations: [{ name: frame.function, kind: 'function' }],
  };
}

/** Without lines, which move. */
function fingerprint(code: string, stack: Stack): string {
  const names = ownFrames(stack).map((frame) => frame.function);
  return createHash('sha256')
    .update(JSON.stringify([code, names]))
    .digest('hex')
    .slice(0, 32);
}

function resultOfDifference(difference: TortureDifference): object {
  const { acquisition, functions, occurrence, before, after } = difference;
  const where = `${acquisition} fails in ${functions.join(' < ')}`;
  return {
    ruleId: DIFFERS.id,
    level: 'error',
    message: { text: `${where}: before: ${before.outcome.join('; ')}; after: ${after.outcome.join('; ')}` },
    locations: functions[0] === undefined ? [] : [{ logicalLocations: [{ name: functions[0], kind: 'function' }] }],
    partialFingerprints: {
      'torturePlace/v1': createHash('sha256')
        .update(JSON.stringify([where, occurrence]))
        .digest('hex')
        .slice(0, 32),
    },
  };
}

export const tortureSarif = {
  sweep: (report: TortureReport, { displayPath }: Pick<RenderOptions, 'displayPath'>): string =>
    document(
      report.tool,
      Object.entries(TORTURE_CODES).map(([id, text]) => ({ id, text })),
      report.findings.map((finding) => resultOf(finding, displayPath)),
    ),
  comparison: (report: TortureComparison): string =>
    document(report.tool, [DIFFERS], report.differences.map(resultOfDifference)),
};
