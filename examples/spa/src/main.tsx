import { webVitals } from '@rastro/tracker/web-vitals';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { rastro } from './rastro.js';
import { routes } from './routes.js';
import { RastroContext } from './use-rastro.js';
import { views } from './views.js';
import '../../storefront/assets/shop.css';
import './spa.css';

const router = createBrowserRouter(routes, { basename: import.meta.env.BASE_URL });

rastro.use(views(router));
rastro.use(webVitals());
// Add ?rastro_debug to the address of `npm run dev`. In the production build this line is gone.
if (import.meta.env.DEV) void import('@rastro/tracker/debug').then(({ debug }) => rastro.use(debug()));

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <RastroContext value={rastro}>
      <RouterProvider router={router} />
    </RastroContext>
  </StrictMode>,
);
