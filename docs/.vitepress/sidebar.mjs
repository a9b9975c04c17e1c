// @ts-check
// The order in which a reader comes to the pages. What is not there is left out, and a page that stands in no group comes
// last, so that none is out of reach.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, root } from './pages.mjs';

/** @type {readonly [group: string, entries: readonly (readonly [text: string, file: string])[]][]} */
const groups = [
  [
    'Start',
    [
      ['What it is', 'docs/README.md'],
      ['See it run', 'README.md'],
      ['The tracker', 'packages/tracker/README.md'],
      ['The collector', 'packages/collector/README.md'],
      ['Coming from another tracker', 'docs/coming-from.md'],
    ],
  ],
  [
    'Your shop',
    [
      ['GA4 data layer', 'docs/platforms/ga4.md'],
      ['VTEX', 'docs/platforms/vtex.md'],
      ['VTEX orders, server-side', 'docs/vtex-orders.md'],
      ['FastStore', 'docs/platforms/faststore.md'],
      ['Shopify', 'docs/platforms/shopify.md'],
      ['Adobe Commerce', 'docs/platforms/adobe-commerce.md'],
      ['WooCommerce', 'docs/platforms/woocommerce.md'],
      ['Salesforce', 'docs/platforms/salesforce.md'],
      ['JSON-LD', 'docs/platforms/json-ld.md'],
    ],
  ],
  [
    'Recipes',
    [
      ['All recipes', 'docs/recipes/README.md'],
      ['On your own domain', 'docs/recipes/first-party-path.md'],
      ['Content Security Policy', 'docs/recipes/csp.md'],
      ['Consent', 'docs/recipes/consent-mode.md'],
      ['Single-page applications', 'docs/recipes/single-page-app.md'],
      ['Tag manager', 'docs/recipes/tag-manager.md'],
      ['Server-side rendering', 'docs/recipes/server-side-rendering.md'],
      ['Several currencies', 'docs/recipes/multi-currency.md'],
      ['Bundles', 'docs/recipes/bundles.md'],
      ['Refunds', 'docs/recipes/refunds.md'],
    ],
  ],
  [
    'Plugins',
    [
      ['attributes', 'docs/plugins/attributes.md'],
      ['page-views', 'docs/plugins/page-views.md'],
      ['web-vitals', 'docs/plugins/web-vitals.md'],
      ['cross-domain', 'docs/plugins/cross-domain.md'],
      ['debug', 'docs/plugins/debug.md'],
    ],
  ],
  [
    'Test it',
    [
      ['In your tests', 'docs/testing.md'],
      ['The example shop', 'examples/storefront/README.md'],
      ['The example single-page app', 'examples/spa/README.md'],
      ['The example platforms', 'examples/platforms/README.md'],
      ['Replay a data set', 'examples/replay/README.md'],
    ],
  ],
  [
    'The data',
    [
      ['Fields', 'docs/events.md'],
      ['Wire', 'docs/wire.md'],
      ['Error codes', 'docs/errors.md'],
      ['Delivery', 'docs/delivery.md'],
      ['Privacy', 'docs/privacy.md'],
    ],
  ],
  [
    'From the stream to answers',
    [
      ['How it fits', 'docs/answers.md'],
      ['Dashboard', 'docs/dashboard.md'],
      ['Reports', 'docs/reports.md'],
      ['Query', 'docs/query.md'],
      ['The lake', 'docs/lake.md'],
      ['Counts and alerts', 'docs/windows.md'],
      ['The package', 'packages/pipeline/README.md'],
    ],
  ],
  [
    'Run it',
    [
      ['Operations', 'docs/operations.md'],
      ['Settings', 'docs/configuration.md'],
      ['Lambda', 'docs/lambda.md'],
      ['Performance', 'docs/performance.md'],
      ['Architecture', 'docs/architecture.md'],
      ['Changes', 'CHANGELOG.md'],
    ],
  ],
];

/** @param {string} file */
const titleOf = (file) => /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1]?.replaceAll('`', '') ?? file;
const linkOf = (/** @type {string} */ file) =>
  `/${pageOf(file)
    .replace(/\.md$/, '')
    .replace(/(^|\/)index$/, '$1')}`;

/** @param {readonly string[]} files All pages. */
export function sidebar(files) {
  const listed = new Set(groups.flatMap(([, entries]) => entries.map(([, file]) => file)));
  const others = files.filter((file) => !listed.has(file)).map((file) => /** @type {const} */ ([titleOf(file), file]));
  return [...groups, /** @type {(typeof groups)[number]} */ (['More', others])]
    .map(([text, entries]) => ({
      text,
      items: entries
        .filter(([, file]) => files.includes(file))
        .map(([name, file]) => ({ text: name, link: linkOf(file) })),
    }))
    .filter(({ items }) => items.length > 0);
}
