# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# Private to this collection: it may change in any release.
"""The style of a report: for wide screens, for phones, for paper, in light and in dark."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --page: #f5f6f8; --card: #fff; --ink: #1b2430; --soft: #5a6675; --line: #d9dee5;
  --copied: #d3ecdc; --copied-ink: #14532b; --failed: #f9d7d5; --failed-ink: #8c1d18; --way: #d5e5f8;
  --way-ink: #154a86; --other: #e6e9ee; --other-ink: #3f4a58; --late: #f7e8c4; --late-ink: #6b4a00 }
@media (prefers-color-scheme: dark) { :root { --page: #12161c; --card: #1b212a; --ink: #e7ebf0; --soft: #9eabba;
  --line: #343d4a; --copied: #1d4630; --copied-ink: #b9ecc9; --failed: #5c2320; --failed-ink: #ffc9c4; --way: #1f4166;
  --way-ink: #c5defa; --other: #333c49; --other-ink: #d2d9e2; --late: #4e3d12; --late-ink: #f4dfa6 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Roboto, sans-serif;
  overflow-wrap: anywhere }
main { max-width: 1280px; margin: 0 auto; padding: 24px 20px 48px }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px } h2 { font-size: 1.15rem; margin: 0 0 10px }
p { margin: 0 } section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 16px 18px; margin-top: 18px }
code { font: 0.82em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
.quiet { color: var(--soft); font-size: 0.87rem }
.banner { border-left: 6px solid var(--late-ink); background: var(--late); color: var(--late-ink) }
.failures, .banner.error { border-left: 6px solid var(--failed-ink); background: var(--failed);
  color: var(--failed-ink) }
.failures .quiet, .banner .quiet { color: inherit }
.failures ol { margin: 0; padding-left: 2.2em } .failures li + li { margin-top: 10px }
summary { cursor: pointer; margin-top: 10px } summary + ol { margin-top: 10px }
.hint { font-style: italic } .warning::before { content: "Note: "; font-weight: 600 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 12px; list-style: none;
  padding: 0; margin: 18px 0 0 }
.tile { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--soft); border-radius: 10px;
  padding: 10px 12px }
.tile b { display: block; font-size: 1.35rem; line-height: 1.25; overflow-wrap: normal }
.tile span { color: var(--soft); font-size: 0.87rem }
.tile.failed { border-top-color: var(--failed-ink) } .tile.copied { border-top-color: var(--copied-ink) }
.tile.in_progress { border-top-color: var(--way-ink) } .tile.not_started { border-top-color: var(--late-ink) }
.badge { display: inline-block; padding: 1px 8px; border-radius: 9px; font-size: 0.84rem; font-weight: 600;
  background: var(--other); color: var(--other-ink) }
.badge.copied { background: var(--copied); color: var(--copied-ink) }
.badge.failed { background: var(--failed); color: var(--failed-ink) }
.badge.in_progress { background: var(--way); color: var(--way-ink) }
.badge.not_started, .badge.skipped { background: var(--late); color: var(--late-ink) }
.scroll { overflow-x: auto; margin-top: 10px }
.axis { position: relative; height: 20px; margin-left: 60px; font-size: 0.78rem; color: var(--soft) }
.tick { position: absolute; left: var(--x); border-left: 1px solid var(--soft); padding-left: 4px; white-space: nowrap }
.tick.end { transform: translateX(-100%); border-left: 0; border-right: 1px solid var(--soft); padding: 0 4px 0 0 }
.slot { display: flex; align-items: center; margin-top: 4px }
.slot-name { position: sticky; left: 0; z-index: 1; flex: 0 0 60px; background: var(--card);
  line-height: 44px; font-size: 0.78rem; color: var(--soft); white-space: nowrap }
.lane { position: relative; flex: 1; height: 44px; margin: 0; padding: 0; list-style: none; background: var(--page);
  border-radius: 4px }
.bar { position: absolute; left: var(--x); width: var(--w); top: 0; bottom: 0; overflow: hidden; white-space: nowrap;
  padding: 2px 0 0 5px; font-size: 0.78rem; line-height: 1.45; border-radius: 4px; background: var(--other);
  color: var(--other-ink); box-shadow: inset 0 0 0 1px currentColor }
.bar .facts { display: block }
.bar.copied { background: var(--copied); color: var(--copied-ink) }
.bar.failed { color: var(--failed-ink); background: repeating-linear-gradient(135deg, transparent 0 9px,
  color-mix(in srgb, currentColor 18%, transparent) 9px 11px), var(--failed) }
.bar.in_progress { color: var(--way-ink); box-shadow: none; outline: 2px dashed; outline-offset: -2px;
  background: var(--way) }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem }
th { text-align: left; color: var(--soft); font-weight: 600; padding: 4px 8px 6px; white-space: nowrap;
  border-bottom: 2px solid var(--line) }
td { vertical-align: top; padding: 8px; border-bottom: 1px solid var(--line) }
tbody tr:last-child td { border-bottom: 0 }
td code, td > b { display: block } td .quiet code, td .message code { display: inline }
.c0, .c5, .c6, .c7, th.c5, th.c6, th.c7 { text-align: right; white-space: nowrap }
.c1, .c4 { min-width: 150px; max-width: 230px }
.c2 { min-width: 105px; overflow-wrap: break-word } .c3 { white-space: nowrap } .c8 { min-width: 180px }
tr.failed .c0 { box-shadow: inset 4px 0 var(--failed-ink) }
@media screen and (max-width: 900px) {
  main { padding: 16px 12px 32px } section { padding: 14px 12px } h1 { font-size: 1.3rem }
  .tiles { grid-template-columns: repeat(2, 1fr) }
  table, tbody, tr, td { display: block; width: 100% }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  tbody tr { border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; margin-bottom: 10px }
  td, .c0, .c1, .c2, .c4, .c5, .c6, .c7, .c8 { text-align: left; white-space: normal; min-width: 0; max-width: none }
  td { border: 0; padding: 3px 0 3px 104px; min-height: 1.8em; position: relative }
  td::before { content: attr(data-label); position: absolute; left: 0; width: 98px; color: var(--soft);
    font-size: 0.82rem }
  td.c0 { padding-left: 0; min-height: 0; color: var(--soft) } td.c0::before { content: "Copy "; position: static }
  td.none { display: none } tr.failed { border-left: 4px solid var(--failed-ink) } tr.failed .c0 { box-shadow: none }
  .scroll { overflow: visible } .timeline { min-width: 0 !important } .axis { margin: 0 0 4px }
  .tick:nth-child(even) { visibility: hidden }
  .slot { display: block; margin-top: 10px } .slot-name { font-weight: 600; position: static; line-height: 1.4 }
  .lane { height: auto; background: none }
  .bar, .bar.copied, .bar.failed, .bar.in_progress { position: static; width: auto; white-space: normal; outline: 0;
    background: none; box-shadow: none; padding: 0 0 8px; color: var(--ink); overflow: visible }
  .bar::before { content: ""; display: block; height: 9px; margin-left: var(--x); width: var(--w); min-width: 3px;
    border-radius: 3px; background: var(--other-ink) }
  .bar.copied::before { background: var(--copied-ink) } .bar.failed::before { background: var(--failed-ink) }
  .bar.in_progress::before { background: none; border: 2px dashed var(--way-ink) }
  .bar .facts { color: var(--soft) }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --copied: #d3ecdc;
    --copied-ink: #14532b; --failed: #f9d7d5; --failed-ink: #8c1d18; --way: #d5e5f8; --way-ink: #154a86;
    --other: #e6e9ee; --other-ink: #3f4a58; --late: #f7e8c4; --late-ink: #6b4a00 }
  @page { size: A4 landscape; margin: 12mm }
  html { font-size: 10px } body { font-size: 10px; print-color-adjust: exact; -webkit-print-color-adjust: exact }
  main { padding: 0; max-width: none } section { margin-top: 10px }
  h2 { break-after: avoid } .drawing, tr, .slot, .tile, li { break-inside: avoid }
  thead { display: table-header-group } .scroll { overflow: visible } .timeline { min-width: 0 !important }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(80px, 1fr)); gap: 6px }
  td, th { padding: 3px 5px } .lane { height: 32px } .slot-name { line-height: 32px }
}
"""
