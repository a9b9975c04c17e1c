import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import * as tracker from '@rastro/tracker';
import { describe, expect, test } from 'vitest';

const methods = 'view cart removeFromCart purchase identify consent reset flush use stop'.split(' ');
const script = await readFile(new URL('../dist/rastro.js', import.meta.url), 'utf8');

/** As much of a page as the script touches when it starts. */
function page(dataset: object, rastro?: object) {
  const nothing = () => {};
  const window: Record<string, unknown> = rastro ? { rastro } : {};
  const globals = {
    window,
    document: {
      currentScript: { src: 'https://shop.example/js/rastro.js', dataset },
      cookie: '',
      referrer: '',
      title: '',
      addEventListener: nothing,
    },
    location: { href: 'https://shop.example/', search: '', protocol: 'https:' },
    navigator: { language: 'pt-BR' },
    addEventListener: nothing,
    localStorage: { getItem: () => null, setItem: nothing, removeItem: nothing },
    innerWidth: 1,
    innerHeight: 1,
    setTimeout: nothing,
    clearTimeout: nothing,
    queueMicrotask: nothing,
    AbortController,
    URL,
    URLSearchParams,
    crypto: globalThis.crypto,
  };
  return { window, run: () => runInNewContext(script, globals) };
}

describe('dist/rastro.js', () => {
  test('sets the global with its methods', () => {
    const { window, run } = page({ key: 'demo' });
    run();
    const { rastro } = window as { rastro: Record<string, unknown> };
    expect(methods.map((method) => typeof rastro[method])).toEqual(methods.map(() => 'function'));
  });

  test('is harmless when it is included twice', () => {
    const { window, run } = page({ key: 'demo' });
    run();
    const first = window['rastro'];
    run();
    expect(window['rastro']).toBe(first);
  });

  test('says what is missing', () => {
    expect(() => page({}).run()).toThrow('rastro: no data-key');
  });
});

describe('dist/tracker.js', () => {
  test('exports createTracker and its defaults', () => {
    expect(Object.keys(tracker).sort()).toEqual(['createTracker', 'defaultOptions']);
  });

  test('does nothing where there is no page', async () => {
    const idle = tracker.createTracker({ endpoint: '/e', key: 'demo' });
    idle.view({ product_id: '1' });
    idle.identify('c');
    expect(await idle.flush()).toBe(true);
    idle.stop();
  });
});
