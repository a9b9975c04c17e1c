import type { RouteObject } from 'react-router';
import { DepartmentPage, HomePage, NotFoundPage, ProductPage, SearchPage } from './catalogue-pages.js';
import { Layout } from './layout.js';
import { CartPage, CheckoutPage, LoginPage, ThanksPage } from './order-pages.js';

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    children: [
      { index: true, element: <HomePage /> },
      { path: 'c/:slug', element: <DepartmentPage /> },
      { path: 'p/:productId', element: <ProductPage /> },
      { path: 'search', element: <SearchPage /> },
      { path: 'cart', element: <CartPage /> },
      { path: 'login', element: <LoginPage /> },
      { path: 'checkout', element: <CheckoutPage /> },
      { path: 'thanks/:orderId', element: <ThanksPage /> },
      { path: '*', element: <NotFoundPage /> },
    ],
  },
];
