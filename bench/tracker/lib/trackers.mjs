// @ts-check

/**
 * @typedef {object} Tracker
 * @property {string} title
 * @property {string} [package] The peer's npm package, which names the version.
 * @property {readonly string[]} [bundled] npm packages of which code may be in the bundle; others fail it.
 */

/** What is measured, in the order of the tables. `empty` is the floor: the same page and calls without a tracker. */
export const trackers = /** @type {const} @satisfies {Record<string, Tracker>} */ ({
  empty: { title: '(no tracker)' },
  rastro: { title: 'Rastro' },
  plausible: {
    title: 'Plausible',
    package: '@plausible-analytics/tracker',
    bundled: ['@plausible-analytics/tracker'],
  },
  snowplow: {
    title: 'Snowplow',
    package: '@snowplow/browser-tracker',
    bundled: [
      '@snowplow/browser-tracker',
      '@snowplow/browser-tracker-core',
      '@snowplow/tracker-core',
      '@snowplow/browser-plugin-snowplow-ecommerce',
      'tslib',
      'uuid',
    ],
  },
  // Its own file holds all of its dependencies, so that package.json can take another version of one that it names.
  posthog: { title: 'PostHog', package: 'posthog-js', bundled: ['posthog-js'] },
});

/** @typedef {keyof typeof trackers} Name */

export const names = /** @type {Name[]} */ (Object.keys(trackers));
