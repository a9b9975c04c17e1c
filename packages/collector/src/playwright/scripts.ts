import { matcherOf, type UrlPattern } from './envelope.js';

/** A file of the tracker's that a page has asked for and not got: what it would have told, nobody knows. */
export interface LostScript {
  readonly url: string;
  /** `was answered 404`. */
  readonly why: string;
  /** Name of the plugin; absent for the tracker itself, and for files that only a tag says are ours. */
  readonly plugin?: string | undefined;
  /** What to do about it. */
  readonly advice: string;
}

/** Which addresses are files of the tracker's, and which of them `rastroOptions.script` means. */
export interface Scripts {
  /** Whether the kit gives the file: the script, or a plugin beside one that it gives. */
  gives(url: URL): boolean;
  /** Path under which the collector has it. Says that the kit was asked. */
  take(url: string): string;
  /** Whether it has the name of one. */
  isNamed(url: string): boolean;
  /** What to say of a file that a page has not got. */
  lost(url: string, why: string): LostScript;
}

/** `rastro.js` and `rastro/ga4.js`, in any folder; with a hash too, as addresses that never change have it. */
const named = /(^|\/)rastro(?:\/([\w-]+))?(?:\.[\w-]{8,64})?\.js$/;

/** @param plugins Names of those that there are. */
export function createScripts(pattern: UrlPattern | undefined, plugins: readonly string[]): Scripts {
  const isScript = pattern === undefined ? () => false : matcherOf(pattern);
  /** Where the tracker's script was asked for: its plugins are in a folder there. */
  const folders = new Set<string>();
  const asked = new Set<string>();
  const pluginOf = (url: URL): string | undefined => named.exec(url.pathname)?.[2];
  const beside = (url: URL): URL => new URL(url.pathname.replace(named, '$1rastro.js'), url);
  const gives = (url: URL): boolean =>
    isScript(url) ||
    (pluginOf(url) !== undefined && (isScript(beside(url)) || folders.has(new URL('.', beside(url)).href)));

  const adviceOn = (url: URL, plugin: string | undefined): string => {
    if (pattern === undefined)
      return `rastroOptions.script is not set in this test. Where tests have no server for it, { script: ${quote(beside(url).pathname)} } gives this package's file`;
    if (!gives(url)) return `rastroOptions.script is ${quote(pattern)}, which does not match it`;
    if (!asked.has(url.href))
      return 'rastroOptions.script matches it and was never asked: a route of yours answers first (use route.fallback())';
    return plugin !== undefined && !plugins.includes(plugin)
      ? `this package has no such plugin, but ${plugins.join(', ')}`
      : 'this package has not got it';
  };

  return {
    gives,
    take(href) {
      const url = new URL(href);
      const plugin = pluginOf(url);
      asked.add(url.href);
      if (plugin === undefined) folders.add(new URL('.', url).href);
      return plugin === undefined ? '/rastro.js' : `/rastro/${plugin}.js`;
    },
    isNamed: (url) => named.test(new URL(url).pathname),
    lost(href, why) {
      const url = new URL(href);
      const plugin = pluginOf(url);
      return { url: href, why, plugin, advice: adviceOn(url, plugin) };
    },
  };
}

/** One sentence, for hints. */
export const lostText = ({ url, why, plugin, advice }: LostScript): string =>
  `${url} ${why}: ${plugin === undefined ? "the tracker's script" : `the plugin ${plugin}`} did not arrive; ${advice}.`;

const quote = (pattern: UrlPattern): string => (typeof pattern === 'string' ? `'${pattern}'` : String(pattern));
