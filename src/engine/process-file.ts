/**
 * engine: one file through the whole pipeline. Takes text and knowledge; returns what can be rewritten, proved.
 * May not print, exit, or read the clock.
 */
import { placeFinding } from '../audit/find-leaks.ts';
import type { LedgerFinding } from '../audit/find-leaks.ts';
import { LineIndex } from '../base/span.ts';
import { refuse } from '../diagnostics/refusal.ts';
import type { Refusal, RefusalCode } from '../diagnostics/refusal.ts';
import type { Knowledge } from '../resources/knowledge.ts';
import { tryApplyEdits } from '../rewrite/apply-edits.ts';
import { readFileStyle, readHouseStyle } from '../rewrite/house-style.ts';
import type { HouseStyle } from '../rewrite/house-style.ts';
import type { Edit, Plan } from '../rewrite/plan.ts';
import { scanFunctions } from '../scan/functions.ts';
import type { FunctionRange } from '../scan/functions.ts';
import type { Verdict } from '../verify/verdict.ts';
import { DEFAULT_VERIFY_OPTIONS } from '../verify/verify-function.ts';
import type { VerifyOptions } from '../verify/verify-function.ts';
import { planShareSuffix } from '../../transforms/share-suffix/index.ts';
import { chooseFunctions, mayHoldSuppression } from './choose-functions.ts';
import type { ChosenFunctions, FunctionSelection } from './choose-functions.ts';
import { findInFunction, mayBeFaulty, withExistingFault } from './findings.ts';
import { ledgersOf } from './function-ledger.ts';
import type { FunctionLedger } from './function-ledger.ts';
import { countChangedLines } from './line-counts.ts';
import type { FileContext } from './pipeline.ts';
import { proveFunction } from './prove.ts';
import { readFunction } from './read-function.ts';
import type { ReadFunction } from './read-function.ts';
import type { Finding, FunctionReport } from './report.ts';
import { applySuppressions } from './suppressions.ts';

export interface ProcessOptions extends FunctionSelection {
  readonly proof: 'identical' | 'equivalent';
  readonly style: 'auto' | 'single' | 'ladder';
  readonly label: string | undefined;
  /** Two diagnostics may change places; listed as `log-order`. */
  readonly acceptLogOrder?: boolean;
  /** The exit ledgers of what can be rewritten are wanted, too. */
  readonly ledgers?: boolean;
}

/** What came of one file. `newText` differs from the input only where every change is proved. */
export interface FileOutcome {
  readonly newText: string;
  readonly functions: readonly FunctionReport[];
  /** Per rewritten function, the proved edits, in the order of the file. */
  readonly rewrites: readonly { readonly name: string; readonly edits: readonly Edit[] }[];
  readonly findings: readonly Finding[];
  readonly counts: {
    readonly functions: number;
    readonly attempted: number;
    readonly parsed: number;
    readonly candidates: number;
  };
  /** Plans of ours that turned out `different`: a bug of ours, for which nothing is written. */
  readonly wrongPlans?: readonly WrongPlan[];
  /** Of the functions that can be rewritten, where they are wanted. */
  readonly ledgers?: readonly FunctionLedger[];
}

/** What a report of the bug needs. */
export interface WrongPlan {
  readonly name: string;
  readonly line: number;
  /** The difference that was found, in a sentence. */
  readonly reason: string;
  readonly edits: readonly Edit[];
}

/** A rewrite that the verifier accepted. */
export interface ProvedPlan {
  readonly kind: 'proved';
  readonly plan: Plan;
  readonly verdict: Verdict;
}

/** What became of one function. */
export interface FunctionOutcome {
  readonly range: FunctionRange;
  readonly read: ReadFunction | undefined;
  readonly result: ProvedPlan | Refusal;
  /** What leaks or is released twice as it stands. */
  readonly findings: readonly LedgerFinding[];
  /** Plans that the judge has refuted, whatever became of the others: bugs of ours. */
  readonly wrong?: readonly RefutedPlan[];
}

interface RefutedPlan {
  readonly reason: string;
  readonly edits: readonly Edit[];
}

/** The file in which functions are looked at, and what is known there. */
interface Subject {
  readonly text: string;
  readonly context: FileContext;
  readonly knowledge: Knowledge;
  fileStyle(): HouseStyle;
}

/** scan, syntax, plan, rewrite, verify: for each function that can matter; then one new text. */
export function processFile(text: string, path: string, context: FileContext): FileOutcome {
  const looked = chooseFunctions(text, context.options);
  const outcome =
    looked.chosen.length === 0
      ? emptyOutcome(text, looked.ranges.length)
      : processFunctions(openSubject(text, path, context), looked);
  return mayHoldSuppression(text) ? applySuppressions(text, outcome, looked, scanFunctions(text).functions) : outcome;
}

