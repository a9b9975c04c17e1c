import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { ShopProperties } from './rastro.js';
import { departments, formatMoney, type Product, pictureUrl, shopName } from './shop.js';

/** React puts it into the head, wherever it stands. */
export function Title({ children }: { children: string }): ReactNode {
  return <title>{`${children} | ${shopName}`}</title>;
}

/** @param alt Text for who cannot see it; without one it is decoration beside the product's name. */
export function Picture({ productId, alt = '' }: { productId: string; alt?: string }): ReactNode {
  return <img className="picture" src={pictureUrl(productId)} alt={alt} width={400} height={400} />;
}

export function Grid({
  products,
  list,
  heading: Heading = 'h2',
}: {
  products: readonly Product[];
  list: ShopProperties['list'];
  heading?: 'h2' | 'h3';
}): ReactNode {
  return (
    <ul className="grid">
      {products.map(({ id, name, brand, category, price }, index) => (
        <li className="card" key={id}>
          <Picture productId={id} />
          <div className="card-text">
            <Heading className="card-name">
              <Link to={`/p/${id}`} state={{ list, position: index + 1 } satisfies ShopProperties}>
                {name}
              </Link>
            </Heading>
            <p className="card-brand">{brand ?? category.name}</p>
            <p className="price">{formatMoney(price)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

export function DepartmentPills(): ReactNode {
  return (
    <ul className="pills">
      {departments.map(({ slug, name }) => (
        <li key={slug}>
          <Link to={`/c/${slug}`}>{name}</Link>
        </li>
      ))}
    </ul>
  );
}

type IconName = 'search' | 'account' | 'cart';
const icons: Record<IconName, ReactNode> = {
  search: (
    <>
      <circle cx="11" cy="11" r="7" />
      <path d="m20 20-4-4" />
    </>
  ),
  account: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21q0-7 8-7t8 7" />
    </>
  ),
  cart: <path d="M5 8h14l1 12H4zM9 11V7q0-4 3-4t3 4v4" />,
};

export function Icon({ name }: { name: IconName }): ReactNode {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      width="22"
      height="22"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {icons[name]}
    </svg>
  );
}
