import { type Html, html, jsonForScript, stub } from '@rastro/example-storefront';
import { type Platform, platforms } from './platform-list.js';
import type { Sample } from './samples.js';

/** The line of the page that starts the adapter: also what the platform's page of the docs shows. */
export const adapterLine = ({ slug, plugin }: Platform): string =>
  `<script type="module">import { ${plugin} } from '/rastro/${slug}.js'; rastro.use(${plugin}())</script>`;
const scriptLine = ({ currency }: Platform): string =>
  `<script async src="/rastro.js" data-key="demo"${currency ? ` data-currency="${currency}"` : ''}></script>`;

function layout(title: string, slug: string | undefined, head: Html | undefined, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} | Rastro</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/platforms/assets/platforms.css">
${head}
</head>
<body>
<header>
<p class="name"><a href="/platforms/">Platforms</a></p>
<nav aria-label="Platforms"><ul>
${platforms.map(
  (each) =>
    html`<li><a href="/platforms/${each.slug}"${each.slug === slug && html` aria-current="page"`}>${each.title}</a></li>\n`,
)}</ul></nav>
</header>
<main>
${body}
</main>
<footer><p><a href="/live">Watch the events arrive</a> · <a href="/">The shop</a></p></footer>
</body>
</html>
`.text;
}

/** Every platform, with how its events reach the page. */
export const indexPage = (): string =>
  layout(
    'Platforms',
    undefined,
    undefined,
    html`<h1>The shop you already have</h1>
<p>A page for each platform that Rastro reads. Each plays events as shops on it have published them, through the platform’s own hook; the adapter makes of them what a shop would send.</p>
<ul class="cards">
${platforms.map(
  ({ slug, title, hook }) => html`<li><h2><a href="/platforms/${slug}">${title}</a></h2><p>${hook}</p></li>\n`,
)}</ul>`,
  );

/** The page of a platform: its three lines at work, and its samples to play. */
export function platformPage(platform: Platform, samples: readonly Sample[]): string {
  const { slug, title, hook } = platform;
  // The pixel brings a tracker of its own into its frame.
  const own = slug === 'shopify';
  const lines = own ? undefined : [stub.text, scriptLine(platform), adapterLine(platform)];
  return layout(
    title,
    slug,
    html`${
      lines &&
      html`${stub}
<script async src="/rastro.js" data-key="demo"${platform.currency && html` data-currency="${platform.currency}"`}></script>
<script type="module">import { debug } from "/rastro/debug.js"; rastro.use(debug())</script>`
    }
<script type="application/json" id="samples">${jsonForScript(samples)}</script>
<script type="module" src="/platforms/assets/page.js" data-platform="${slug}"></script>`,
    html`<h1>${title}</h1>
<p>${hook}</p>
${
  lines
    ? html`<details><summary>The three lines of this page</summary><pre><code>${lines.join('\n')}</code></pre></details>`
    : html`<p>The pixel as a merchant pastes it, and as an app brings it, are in <code>examples/shopify</code>. It tells each event of Shopify’s once: load the page again to play it again.</p>`
}
<p class="actions"><button type="button" id="play-all">Play all</button> <span role="status" id="status"></span>${!own && html` <a href="?rastro_debug">With the debug panel</a>`}</p>
<table>
<caption>Samples, and what became of them</caption>
<thead><tr><th scope="col">Sample</th><th scope="col">Events</th><th scope="col">Left out</th><th scope="col"><span class="hidden">Play</span></th></tr></thead>
<tbody>
${samples.map(
  ({ folder, name, origin, note, payload }) => html`<tr data-sample="${folder}/${name}">
<th scope="row">${name}<small>${folder}</small></th>
<td class="events" data-label="Events">–</td>
<td class="reasons" data-label="Left out">–</td>
<td><button type="button" class="play" aria-label="Play ${name}">Play</button></td>
</tr>
<tr class="more"><td colspan="4"><details><summary>Payload of ${name}</summary>
<p>From ${origin}.${note && html` ${note[0]?.toUpperCase()}${note.slice(1)}.`}</p>
<pre tabindex="0"><code>${JSON.stringify(payload, undefined, 2)}</code></pre></details></td></tr>
`,
)}</tbody>
</table>`,
  );
}