function processFunctions(subject: Subject, { ranges, chosen }: ChosenFunctions): FileOutcome {
  const outcomes = chosen
    .filter(({ range, isWorthIt }) => isWorthIt || mayBeFaulty(subject.text, range, subject.knowledge))
    .map(({ range }) => processFunction(subject, range));
  const outcome = summarise(subject.text, ranges.length, outcomes);
  if (subject.context.options.ledgers !== true) return outcome;
  return { ...outcome, ledgers: ledgersOf(outcomes, subject.knowledge, new LineIndex(subject.text)) };
}

/** Opens a file for processFunction. */
export function openSubject(text: string, path: string, context: FileContext): Subject {
  let style: HouseStyle | undefined;
  const fileStyle = (): HouseStyle => (style ??= readFileStyle(text, context.styleAround(path)));
  return { text, context, knowledge: context.knowledgeFor(path, text), fileStyle };
}

/** One function: read it, find what leaks, and rewrite it. */
export function processFunction(subject: Subject, range: FunctionRange): FunctionOutcome {
  const { text, context, knowledge } = subject;
  const read = readFunction(context.parser(), text, range);
  if (read.kind === 'refusal') return { range, read: undefined, result: read, findings: [] };
  const findings = findInFunction(read, knowledge);
  const wrong: RefutedPlan[] = [];
  const tried = rewriteFunction(subject, read, wrong);
  const result = tried.kind === 'refusal' ? withExistingFault(tried, findings, text) : tried;
  return { range, read, result, findings, wrong };
}

/** The first plan that is proved, of all exits or of those that are left when some stay as they are. */
function rewriteFunction(subject: Subject, read: ReadFunction, wrong: RefutedPlan[]): ProvedPlan | Refusal {
  const plans = planFunction(subject, read, []);
  if (!Array.isArray(plans)) return plans;
  const tried = tryPlans(subject, read, plans, wrong);
  if ('kind' in tried) return tried;
  const [first, ladder] = [tried[0], tried.find(({ plan }) => plan.labels.length > 1)];
  for (const start of first === ladder ? [first] : [first, ladder]) {
    const partial = start && tryWithout(subject, read, start, wrong);
    if (partial) return partial;
  }
  return first?.refusal ?? refuse('nothing-gained', 'nothing is repeated', read.range);
}

/** Why a plan was not proved, and where in the file that showed. */
interface NotProved {
  readonly kind: 'not-proved';
  readonly plan: Plan;
  readonly refusal: Refusal;
  readonly stoppedAt: number | undefined;
  /** The judge has shown that the plan does something else: a bug of ours. */
  readonly isRefuted: boolean;
}

/** The first plan that is proved; else what was wrong with each. Those that are refuted go into `wrong`. */
function tryPlans(
  subject: Subject,
  read: ReadFunction,
  plans: readonly Plan[],
  wrong: RefutedPlan[],
): ProvedPlan | readonly NotProved[] {
  const failed: NotProved[] = [];
  for (const plan of plans) {
    const result = tryPlan(subject, read, plan);
    if (result.kind === 'proved') return result;
    if (result.isRefuted) wrong.push({ reason: result.refusal.reason, edits: plan.edits });
    failed.push(result);
  }
  return failed;
}

/** Exits left out one after the other. */
const MOST_LEFT_OUT = 6;
/** Plans tried each time. */
const PLANS_WITHOUT = 3;

/**
 * A proof that fails at one exit says nothing against the others: they are planned for without it (partial plans).
 * Where a block and a ladder both failed, each is followed on its own, since they fail at different exits.
 */
function tryWithout(
  subject: Subject,
  read: ReadFunction,
  first: NotProved,
  wrong: RefutedPlan[],
): ProvedPlan | undefined {
  const left: number[] = [];
  const isLadder = first.plan.labels.length > 1;
  for (let { stoppedAt } = first; stoppedAt !== undefined && left.length < MOST_LEFT_OUT;) {
    if (left.includes(stoppedAt)) return undefined;
    left.push(stoppedAt);
    const plans = planFunction(subject, read, left);
    if (!Array.isArray(plans)) return undefined;
    const alike = isLadder ? plans.filter((plan) => plan.labels.length > 1) : plans;
    const tried = tryPlans(subject, read, alike.slice(0, PLANS_WITHOUT), wrong);
    // More that stays than that changes: the reader would ask why.
    if ('kind' in tried) return tried.plan.exits > left.length ? tried : undefined;
    stoppedAt = tried[0]?.stoppedAt;
  }
  return undefined;
}

/** `left`: byte offsets inside exits that have to stay as they are. */
function planFunction(subject: Subject, read: ReadFunction, left: readonly number[]): Plan[] | Refusal {
  const { options } = subject.context;
  const first = read.versions[0];
  if (!first) return refuse('preprocessor-in-region', 'no choice of the preprocessor lines compiles', read.range);
  return planShareSuffix(first.tree, {
    knowledge: subject.knowledge,
    houseStyle: readHouseStyle(subject.text, read.range, subject.fileStyle()),
    style: options.style,
    label: options.label,
    frozen: first.frozen,
    original: subject.text,
    left,
  });
}

