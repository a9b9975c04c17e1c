import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { expect, test } from 'vitest';
import { answer, rastro } from '../src/rastro.js';
import { routes } from '../src/routes.js';
import { RastroContext } from '../src/use-rastro.js';
import { views } from '../src/views.js';

/** The shop as a server would write it: there is no document. */
function render(path: string): string {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  rastro.use(views(router));
  return renderToString(createElement(RastroContext, { value: rastro }, createElement(RouterProvider, { router })));
}

test('the shop is drawn on a server, where the tracker does nothing', async () => {
  expect(typeof document).toBe('undefined');
  expect(render('/p/44600062')).toContain('<h1>Pitanga Matte Lipstick</h1>');
  expect(render('/cart')).toContain('It is empty');
  expect(render('/')).toContain('May we count along?');
  rastro.view({ product_id: '44600062' });
  answer.set('granted');
  expect(await rastro.flush()).toBe(true);
});
