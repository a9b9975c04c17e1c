/** Answers such as a shop of phones and cosmetics gets: proportions are those of genuine rows, the days are made up. */

export interface Answer {
  readonly report: string;
  readonly params: Record<string, unknown> & { from: string; to: string };
  readonly columns: readonly { name: string; type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly tookMs: number;
}

export const firstDay = '2026-09-01';
export const lastDay = '2026-10-31';
export const facets = {
  firstDay,
  lastDay,
  events: 412_806,
  botEvents: 18_250,
  sites: ['shop.example', 'beauty.example'],
  currencies: ['USD', 'EUR'],
  categories: ['electronics', 'computers', 'appliances', '1487580007675986893', '2053013559896355566', 'unknown'],
};

const dayMs = 86_400_000;
const at = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const daysOf = (from: string, to: string): string[] =>
  Array.from({ length: (at(to) - at(from)) / dayMs + 1 }, (_, n) => dayOf(at(from) + n * dayMs));
const weekdayOf = (day: string): number => (new Date(at(day)).getUTCDay() + 6) % 7;
/** The same for the same text, 0 to 1. */
function chance(text: string): number {
  let hash = 2166136261;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 12)) >>> 0) / 2 ** 32;
}
const near = (text: string, value: number, spread: number): number => value * (1 + (chance(text) - 0.5) * spread);

const ofWeekday = [0.94, 0.9, 0.93, 0.98, 1.06, 1.22, 1.17];
const ofHour = [10, 6, 4, 4, 6, 12, 24, 38, 52, 60, 64, 66, 64, 62, 62, 64, 70, 80, 92, 100, 98, 82, 54, 26];

interface Day {
  readonly day: string;
  readonly visitors: number;
  readonly sessions: number;
  readonly views: number;
  readonly carts: number;
  readonly orders: number;
  readonly units: number;
  readonly cents: number;
}

function dayNumbers(day: string, share: number): Day {
  const growth = 0.86 + ((at(day) - at(firstDay)) / (at(lastDay) - at(firstDay))) * 0.3;
  const visitors = Math.round(near(day, 1_180 * growth * (ofWeekday[weekdayOf(day)] ?? 1), 0.14) * share);
  const sessions = Math.round(visitors * near(`${day}s`, 1.19, 0.04));
  const orders = Math.round(sessions * near(`${day}o`, 0.0375, 0.22));
  return {
    day,
    visitors,
    sessions,
    views: Math.round(sessions * near(`${day}v`, 5.1, 0.1)),
    carts: Math.round(sessions * near(`${day}c`, 0.62, 0.14)),
    orders,
    units: Math.round(orders * near(`${day}u`, 2.6, 0.2)),
    cents: Math.round(orders * near(`${day}r`, 6_840, 0.24)),
  };
}

