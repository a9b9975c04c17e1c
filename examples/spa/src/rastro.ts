import { type Consent, createTracker, type Tracker } from '@rastro/tracker';
import { createStore, type Store } from './store.js';

/** What this shop tells beside the product: the list that led to it, and its place there. */
export type ShopProperties = {
  list: 'home' | 'department' | 'search' | 'related';
  /** From 1. */
  position: number;
};
export type Rastro = Tracker<ShopProperties>;

/** The shopper's answer; `null` before there is one. The tracker does not remember it: the shop does. */
export const answer: Store<'granted' | 'denied' | null> = createStore<'granted' | 'denied' | null>(
  null,
  'shop.consent',
);

/** Global Privacy Control is an answer too, until the shopper gives another one here. */
export const unasked: Consent =
  (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl === true
    ? 'denied'
    : 'pending';

/** The one tracker of the page. Made here, not in a component: React makes those as often as it likes. */
export const rastro: Rastro = createTracker<ShopProperties>({
  endpoint: '/e',
  key: 'demo',
  currency: 'BRL',
  consent: answer.get() ?? unasked,
  ignoreGpc: answer.get() === 'granted',
  ...(import.meta.env.DEV && { onError: (error) => console.warn('rastro:', error) }),
});

// From the banner, and from other tabs: this page may stay open for long.
answer.subscribe(() => rastro.consent(answer.get() ?? unasked));
