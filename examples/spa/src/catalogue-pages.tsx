import { type ReactNode, useId } from 'react';
import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import { DepartmentPills, Grid, Picture, Title } from './parts.js';
import {
  articleOf,
  changeCart,
  type Department,
  departments,
  featuredProducts,
  findDepartment,
  findProduct,
  formatMoney,
  heroUrl,
  maxQuantity,
  type Product,
  searchProducts,
  shopName,
} from './shop.js';
import { announce } from './toast.js';
import { useRastro } from './use-rastro.js';

export function HomePage(): ReactNode {
  return (
    <>
      <Title>Good things from Brazil</Title>
      <section className="hero">
        <img className="hero-picture" src={heroUrl} alt="" />
        <div className="wrap">
          <div className="hero-text">
            <p className="eyebrow">Summer is here</p>
            <h1>Good things from the land of the yellow ipê</h1>
            <p>Woven, thrown, roasted and tuned by small makers between the forest and the sea.</p>
            <Link className="button" to="/c/home">
              Furnish the veranda
            </Link>
          </div>
        </div>
      </section>
      <section className="wrap" aria-labelledby="departments">
        <h2 id="departments">Departments</h2>
        <ul className="tiles">
          {departments.map(({ slug, name, products }) => (
            <li key={slug}>
              <Link className="tile" to={`/c/${slug}`}>
                <Picture productId={products[0]?.id ?? ''} />
                <span>{name}</span>
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="wrap" aria-labelledby="favourites">
        <h2 id="favourites">Favourites of the week</h2>
        <Grid products={featuredProducts()} list="home" heading="h3" />
      </section>
      <section className="wrap promises" aria-label="Our promises">
        <div>
          <h3>Pay your way</h3>
          <p>Pix, card or cash at the door.</p>
        </div>
        <div>
          <h3>30 days to return</h3>
          <p>Changed your mind? So do we, often.</p>
        </div>
        <div>
          <h3>Free pick-up</h3>
          <p>At our shop by the harbour in Santos.</p>
        </div>
      </section>
    </>
  );
}

export function DepartmentPage(): ReactNode {
  const department = findDepartment(useParams()['slug'] ?? '');
  if (!department) return <NotFoundPage />;
  return (
    <div className="wrap">
      <Title>{department.name}</Title>
      <Trail />
      <h1>{department.name}</h1>
      <p className="lead">{department.blurb}</p>
      <Grid products={department.products} list="department" />
    </div>
  );
}

export function ProductPage(): ReactNode {
  const found = findProduct(useParams()['productId'] ?? '');
  if (!found) return <NotFoundPage />;
  const { product, department } = found;
  return (
    <div className="wrap">
      <Title>{product.name}</Title>
      <Trail department={department} />
      {/* By product: the quantity begins anew with each. */}
      <article className="product" key={product.id}>
        <Picture productId={product.id} alt={`Picture of ${product.name}`} />
        <div className="product-text">
          {product.brand !== undefined && <p className="eyebrow">{product.brand}</p>}
          <h1>{product.name}</h1>
          <p className="price">{formatMoney(product.price)}</p>
          <p>{product.description}</p>
          <AddToCart product={product} />
          <dl className="facts">
            <div>
              <dt>SKU</dt>
              <dd>{product.sku}</dd>
            </div>
            <div>
              <dt>Category</dt>
              <dd>{product.category.name}</dd>
            </div>
            <div>
              <dt>Delivery</dt>
              <dd>3 to 5 working days</dd>
            </div>
          </dl>
        </div>
      </article>
      <section aria-labelledby="others">
        <h2 id="others">More in {department.name}</h2>
        <Grid
          products={department.products.filter((other) => other !== product).slice(0, 4)}
          list="related"
          heading="h3"
        />
      </section>
    </div>
  );
}

function AddToCart({ product }: { product: Product }): ReactNode {
  const rastro = useRastro();
  const { state } = useLocation();
  const id = useId();
  function add(form: FormData): void {
    const article = articleOf(product, state);
    const quantity = changeCart(article, Number(form.get('quantity')));
    if (quantity > 0) rastro.cart({ ...article, quantity });
    announce(quantity > 0 ? `Added ${quantity} × ${product.name}.` : `${maxQuantity} is the most of one kind.`, {
      cart: true,
    });
  }
  return (
    <form className="add" action={add}>
      <label htmlFor={id}>Quantity</label>
      <input
        id={id}
        name="quantity"
        type="number"
        inputMode="numeric"
        min={1}
        max={maxQuantity}
        step={1}
        defaultValue={1}
        required
      />
      <button className="button" type="submit">
        Add to cart
      </button>
    </form>
  );
}

export function SearchPage(): ReactNode {
  const [params] = useSearchParams();
  const query = (params.get('q') ?? '').trim();
  const found = searchProducts(query);
  const count = found.length === 0 ? 'Nothing found.' : found.length === 1 ? '1 product' : `${found.length} products`;
  return (
    <div className="wrap">
      <Title>{query === '' ? 'Search' : `Search: ${query}`}</Title>
      <h1>{query === '' ? 'Search' : `Results for “${query}”`}</h1>
      <p className="lead">{query === '' ? 'What are you looking for?' : count}</p>
      {found.length > 0 ? (
        <Grid products={found} list="search" />
      ) : (
        <>
          <p>Try a material, a brand or a department:</p>
          <DepartmentPills />
        </>
      )}
    </div>
  );
}

export function NotFoundPage(): ReactNode {
  return (
    <div className="wrap notice">
      <Title>Page not found</Title>
      <p className="eyebrow">404</p>
      <h1>The tide took this page</h1>
      <p>It may have moved or been sold out. Everything else is still where it was:</p>
      <DepartmentPills />
    </div>
  );
}

function Trail({ department }: { department?: Department }): ReactNode {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="trail">
        <li>
          <Link to="/">{shopName}</Link>
        </li>
        {department && (
          <li>
            <Link to={`/c/${department.slug}`}>{department.name}</Link>
          </li>
        )}
      </ol>
    </nav>
  );
}
