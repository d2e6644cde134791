/** Words for `explain CODE` and `explain proof`. */
import { UsageError } from '../base/usage-error.ts';
import { REFUSALS } from '../diagnostics/refusal.ts';
import { describeUnknown } from './did-you-mean.ts';
import { FINDING_CODES } from './finding-codes.ts';

interface Words {
  readonly means: string;
  readonly advice: string;
  /** C that shows it, and the same without it. */
  readonly before?: string;
  readonly after?: string;
}

/** What a refusal or finding code means, and what the user can do. */
export function explainCode(code: string): string {
  const refusals: Readonly<Record<string, Words>> = REFUSALS;
  const findings: Readonly<Record<string, Words>> = FINDING_CODES;
  if (Object.hasOwn(refusals, code)) return describe(code, 'refusal: the function is left as it is', refusals[code]);
  if (Object.hasOwn(findings, code)) return describe(code, 'finding', findings[code]);
  const known = [...Object.keys(refusals), ...Object.keys(findings), 'proof'];
  throw new UsageError(describeUnknown('code', code, known));
}

function describe(code: string, kind: string, words: Words | undefined): string {
  const advice = words === undefined || words.advice === 'none' ? '' : `What you can do: ${words.advice}.\n`;
  const [before, after] = [words?.before, words?.after].map((text) => text?.replaceAll(/^(?=.)/gm, '  '));
  const example = before === undefined ? '' : `Before:\n${before}After:\n${after ?? ''}`;
  return `${code} (${kind})\n${words?.means ?? ''}.\n${advice}${example}`;
}

/** What every proof rests on. */
export const PROOF_TEXT = `A rewrite is applied only if it is proved: on each path from entry to exit the same resources are released, held and
handed over, by the same calls with the same arguments, and the same value is returned.

  identical   the trace of effects is the same, whatever the statements do; rests on nothing but C
  equivalent  the same but for the uses that are listed, each allowed by what is known of the names involved
  different   a run was found, of both versions under the same outcomes of their calls, in which they differ
  unproved    neither could be shown; counts as a refusal

Uses of an equivalent proof:
  noop-release     a release that does nothing on its sentinel, or is guarded, where the handle is proved to be the sentinel
  early-value      a return expression evaluated before the releases instead of behind them
  reorder          two effects that may swap changed places
  distinct-by-use  two fields are different objects, since the original releases both
  log-order        two diagnostics changed places (only with acceptLogOrder in the config)
  errno: free      free keeps errno (POSIX.1-2024, glibc since 2.33; platform "strict" turns that off)

What a proof rests on: the file as written under one choice per #if (a function where the choice matters is refused);
macros and functions as known from config, definitions and presets, never from a name's sound; unseen callees may do
anything to what they can reach; a single thread's view; no claim on timing, line numbers or the addresses that
allocators return.
`;
