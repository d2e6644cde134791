/** One page that holds all it needs: files, functions before and after, their ledgers, and patches of what is ticked. */
import { createHash } from 'node:crypto';
import { pageData } from './html-data.ts';
import { PAGE_FUNCTIONS } from './html-page.ts';
import { PATCH_FUNCTIONS } from './html-patch.ts';
import { PAGE_STYLE } from './html-style.ts';
import type { Reporter } from './reporter.ts';

export const htmlReporter: Reporter = {
  name: 'html',
  encoding: 'utf8',
  render: (result) => {
    const data = pageData(result);
    const script = `'use strict';\n${[...PATCH_FUNCTIONS, ...PAGE_FUNCTIONS].join('\n')}\nstartPage(document, patchOf);\n`;
    const title = `goto-cleanup: ${data.totals.join(', ') || 'nothing to report'}`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>goto-cleanup ${escapeText(data.command)}</h1>
<p>${escapeText(`${data.scope}: ${data.totals.join('; ') || 'nothing to report'}`)}</p>
<form>
<label>Find <input id="words" type="search" placeholder="path or function"></label>
<label>Code <select id="code"><option value="">all but refused</option></select></label>
<label>Form <select id="form"><option value="">any</option></select></label>
<label>Proof <select id="verdict"><option value="">any</option></select></label>
<output id="shown"></output>
<button id="all" type="button">Tick what is shown</button>
<button id="none" type="button">Tick nothing</button>
<output id="ticked"></output>
</form>
</header>
<main id="list"></main>
<section id="patch-part" hidden>
<h2>Patch of what is ticked <a id="save" download="goto-cleanup.patch">Save it</a>, then <code>git apply goto-cleanup.patch</code></h2>
<textarea id="patch" readonly rows="12" spellcheck="false" aria-label="patch"></textarea>
</section>
<footer>${escapeText(data.tool)}</footer>
<noscript>The list is made by the script of this page.</noscript>
<script id="data" type="application/json">${escapeData(JSON.stringify(data))}</script>
<script>${script}</script>
</body>
</html>
`;
  },
};

/** Nothing is loaded from anywhere, and no other script runs, whatever stands in a source. */
function policyFor(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);
}

/** JSON in which nothing ends the script that holds it, or opens a comment. */
function escapeData(json: string): string {
  return json.replaceAll('<', '\\u003c');
}
