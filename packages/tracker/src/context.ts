/** The page as it is now: fields of the context, absent ones `undefined`. */
export function pageContext(queryParams: readonly string[]): Record<string, string | undefined> {
  const query = new URLSearchParams(location.search);
  const context: Record<string, string | undefined> = {
    page_url: cleanUrl(location.href, queryParams),
    page_referrer: cleanUrl(document.referrer, queryParams),
    page_title: document.title.slice(0, 256) || undefined,
    language: navigator.language || undefined,
    viewport: `${innerWidth}x${innerHeight}`,
  };
  for (const name of ['source', 'medium', 'campaign', 'term', 'content']) {
    context[`utm_${name}`] = query.get(`utm_${name}`)?.slice(0, 128) || undefined;
  }
  return context;
}

/** Cuts the fragment and every query parameter that is not allowed: they may hold names, tokens, searches. */
export function cleanUrl(url: string, queryParams: readonly string[]): string | undefined {
  if (!/^https?:/.test(url)) return undefined;
  const clean = new URL(url);
  clean.hash = clean.username = clean.password = '';
  for (const name of [...clean.searchParams.keys()]) {
    if (!queryParams.includes(name) && !name.startsWith('utm_')) clean.searchParams.delete(name);
  }
  return clean.href.slice(0, 2048);
}
