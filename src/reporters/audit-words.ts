/** How an audit speaks, in whatever format. */
import type { Acquisition, AcquisitionEnd } from '../audit/model.ts';
import type { AuditReport } from '../engine/audit-report.ts';
import { formatCount, plural } from './counts.ts';
import { levelOf } from './issues.ts';
import type { Level } from './issues.ts';

/** `released in line 711 by SAFE_FREE(a)`, `stored in s->a`, `still held`. */
export function describeEnd({ state, releases = [], how, to, isUntested }: AcquisitionEnd): string {
  switch (state) {
    case 'released':
      return releases
        .map(({ line, call, isRepeated }) => `released${isRepeated ? ' in a loop' : ''} in line ${line} by ${call}`)
        .join(', ');
    case 'handed-over':
      return describeHandOver(how, to ?? '?');
    case 'held':
      return isUntested ? 'still held, if it was acquired' : 'still held';
    default:
      return 'not known: the paths disagree, or it went through hands that are not seen';
  }
}

function describeHandOver(how: AcquisitionEnd['how'], to: string): string {
  switch (how) {
    case 'returned':
      return 'returned to the caller';
    case 'stored':
      return `kept in ${to}`;
    case 'consumed':
      return `taken over by ${to}`;
    default:
      return `perhaps kept or released by ${to}`;
  }
}

/** `later released by x_destroy (x.c:12)`; empty where nobody is known. */
export function describeLater({ later = [] }: Acquisition): string {
  if (later.length === 0) return '';
  const shown = later.slice(0, MOST_LATER).map(({ function: name, path, line }) => `${name} (${path}:${line})`);
  const more = later.length - shown.length;
  return `later released by ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MOST_LATER = 3;

/** How many findings there are of each level. */
export function countLevels({ files }: AuditReport): Readonly<Record<Level, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const finding of files.flatMap((file) => file.findings)) counts[levelOf(finding)]++;
  return counts;
}

/** What the audit comes to, in a sentence. */
export function describeAuditVerdict(audit: AuditReport): string {
  const { acquisitions, unread, ends } = audit.summary;
  const { error, warning } = countLevels(audit);
  const found = [...(error > 0 ? [plural(error, 'error')] : []), ...(warning > 0 ? [plural(warning, 'warning')] : [])];
  const what =
    found.length === 0 ? 'nothing is found to leak or to be released wrongly' : `${found.join(' and ')} found`;
  const open = [
    ...(ends.unknown > 0 ? [`on ${formatCount(ends.unknown)} ways out what becomes of one is not known`] : []),
    ...(unread > 0 ? [`${plural(unread, 'function')} could not be read`] : []),
  ];
  return `${plural(acquisitions, 'acquisition')}: ${[what, ...open].join('; ')}`;
}
