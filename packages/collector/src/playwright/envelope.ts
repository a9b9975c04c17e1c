/** Whether a body is that of a Rastro request: what `docs/wire.md` asks for, and no more. */
export function isEnvelope(body: string | null | undefined): boolean {
  if (!body?.includes('"events"') || !body.includes('"key"')) return false;
  try {
    const { v, key, events } = JSON.parse(body) as { v?: unknown; key?: unknown; events?: unknown };
    return typeof v === 'number' && typeof key === 'string' && Array.isArray(events);
  } catch {
    return false;
  }
}

/** The site key of a body. */
export function keyOf(body: string): string | undefined {
  try {
    const { key } = JSON.parse(body) as { key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

export type UrlPattern = string | RegExp | ((url: URL) => boolean);

/**
 * What an address must be: a glob as in Playwright (`*` within a part of the path, `**` over them, `{a,b}`), where one that
 * begins with `/` means that path on any origin; a regular expression; or a function.
 */
export function matcherOf(pattern: UrlPattern): (url: URL) => boolean {
  if (typeof pattern === 'function') return pattern;
  if (pattern instanceof RegExp)
    return ({ href }) => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(href);
  const glob = globToRegExp(pattern);
  if (pattern.startsWith('/')) return ({ pathname, search }) => glob.test(pathname) || glob.test(pathname + search);
  return ({ href }) => glob.test(href);
}

function globToRegExp(glob: string): RegExp {
  let inGroup = false;
  const source = glob.replace(/\*\*\/?|\*|[{},]|[.+?^$()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '{') {
      inGroup = true;
      return '(?:';
    }
    if (part === '}') {
      inGroup = false;
      return ')';
    }
    if (part === ',') return inGroup ? '|' : ',';
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
