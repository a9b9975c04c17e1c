import { byId, h, setText } from './dom.js';
import type { FeedState } from './feed-types.js';
import { count, duration, shortShard, visible } from './format.js';

/** How often a screen reader hears of changed counters, at most. Unit: ms. */
const announceMs = 15_000;

/** The counters, the bars of the shards, and what is wrong with a stream. */
export function createOverview(): (state: FeedState) => void {
  const bars = new Map<string, { item: HTMLElement; fill: HTMLElement; records: HTMLElement; share: HTMLElement }>();
  let announcedAt = 0;

  const showShards = (known: readonly string[], records: Readonly<Record<string, number>>): void => {
    const ids = [...new Set([...known, ...Object.keys(records)])].sort();
    if (ids.length !== bars.size || ids.some((id) => !bars.has(id))) {
      bars.clear();
      for (const id of ids) {
        const fill = h('i');
        const bar = { fill, records: h('span'), share: h('span', { class: 'share' }) };
        const track = h('span', { class: 'track', 'aria-hidden': 'true' }, fill);
        const label = h('span', {}, h('span', { class: 'hidden' }, 'shard '), shortShard(id));
        bars.set(id, { ...bar, item: h('li', { title: visible(id) }, label, track, bar.records, bar.share) });
      }
      byId('shards').replaceChildren(...[...bars.values()].map(({ item }) => item));
    }
    const total = Object.values(records).reduce((sum, n) => sum + n, 0);
    for (const [id, bar] of bars) {
      const n = records[id] ?? 0;
      const share = total === 0 ? 0 : n / total;
      bar.fill.style.setProperty('--share', String(share));
      setText(bar.records, n.toLocaleString());
      setText(bar.share, `${Math.round(share * 100)}%`);
    }
  };

  return ({ streams, stats }) => {
    setText(byId('count-events'), stats.events.toLocaleString());
    setText(byId('count-orders'), stats.orders.toLocaleString());
    setText(byId('count-dead'), stats.dead_letters.toLocaleString());
    byId('count-dead').classList.toggle('some', stats.dead_letters > 0);
    setText(byId('rate'), stats.rate.toLocaleString(undefined, { maximumFractionDigits: 1 }));
    setText(byId('latency'), duration(stats.latency_p50));
    setText(byId('stream'), visible(`${streams.good.name} · ${count(streams.good.shards.length, 'shard')}`));
    setText(byId('tab-count'), stats.dead_letters > 0 ? stats.dead_letters.toLocaleString() : '');
    showShards(streams.good.shards, stats.shards);

    const problems = Object.values(streams).flatMap(({ name, error }) =>
      error === undefined ? [] : [`The stream ${name} cannot be read. ${error}`],
    );
    byId('problem').hidden = problems.length === 0;
    setText(byId('problem'), visible(problems.join(' ')));

    if (Date.now() - announcedAt > announceMs) {
      announcedAt = Date.now();
      const { events, orders, dead_letters } = stats;
      setText(
        byId('announcement'),
        [count(events, 'event'), count(orders, 'order'), count(dead_letters, 'dead letter')].join(', '),
      );
    }
  };
}
