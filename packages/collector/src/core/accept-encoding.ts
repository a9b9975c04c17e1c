/**
 * Chooses a content coding: the one that the client likes best, and of equals the first (RFC 9110, section 12.5.3).
 *
 * @param header `Accept-Encoding`, as it came.
 * @param available Codings there are, the best first.
 * @returns `identity` where there is no other, even if the client does not want it: better than nothing.
 */
export function chooseEncoding<T extends string>(header: string | undefined, available: readonly T[]): T | 'identity' {
  const wanted = new Map<string, number>();
  for (const part of (header ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (name === '') continue;
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
    const q = weight === undefined ? 1 : Number(weight);
    // A weight that is none counts as a refusal: the plain text is always right.
    wanted.set(name === 'x-gzip' ? 'gzip' : name, q >= 0 && q <= 1 ? q : 0);
  }
  let chosen: T | 'identity' = 'identity';
  // A client that says nothing of it takes plain text only when it takes nothing else.
  let best = wanted.get('identity') ?? 0;
  for (const name of [...available].reverse()) {
    const weight = wanted.get(name) ?? wanted.get('*') ?? 0;
    if (weight > 0 && weight >= best) {
      chosen = name;
      best = weight;
    }
  }
  return chosen;
}
