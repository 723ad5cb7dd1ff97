/** The page's style sheet; it is inlined, so that the page needs nothing else. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f8fb; --panel: #ffffff; --ink: #1a1f36; --soft: #5b6478; --line: #d8dee9; --field: #ffffff;
  --accent: #4f46e5; --accent-ink: #ffffff; --accent-hover: #4338ca; --focus: #818cf8;
  --bad: #b3093c; --bad-wash: #fdeef2; --good: #0a6b4b; --good-wash: #e8f7f0; --badge: #fff1c9; --badge-ink: #6b4a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10131c; --panel: #191d2a; --ink: #eef1f8; --soft: #a3adc2; --line: #333a4d; --field: #11151f;
    --accent: #6d66f5; --accent-ink: #ffffff; --accent-hover: #7f79ff; --focus: #a5b4fc;
    --bad: #ff9db4; --bad-wash: #3a1722; --good: #7ee0b5; --good-wash: #11352a; --badge: #4a3a0c; --badge-ink: #ffe3a3;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
a { color: var(--accent); }
@media (prefers-color-scheme: dark) { a { color: var(--focus); } }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 6px; }
h1, h2, p, ul, dl, dd, fieldset { margin: 0; padding: 0; }
.bar { display: flex; align-items: center; justify-content: space-between; gap: 1rem; flex-wrap: wrap; margin-bottom: 2rem; }
.badge {
  background: var(--badge); color: var(--badge-ink); border-radius: 999px; padding: .2rem .75rem;
  font-size: .75rem; font-weight: 700; letter-spacing: .04em; white-space: nowrap;
}
.back { color: var(--soft); text-decoration: none; font-size: .9375rem; }
.back:hover { color: var(--ink); text-decoration: underline; }
.shell { max-width: 66rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
.columns { display: grid; gap: 2rem; }
@media (min-width: 54rem) {
  .shell { padding-top: 4rem; }
  .columns { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 4.5rem; align-items: start; }
}
.narrow { max-width: 40rem; }
.narrow .panel { margin-bottom: 1.25rem; }
.title { font-size: 1.75rem; letter-spacing: -.01em; margin-bottom: 1.25rem; }
.price-line { font-weight: 600; }
.items.rows li { display: grid; grid-template-columns: 1fr 5rem 6rem; align-items: baseline; }
.spaced { margin-top: 1rem; }
.due { color: var(--soft); font-size: 1.0625rem; font-weight: 500; }
.amount { font-size: 2.5rem; font-weight: 700; letter-spacing: -.02em; line-height: 1.2; margin: .25rem 0 1.75rem; overflow-wrap: anywhere; }
.then { font-size: 1rem; margin: -1.25rem 0 1.75rem; }
.items { list-style: none; }
.items li { display: flex; justify-content: space-between; gap: 1.5rem; padding: .875rem 0; border-bottom: 1px solid var(--line); }
.items .name { font-weight: 600; overflow-wrap: anywhere; }
.note { color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
.price { font-weight: 600; text-align: right; white-space: nowrap; }
.totals { padding-top: .75rem; }
.totals div { display: flex; justify-content: space-between; gap: 1rem; padding: .25rem 0; color: var(--soft); }
.totals .total { color: var(--ink); font-weight: 700; border-top: 1px solid var(--line); margin-top: .5rem; padding-top: .75rem; }
.totals .today { color: var(--ink); font-weight: 700; padding-top: .5rem; }
.promotion { margin-top: 1.25rem; }
.inline { display: flex; gap: .5rem; }
.inline input { flex: 1; }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 14px; padding: 1.5rem; box-shadow: 0 1px 2px rgb(16 24 40 / .05), 0 12px 32px -16px rgb(16 24 40 / .18); }
@media (min-width: 40rem) { .panel { padding: 2rem; } }
.panel h2 { font-size: 1.125rem; margin-bottom: 1rem; }
.field { display: block; margin-bottom: 1rem; }
label, legend, .label { display: block; font-size: .875rem; font-weight: 600; margin-bottom: .3rem; padding: 0; }
input[type="text"], input[type="email"] {
  width: 100%; padding: .65rem .8rem; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--line); border-radius: 8px;
}
input[aria-invalid="true"] { border-color: var(--bad); }
.error { color: var(--bad); font-size: .875rem; margin-top: .3rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; }
fieldset { border: 0; min-width: 0; }
.method { border: 1px solid var(--line); border-radius: 10px; margin-bottom: .75rem; overflow: hidden; }
.method:has(> label input:checked) { border-color: var(--accent); }
.method > label { display: flex; align-items: center; gap: .65rem; margin: 0; padding: .8rem 1rem; cursor: pointer; font-size: 1rem; }
.method input[type="radio"] { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--accent); }
.method .inside { padding: .25rem 1rem 0; }
.method:has(> label input:not(:checked)) .inside { display: none; }
.method:has(> label input:focus-visible) { outline: 3px solid var(--focus); outline-offset: 1px; }
.method input[type="radio"]:focus-visible { outline: none; }
.method .inside > p { padding-bottom: 1rem; }
.button {
  display: block; width: 100%; padding: .85rem 1rem; border: 0; border-radius: 9px; background: var(--accent); color: var(--accent-ink);
  font: inherit; font-weight: 700; text-align: center; text-decoration: none; cursor: pointer; margin-top: 1.25rem;
}
.button:hover { background: var(--accent-hover); }
.quiet { padding: .65rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
.quiet:hover { border-color: var(--soft); }
.alert { border-radius: 9px; padding: .8rem 1rem; margin-bottom: 1.25rem; font-weight: 500; background: var(--bad-wash); color: var(--bad); }
.alert.good { background: var(--good-wash); color: var(--good); }
.hints { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .875rem; }
.hints summary { cursor: pointer; font-weight: 600; }
.hints table { width: 100%; border-collapse: collapse; margin-top: .6rem; }
.hints th { text-align: left; font-weight: 600; color: var(--soft); padding: .25rem .5rem .25rem 0; }
.hints td { padding: .3rem .5rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
.hints td:last-child, .hints th:last-child { text-align: right; padding-right: 0; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .8125rem; white-space: nowrap; }
.message { max-width: 30rem; margin: 12vh auto 0; text-align: center; }
.message h1 { font-size: 1.5rem; margin: 1.25rem 0 .5rem; }
.message p { color: var(--soft); }
footer { margin-top: 3rem; color: var(--soft); font-size: .8125rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
