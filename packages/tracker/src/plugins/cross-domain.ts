import type { Consent, Plugin, Properties } from '../types.js';

export interface CrossDomainOptions {
  /** Hosts of the shop, their subdomains included: `['shop.example', 'checkout.example']`. */
  domains: readonly string[];
}
export interface CrossDomainPlugin<P extends Properties = Properties> extends Plugin<P> {
  /** A URL with the hand-over in it, for navigations by script; unchanged where there is nothing to hand over. */
  link(url: string): string;
}

const name = '_rastro';
/** A link that is kept, shared or stolen hands over nothing after that. Unit: ms. */
const maxAgeMs = 120_000;
const parameter = /([?&])_rastro=([^&#]*)&?/;
const without = (search: string): string => search.replace(parameter, '$1').replace(/[?&]$/, '');

const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch {
    return undefined;
  }
};
/** The device id that the tracker keeps; none where it keeps nothing, or has tracked nothing yet. */
const stored = (): string | undefined => attempt(() => localStorage['rastro_id']);

/**
 * Keeps the device id when a visitor goes from one domain of the shop to another: links and forms to the other domains
 * get `_rastro=<device id>.<time>` in their query at the moment they are followed, and the page that finds it there takes
 * the id over and the parameter out of its address. Use it on all of them, right after the tracker is created.
 *
 * @throws {TypeError} If one of `domains` is not a host.
 */
export function crossDomain<P extends Properties = Properties>({ domains }: CrossDomainOptions): CrossDomainPlugin<P> {
  for (const domain of domains) {
    if (!/^[\w.-]+(:\d+)?$/.test(domain)) throw new TypeError(`rastro: crossDomain: ${domain} is not a host`);
  }
  const ours = ({ host, hostname }: URL): boolean =>
    domains.some((domain) => [host, hostname].some((own) => `.${own}`.endsWith(`.${domain}`)));
  const parse = (url: string): URL | undefined => attempt(() => new URL(url, document.baseURI));
  /** What the tracker said last. */
  let consent: Consent = 'denied';

  const link = (url: string): string => {
    const target = parse(url);
    const id = consent === 'granted' && stored();
    // No id leaves an encrypted page unencrypted.
    const safe = target?.protocol === 'https:' || target?.protocol === location.protocol;
    if (!target || !id || !safe || !ours(target) || target.host === location.host) return url;
    const search = without(target.search);
    target.search = `${search}${search ? '&' : '?'}${name}=${id}.${Date.now().toString(36)}`;
    return target.href;
  };

  /** Changes an attribute for as long as the event takes, its default action included. */
  const lend = (element: Element, attribute: string, url: string | null): void => {
    const decorated = link(url ?? '');
    if (url === null || decorated === url) return;
    element.setAttribute(attribute, decorated);
    setTimeout(() => {
      if (element.getAttribute(attribute) === decorated) element.setAttribute(attribute, url);
    });
  };
  const followed = (event: Event): void => {
    const anchor = event
      .composedPath()
      .find((target) => target instanceof Element && target.matches('a[href],area[href]'));
    if (anchor) lend(anchor as Element, 'href', (anchor as Element).getAttribute('href'));
  };
  const submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const { submitter } = event;
    const from = submitter?.hasAttribute('formaction') ? submitter : form;
    const attribute = from === form ? 'action' : 'formaction';
    const method = submitter?.getAttribute('formmethod') ?? form.getAttribute('method') ?? 'get';
    const action = from.getAttribute(attribute);
    if (!/^get$/i.test(method)) {
      lend(from, attribute, action);
      return;
    }
    // The fields of a GET form replace the query of its action.
    const [, , value] = parameter.exec(link(action ?? '')) ?? [];
    if (!value) return;
    const input = document.createElement('input');
    input.type = 'hidden';
    input.name = name;
    input.value = value;
    form.append(input);
    setTimeout(() => input.remove());
  };

  return {
    link,
    setup(tracker) {
      tracker.on((type, detail) => {
        if (type === 'consent') consent = detail;
      });
      const { search, pathname, hash } = location;
      const [found, , value = ''] = parameter.exec(search) ?? [];
      if (found) {
        history.replaceState(history.state, '', pathname + without(search) + hash);
        const [, id, time = ''] = /^([\w-]{1,128})\.([0-9a-z]{1,10})$/.exec(value) ?? [];
        const from = document.referrer ? parse(document.referrer) : undefined;
        // A page that hides its address may be any page; one that shows it must be the shop's.
        const fresh = Math.abs(Date.now() - Number.parseInt(time, 36)) <= maxAgeMs;
        // On the way back the device is known: its session and customer go on. Before consent nothing may be read.
        const known = consent === 'granted' && id === stored();
        if (id && fresh && (!from || ours(from)) && !known) tracker.reset(id);
      }
      // In the capture phase of the click itself: nothing comes later that every way of following a link shares.
      addEventListener('click', followed, true);
      addEventListener('auxclick', followed, true);
      addEventListener('submit', submitted, true);
      return () => {
        consent = 'denied';
        removeEventListener('click', followed, true);
        removeEventListener('auxclick', followed, true);
        removeEventListener('submit', submitted, true);
      };
    },
  };
}
