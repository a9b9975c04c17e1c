import { chooseEncoding } from './accept-encoding.js';
import { json } from './answers.js';
import { documentHeaders, scriptHeaders } from './security-headers.js';
import type { CollectRequest, CollectResponse } from './types.js';

export interface Script {
  readonly body: Uint8Array;
  /** Changes with the body, quoted as an entity tag. */
  readonly etag: string;
  /** The body, ready compressed. */
  readonly encodings?: Readonly<Partial<Record<Encoding, Uint8Array>>> | undefined;
  /** What stands in the address that never changes: 8–64 letters, digits, `-` or `_`. @default none, no such address */
  readonly hash?: string | undefined;
  /** Subresource Integrity: `sha384-` and the hash as base64. */
  readonly integrity?: string | undefined;
}
/** The best first. */
const encodings = ['br', 'gzip'] as const;
type Encoding = (typeof encodings)[number];

export interface ScriptOptions {
  /** Where the tracker's script is served. */
  readonly path: string;
  readonly script: Script | undefined;
  readonly plugins: Readonly<Record<string, Script>>;
}

export interface Scripts {
  /** Paths of the plugins, as they are always. */
  readonly pluginPaths: readonly string[];
  /** All paths: of script and plugins, of each with its hash, and of the list. */
  readonly paths: readonly string[];
  /** Answers `GET` and `HEAD` for one of `paths`. */
  serve(request: CollectRequest): CollectResponse;
}

/** An hour, then for a day what is there while it is fetched anew; for a week where the collector does not answer. */
const changing = 'public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800';
/** https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control#immutable */
const unchanging = 'public, max-age=31536000, immutable';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly script: Script;
  /** Whether pages import it. */
  readonly module: boolean;
}
interface Variant {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Serves the tracker's script and its plugins, each where it always is and where its hash says it will never change. */
export function createScripts({ path, script, plugins }: ScriptOptions): Scripts {
  const folder = `${path.slice(0, path.lastIndexOf('/') + 1)}rastro/`;
  const named: Entry[] = Object.entries(plugins).map(([name, plugin]) => ({
    name,
    path: `${folder}${name}.js`,
    script: plugin,
    module: true,
  }));
  const all: Entry[] = [...(script ? [{ name: 'rastro', path, script, module: false }] : []), ...named];
  const variants = new Map<string, ReadonlyMap<string, Variant>>();
  for (const each of all) {
    variants.set(each.path, variantsOf(each.script, changing));
    const hashed = hashedPath(each);
    if (hashed) variants.set(hashed, variantsOf(each.script, unchanging));
  }
  // The list is about addresses that never change: there is none where no script has one.
  const list = all.some(({ script: { hash } }) => hash) ? toList(all) : undefined;
  const listPath = path.replace(/(\.js)?$/, '.json');
  return {
    pluginPaths: named.map((plugin) => plugin.path),
    paths: [...variants.keys(), ...(list ? [listPath] : [])],
    serve(request) {
      const found = variants.get(request.path);
      return found ? serveScript(request, found) : json(200, list, { ...documentHeaders, ...scriptHeaders });
    },
  };
}

/** @throws {TypeError} If the hash cannot stand in an address. */
function hashedPath({ name, path, script: { hash } }: Entry): string | undefined {
  if (hash === undefined) return undefined;
  if (!/^[\w-]{8,64}$/.test(hash))
    throw new TypeError(`${name}: a hash of 8–64 characters is needed, got ${JSON.stringify(hash)}`);
  return path.replace(/(\.js)?$/, `.${hash}$1`);
}

function variantsOf(script: Script, cacheControl: string): ReadonlyMap<string, Variant> {
  const common = {
    ...scriptHeaders,
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': cacheControl,
    vary: 'accept-encoding',
  };
  const found = new Map<string, Variant>([
    ['identity', { body: script.body, etag: script.etag, headers: { ...common, etag: script.etag } }],
  ]);
  for (const name of encodings) {
    const body = script.encodings?.[name];
    // Other bytes are another representation: an entity tag stands for one (RFC 9110, section 8.8.3.3).
    const etag = script.etag.replace(/"$/, `-${name}"`);
    if (body) found.set(name, { body, etag, headers: { ...common, 'content-encoding': name, etag } });
  }
  return found;
}

function serveScript({ method, headers }: CollectRequest, variants: ReadonlyMap<string, Variant>): CollectResponse {
  const available = encodings.filter((name) => variants.has(name));
  const chosen = variants.get(chooseEncoding(headers['accept-encoding'], available)) as Variant;
  const known = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(chosen.etag) || known.includes('*')) return { status: 304, headers: chosen.headers, body: '' };
  if (method !== 'HEAD') return { status: 200, headers: chosen.headers, body: chosen.body };
  return { status: 200, headers: { ...chosen.headers, 'content-length': String(chosen.body.byteLength) }, body: '' };
}

/** For whoever writes the tags of a page, or checks what they load. */
function toList(all: readonly Entry[]): object {
  return {
    scripts: all.map((each) => {
      const { name, path, script, module } = each;
      const { integrity } = script;
      const immutable = hashedPath(each);
      const src = `${immutable ?? path}" ${immutable && integrity ? `integrity="${integrity}" ` : ''}crossorigin`;
      return {
        name,
        path,
        immutable_path: immutable,
        integrity,
        bytes: {
          raw: script.body.byteLength,
          gzip: script.encodings?.gzip?.byteLength,
          br: script.encodings?.br?.byteLength,
        },
        // A plugin is a module that the page imports: what stands here has the browser check it first.
        tag: module
          ? `<link rel="modulepreload" href="${src}>`
          : `<script async src="${src} data-key="YOUR-KEY"></script>`,
      };
    }),
  };
}
