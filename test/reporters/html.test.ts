/** The HTML page: what is in it, the patches of what is ticked, and the page itself in a headless Chromium. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Report } from '../../src/engine/report.ts';
import { editsOf } from '../../src/engine/single-rewrite.ts';
import { htmlReporter } from '../../src/reporters/html.ts';
import type { PageData, PageEntry, PageFile } from '../../src/reporters/html-data.ts';
import { patchOf } from '../../src/reporters/html-patch.ts';
import { applyEdits } from '../../src/rewrite/apply-edits.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { get, git, makeFolder, makeRepository, put } from '../cli/project.ts';
import { Browser, findChromium } from './browser.ts';
import { PLAIN, RESULT } from './sample-result.ts';

/** Three exits that repeat two releases, on few lines. */
function cascade(name: string, comment = ''): string {
  const exit = (condition: string, value: number): string =>
    `\tif (${condition}) {\n\t\tfree(b);\n\t\tfree(a);\n\t\treturn ${value};\n\t}\n`;
  return (
    `int ${name}(const char *s) {\n\tchar *a = malloc(8);${comment}\n\tchar *b = malloc(8);\n` +
    `${exit('!a || !b', -1)}${exit('!*s', -2)}\tfree(b);\n\tfree(a);\n\treturn 0;\n}`
  );
}

const HEAD = '#include <stdlib.h>\n';
const HOSTILE = 'dir/<img src=x onerror=document.title="run">&amp;"\'`.c';

/** Neighbours on one line's distance, carriage returns, bytes that are no UTF-8, no newline at the end, hostile words. */
const FILES = {
  'close.c': `${HEAD}${['one', 'two', 'three', 'four'].map((name) => cascade(name)).join('\n')}\n`,
  'crlf.c': `${HEAD}${cascade('windows')}\n\n${cascade('more')}\n`.replaceAll('\n', '\r\n'),
  'bytes.c': `${HEAD}${cascade('accents', ' // caf\xe9, na\xefve')}\n${cascade('plain')}\n`,
  'bare.c': `${HEAD}${cascade('first')}\n${cascade('last')}`,
  [HOSTILE]: `${HEAD}${cascade('hostile', ' // </script><script>document.title="run"</script><!-- \u202e')}\n`,
};

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const files = Object.fromEntries(
  Object.entries(FILES).map(([path, text]) => [path, path === HOSTILE ? utf8(text) : text]),
);

let folder = '';
let page = '';
let data: PageData;
let report: Report;

beforeAll(async () => {
  folder = makeRepository(files);
  await main(
    ['-q', '-f', 'html', '--report', 'json:.git/report.json', '--report', 'html:.git/page.html'],
    fakeIo(folder),
  );
  report = JSON.parse(Buffer.from(get(folder, '.git/report.json'), 'latin1').toString()) as Report;
  page = readFileSync(join(folder, '.git/page.html'), 'utf8');
  data = readData(page);
});

function readData(html: string): PageData {
  const [, json = ''] = /<script id="data" type="application\/json">([^<]*)<\/script>/.exec(html) ?? [];
  return JSON.parse(json) as PageData;
}

const ticked = (file: PageFile, wanted: (entry: PageEntry, at: number) => boolean): string =>
  patchOf(
    file,
    file.entries.flatMap((entry, at) => (entry.source && wanted(entry, at) ? [entry.source] : [])),
  );