/** brand, views, carts, purchase lines. */
const brandRows: readonly (readonly [string, number, number, number])[] = [
  ['', 5789, 2612, 643],
  ['samsung', 1535, 51, 44],
  ['apple', 1303, 27, 29],
  ['xiaomi', 957, 19, 14],
  ['runail', 848, 814, 143],
  ['irisk', 405, 386, 59],
  ['huawei', 396, 7, 4],
  ['masura', 237, 275, 39],
  ['bpw.style', 211, 274, 31],
  ['grattol', 198, 80, 14],
  ['uno', 193, 77, 22],
  ['estel', 188, 59, 11],
  ['ingarden', 176, 151, 26],
  ['bosch', 174, 0, 0],
  ['lucente', 162, 0, 1],
  ['kapous', 155, 56, 7],
  ['acer', 143, 0, 1],
  ['concept', 139, 57, 15],
  ['artel', 134, 1, 1],
  ['lenovo', 633, 4, 6],
  ['hp', 530, 5, 7],
  ['cnd', 129, 30, 9],
  ['bluesky', 127, 81, 17],
  ['lg', 426, 1, 9],
  ['sony', 321, 0, 12],
  ['jessnail', 115, 39, 10],
  ['italwax', 113, 124, 19],
  ['freedecor', 103, 85, 18],
  ['oppo', 97, 4, 2],
  ['nokia', 96, 2, 2],
  ['casio', 95, 0, 1],
  ['milv', 82, 77, 12],
  ['zinger', 81, 62, 11],
  ['polaris', 77, 0, 0],
  ['oniq', 77, 45, 6],
  ['vivo', 71, 0, 1],
  ['domix', 66, 47, 8],
  ['asus', 65, 0, 1],
  ['philips', 63, 0, 1],
  ['pioneer', 63, 0, 0],
  ['kinetics', 49, 47, 3],
];
/** id, name, brand, carts, bought, removed, price. */
const productRows: readonly (readonly [string, string, string, number, number, number, string])[] = [
  ['1004856', 'Galaxy S10 128 GB', 'samsung', 214, 62, 21, '462.03'],
  ['5809910', 'Gel polish top coat, 15 ml', 'grattol', 188, 71, 40, '5.24'],
  ['1005115', 'iPhone XR 64 GB', 'apple', 163, 41, 18, '975.57'],
  ['5854897', 'Nail file 180/240', 'irisk', 141, 49, 38, '0.32'],
  ['5773361', 'Base coat, rubber', 'runail', 120, 36, 31, '2.62'],
  ['4804056', 'AirPods 2', 'apple', 118, 58, 12, '161.98'],
  ['5849033', 'Hair dye 6.0', 'uno', 104, 33, 29, '10.32'],
  ['5892179', '', 'bpw.style', 96, 31, 24, '18.89'],
  ['3900821', 'Water heater 50 l', 'aqua', 81, 12, 9, '133.20'],
  ['1480613', 'Notebook 15.6"', 'lenovo', 74, 11, 8, '908.62'],
  ['17200506', 'Sofa, three seats', '', 60, 7, 6, '543.10'],
];
const categoryRows: readonly (readonly [string, number])[] = [
  ['electronics.smartphone', 3625],
  ['computers.notebook', 1239],
  ['2053013559896355566', 1066],
  ['electronics.clocks', 937],
  ['1487580007675986893', 826],
  ['appliances.environment.vacuum', 698],
  ['electronics.audio.headphone', 625],
];
const pages: readonly (readonly [string, number, number])[] = [
  ['/', 21_340, 1],
  ['/p/1004856', 9_120, 1.18],
  ['/c/smartphones', 7_410, 1.45],
  ['/c/nail-care', 6_020, 0.92],
  ['/cart', 3_880, 0.8],
  ['/search', 3_140, 1.75],
  ['/checkout', 1_260, 1.05],
  ['/p/5809910', 940, 0.95],
];
const vitalOf: readonly (readonly [string, number, number, number])[] = [
  ['LCP', 2_140, 2_500, 4_000],
  ['INP', 172, 200, 500],
  ['CLS', 0.081, 0.1, 0.25],
  ['FCP', 1_490, 1_800, 3_000],
  ['TTFB', 620, 800, 1_800],
];

const column = (type: string, ...names: string[]): { name: string; type: string }[] =>
  names.map((name) => ({ name, type }));
const text = (...names: string[]) => column('text', ...names);
const integer = (...names: string[]) => column('integer', ...names);
const double = (...names: string[]) => column('double', ...names);
const decimal = (...names: string[]) => column('decimal', ...names);
const date = (...names: string[]) => column('date', ...names);
const boolean = (...names: string[]) => column('boolean', ...names);
const amount = (cents: number): string => (cents / 100).toFixed(2);

type Table = Pick<Answer, 'columns' | 'rows'>;

