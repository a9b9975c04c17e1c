import { type Department, departments, featuredProducts, type Product } from './catalogue.js';
import { type Content, type Html, html, jsonForScript } from './html.js';
import { toItem } from './item.js';
import { type Page, shopName } from './layout.js';
import { formatMoney } from './money.js';
import { heroPicture, pictureOf } from './pictures.js';

export function homePage(): Page {
  return {
    title: 'Good things from Brazil',
    description: 'Hammocks, clay pots, coffee, sound and summer clothes from small makers in Brazil.',
    body: html`<section class="hero">
${heroPicture}
<div class="wrap"><div class="hero-text">
<p class="eyebrow">Summer is here</p>
<h1>Good things from the land of the yellow ipê</h1>
<p>Woven, thrown, roasted and tuned by small makers between the forest and the sea.</p>
<a class="button" href="/c/home">Furnish the veranda</a>
</div></div>
</section>
<section class="wrap" aria-labelledby="departments">
<h2 id="departments">Departments</h2>
<ul class="tiles">${departments.map(renderTile)}</ul>
</section>
<section class="wrap" aria-labelledby="favourites">
<h2 id="favourites">Favourites of the week</h2>
${renderGrid(featuredProducts())}
</section>
<section class="wrap promises" aria-label="Our promises">
<div><h3>Pay your way</h3><p>Pix, card or cash at the door.</p></div>
<div><h3>30 days to return</h3><p>Changed your mind? So do we, often.</p></div>
<div><h3>Free pick-up</h3><p>At our shop by the harbour in Santos.</p></div>
</section>`,
  };
}

export function departmentPage(department: Department): Page {
  return {
    title: department.name,
    description: department.blurb,
    slug: department.slug,
    body: html`<div class="wrap">
${renderTrail()}
<h1>${department.name}</h1>
<p class="lead">${department.blurb}</p>
${renderGrid(department.products, 'h2')}
</div>`,
  };
}

export function productPage(product: Product, department: Department): Page {
  const others = department.products.filter((other) => other !== product).slice(0, 4);
  return {
    title: product.name,
    description: product.description,
    script: 'product',
    slug: department.slug,
    body: html`<div class="wrap">
${renderTrail(department)}
<article class="product">
<div class="product-picture">${pictureOf(product, `Picture of ${product.name}`)}</div>
<div class="product-text">
${product.brand !== undefined && html`<p class="eyebrow">${product.brand}</p>`}
<h1>${product.name}</h1>
<p class="price">${formatMoney(product.price)}</p>
<p>${product.description}</p>
<form id="add" class="add">
<label for="quantity">Quantity</label>
<input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max="99" step="1" value="1" required>
<button class="button">Add to cart</button>
</form>
<noscript><p class="note">The cart needs JavaScript, which is switched off in this browser.</p></noscript>
<dl class="facts">
<div><dt>SKU</dt><dd>${product.sku}</dd></div>
<div><dt>Category</dt><dd>${product.category.name}</dd></div>
<div><dt>Delivery</dt><dd>3 to 5 working days</dd></div>
</dl>
</div>
</article>
<section aria-labelledby="others">
<h2 id="others">More in ${department.name}</h2>
${renderGrid(others)}
</section>
</div>
<script type="application/json" id="product">${jsonForScript(toItem(product))}</script>`,
  };
}

/** @param found What the search gave for this query. */
export function searchPage(query: string, found: readonly Product[]): Page {
  const count = found.length === 0 ? 'Nothing found.' : found.length === 1 ? '1 product' : `${found.length} products`;
  return {
    title: query === '' ? 'Search' : `Search: ${query}`,
    query,
    body: html`<div class="wrap">
<h1>${query === '' ? 'Search' : html`Results for “${query}”`}</h1>
<p class="lead">${query === '' ? 'What are you looking for?' : count}</p>
${found.length > 0 ? renderGrid(found, 'h2') : html`<p>Try a material, a brand or a department:</p>${renderPills()}`}
</div>`,
  };
}

export function notFoundPage(): Page {
  return {
    title: 'Page not found',
    body: html`<div class="wrap notice">
<p class="eyebrow">404</p>
<h1>The tide took this page</h1>
<p>It may have moved or been sold out. Everything else is still where it was:</p>
${renderPills()}
</div>`,
  };
}

function renderTile(department: Department): Html {
  const [first] = department.products;
  return html`<li><a class="tile" href="/c/${department.slug}">${first && pictureOf(first)}<span>${department.name}</span></a></li>`;
}

function renderGrid(products: readonly Product[], heading: 'h2' | 'h3' = 'h3'): Html {
  return html`<ul class="grid">${products.map((product) => {
    const name = html`<a href="/p/${product.id}">${product.name}</a>`;
    return html`<li class="card">${pictureOf(product)}
<div class="card-text">
${heading === 'h2' ? html`<h2 class="card-name">${name}</h2>` : html`<h3 class="card-name">${name}</h3>`}
<p class="card-brand">${product.brand ?? product.category.name}</p>
<p class="price">${formatMoney(product.price)}</p>
</div></li>\n`;
  })}</ul>`;
}

function renderPills(): Html {
  return html`<ul class="pills">${departments.map(({ slug, name }) => html`<li><a href="/c/${slug}">${name}</a></li>`)}</ul>`;
}

function renderTrail(department?: Department): Html {
  const home: Content = html`<li><a href="/">${shopName}</a></li>`;
  return html`<nav aria-label="Breadcrumb"><ol class="trail">${home}${
    department && html`<li><a href="/c/${department.slug}">${department.name}</a></li>`
  }</ol></nav>`;
}
