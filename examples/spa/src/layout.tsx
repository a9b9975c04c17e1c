import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Form, Link, NavLink, Outlet, useLocation, useNavigationType } from 'react-router';
import { ConsentBanner } from './consent.js';
import { Icon } from './parts.js';
import { cart, countUnits, customer, departments, shopName } from './shop.js';
import { useStore } from './store.js';
import { Toast } from './toast.js';
import { drawn } from './views.js';

export function Layout(): ReactNode {
  const main = useRef<HTMLElement>(null);
  const settings = useRef<HTMLButtonElement>(null);
  const [asked, setAsked] = useState(false);
  useNewPage(main);
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <ConsentBanner
        asked={asked}
        onClose={() => {
          setAsked(false);
          (asked ? settings : main).current?.focus({ preventScroll: true });
        }}
      />
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <Toast />
      <footer className="site-footer">
        <div className="wrap">
          <p className="logo">{shopName}</p>
          <p>
            A shop that does not exist, for a tracker that does: as a single-page application. Products, brands and
            prices are made up; nothing is sold and nothing is shipped.
          </p>
          <p className="links">
            <a href="/live">Watch the events arrive</a>
            <button className="as-link" type="button" ref={settings} onClick={() => setAsked(true)}>
              Privacy
            </button>
          </p>
        </div>
      </footer>
    </>
  );
}

/** What a browser does itself when it loads a page: a new one begins at its top, and is what a screen reader reads next. */
function useNewPage(main: RefObject<HTMLElement | null>): void {
  const { pathname, search, key } = useLocation();
  const isBack = useNavigationType() === 'POP';
  const page = pathname + search;
  const shown = useRef(page);
  useLayoutEffect(() => {
    drawn.set(key);
    if (shown.current === page) return;
    shown.current = page;
    if (!isBack) window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [main, page, key, isBack]);
}

function Header(): ReactNode {
  const units = countUnits(useStore(cart));
  const who = useStore(customer);
  const { pathname, search } = useLocation();
  const query = pathname === '/search' ? (new URLSearchParams(search).get('q') ?? '') : '';
  return (
    <header className="site-header">
      <div className="bar wrap">
        <Link className="logo" to="/">
          {shopName}
        </Link>
        <Form className="search" role="search" action="/search">
          <label className="visually-hidden" htmlFor="q">
            Search products
          </label>
          <input
            id="q"
            name="q"
            type="search"
            key={query}
            defaultValue={query}
            placeholder="Search hammocks, coffee …"
            maxLength={100}
            autoComplete="off"
          />
          <button type="submit" aria-label="Search">
            <Icon name="search" />
          </button>
        </Form>
        <Link className="tool" to="/login">
          <Icon name="account" />
          <span className="tool-text">{who ? 'Account' : 'Log in'}</span>
        </Link>
        <Link
          className="tool"
          id="cart-link"
          to="/cart"
          aria-label={units === 1 ? 'Cart, 1 item' : `Cart, ${units} items`}
        >
          <Icon name="cart" />
          <span className="tool-text">Cart</span>
          {units > 0 && <span className="badge">{units > 99 ? '99+' : units}</span>}
        </Link>
      </div>
      <nav className="menu" aria-label="Departments">
        <ul className="wrap">
          {departments.map(({ slug, name }) => (
            <li key={slug}>
              <NavLink to={`/c/${slug}`}>{name}</NavLink>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}
