import { departments } from './catalogue.js';
import { type Content, Html, html } from './html.js';

/** The name over the door. */
export const shopName = 'Ipê & Mar';

/** What every page needs to know about the system it runs in. */
export interface Site {
  /** Site key of the tracker. */
  key: string;
  /** Page that shows the events as they arrive; `false` shows no link to it. */
  livePath: string | false;
  /** Page that says what became of them; `false` shows no link to it. */
  dashboardPath: string | false;
}

export interface Page {
  title: string;
  /** For search engines. Pages without it ask not to be indexed: cart, login, search and the like. */
  description?: string;
  /** Which part of the client script takes over; the catalogue pages need none. */
  script?: 'product' | 'cart' | 'login' | 'checkout' | 'thanks';
  /** Department to mark in the menu. */
  slug?: string;
  /** What stands in the search field. */
  query?: string;
  body: Content;
}

/** Keeps the calls that are made before the script of the tracker has arrived. */
export const stub: Html = new Html(
  '<script>window.rastro=window.rastro||{q:[]};"view cart removeFromCart purchase identify consent reset flush use".split(" ").forEach(m=>rastro[m]=rastro[m]||((...a)=>rastro.q.push([m,a,Date.now()])))</script>',
);

const icons = {
  search: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>',
  account: '<circle cx="12" cy="8" r="4"/><path d="M4 21q0-7 8-7t8 7"/>',
  cart: '<path d="M5 8h14l1 12H4zM9 11V7q0-4 3-4t3 4v4"/>',
} as const;

function icon(name: keyof typeof icons): Html {
  return new Html(
    `<svg class="icon" viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${icons[name]}</svg>`,
  );
}

const favicon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1c5d48"/><circle cx="16" cy="13" r="7" fill="#f0c15a"/><path d="M15 18h2v9h-2z" fill="#fff"/></svg>',
)}`;

/** A whole document around the body of a page. */
export function renderPage(site: Site, page: Page): string {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} | ${shopName}</title>
${
  page.description === undefined
    ? html`<meta name="robots" content="noindex">`
    : html`<meta name="description" content="${page.description}">`
}
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#faf7f1" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#141917" media="(prefers-color-scheme: dark)">
<link rel="icon" href="${favicon}">
${stub}
<script async src="/rastro.js" data-key="${site.key}" data-currency="BRL"></script>
<link rel="stylesheet" href="/assets/shop.css">
<script type="module">import { debug } from "/rastro/debug.js"; rastro.use(debug())</script>
<script type="module" src="/assets/shop.js"></script>
</head>
<body${page.script !== undefined && html` data-page="${page.script}"`}>
<a class="skip" href="#main">Skip to content</a>
${renderHeader(page)}
<main id="main" tabindex="-1">
${page.body}
</main>
<div id="status" class="toast" role="status" aria-live="polite"></div>
${renderFooter(site)}
</body>
</html>
`;
  return text;
}

function renderHeader({ slug, query = '' }: Page): Html {
  return html`<header class="site-header">
<div class="bar wrap">
<a class="logo" href="/">${shopName}</a>
<form class="search" role="search" action="/search">
<label class="visually-hidden" for="q">Search products</label>
<input id="q" name="q" type="search" value="${query}" placeholder="Search hammocks, coffee …" maxlength="100" autocomplete="off">
<button aria-label="Search">${icon('search')}</button>
</form>
<a class="tool" id="account-link" href="/login">${icon('account')}<span class="tool-text">Log in</span></a>
<a class="tool" id="cart-link" href="/cart" aria-label="Cart">${icon('cart')}<span class="tool-text">Cart</span><span class="badge" id="cart-count" hidden></span></a>
</div>
<nav class="menu" aria-label="Departments"><ul class="wrap">
${departments.map(
  (department) =>
    html`<li><a href="/c/${department.slug}"${department.slug === slug && html` aria-current="page"`}>${department.name}</a></li>\n`,
)}</ul></nav>
</header>`;
}

function renderFooter({ livePath, dashboardPath }: Site): Html {
  return html`<footer class="site-footer">
<div class="wrap">
<p class="logo">${shopName}</p>
<p>A shop that does not exist, for a tracker that does. Products, brands and prices are made up; nothing is sold and nothing is shipped.</p>
${livePath !== false && html`<p><a href="${livePath}">Watch the events arrive</a></p>`}
${dashboardPath !== false && html`<p><a href="${dashboardPath}">See what they add up to</a></p>`}
</div>
</footer>`;
}
