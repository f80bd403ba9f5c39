import type { PageData, Picture } from "../../graph-results.js";
import { script, scriptHash, style } from "../../page/page.bundle";
import { captionOf } from "./caption.js";
import type { PictureLook } from "./labels.js";
import type { PictureLayout } from "./layout.js";
import { coordinate, escapeMarkup } from "./markup.js";
import { pageData } from "./page-data.js";
import { pictureStyle } from "./style.js";
import { drawing, headingOf, legendEntries } from "./svg.js";

/** A picture as a page in one file, which asks for nothing else: its policy forbids every request. */
export function htmlOf(picture: Picture, layout: PictureLayout, look: PictureLook): string {
  const heading = escapeMarkup(headingOf(picture));
  const legend = legendEntries(picture).map(({ className, text }) => {
    const kind = escapeMarkup(className);
    const mark = className === "grad" ? "" : `<span class="swatch ${kind}"></span>`;
    return `<li class="${className === "grad" ? "grad" : ""}">${mark}${escapeMarkup(text)}</li>`;
  });
  const options = picture.passes.map(({ of }, i) => `<option value="${i}">${escapeMarkup(of)}</option>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${heading}</title>
<style>
${pictureStyle(":root")}
${style}
</style>
</head>
<body>
<header>
<h1>${heading}</h1>
<ul class="legend" aria-label="Legend">${legend.join("")}</ul>
${captionOf(picture)
  .map((line) => `<p class="caption">${escapeMarkup(line)}</p>`)
  .join("\n")}
</header>
<main>
<svg id="graph" role="group" aria-label="${heading}" data-width="${coordinate(layout.width)}" data-height="${coordinate(layout.height)}">
<g id="viewport">
${drawing(picture, layout, look)}
</g>
</svg>
<div class="zoom" role="group" aria-label="Zoom"><button id="zoom-in" title="Zoom in (+)" aria-label="Zoom in">+</button><button id="zoom-out" title="Zoom out (-)" aria-label="Zoom out">−</button><button id="zoom-fit" title="Show everything (0)" aria-label="Show everything">⤢</button></div>
<div id="card" role="tooltip" hidden></div>
</main>
<footer>
<div class="player" role="group" aria-label="Passes, step by step">
<button id="first" title="To the start (Home)" aria-label="To the start">|◀</button>
<button id="back" title="One step back (←)" aria-label="One step back">◀</button>
<button id="play" title="Play (space)" >Play</button>
<button id="next" title="One step on (→)" aria-label="One step on">▶</button>
<button id="last" title="To the end (End)" aria-label="To the end">▶|</button>
<input id="position" type="range" min="0" value="0" aria-label="Step">
<output id="count"></output>
<label id="pass-choice"${options.length > 1 ? "" : " hidden"}>backward from <select id="pass">${options.join("")}</select></label>
</div>
<p id="says" aria-live="polite"></p>
<p id="selection" aria-live="polite"></p>
</footer>
<script type="application/json" id="data">${embedded(pageData(picture, look))}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that cannot end the element in which it stands. */
export const embedded = (data: PageData): string => JSON.stringify(data).replace(/</g, "\\u003c");
