import { type ReactNode, useRef, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { Picture, Title } from './parts.js';
import {
  addMoney,
  type CartLine,
  cart,
  changeCart,
  customer,
  formatMoney,
  logIn,
  maxQuantity,
  newOrderId,
  orders,
  subtotalOf,
} from './shop.js';
import { useStore } from './store.js';
import { announce } from './toast.js';
import { useRastro, useRastroOnce } from './use-rastro.js';

const priceOf = ({ price, quantity }: CartLine): string => formatMoney(addMoney(price * quantity));
const shippingText = (amount: number): string => (amount === 0 ? 'free' : formatMoney(amount));

export function CartPage(): ReactNode {
  const rastro = useRastro();
  const lines = useStore(cart);
  const title = useRef<HTMLHeadingElement>(null);

  /** Tells the units by which a line grew or shrank: the events add up to the cart. */
  function change(line: CartLine, by: number): void {
    const changed = changeCart(line, by);
    if (changed > 0) rastro.cart({ ...line, quantity: changed });
    if (changed < 0) rastro.removeFromCart({ ...line, quantity: -changed });
    const quantity = line.quantity + changed;
    announce(quantity === 0 ? `Removed ${line.product_name}.` : `${line.product_name}: ${quantity} in your cart.`);
    if (quantity === 0) title.current?.focus();
  }

  return (
    <div className="wrap frame">
      <Title>Your cart</Title>
      <h1 ref={title} tabIndex={-1}>
        Your cart
      </h1>
      {lines.length === 0 ? (
        <>
          <p className="lead">It is empty, and light to carry.</p>
          <LookAround />
        </>
      ) : (
        <div className="columns">
          <ul className="lines">
            {lines.map((line) => (
              <li className="line" key={line.sku}>
                <Picture productId={line.product_id} />
                <div className="line-text">
                  <h2>
                    <Link to={`/p/${line.product_id}`}>{line.product_name}</Link>
                  </h2>
                  <p className="card-brand">{formatMoney(line.price)} each</p>
                </div>
                <div className="stepper">
                  <button
                    type="button"
                    aria-label={`One less of ${line.product_name}`}
                    disabled={line.quantity === 1}
                    onClick={() => change(line, -1)}
                  >
                    −
                  </button>
                  <span>{line.quantity}</span>
                  <button
                    type="button"
                    aria-label={`One more of ${line.product_name}`}
                    disabled={line.quantity === maxQuantity}
                    onClick={() => change(line, 1)}
                  >
                    +
                  </button>
                </div>
                <p className="price">{priceOf(line)}</p>
                <button
                  type="button"
                  aria-label={`Remove ${line.product_name}`}
                  onClick={() => change(line, -line.quantity)}
                >
                  Remove
                </button>
              </li>
            ))}
          </ul>
          <section className="panel" aria-labelledby="summary">
            <h2 id="summary">Summary</h2>
            <dl className="sums">
              <div>
                <dt>Subtotal</dt>
                <dd>{formatMoney(subtotalOf(lines))}</dd>
              </div>
              <div>
                <dt>Delivery</dt>
                <dd>chosen at checkout</dd>
              </div>
            </dl>
            <Link className="button wide" to="/checkout">
              Go to checkout
            </Link>
            <Link className="quiet" to="/">
              Continue shopping
            </Link>
          </section>
        </div>
      )}
    </div>
  );
}

const deliveries = [
  { id: 'standard', name: 'Standard', days: '3 to 5 working days', price: 14.9 },
  { id: 'express', name: 'Express', days: 'tomorrow before noon', price: 29.9 },
  { id: 'pickup', name: 'Pick-up in Santos', days: 'ready in two hours', price: 0 },
] as const;

export function CheckoutPage(): ReactNode {
  const lines = useStore(cart);
  const who = useStore(customer);
  const navigate = useNavigate();
  const [delivery, setDelivery] = useState<(typeof deliveries)[number]>(deliveries[0]);
  const shipping = delivery.price;
  const total = addMoney(subtotalOf(lines), shipping);

  function placeOrder(form: FormData): void {
    const field = (name: string): string => String(form.get(name) ?? '').trim();
    const order_id = newOrderId();
    orders.set([
      ...orders.get(),
      {
        order_id,
        order_total: total,
        shipping,
        items: lines,
        name: field('name'),
        address: `${field('street')}, ${field('postcode')} ${field('city')} ${field('state')}`,
      },
    ]);
    // Replaced: back from the thank-you page should not lead to an empty checkout. Drawn at once: nor should the way there.
    void navigate(`/thanks/${order_id}`, { replace: true, flushSync: true });
    cart.set([]);
  }

  if (lines.length === 0) {
    return (
      <div className="wrap frame">
        <Title>Checkout</Title>
        <h1>Checkout</h1>
        <p className="lead">There is nothing to pay for: your cart is empty.</p>
        <LookAround />
      </div>
    );
  }
  return (
    <div className="wrap frame">
      <Title>Checkout</Title>
      <h1>Checkout</h1>
      <form className="columns" action={placeOrder}>
        <div>
          <fieldset className="panel">
            <legend>Where shall we send it?</legend>
            <p className="note">Filled in with test data: one click places the order.</p>
            <div className="fields">
              <Field name="name" label="Full name" value="Maria Silva" autoComplete="name" span={6} />
              <Field
                name="email"
                label="E-mail"
                type="email"
                value={who?.email ?? 'maria.silva@example.com'}
                autoComplete="email"
                span={6}
              />
              <Field
                name="street"
                label="Street and number"
                value="Rua das Palmeiras, 123"
                autoComplete="street-address"
                span={6}
              />
              <Field name="postcode" label="Postcode" value="11010-000" autoComplete="postal-code" span={2} />
              <Field name="city" label="City" value="Santos" autoComplete="address-level2" span={3} />
              <Field name="state" label="State" value="SP" autoComplete="address-level1" span={1} />
            </div>
          </fieldset>
          <fieldset className="panel">
            <legend>How fast?</legend>
            {deliveries.map((way) => (
              <label className="choice" key={way.id}>
                <input
                  type="radio"
                  name="delivery"
                  value={way.id}
                  checked={way === delivery}
                  onChange={() => setDelivery(way)}
                />
                <span>
                  <strong>{way.name}</strong>
                  <br />
                  {way.days}
                </span>
                <span>{shippingText(way.price)}</span>
              </label>
            ))}
          </fieldset>
        </div>
        <section className="panel" aria-labelledby="order-title">
          <h2 id="order-title">Your order</h2>
          <OrderLines items={lines} />
          <dl className="sums">
            <div>
              <dt>Subtotal</dt>
              <dd>{formatMoney(subtotalOf(lines))}</dd>
            </div>
            <div>
              <dt>Delivery</dt>
              <dd>{shippingText(shipping)}</dd>
            </div>
            <div className="total">
              <dt>Total</dt>
              <dd>{formatMoney(total)}</dd>
            </div>
          </dl>
          <button className="button wide" type="submit">
            Place order
          </button>
        </section>
      </form>
    </div>
  );
}

export function ThanksPage(): ReactNode {
  const { orderId } = useParams();
  const order = useStore(orders).find(({ order_id }) => order_id === orderId);

  // A reload tells the order again, as most thank-you pages do. It counts once all the same: the collector derives the ids of
  // its lines from the order, not from the call.
  useRastroOnce(order?.order_id, (rastro) => {
    if (!order) return;
    const { order_id, order_total, shipping, items } = order;
    rastro.purchase({ order_id, order_total, shipping, items, currency: 'BRL' });
  });

  if (!order) {
    return (
      <div className="wrap narrow frame">
        <Title>Order not found</Title>
        <h1>We cannot find this order</h1>
        <p className="lead">Orders of this shop are kept in the browser that placed them.</p>
        <LookAround />
      </div>
    );
  }
  return (
    <div className="wrap narrow frame">
      <Title>Thank you</Title>
      <section className="panel" aria-labelledby="thanks-title">
        <p className="eyebrow">Order {order.order_id}</p>
        <h1 id="thanks-title">Thank you, {order.name.split(' ')[0]}!</h1>
        <p>We would now pack your order and send it to {order.address}, if any of this existed.</p>
        <OrderLines items={order.items} />
        <dl className="sums">
          <div>
            <dt>Delivery</dt>
            <dd>{shippingText(order.shipping)}</dd>
          </div>
          <div className="total">
            <dt>Total</dt>
            <dd>{formatMoney(order.order_total)}</dd>
          </div>
        </dl>
        <Link className="button wide" to="/">
          Continue shopping
        </Link>
      </section>
    </div>
  );
}

export function LoginPage(): ReactNode {
  const rastro = useRastro();
  const who = useStore(customer);

  function enter(form: FormData): void {
    // Once: the tracker remembers it on the pages that follow. It gets the customer's number, never the e-mail.
    rastro.identify(logIn(String(form.get('email') ?? '').trim()).id);
    announce('You are logged in.');
  }
  function leave(): void {
    customer.set(null);
    rastro.identify(null);
    announce('You are logged out.');
  }

  return (
    <div className="wrap narrow frame">
      <Title>{who ? 'Your account' : 'Log in'}</Title>
      {who ? (
        <section className="panel" aria-labelledby="account-title">
          <h1 id="account-title">Your account</h1>
          <p>
            Logged in as <strong>{who.email}</strong>.
          </p>
          <p>
            Customer number <code>{who.id}</code>
          </p>
          <button className="button wide" type="button" onClick={leave}>
            Log out
          </button>
          <Link className="quiet" to="/">
            Continue shopping
          </Link>
        </section>
      ) : (
        <section className="panel" aria-labelledby="login-title">
          <h1 id="login-title">Welcome back</h1>
          <p>
            This is a demonstration: any e-mail and any password will do. Neither leaves your browser; the tracker gets
            a customer number made from the e-mail.
          </p>
          <form action={enter}>
            <Field name="email" label="E-mail" type="email" autoComplete="username" />
            <Field name="password" label="Password" type="password" autoComplete="current-password" />
            <button className="button wide" type="submit">
              Log in
            </button>
          </form>
        </section>
      )}
    </div>
  );
}

function OrderLines({ items }: { items: readonly CartLine[] }): ReactNode {
  return (
    <ul className="mini-lines">
      {items.map((line) => (
        <li key={line.sku}>
          <Picture productId={line.product_id} />
          <span>
            {line.quantity} × {line.product_name}
          </span>
          <span className="amount">{priceOf(line)}</span>
        </li>
      ))}
    </ul>
  );
}

function Field({
  name,
  label,
  value = '',
  type = 'text',
  autoComplete,
  span = 6,
}: {
  name: string;
  label: string;
  value?: string;
  type?: 'text' | 'email' | 'password';
  autoComplete: string;
  /** Columns of six. */
  span?: 1 | 2 | 3 | 6;
}): ReactNode {
  return (
    <p className={`field span-${span}`}>
      <label htmlFor={name}>{label}</label>
      <input id={name} name={name} type={type} defaultValue={value} autoComplete={autoComplete} required />
    </p>
  );
}

function LookAround(): ReactNode {
  return (
    <p>
      <Link className="button" to="/">
        Look around
      </Link>
    </p>
  );
}
