"""How a page of figures looks: by day, by night and on A4; the fonts are those of the reader."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1c2733; --quiet: #566573; --line: #d5dbe1;
  --shade: #f3f5f8; --bar: #2563a8; --pale: #a9c6e6; --warn: #9a4a00; }
@media (prefers-color-scheme: dark) { :root { --ground: #14191f; --ink: #e4e9ee; --quiet: #9fadba;
  --line: #37424d; --shade: #1d242c; --bar: #64a6ee; --pale: #2f557d; --warn: #f0a860; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
header p, footer, .meaning, figcaption { color: var(--quiet); }
nav ul { columns: 3 12rem; padding-left: 1.2rem; } a { color: var(--bar); }
section { border-top: 1px solid var(--line); margin-top: 1.5rem; padding-top: 1.25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .6rem 0; }
dt { color: var(--quiet); max-width: 16rem; } dd { margin: 0; }
dl.heads { display: flex; flex-wrap: wrap; gap: .6rem; }
dl.heads div { background: var(--shade); border-radius: .4rem; padding: .4rem .8rem; }
dl.heads dd { font-size: 1.1rem; font-weight: 600; }
.rows { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .25rem .5rem; text-align: left; overflow-wrap: break-word; border-bottom: 1px solid var(--line);
  vertical-align: top; } th { font-weight: 600; } tbody th { font-weight: 400; }
tbody th, td:not(.n) { overflow-wrap: anywhere; min-width: 5rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .2rem; }
.notes, .wrong { color: var(--warn); } figure { margin: .8rem 0; } svg { width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 13px; } svg .quiet { fill: var(--quiet); }
svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
svg .bar { fill: var(--bar); } svg .pale { fill: var(--pale); }
svg .axis { stroke: var(--line); } svg .span { stroke: var(--bar); stroke-width: 2; }
svg .few { stroke: var(--quiet); stroke-dasharray: 3 3; }
@page { size: A4; margin: 15mm; }
@media print {
  :root { color-scheme: light; --ground: #fff; --ink: #000; --quiet: #444; --line: #bbb; --shade: #f3f5f8;
    --bar: #2563a8; --pale: #a9c6e6; --warn: #7a3a00; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, figure, tr, dl.heads { break-inside: avoid; } h2, .meaning { break-after: avoid; }
  table { font-size: 8pt; } th, td { padding: .15rem .3rem; }
  thead { display: table-header-group; } .rows { overflow: visible; } a { color: inherit; }
}
"""
