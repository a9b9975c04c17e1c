import { type Html, html } from './html.js';
import type { Page } from './layout.js';
import { formatMoney } from './money.js';

/** Ways of delivery; the client script reads the price from the field that was chosen. */
const deliveries = [
  { id: 'standard', name: 'Standard', days: '3 to 5 working days', price: 14.9 },
  { id: 'express', name: 'Express', days: 'tomorrow before noon', price: 29.9 },
  { id: 'pickup', name: 'Pick-up in Santos', days: 'ready in two hours', price: 0 },
] as const;

/** These pages are frames: cart, customer and orders live in the browser, and the client script fills them in. */
const noscript: Html = html`<noscript><p class="note">This page needs JavaScript, which is switched off in this browser.</p></noscript>`;

export function cartPage(): Page {
  return {
    title: 'Your cart',
    script: 'cart',
    body: html`<div class="wrap frame">
<h1 id="cart-title" tabindex="-1">Your cart</h1>
${noscript}
<div id="cart-empty" hidden>
<p class="lead">It is empty, and light to carry.</p>
<p><a class="button" href="/">Look around</a></p>
</div>
<div id="cart-full" class="columns" hidden>
<ul id="cart-lines" class="lines"></ul>
<section class="panel" aria-labelledby="summary">
<h2 id="summary">Summary</h2>
<dl class="sums"><div><dt>Subtotal</dt><dd id="subtotal"></dd></div><div><dt>Delivery</dt><dd>chosen at checkout</dd></div></dl>
<a class="button wide" href="/checkout">Go to checkout</a>
<a class="quiet" href="/">Continue shopping</a>
</section>
</div>
</div>`,
  };
}

export function loginPage(): Page {
  return {
    title: 'Log in',
    script: 'login',
    body: html`<div class="wrap narrow frame">
${noscript}
<section id="logged-out" class="panel" aria-labelledby="login-title" hidden>
<h1 id="login-title">Welcome back</h1>
<p>This is a demonstration: any e-mail and any password will do. Neither leaves your browser; the tracker gets a customer number made from the e-mail.</p>
<form id="login">
<p class="field"><label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="username" required></p>
<p class="field"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required></p>
<button class="button wide">Log in</button>
</form>
</section>
<section id="logged-in" class="panel" aria-labelledby="account-title" hidden>
<h1 id="account-title" tabindex="-1">Your account</h1>
<p>Logged in as <strong id="account-email"></strong>.</p>
<p>Customer number <code id="account-id"></code></p>
<button class="button wide" id="logout" type="button">Log out</button>
<a class="quiet" href="/">Continue shopping</a>
</section>
</div>`,
  };
}

export function checkoutPage(): Page {
  return {
    title: 'Checkout',
    script: 'checkout',
    body: html`<div class="wrap frame">
<h1>Checkout</h1>
${noscript}
<div id="checkout-empty" hidden>
<p class="lead">There is nothing to pay for: your cart is empty.</p>
<p><a class="button" href="/">Look around</a></p>
</div>
<form id="checkout" class="columns" hidden>
<div>
<fieldset class="panel"><legend>Where shall we send it?</legend>
<p class="note">Filled in with test data: one click places the order.</p>
<div class="fields">
${renderField('name', 'Full name', 'Maria Silva', 'name', 'span-6')}
${renderField('email', 'E-mail', 'maria.silva@example.com', 'email', 'span-6')}
${renderField('street', 'Street and number', 'Rua das Palmeiras, 123', 'street-address', 'span-6')}
${renderField('postcode', 'Postcode', '11010-000', 'postal-code', 'span-2')}
${renderField('city', 'City', 'Santos', 'address-level2', 'span-3')}
${renderField('state', 'State', 'SP', 'address-level1', 'span-1')}
</div>
</fieldset>
<fieldset class="panel"><legend>How fast?</legend>
${deliveries.map(
  ({ id, name, days, price }, index) =>
    html`<label class="choice"><input type="radio" name="delivery" value="${id}" data-price="${price}"${index === 0 && html` checked`}><span><strong>${name}</strong><br>${days}</span><span>${price === 0 ? 'free' : formatMoney(price)}</span></label>\n`,
)}</fieldset>
<fieldset class="panel"><legend>How will you pay?</legend>
<label class="choice"><input type="radio" name="payment" value="pix" checked><span><strong>Pix</strong><br>a code that nobody will scan</span></label>
<label class="choice"><input type="radio" name="payment" value="cash"><span><strong>Cash at the door</strong><br>to a courier who will not come</span></label>
</fieldset>
</div>
<section class="panel" aria-labelledby="order-title">
<h2 id="order-title">Your order</h2>
<ul id="order-lines" class="mini-lines"></ul>
<dl class="sums">
<div><dt>Subtotal</dt><dd id="subtotal"></dd></div>
<div><dt>Delivery</dt><dd id="shipping"></dd></div>
<div class="total"><dt>Total</dt><dd id="total"></dd></div>
</dl>
<button class="button wide">Place order</button>
</section>
</form>
</div>`,
  };
}

export function thanksPage(): Page {
  return {
    title: 'Thank you',
    script: 'thanks',
    body: html`<div class="wrap narrow frame">
${noscript}
<section id="order" class="panel" aria-labelledby="thanks-title" hidden>
<p class="eyebrow">Order <span id="order-id"></span></p>
<h1 id="thanks-title">Thank you, <span id="order-name"></span>!</h1>
<p>We would now pack your order and send it to <span id="order-address"></span>, if any of this existed.</p>
<ul id="order-lines" class="mini-lines"></ul>
<dl class="sums">
<div><dt>Delivery</dt><dd id="shipping"></dd></div>
<div class="total"><dt>Total</dt><dd id="total"></dd></div>
</dl>
<a class="button wide" href="/">Continue shopping</a>
</section>
<div id="no-order" hidden>
<h1>We cannot find this order</h1>
<p class="lead">Orders of this shop are kept in the browser that placed them.</p>
<p><a class="button" href="/">Back to the shop</a></p>
</div>
</div>`,
  };
}

function renderField(name: string, label: string, value: string, autocomplete: string, span: string): Html {
  const type = name === 'email' ? 'email' : 'text';
  return html`<p class="field ${span}"><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required></p>`;
}