describe('what is in it', () => {
  test('files, functions, verdicts and ledgers', () => {
    expect(data.files.map(({ path }) => path)).toEqual(Object.keys(files).toSorted());
    const [one] = data.files.find(({ path }) => path === 'close.c')?.entries ?? [];
    expect(one).toMatchObject({ kind: 'rewritable', name: 'one', line: 2, code: 'repeated-cleanup', form: 'single' });
    expect(one?.verdict).toBe('identical');
    expect(one?.ledger).toEqual([
      { line: 8, exit: 'returns -1', releases: ['free(b)'], repeated: [], fate: ['nothing held'] },
      { line: 8, exit: 'returns -1', releases: ['free(a)'], repeated: [], fate: ['nothing held'] },
      { line: 13, exit: 'returns -2', releases: ['free(b)', 'free(a)'], repeated: [], fate: ['nothing held'] },
      { line: 17, exit: 'returns 0', releases: ['free(b)', 'free(a)'], repeated: [], fate: ['nothing held'] },
    ]);
  });

  test('refusals and findings have their codes, what was applied and what was left out no patch', () => {
    const entries = readData(htmlReporter.render(RESULT, PLAIN)).files.flatMap((file) => file.entries);
    expect(entries.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'rewritable repeated-cleanup',
      'applied repeated-cleanup',
      'refused alias',
      'finding leak-on-path',
      'finding double-release',
    ]);
    expect(entries.filter(({ source }) => source)).toEqual([]);
    expect(entries[3]?.details).toEqual(['line 18: ring_new succeeds', 'line 20: returns']);
  });

  test('one page that needs nothing else, in which no word of a source is markup', () => {
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toMatch(/<img|https?:|src=(?!x onerror)/);
    expect(page.match(/\bhref=/g)).toBeNull();
    expect(page).toContain("default-src 'none'");
  });

  test('the settings are the same with it as without', async () => {
    const io = fakeIo(folder);
    await main(['-q', '-f', 'json'], io);
    const { tool } = JSON.parse(io.out().toString()) as Report;
    expect(tool).toEqual(report.tool);
  });
});

describe('the patch of what is ticked', () => {
  /** The text with the edits of some functions. */
  function rewritten(path: string, names: readonly string[]): string {
    const functions = report.files.find((file) => file.path === path)?.functions ?? [];
    return applyEdits(files[path] ?? '', functions.filter(({ name }) => names.includes(name)).flatMap(editsOf));
  }

  test('of all subsets of the functions: git makes of it what their edits make', () => {
    for (const file of data.files) {
      const count = file.entries.length;
      for (let set = 1; set < 1 << count; set++) {
        const isWanted = (_: PageEntry, at: number): boolean => (set & (1 << at)) !== 0;
        writeFileSync(join(folder, '.git/ticked.patch'), ticked(file, isWanted), 'latin1');
        git(folder, 'apply', '--whitespace=nowarn', '.git/ticked.patch');
        const names = file.entries.filter(isWanted).map(({ name }) => name);
        expect(get(folder, file.path), `${file.path}: ${names.join(' ')}`).toBe(rewritten(file.path, names));
        git(folder, 'checkout', '-q', '.');
      }
    }
  });

  test('of everything it is what diff prints, hunks and comments', async () => {
    const io = fakeIo(folder);
    await main(['diff', '-q'], io);
    const withoutNames = (patch: string): string => patch.replace(/^(@@ .* @@).*$/gm, '$1');
    const all = data.files.map((file) => ticked(file, () => true)).join('');
    expect(all).toBe(withoutNames(io.out().toString('latin1')));
  });

  test('of nothing it is empty', () => {
    expect(data.files.map((file) => ticked(file, () => false)).join('')).toBe('');
  });
});

const chromium = findChromium();
const where = chromium === undefined ? ' (no Chromium here)' : '';

