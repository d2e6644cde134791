/**
 * What the page does in a browser. These functions are written into it as they stand here (`String(startPage)`), so they
 * use nothing but each other and what every browser has; `patchOf` is given to them. Text gets in by `textContent` alone.
 */
import type { PageData, PageEntry, PageFile, PageSource } from './html-data.ts';
import type { patchOf } from './html-patch.ts';

/** As much of a document as the page needs. */
export interface PageElement {
  textContent: string | null;
  className: string;
  id: string;
  hidden: boolean;
  checked: boolean;
  disabled: boolean;
  open: boolean;
  type: string;
  value: string;
  title: string;
  href: string;
  download: string;
  colSpan: number;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  addEventListener(type: string, listener: () => void): void;
  setAttribute(name: string, value: string): void;
  select(): void;
}

export interface PageDocument {
  title: string;
  getElementById(id: string): PageElement | null;
  createElement(tag: string): PageElement;
}

/** One line of the list, with what it stands for. */
interface Row {
  readonly file: PageFile;
  readonly entry: PageEntry;
  readonly element: PageElement;
  /** Absent where there is no patch to be had. */
  readonly tick: PageElement | undefined;
}

/** One file of the list. */
interface Section {
  readonly element: PageElement;
  readonly count: PageElement;
  readonly rows: readonly Row[];
}

interface Page {
  readonly document: PageDocument;
  readonly makePatch: typeof patchOf;
  readonly sections: readonly Section[];
  readonly shown: PageElement;
  readonly patch: PageElement;
  readonly save: PageElement;
}

/** Builds the list, and answers to what is typed, chosen and ticked. */
export function startPage(document: PageDocument, makePatch: typeof patchOf): void {
  const data = JSON.parse(find(document, 'data').textContent ?? '') as PageData;
  const sections = data.files.map((file) => buildSection(document, file));
  const page: Page = {
    document,
    makePatch,
    sections,
    shown: find(document, 'shown'),
    patch: find(document, 'patch'),
    save: find(document, 'save'),
  };
  find(document, 'list').replaceChildren(...sections.map(({ element }) => element));
  const rows = sections.flatMap((section) => section.rows);
  fillChoice(
    document,
    'code',
    countOf(rows, ({ entry }) => (entry.kind === 'refused' ? `refused: ${entry.code}` : entry.code)),
  );
  fillChoice(
    document,
    'form',
    countOf(rows, ({ entry }) => entry.form),
  );
  fillChoice(
    document,
    'verdict',
    countOf(rows, ({ entry }) => verdictWord(entry)),
  );
  for (const id of ['words', 'code', 'form', 'verdict'])
    find(document, id).addEventListener('input', () => filterRows(page));
  find(document, 'all').addEventListener('click', () => tickShown(page, true));
  find(document, 'none').addEventListener('click', () => tickShown(page, false));
  for (const { tick } of rows) tick?.addEventListener('change', () => showPatch(page));
  filterRows(page);
  showPatch(page);
}