/** Applies a plan to the text, reads the new text from scratch, and asks the verifier. */
function tryPlan(subject: Subject, read: ReadFunction, plan: Plan): ProvedPlan | NotProved {
  const { text, context, knowledge } = subject;
  const fail = (code: RefusalCode, reason: string, verdict?: Verdict): NotProved => ({
    kind: 'not-proved',
    plan,
    refusal: refuse(code, reason, read.range),
    stoppedAt: verdict?.stoppedAt,
    // Which effects may pass each other the planner leaves to the judge.
    isRefuted: verdict?.verdict === 'different' && verdict.code !== 'order-conflict',
  });
  const newText = tryApplyEdits(text, plan.edits);
  if (typeof newText !== 'string') return fail('not-proved', 'the edits of the plan overlap');
  const range = scanFunctions(newText).functions.find(
    (one) => one.name === read.range.name && one.start === read.range.start,
  );
  if (!range) return fail('not-proved', 'the rewritten function is not found in the new text');
  const after = readFunction(context.parser(), newText, range);
  if (after.kind === 'refusal') return fail('not-proved', `the rewritten function can't be read: ${after.reason}`);
  const options = { ...verifyOptions(context.options), worlds: WORLDS_FOR_A_PLAN };
  const verdict = proveFunction(read, after, knowledge, options);
  if (verdict.verdict === 'different' || verdict.verdict === 'unproved') {
    return fail(verdict.code ?? 'not-proved', verdict.reason ?? 'the rewrite could not be proved', verdict);
  }
  if (context.options.proof === 'identical' && verdict.verdict !== 'identical') {
    return fail('not-proved', `the rewrite is only equivalent (${verdict.uses.join(', ')})`);
  }
  return { kind: 'proved', plan, verdict };
}

/** A plan that is not proved is refused in any case: whether it is wrong is looked at for our own sake only. */
const WORLDS_FOR_A_PLAN = 40;

/** The verifier's options for a run. */
export function verifyOptions(options: ProcessOptions): VerifyOptions {
  return { ...DEFAULT_VERIFY_OPTIONS, acceptLogOrder: options.acceptLogOrder ?? false };
}

function emptyOutcome(text: string, functions: number): FileOutcome {
  return {
    newText: text,
    functions: [],
    rewrites: [],
    findings: [],
    counts: { functions, attempted: 0, parsed: 0, candidates: 0 },
  };
}

function summarise(text: string, functions: number, outcomes: readonly FunctionOutcome[]): FileOutcome {
  const lines = new LineIndex(text);
  const rewrites = outcomes.flatMap((one) =>
    one.result.kind === 'proved' ? [{ name: one.range.name, edits: one.result.plan.edits }] : [],
  );
  const newText = tryApplyEdits(
    text,
    rewrites.flatMap((one) => one.edits),
  );
  if (typeof newText !== 'string') throw new Error(`edits of two functions overlap at byte ${newText.second.start}`);
  const reports = outcomes.flatMap((one) => reportOf(text, lines, one));
  const wrongPlans = outcomes.flatMap(({ range, wrong = [] }) =>
    wrong.map((plan) => ({ name: range.name, line: lines.place(range.start).line, ...plan })),
  );
  return {
    newText,
    functions: reports,
    rewrites,
    findings: outcomes.flatMap((one) => one.findings.map((finding) => placeFinding(finding, one.range.name, lines))),
    ...(wrongPlans.length > 0 && { wrongPlans }),
    counts: {
      functions,
      attempted: outcomes.filter((one) => one.read !== undefined || one.result.kind === 'refusal').length,
      parsed: outcomes.filter((one) => one.read?.isClean === true).length,
      candidates: reports.length,
    },
  };
}

/** Functions in which nothing is repeated are not reported, only counted. */
function reportOf(text: string, lines: LineIndex, outcome: FunctionOutcome): FunctionReport[] {
  const { range, result } = outcome;
  const place = lines.place(range.start);
  const head = { name: range.name, line: place.line, endLine: lines.place(range.end).line };
  if (result.kind === 'refusal') {
    if (result.code === 'nothing-gained') return [];
    return [{ ...head, status: 'refused', code: result.code, reason: result.reason, at: lines.place(result.at.start) }];
  }
  const { plan, verdict } = result;
  const changed = countChangedLines(text, range, plan.edits);
  return [
    {
      ...head,
      status: 'rewritable',
      style: plan.style,
      successShares: plan.successShares,
      labels: plan.labels,
      exits: plan.exits,
      releasesBefore: plan.releasesBefore,
      releasesAfter: plan.releasesAfter,
      linesAdded: changed.added,
      linesRemoved: changed.removed,
      proof: {
        verdict: verdict.verdict === 'identical' ? 'identical' : 'equivalent',
        uses: verdict.uses,
        restsOn: verdict.restsOn,
        exits: verdict.exits,
      },
      edits: plan.edits.map((edit) => ({ byteOffset: edit.start, byteLength: edit.end - edit.start, text: edit.text })),
    },
  ];
}
