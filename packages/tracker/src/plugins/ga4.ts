import type { Consent, Plugin, Properties } from '../types.js';
import { type Call, createReader, type Json, listOf, type Mapping, objectOf, play } from './adapter.js';
import { type Ga4ItemOptions, mapEvent, methods } from './ga4-items.js';

export type { Call, Mapping } from './adapter.js';
export type { Ga4ItemOptions } from './ga4-items.js';

export interface Ga4MapOptions extends Ga4ItemOptions {
  /** Whether Google's consent mode decides on consent: its `analytics_storage`. @default true */
  consent?: boolean | undefined;
  /** Whether `user_id` names the customer. @default true */
  identify?: boolean | undefined;
  /**
   * Where the shopper is, as ISO 3166-2: `DE`, or `US-CA`. Consent defaults for regions are then those of this one. Where it is
   * not known, those that deny hold everywhere, and those that grant hold nowhere.
   */
  region?: string | undefined;
  /** Says which pushes are read, for a page that tells the same twice. Those on consent always are. @default all */
  filter?: ((pushed: Readonly<Record<string | number, unknown>>) => unknown) | undefined;
}

export interface Ga4Options extends Ga4MapOptions {
  /** Name of the global that is the data layer. @default 'dataLayer' */
  dataLayer?: string | undefined;
}

/** What consent mode says: of two defaults the one with the higher rank counts, and an update beats them all. */
interface Decision {
  readonly consent: Consent;
  readonly rank: number;
  /** How long an update is waited for, before the default counts. Unit: ms. */
  readonly waitMs: number;
}
const updated = 9;

/** What a push says on consent, if it does: `['consent', 'default' | 'update', { analytics_storage }]`. */
function decisionOf(pushed: Json, { region: here, consent }: Ga4MapOptions): Decision | undefined {
  if (pushed[0] !== 'consent' || consent === false) return;
  const { analytics_storage, region, wait_for_update } = objectOf(pushed[2]);
  const granted = analytics_storage === 'granted';
  if (!granted && analytics_storage !== 'denied') return;
  if (pushed[1] === 'update') return { consent: granted ? 'granted' : 'denied', rank: updated, waitMs: 0 };
  if (pushed[1] !== 'default') return;
  // For all, then for the country, then for a part of it.
  const ranks = [region ?? '']
    .flat()
    .filter((code) => !code || `${here}-`.toUpperCase().startsWith(`${code}-`.toUpperCase()))
    .map((code) => `${code}`.length);
  const rank = here ? Math.max(-1, ...ranks) : !granted ? updated - 1 : region ? -1 : 0;
  // What was not chosen yet erases nothing.
  return rank < 0
    ? undefined
    : { consent: granted ? 'granted' : 'pending', rank, waitMs: Number(wait_for_update) || 0 };
}

/** The four of Universal Analytics that are tracked, by their key in `ecommerce`. */
const actions = [
  ['detail', 'view'],
  ['add', 'cart'],
  ['remove', 'removeFromCart'],
  ['purchase', 'purchase'],
] as const;

/**
 * What one argument of `dataLayer.push` says: an event of GA4 or Universal Analytics, or a command of gtag().
 *
 * It knows of no other push: of several consent defaults the plugin finds out which one counts.
 */
export function mapGa4(pushed: unknown, options: Ga4MapOptions = {}): Mapping {
  const calls: Call[] = [];
  const reasons: string[] = [];
  const add = (mapping: Mapping): void => {
    calls.push(...mapping.calls);
    reasons.push(...mapping.reasons);
  };
  try {
    read(objectOf(pushed), options, add, reasons);
  } catch {
    reasons.push('push: cannot be read');
  }
  return { calls, reasons };
}

