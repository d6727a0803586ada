/** What all pages have in common. No scripts: links, forms and one stylesheet. */
import { type Html, html, type Piece } from '../html.ts'

export const page = (title: string, content: Piece): string =>
  `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} – p2p-testbed</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<header><a href="/">p2p-testbed</a></header>
<main>
${content}
</main>
</body>
</html>`}\n`

/** A part of a page under its own heading, which links can lead to. */
export const section = (id: string, title: string, ...content: readonly Piece[]): Html =>
  html`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${content}\n</section>`

/** A table that may be wider than the page: it scrolls by itself, with keys too. */
export const wide = (label: string, table: Html): Html =>
  html`<div class="wide" role="group" aria-label="${label}" tabindex="0">${table}</div>`

export const messagePage = (title: string, sentence: string): string =>
  page(title, html`<h1>${title}</h1>\n<p>${sentence}</p>\n<p><a href="/">All runs</a></p>`)
