import fc from 'fast-check';

/** A cycle, a getter that throws, and the like: what only code writes, no JSON. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    ' ',
    '72,93',
    '-1',
    -1,
    0,
    Number.NaN,
    2 ** 60,
    1e300,
    true,
    [],
    {},
    [[]],
    'é'.repeat(300),
  ),
  fc.constant(Symbol('odd')),
  fc.constant(Object.create(null)),
  fc.constant(new Array(2_000)),
  fc.constant({
    get value() {
      throw new Error('odd');
    },
    toString: null,
  }),
  fc.constant(
    new Proxy(
      {},
      {
        get() {
          throw new Error('odd');
        },
      },
    ),
  ),
  fc
    .constant(() => {
      const cycle: Record<string, unknown> = {};
      cycle['product'] = cycle['@graph'] = cycle['items'] = cycle;
      return cycle;
    })
    .map((make) => make()),
  fc.anything({ maxDepth: 2 }),
);

/** A good payload with one to three of its values, however deep, replaced by odd ones. */
export function hostile(good: unknown): fc.Arbitrary<unknown> {
  const paths: string[][] = [];
  const walk = (value: unknown, path: string[]): void => {
    if (path.length) paths.push(path);
    if (value && typeof value === 'object')
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  walk(good, []);
  const change = fc.tuple(fc.constantFrom(...paths), odd);
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = structuredClone(good);
    for (const [path, value] of changes) {
      let at = copy as Record<string, unknown>;
      for (const key of path.slice(0, -1)) {
        const inner = Object.getOwnPropertyDescriptor(at, key)?.value as unknown;
        if (!inner || typeof inner !== 'object') break;
        at = inner as Record<string, unknown>;
      }
      Object.defineProperty(at, path[path.length - 1] as string, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return copy;
  });
}
