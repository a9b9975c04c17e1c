/** The page as it is now: fields of the context. The collector reads an empty one as absent. */
export function pageContext(queryParams: readonly string[]): Record<string, string | undefined> {
  const context: Record<string, string | undefined> = {
    page_url: cleanUrl(location.href, queryParams),
    page_referrer: cleanUrl(document.referrer, queryParams),
    page_title: document.title.slice(0, 256),
    language: navigator.language,
    viewport: `${innerWidth}x${innerHeight}`,
  };
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) context[name] = value.slice(0, 128);
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