/** What the API says to a question. */
export function answerTo(report: string, query: URLSearchParams): Answer {
  const from = query.get('from') ?? firstDay;
  const to = query.get('to') ?? lastDay;
  const share =
    (query.get('site') === 'beauty.example' ? 0.36 : query.get('site') ? 0.64 : 1) *
    (query.get('bots') === 'true' ? 1.05 : 1) *
    (query.get('category') ? 0.3 : 1);
  const days = daysOf(from, to).filter((day) => day >= firstDay && day <= lastDay);
  const currency = query.get('currency') ?? 'USD';
  const make = tables[report];
  if (!make) throw new Error(`No canned answer for ${report}`);
  const table =
    days.length === 0 && report !== 'kpis'
      ? { ...make([], share, currency, from), rows: [] }
      : make(days, share, currency, from);
  return {
    report,
    params: { ...Object.fromEntries(query), from, to },
    ...table,
    tookMs: 12 + Math.round(chance(report) * 60),
  };
}

const tables: Readonly<Record<string, (days: string[], share: number, currency: string, from: string) => Table>> = {
  kpis(days, share, currency, from) {
    const before = Array.from({ length: days.length }, (_, n) => dayOf(at(from) - (n + 1) * dayMs)).filter(
      (day) => day >= firstDay,
    );
    const line = (period: string, range: string[]): unknown[] => {
      const all = range.map((day) => dayNumbers(day, share));
      const sum = (key: Exclude<keyof Day, 'day'>): number => all.reduce((total, day) => total + day[key], 0);
      const [orders, sessions] = [sum('orders'), sum('sessions')];
      const sorted = [...range].sort();
      return [
        period,
        sorted[0] ?? null,
        sorted.at(-1) ?? null,
        Math.round(sum('visitors') * 0.71),
        sessions,
        sum('views'),
        sum('carts'),
        orders,
        orders,
        sum('units'),
        amount(sum('cents')),
        currency,
        orders ? sum('cents') / 100 / orders : null,
        sessions ? orders / sessions : null,
      ];
    };
    return {
      columns: [
        ...text('period'),
        ...date('first_day', 'last_day'),
        ...integer('visitors', 'sessions', 'views', 'carts', 'purchase_sessions', 'orders', 'units'),
        ...decimal('revenue'),
        ...text('currency'),
        ...double('aov', 'conversion'),
      ],
      rows: [line('current', days), line('previous', before)],
    };
  },
  visitors: (days, share) => ({
    columns: [...date('day'), ...integer('visitors', 'sessions', 'views', 'carts', 'purchases')],
    rows: days.map((name) => {
      const { day, visitors, sessions, views, carts, orders } = dayNumbers(name, share);
      return [day, visitors, sessions, views, carts, orders];
    }),
  }),
  funnel(days, share) {
    const all = days.map((day) => dayNumbers(day, share));
    const sessions = all.reduce((sum, day) => sum + day.sessions, 0);
    const orders = all.reduce((sum, day) => sum + day.orders, 0);
    const [seen, cart, bought] = [Math.round(sessions * 0.962), Math.round(sessions * 0.118), orders];
    const reached = [Math.round(sessions * 0.985), Math.round(sessions * 0.129), bought];
    const ratio = (a = 0, b = 0): number => a / b;
    return {
      columns: [
        ...integer('step'),
        ...text('name'),
        ...integer('sessions', 'reached', 'skipped'),
        ...double('of_first', 'of_previous'),
      ],
      rows: [
        [1, 'view', seen, reached[0], (reached[0] ?? 0) - seen, 1, 1],
        [
          2,
          'cart',
          cart,
          reached[1],
          (reached[1] ?? 0) - cart,
          ratio(reached[1], reached[0]),
          ratio(reached[1], reached[0]),
        ],
        [3, 'purchase', bought, bought, 0, ratio(bought, reached[0]), ratio(bought, reached[1])],
      ],
    };
  },
  revenue_by_day: (days, share, currency) => ({
    columns: [
      ...date('day'),
      ...text('currency'),
      ...integer('orders', 'units'),
      ...decimal('revenue'),
      ...double('aov'),
    ],
    rows: days.map((name) => {
      const { day, orders, units, cents } = dayNumbers(name, share);
      return [day, currency, orders, units, amount(cents), orders ? cents / 100 / orders : null];
    }),
  }),
  heatmap(days, share) {
    const occurs = [0, 0, 0, 0, 0, 0, 0];
    for (const day of days) occurs[weekdayOf(day)] = (occurs[weekdayOf(day)] ?? 0) + 1;
    const rows: unknown[][] = [];
    for (let weekday = 0; weekday < 7; weekday++) {
      const count = occurs[weekday] ?? 0;
      if (count === 0) continue;
      for (let hour = 0; hour < 24; hour++) {
        const late = weekday >= 5 && hour > 8 && hour < 18 ? 1.3 : 1;
        const views = Math.round(
          near(`${weekday}/${hour}`, (ofHour[hour] ?? 0) * 4.6 * late * share * (ofWeekday[weekday] ?? 1), 0.16) *
            count,
        );
        const purchases = Math.round(views * 0.008);
        const events = Math.round(views * 1.13) + purchases;
        rows.push([weekday, hour, count, events, views, purchases, events / count, views / count, purchases / count]);
      }
    }
    return {
      columns: [
        ...integer('weekday', 'hour', 'days', 'events', 'views', 'purchases'),
        ...double('events_per_day', 'views_per_day', 'purchases_per_day'),
      ],
      rows,
    };
  },
  categories_by_hour: (_days, share) => ({
    columns: [...integer('hour', 'rank'), ...text('category'), ...integer('views', 'carts', 'purchases', 'visitors')],
    rows: ofHour.flatMap((weight, hour) =>
      ranked(`h${hour}`, (weight / 100) * share).map(([category, views], n) => [
        hour,
        n + 1,
        category,
        views,
        Math.round(views / 9),
        Math.round(views / 90),
        Math.round(views / 3),
      ]),
    ),
  }),
  categories_by_weekday: (days, share) => ({
    columns: [
      ...integer('weekday', 'rank'),
      ...text('category'),
      ...integer('days', 'views', 'carts', 'purchases'),
      ...double('views_per_day'),
    ],
    rows: ofWeekday.flatMap((weight, weekday) =>
      ranked(`w${weekday}`, weight * 4 * share).map(([category, views], n) => [
        weekday,
        n + 1,
        category,
        Math.ceil(days.length / 7),
        views,
        Math.round(views / 9),
        Math.round(views / 90),
        views / Math.ceil(days.length / 7),
      ]),
    ),
  }),
  abandoned: (_days, share, currency) => ({
    columns: [
      ...text('product_id', 'product_name', 'brand', 'category', 'currency'),
      ...integer('carts', 'bought', 'removed', 'abandoned'),
      ...double('abandoned_rate'),
      ...decimal('abandoned_value'),
    ],
    rows: productRows
      .map(([id, name, brand, ...numbers]) => {
        const [carts, bought, removed, price] = numbers;
        const [all, some, out] = [carts, bought, removed].map((n) => Math.ceil(n * share)) as [number, number, number];
        const left = Math.max(0, all - some - out);
        return [
          id,
          name || null,
          brand || null,
          'unknown',
          currency,
          some + out + left,
          some,
          out,
          left,
          left / (some + out + left),
          (left * Number(price)).toFixed(2),
        ] as const;
      })
      .sort((a, b) => b[8] - a[8]),
  }),
  brands(_days, share) {
    const all = brandRows.map(
      ([brand, views, carts, purchases]) =>
        [brand, Math.ceil(views * share), carts, Math.ceil(purchases * share)] as const,
    );
    const judged = all.filter(([, views]) => views >= 100);
    const views = judged.reduce((sum, row) => sum + row[1], 0);
    const averageViews = judged.length ? views / judged.length : null;
    const average = views ? judged.reduce((sum, row) => sum + row[3], 0) / views : null;
    return {
      columns: [
        ...text('brand'),
        ...integer('views', 'carts', 'purchases', 'visitors'),
        ...double('conversion'),
        ...boolean('judged', 'needs_marketing'),
        ...double('average_views', 'average_conversion'),
      ],
      rows: [...all]
        .sort((a, b) => b[1] - a[1])
        .map(([brand, seen, carts, bought]) => {
          const needs = seen >= 100 && seen >= (averageViews ?? 0) && bought / seen < (average ?? 0);
          return [
            brand,
            seen,
            carts,
            bought,
            Math.ceil(seen / 3),
            bought / seen,
            seen >= 100,
            needs,
            averageViews,
            average,
          ];
        }),
    };
  },
  vitals: (_days, share) => ({
    columns: [
      ...text('page', 'metric'),
      ...integer('samples'),
      ...double('p75'),
      ...text('rating'),
      ...integer('good', 'needs_improvement', 'poor'),
    ],
    rows: pages.flatMap(([page, samples, slow]) =>
      vitalOf.map(([metric, value, good, poor]) => {
        const p75 = Number(near(`${page}${metric}`, value * slow, 0.3).toPrecision(3));
        const count = Math.round(samples * share);
        const rating = p75 <= good ? 'good' : p75 <= poor ? 'needs-improvement' : 'poor';
        const well = Math.round(count * (rating === 'good' ? 0.84 : 0.66));
        return [
          page,
          metric,
          count,
          p75,
          rating,
          well,
          Math.round((count - well) * 0.7),
          count - well - Math.round((count - well) * 0.7),
        ];
      }),
    ),
  }),
};