function read(pushed: Json, options: Ga4MapOptions, add: (mapping: Mapping) => void, reasons: string[]): void {
  const decision = decisionOf(pushed, options);
  if (decision) add({ calls: [['consent', decision.consent]], reasons: [] });
  if (options.filter && !options.filter(pushed)) return;

  const [command, name, parameters] = [pushed[0], pushed[1], objectOf(pushed[2])];
  const isCommand = typeof command === 'string';
  if (options.identify !== false) {
    // Of a single event it is not, Google says; gtag('set', name, value) is a form of gtag('set', { name: value }).
    const set = name === 'user_id' ? pushed[2] : objectOf(name)['user_id'];
    const config = command === 'config' ? parameters['user_id'] : undefined;
    const userId = !isCommand ? pushed['user_id'] : command === 'set' ? set : config;
    const reader = createReader('push', reasons);
    const id = reader.id(userId, 'user_id');
    // It names a person to whoever reads the stream, and Google forbids it.
    if (id?.includes('@')) reader.refuse('user_id', ': an e-mail address is no id');
    // Google's rule: `null` at logout. Text that says so is what a template made of nothing.
    else if (userId === null || (id && !/^(null|undefined)$/i.test(id)))
      add({ calls: [['identify', id ?? null]], reasons: [] });
  }

  if (isCommand) {
    const method = methods.get(name);
    // What goes to Google's advertising alone, a shop with Analytics tells once more.
    if (command === 'event' && method && ![parameters['send_to']].flat().every((to) => /^(AW|DC)-/.test(`${to}`)))
      add(mapEvent(`${name}`, method, (field) => parameters[field], options));
    return;
  }

  const ecommerce = objectOf(pushed['ecommerce']);
  const at = (field: string): unknown => ecommerce[field] ?? pushed[field];
  const event = [pushed['event'], ecommerce['event']].find((event) => methods.has(event));
  const method = methods.get(event);
  const universal = actions.filter(([key]) => ecommerce[key] && typeof ecommerce[key] === 'object');
  if (method && (listOf(at('items')).length || !universal[0])) add(mapEvent(`${event}`, method, at, options));
  else for (const [key, method] of universal) add(mapUniversal(key, method, ecommerce, options));
}

/** An action of Universal Analytics: https://developers.google.com/tag-manager/enhanced-ecommerce */
function mapUniversal(
  key: string,
  method: (typeof actions)[number][1],
  ecommerce: Json,
  options: Ga4MapOptions,
): Mapping {
  const action = objectOf(ecommerce[key]);
  const field = objectOf(action['actionField']);
  const names: Json = {
    items: action['products'] ?? action['items'],
    currency: ecommerce['currencyCode'] ?? action['currency'],
    transaction_id: field['id'] ?? action['transaction_id'],
  };
  return mapEvent(
    `ecommerce.${key}`,
    method,
    (name) => names[name] ?? field[name] ?? action[name],
    // "Total transaction value (incl. tax and shipping)".
    { ...options, total: field['revenue'] == null ? options.total : 'revenue' },
    'products',
  );
}

/** Reads the data layer of Google Tag Manager and gtag(): what is in it, and what is pushed from now on. */
export function ga4<P extends Properties = Properties>(options: Ga4Options = {}): Plugin<P> {
  return {
    setup(tracker) {
      const scope = window as unknown as Record<string, unknown[]>;
      const name = options.dataLayer ?? 'dataLayer';
      scope[name] ??= [];
      const layer = scope[name];
      const { push } = layer;
      if (typeof push !== 'function') throw `ga4: ${name} has no push`;

      let consent: Consent | undefined;
      let rank = -1;
      let timer: ReturnType<typeof setTimeout> | undefined;
      tracker.on((type, detail) => {
        if (type === 'consent') consent = detail;
      });
      const decide = (decision: Decision): void => {
        // Global Privacy Control, or the shop's own word, is more than a default.
        if (decision.rank < updated && consent === 'denied') return;
        if (decision.rank < rank || (decision.rank === rank && rank < updated && decision.consent === 'granted'))
          return;
        rank = decision.rank;
        clearTimeout(timer);
        // A default that grants counts when those that follow it at once have not denied, or once it has waited as it says.
        const waits = rank < updated && decision.consent === 'granted';
        tracker.consent(waits ? 'pending' : decision.consent);
        if (waits)
          timer = setTimeout(() => {
            if (consent === 'pending') tracker.consent('granted');
          }, decision.waitMs);
      };
      const hear = (pushed: unknown): void => {
        let decision: Decision | undefined;
        try {
          decision = decisionOf(objectOf(pushed), options);
        } catch {}
        if (decision) decide(decision);
        else play(tracker, 'ga4', mapGa4(pushed, options));
      };

      let stopped = false;
      function ours(this: unknown[], ...pushed: unknown[]): number {
        // First: what reads it next may change it.
        if (!stopped) pushed.forEach(hear);
        return push.apply(this, pushed);
      }
      layer.push = ours;
      if (Array.isArray(layer)) layer.slice().forEach(hear);
      return () => {
        stopped = true;
        clearTimeout(timer);
        // Where another one was put on top, ours stays below it and does nothing.
        if (layer.push === ours) layer.push = push;
      };
    },
  };
}