describe.skipIf(chromium === undefined)(`in a browser${where}`, () => {
  const browser = chromium === undefined ? undefined : new Browser(chromium);
  /** Where a look at the pictures is wanted: PICTURES=folder. */
  const pictures = process.env['PICTURES'];

  afterAll(() => browser?.close());

  function need(): Browser {
    if (!browser) throw new Error('no browser');
    return browser;
  }

  async function shoot(name: string): Promise<void> {
    const bytes = await need().picture();
    expect(bytes.length).toBeGreaterThan(10_000);
    if (pictures !== undefined) writeFileSync(join(pictures, `${name}.png`), bytes);
  }

  const texts = (selector: string): Promise<string[]> =>
    need().ask(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`);

  async function open(html: string): Promise<void> {
    const path = join(makeFolder({}), 'page.html');
    writeFileSync(path, html);
    await need().open(pathToFileURL(path).href);
  }

  test('a function is shown before and after, with its ledger; nothing of a source is run or loaded', async () => {
    await open(page);
    expect(await texts('h2 .count')).toEqual(['2 of 2', '2 of 2', '4 of 4', '2 of 2', '1 of 1']);
    expect((await texts('main h2 code')).at(-1)).toBe(HOSTILE);
    await need().click('main > :last-child summary');
    await expect.poll(() => texts('main > :last-child .ledger tbody tr')).toHaveLength(4);
    const [caption] = await texts('.ledger caption');
    expect(caption).toContain('Exit ledger');
    const sides = await texts('main > :last-child .sides tbody td');
    expect(sides.slice(0, 4)).toEqual(['2', 'int hostile(const char *s) {', '2', 'int hostile(const char *s) {']);
    expect(sides.join('\n')).toContain('</script><script>document.title="run"</script><!-- \ufffd');
    expect(await texts('main > :last-child .added')).toContain('cleanup:');
    await shoot('function');
    expect(await need().ask('document.title')).toBe('goto-cleanup: 11 can be rewritten, proved');
    expect(need().complaints).toEqual([]);
    expect(need().requests.filter((url) => !url.startsWith('file:///'))).toEqual([]);
    expect(need().requests).toHaveLength(1);
  });

  test('what is ticked becomes a patch, which is saved to the byte', async () => {
    await open(page);
    await need().click('[aria-label="into the patch: accents"]');
    await need().click('[aria-label="into the patch: three"]');
    expect(await texts('#ticked')).toEqual(['2 ticked']);
    const saved = await need().download('#save', makeFolder({}));
    const wanted = data.files
      .map((file) => ticked(file, ({ name }) => name === 'accents' || name === 'three'))
      .join('');
    expect(saved.toString('latin1')).toBe(wanted);
    put(folder, '.git/saved.patch', saved.toString('latin1'));
    git(folder, 'apply', '--check', '.git/saved.patch');
    await shoot('ticked');
    await need().click('#none');
    expect(await texts('#ticked')).toEqual(['0 ticked']);
    expect(await need().ask("document.getElementById('patch-part').hidden")).toBe(true);
  });

  test('filters by words, code and form', async () => {
    await open(htmlReporter.render(RESULT, PLAIN));
    const choose = (id: string, value: string): Promise<unknown> =>
      need().ask(
        `(() => { const e = document.getElementById('${id}'); e.value = ${JSON.stringify(value)}; e.dispatchEvent(new Event('input')); })()`,
      );
    const names = (): Promise<string[]> => texts('.row:not([hidden]) .name');
    expect(await names()).toEqual(['f', 'done', 'h', 'h']);
    await choose('code', 'refused: alias');
    expect(await names()).toEqual(['g']);
    await choose('code', 'leak-on-path');
    expect(await names()).toEqual(['h']);
    await choose('code', '');
    await choose('form', 'single');
    expect(await names()).toEqual(['f', 'done']);
    await choose('verdict', 'equivalent');
    await need().click('#words');
    await need().type('DONE');
    expect(await names()).toEqual(['done']);
    expect(await texts('#shown')).toEqual(['1 shown']);
    await shoot('filtered');
  });

  test('3,000 functions', async () => {
    const many = { ...data, files: Array.from({ length: 273 }, () => data.files).flat() };
    const json = JSON.stringify(many).replaceAll('<', '\\u003c');
    await open(page.replace(/(<script id="data" type="application\/json">)[^<]*/, (_, start: string) => start + json));
    expect(await texts('#shown')).toEqual(['3003 shown']);
    await need().click('#words');
    await need().type('plain');
    expect(await texts('#shown')).toEqual(['273 shown']);
    await need().click('#all');
    expect(await texts('#ticked')).toEqual(['273 ticked']);
    await shoot('many');
  });
});