function ranked(key: string, weight: number): [category: string, views: number][] {
  return categoryRows
    .map(([category, views]): [string, number] => [
      category,
      Math.max(1, Math.round(near(`${key}${category}`, views * weight * 0.3, 0.7))),
    ])
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5);
}

const feedTypes = [
  'view',
  'view',
  'view',
  'view',
  'cart',
  'view',
  'remove_from_cart',
  'view',
  'purchase',
  'web_vitals',
];
/** The nth record of a feed. */
export function liveRecord(n: number, start = Date.UTC(2026, 9, 31, 18, 0, 0)): Record<string, unknown> {
  const event_type = feedTypes[n % feedTypes.length] as string;
  const [product_id, product_name, brand, , , , price] = productRows[
    n % productRows.length
  ] as (typeof productRows)[number];
  const commerce = event_type !== 'web_vitals';
  return {
    event_time: new Date(start + n * 1_700).toISOString(),
    event_type,
    product: commerce ? product_name || product_id : null,
    category: commerce ? (categoryRows[n % categoryRows.length]?.[0] ?? null) : null,
    brand: commerce ? brand || null : null,
    price: commerce ? price : null,
    currency: commerce ? 'USD' : null,
    quantity: event_type === 'purchase' ? 2 : 1,
    user: `01936d2e-7c1a-7e3b-9f60-1b2c3d${String(100_000 + Math.floor(chance(`u${n}`) * 899_999))}`,
    site: n % 3 === 0 ? 'beauty.example' : 'shop.example',
    is_bot: n % 17 === 5,
  };
}
export const liveStatus = {
  recordsPerSecond: 12.4,
  total: 412_806,
  lastFlushAt: '2026-10-31T18:00:00.000Z',
  lagMs: 840,
  alerts: 0,
};
export const liveAlert = {
  alert_id: 'shop.example:557790271:2026-10-31T18:00:00.000Z',
  user_id: '557790271',
  site: 'shop.example',
  window_start: '2026-10-31T18:00:00.000Z',
  window_end: '2026-10-31T18:01:00.000Z',
  interactions: 148,
  threshold: 60,
  events: { view: 131, cart: 17 },
};