function find(document: PageDocument, id: string): PageElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element ${id}`);
  return element;
}

function make(
  document: PageDocument,
  tag: string,
  className: string,
  ...children: (PageElement | string)[]
): PageElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** Bytes as text: UTF-8 where they are, else one character for each. Control characters show themselves. */
function decode(bytes: string): string {
  let text = bytes;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
  } catch {
    // Not UTF-8.
  }
  return text.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, showControl);
}

/** A control character as the picture of one; those that turn the direction of writing lie about the order. */
function showControl(one: string): string {
  const code = one.charCodeAt(0);
  if (one === '\t' || one === '\r') return one === '\t' ? one : '';
  if (code > 0x7f) return '\ufffd';
  return String.fromCharCode(code === 0x7f ? 0x2421 : 0x2400 + code);
}

function verdictWord({ kind, verdict = '' }: PageEntry): string | undefined {
  return kind === 'rewritable' || kind === 'applied' ? verdict.replace(/:.*/, '') : undefined;
}

function countOf(rows: readonly Row[], keyOf: (row: Row) => string | undefined): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function fillChoice(document: PageDocument, id: string, counts: Map<string, number>): void {
  const options = Array.from(counts).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  for (const [key, count] of options) {
    const option = make(document, 'option', '', `${key} (${count})`);
    option.value = key;
    find(document, id).append(option);
  }
}

function buildSection(document: PageDocument, file: PageFile): Section {
  const count = make(document, 'span', 'count');
  const rows = file.entries.map((entry) => buildRow(document, file, entry));
  const errors = file.errors.map((message) => make(document, 'p', 'error', message));
  const heading = make(document, 'h2', '', make(document, 'code', '', file.path), count);
  const element = make(document, 'section', '', heading, ...errors, ...rows.map((row) => row.element));
  return { element, count, rows };
}

function buildRow(document: PageDocument, file: PageFile, entry: PageEntry): Row {
  const tick = entry.kind === 'rewritable' && entry.source ? document.createElement('input') : undefined;
  const mark = make(document, 'span', 'tick');
  if (tick) {
    tick.type = 'checkbox';
    tick.setAttribute('aria-label', `into the patch: ${entry.name}`);
    mark.append(tick);
  }
  const badge = make(document, 'span', `badge ${entry.kind} ${verdictWord(entry) ?? ''}`, entry.verdict ?? entry.code);
  const name = make(document, 'code', 'name', entry.name);
  const summary = make(
    document,
    'summary',
    '',
    make(document, 'span', 'line', `${entry.line}`),
    name,
    badge,
    make(document, 'span', 'what', entry.what),
  );
  const details = make(document, 'details', '', summary);
  // 3,000 functions side by side are too much for a browser: each is laid out when it is opened.
  let isBuilt = false;
  details.addEventListener('toggle', () => {
    if (isBuilt) return;
    isBuilt = true;
    details.append(...buildDetails(document, entry));
  });
  return { file, entry, tick, element: make(document, 'div', 'row', mark, details) };
}

function buildDetails(document: PageDocument, entry: PageEntry): PageElement[] {
  const parts = [
    make(
      document,
      'p',
      'verdict',
      entry.verdict === undefined
        ? entry.what
        : `${entry.kind === 'applied' ? 'applied; ' : ''}proved ${entry.verdict}`,
    ),
  ];
  if (entry.details.length > 0)
    parts.push(make(document, 'ul', 'rests', ...entry.details.map((detail) => make(document, 'li', '', detail))));
  if (entry.source) parts.push(buildSides(document, entry.source));
  if (entry.ledger) parts.push(buildLedger(document, entry.ledger));
  return parts;
}

/** Before on the left, after on the right, what is the same in one row. */
function buildSides(document: PageDocument, source: PageSource): PageElement {
  const [first, last] = source.own;
  const table = make(document, 'table', 'sides');
  table.append(
    make(
      document,
      'thead',
      '',
      rowOf(document, 'tr', [
        ['th', ''],
        ['th', 'before'],
        ['th', ''],
        ['th', 'after'],
      ]),
    ),
  );
  const body = make(document, 'tbody', '');
  const lineAt = (line: number): string => decode(source.lines[line - source.from] ?? '');
  let shift = 0;
  let at = first;
  for (const { line, removed, added } of source.changes) {
    for (; at < line; at++) body.append(sideRow(document, at, lineAt(at), at + shift, lineAt(at)));
    for (let step = 0; step < Math.max(removed, added.length); step++) {
      const old = step < removed ? lineAt(at + step) : undefined;
      const fresh = step < added.length ? decode(added[step] ?? '') : undefined;
      body.append(sideRow(document, at + step, old, at + shift + step, fresh, 'changed'));
    }
    at += removed;
    shift += added.length - removed;
  }
  for (; at <= last; at++) body.append(sideRow(document, at, lineAt(at), at + shift, lineAt(at)));
  table.append(body);
  return table;
}

function sideRow(
  document: PageDocument,
  oldLine: number,
  old: string | undefined,
  newLine: number,
  fresh: string | undefined,
  className = '',
): PageElement {
  const mark = (text: string | undefined, what: string): string => (text === undefined ? 'none' : className && what);
  return rowOf(document, 'tr', [
    ['td', old === undefined ? '' : `${oldLine}`, 'number'],
    ['td', old ?? '', `text ${mark(old, 'removed')}`],
    ['td', fresh === undefined ? '' : `${newLine}`, 'number'],
    ['td', fresh ?? '', `text ${mark(fresh, 'added')}`],
  ]);
}

function rowOf(
  document: PageDocument,
  tag: string,
  cells: readonly (readonly [tag: string, text: string, className?: string])[],
): PageElement {
  return make(document, tag, '', ...cells.map(([cell, text, className = '']) => make(document, cell, className, text)));
}

function buildLedger(document: PageDocument, rows: NonNullable<PageEntry['ledger']>): PageElement {
  const table = make(document, 'table', 'ledger');
  table.append(make(document, 'caption', '', 'Exit ledger: what each exit releases, and what becomes of the rest'));
  table.append(
    make(
      document,
      'thead',
      '',
      rowOf(document, 'tr', [
        ['th', 'line'],
        ['th', 'exit'],
        ['th', 'releases'],
        ['th', 'and then'],
      ]),
    ),
  );
  const body = rows.map(({ line, exit, releases, repeated, fate }) => {
    const calls = releases.concat(repeated.map((call) => `in a loop: ${call}`));
    return rowOf(document, 'tr', [
      ['td', `${line}`, 'number'],
      ['td', exit],
      ['td', calls.join('\n'), 'calls'],
      ['td', fate.join('; ')],
    ]);
  });
  table.append(make(document, 'tbody', '', ...body));
  return table;
}

/** Hides what the filters leave out. */
function filterRows(page: Page): void {
  const { document, sections, shown } = page;
  const valueOf = (id: string): string => find(document, id).value;
  const [words, code, form, verdict] = [
    valueOf('words').toLowerCase(),
    valueOf('code'),
    valueOf('form'),
    valueOf('verdict'),
  ];
  let all = 0;
  for (const { element, count, rows } of sections) {
    let here = 0;
    for (const row of rows) {
      const { entry, file } = row;
      const isShown =
        (code === ''
          ? entry.kind !== 'refused'
          : code === (entry.kind === 'refused' ? `refused: ${entry.code}` : entry.code)) &&
        (form === '' || entry.form === form) &&
        (verdict === '' || verdictWord(entry) === verdict) &&
        `${file.path} ${entry.name}`.toLowerCase().includes(words);
      row.element.hidden = !isShown;
      if (isShown) here++;
    }
    count.textContent = `${here} of ${rows.length}`;
    element.hidden = here === 0 && (rows.length > 0 || code + form + verdict + words !== '');
    all += here;
  }
  shown.textContent = `${all} shown`;
}

function tickShown(page: Page, isTicked: boolean): void {
  for (const { rows } of page.sections)
    for (const { tick, element } of rows) if (tick && (!isTicked || !element.hidden)) tick.checked = isTicked;
  showPatch(page);
}

/** The patch of what is ticked, to be copied, or saved to the byte. */
function showPatch({ document, makePatch, sections, patch, save }: Page): void {
  let count = 0;
  const parts = sections.map(({ rows }) => {
    const sources = rows.flatMap(({ tick, entry }) => (tick?.checked === true && entry.source ? [entry.source] : []));
    count += sources.length;
    const [row] = rows;
    return row ? makePatch(row.file, sources) : '';
  });
  const bytes = parts.join('');
  patch.value = bytes
    .split('\n')
    .map((line) => decode(line))
    .join('\n');
  find(document, 'ticked').textContent = `${count} ticked`;
  find(document, 'patch-part').hidden = count === 0;
  URL.revokeObjectURL(save.href);
  save.href = URL.createObjectURL(
    new Blob([Uint8Array.from(bytes, (one) => one.charCodeAt(0))], { type: 'text/x-patch' }),
  );
}

/** What a page has to hold to start. */
export const PAGE_FUNCTIONS: readonly ((...given: never[]) => unknown)[] = [
  startPage,
  find,
  make,
  decode,
  showControl,
  verdictWord,
  countOf,
  fillChoice,
  buildSection,
  buildRow,
  buildDetails,
  buildSides,
  sideRow,
  rowOf,
  buildLedger,
  filterRows,
  tickShown,
  showPatch,
];
