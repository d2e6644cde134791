/** How the HTML page looks, by day and by night. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --dim: #59636e; --red: #ffebe9; --green: #dafbe1;
  --badge: #eaeef2; --ok: #1a7f37; --warn: #9a6700; --paper: #fff; --ink: #1f2328; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --dim: #9198a1; --red: #4b1f22;
  --green: #1b3a26; --badge: #262c36; --ok: #3fb950; --warn: #d29922; --paper: #0d1117; --ink: #f0f6fc; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
code, pre, textarea, .sides, .ledger .calls, .line, .number { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12px; }
header { position: sticky; top: 0; z-index: 1; padding: 10px 20px; background: var(--paper); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 18px; }
header p { margin: 2px 0 8px; color: var(--dim); }
form { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; }
output { color: var(--dim); min-width: 5em; }
main, #patch-part, footer { padding: 0 20px; }
#patch-part { position: sticky; bottom: 0; padding-block: 0 10px; background: var(--paper); border-top: 1px solid var(--line); }
#patch-part h2 { margin-top: 6px; }
footer { padding-block: 20px; color: var(--dim); }
h2 { margin: 18px 0 4px; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
h2 code { font-size: 13px; }
.count { margin-left: 10px; color: var(--dim); font-weight: 400; }
textarea { width: 100%; border: 1px solid var(--line); background: var(--soft); color: inherit; }
.row { display: flex; align-items: flex-start; border-top: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 30px; }
.tick { flex: 0 0 26px; padding: 5px 0 0 4px; }
details { flex: 1; min-width: 0; }
summary { display: flex; flex-wrap: wrap; gap: 2px 10px; align-items: baseline; padding: 4px; cursor: pointer; }
summary::before { content: '\\25b8'; color: var(--dim); }
[open] > summary::before { content: '\\25be'; }
summary:hover { background: var(--soft); }
.line { width: 4em; text-align: right; color: var(--dim); }
.name { font-weight: 600; overflow-wrap: anywhere; }
.what { color: var(--dim); overflow-wrap: anywhere; }
.badge { padding: 0 7px; border-radius: 9px; background: var(--badge); font-size: 12px; }
.badge.identical, .badge.equivalent { color: var(--ok); }
.badge.finding { color: var(--warn); }
.verdict { margin: 6px 4px; color: var(--ok); }
.rests { margin: 4px 0; color: var(--dim); }
.error { color: var(--warn); }
table { border-collapse: collapse; margin: 6px 4px 14px; }
.sides { width: calc(100% - 8px); table-layout: fixed; border: 1px solid var(--line); }
.sides th { text-align: left; color: var(--dim); font-weight: 400; }
.sides th:nth-child(odd), .sides .number { width: 4em; }
.number { padding: 0 8px; text-align: right; color: var(--dim); vertical-align: top; user-select: none; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; padding: 0 6px; vertical-align: top; }
.text:nth-child(2) { border-right: 1px solid var(--line); }
.removed { background: var(--red); }
.added { background: var(--green); }
.none { background: var(--soft); }
.ledger caption { text-align: left; color: var(--dim); padding: 2px 0; }
.ledger th, .ledger td { border: 1px solid var(--line); padding: 2px 8px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.ledger th { white-space: nowrap; }
.ledger .calls { white-space: pre-wrap; min-width: 16em; }
`;
