/** Cuts the fragment and every query parameter that is not allowed: they may hold names, tokens, searches. */
export function cleanUrl(url: string, queryParams: string): string | undefined {
  if (!/^http/.test(url)) return undefined;
  const { origin, pathname, search } = new URL(url);
  const allowed = RegExp(`^.(utm_\\w+|${queryParams})(=|$)`);
  return (
    origin + pathname + search.replace(/[?&;][^?&;]*/g, (pair) => (allowed.test(pair) ? pair : '')).replace(/^./, '?')
  );
}
