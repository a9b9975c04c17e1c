// What Helmet sets by default (https://helmetjs.github.io), where it makes sense for what a collector answers. An event's
// answer goes over phones by the million: it has `nosniff` alone.
//
// Not sent: Strict-Transport-Security, since the collector is a guest on the shop's host and must not decide for all of
// it; Cross-Origin-Resource-Policy on answers to events, since it bars only requests that cannot read them anyway, and the
// tracker's are not of that kind; those that concern pages (Cross-Origin-Opener-Policy, Origin-Agent-Cluster) or browsers
// of the past (X-XSS-Protection, X-Download-Options, X-DNS-Prefetch-Control, X-Permitted-Cross-Domain-Policies).

/** For every answer: it is what its type says, whoever sent the text that is in it. */
export const alwaysHeaders: Readonly<Record<string, string>> = { 'x-content-type-options': 'nosniff' };

/** For what a person may open in a browser: it loads nothing, runs nothing, and is in nobody's frame. */
export const documentHeaders: Readonly<Record<string, string>> = {
  ...alwaysHeaders,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** For operators: no other site reads it through an operator's browser. */
export const operationHeaders: Readonly<Record<string, string>> = {
  ...documentHeaders,
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * For scripts, which are public: they load on pages with `Cross-Origin-Embedder-Policy: require-corp`, and with
 * `integrity`, which needs `crossorigin`. `*` and not the origin that asks: a cache that has one answer has it for all.
 */
export const scriptHeaders: Readonly<Record<string, string>> = {
  ...alwaysHeaders,
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
};
