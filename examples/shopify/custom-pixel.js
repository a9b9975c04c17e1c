// Paste this under Settings > Customer events > Add custom pixel, with your collector's address and your site key.
/* global analytics, api, browser, init */

// What happens while the module is on its way waits here.
const events = [];
let take = (event) => events.push(event);
analytics.subscribe('all_standard_events', (event) => take(event));

import('https://collect.shop.example/rastro/shopify.js').then(({ rastroPixel }) => {
  const subscribe = (_, callback) => {
    take = callback;
    for (const event of events) callback(event);
  };
  rastroPixel(
    { analytics: { subscribe }, browser, init, customerPrivacy: api.customerPrivacy },
    { endpoint: 'https://collect.shop.example/e', key: 'demo' },
  );
});
