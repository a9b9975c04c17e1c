import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

/** A pixel's sandbox: `strict` is a web worker, as for app pixels; `lax` an iframe of no origin, as for custom pixels. */
export type Sandbox = 'strict' | 'lax';

/** What Shopify's page around the pixels does, as far as a pixel can tell. Every call crosses a `postMessage`. */
export interface PixelHost {
  /** Loads the pixel. @param allowed What the visitor allows so far. */
  start(allowed?: boolean): Promise<void>;
  publish(...events: object[]): Promise<void>;
  /** The visitor has answered the banner. */
  consent(allowed: boolean): Promise<void>;
  /** Ends the sandbox, whatever it is doing. */
  kill(): Promise<void>;
  /** The page's own storage, by key. */
  stored(): Promise<Record<string, string>>;
  /** What went wrong in the sandbox, and what the pixel told `onError`. */
  errors(): Promise<string[]>;
}

const example = await readFile(new URL('../../examples/shopify/custom-pixel.js', import.meta.url), 'utf8');

/** Loads the pixel: as an app does, whose bundler put it there; or what a shop pastes, where these names are global. */
const load = {
  strict: (url: string) => `
    const { rastroPixel } = await import('${url}/rastro/shopify.js');
    rastroPixel(api, { endpoint: '${url}/e', key: 'demo', onError: (error) => post({ error: JSON.stringify(error) }) });
  `,
  lax: (url: string) => `
    const { analytics, browser, init } = api;
    ${example.replaceAll('https://collect.shop.example', url)}
  `,
};

/** Runs in the sandbox: the API of pixels, over `post` and messages. */
const sandbox = (pixel: string): string => `
  const waiting = new Map();
  const subscribers = [];
  let last = 0;
  const ask = (method) => (...args) => new Promise((resolve, reject) => {
    waiting.set(++last, [resolve, reject]);
    post({ id: last, method, args });
  });
  const methods = ['clear', 'getItem', 'key', 'length', 'removeItem', 'setItem'];
  const subscribe = async (name, callback) => { subscribers.push([name, callback]); };
  const start = async (given) => {
    const proxied = Object.fromEntries(methods.map((method) => [method, ask(method)]));
    const api = {
      analytics: { subscribe },
      browser: { localStorage: proxied, sessionStorage: proxied, cookie: {} },
      customerPrivacy: { subscribe },
      init: given,
      settings: {},
    };
    ${pixel}
    post({ started: true });
  };
  self.addEventListener('error', (event) => post({ error: String(event.message) }));
  self.addEventListener('unhandledrejection', (event) => post({ error: String(event.reason) }));
  self.addEventListener('message', ({ data }) => {
    if (data.init) start(data.init);
    if (data.id) waiting.get(data.id)[data.failure ? 1 : 0](data.failure ? Error(data.failure) : data.result);
    for (const [name, callback] of subscribers) {
      if (data.event && name === 'all_standard_events') callback(data.event);
      if (data.customerPrivacy && name === 'visitorConsentCollected') callback({ customerPrivacy: data.customerPrivacy });
    }
  });
`;
const strict = `
  const post = (message) => self.postMessage(message);
  for (const name of ['navigator', 'location', 'indexedDB', 'caches'])
    Object.defineProperty(self, name, { value: undefined });
`;
const lax = `const post = (message) => parent.postMessage(message, '*');`;

/** Opens a page that hosts a pixel; the pixel's file and the collector are of another origin than it. */
export async function openHost(page: Page, kind: Sandbox, shop: { readonly url: string }): Promise<PixelHost> {
  const code = (kind === 'strict' ? strict : lax) + sandbox(load[kind](shop.url));
  await page.goto(`${shop.url.replace('127.0.0.1', 'localhost')}/host`);
  await page.evaluate(
    ({ kind, code }) => {
      const host = window as never as Record<string, unknown>;
      const errors: string[] = [];
      let send: (message: object) => void = () => {};
      let end = (): void => {};
      let started = (): void => {};
      const hear = ({ data }: MessageEvent): void => {
        if (data.error) errors.push(data.error);
        if (data.started) started();
        if (!data.method) return;
        try {
          const value = (localStorage as never as Record<string, unknown>)[data.method];
          send({ id: data.id, result: typeof value === 'function' ? value.apply(localStorage, data.args) : value });
        } catch (failure) {
          send({ id: data.id, failure: `${failure}` });
        }
      };
      host['start'] = (init: object) =>
        new Promise<void>((resolve) => {
          started = resolve;
          if (kind === 'strict') {
            const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
            const worker = new Worker(url, { type: 'module' });
            worker.onmessage = hear;
            worker.onerror = ({ message }) => errors.push(message);
            send = (message) => worker.postMessage(message);
            end = () => worker.terminate();
            send({ init });
          } else {
            const frame = document.createElement('iframe');
            frame.sandbox.add('allow-scripts');
            frame.srcdoc = `<script>${code}</script>`;
            const hearFrame = (event: MessageEvent): void => {
              if (event.source === frame.contentWindow) hear(event);
            };
            addEventListener('message', hearFrame);
            send = (message) => frame.contentWindow?.postMessage(message, '*');
            end = () => {
              removeEventListener('message', hearFrame);
              frame.remove();
            };
            frame.onload = () => send({ init });
            document.body.append(frame);
          }
        });
      host['send'] = (message: object) => send(message);
      host['kill'] = () => end();
      host['errors'] = errors;
    },
    { kind, code },
  );
  const call = <T>(name: string, argument?: object): Promise<T> =>
    page.evaluate(
      ([name, argument]) =>
        (window as never as Record<string, (argument: unknown) => T>)[name as string]?.(argument) as T,
      [name, argument] as const,
    );
  const privacy = (allowed: boolean) => ({
    analyticsProcessingAllowed: allowed,
    marketingAllowed: allowed,
    preferencesProcessingAllowed: allowed,
    saleOfDataAllowed: allowed,
  });
  return {
    start: (allowed = true) =>
      call('start', { context: {}, data: { customer: null }, customerPrivacy: privacy(allowed) }),
    publish: (...events) =>
      page.evaluate((events) => {
        for (const event of events) (window as never as { send(message: object): void }).send({ event });
      }, events),
    consent: (allowed) => call('send', { customerPrivacy: privacy(allowed) }),
    kill: () => call('kill'),
    stored: () => page.evaluate(() => ({ ...localStorage })),
    errors: () => page.evaluate(() => (window as never as { errors: string[] }).errors),
  };
}
