import type { FeedRecord, FeedState, ListName } from './feed-types.js';

export type Connection = 'connecting' | 'live' | 'lost';

export interface FeedHandlers {
  onConnection(connection: Connection): void;
  onState(state: FeedState): void;
  /** @param text The line `seen` was read from. */
  onRecord(list: ListName, seen: FeedRecord, text: string): void;
  /** What came before is of a log that is gone. */
  onForget(): void;
}

const retryMs = 2_000;

/** Follows the feed for as long as the page is open. No record is handed over twice. */
export function followFeed(url: string, handlers: FeedHandlers): void {
  let epoch: string | undefined;
  let last = 0;

  const enter = (next: string): void => {
    if (next === epoch) return;
    if (epoch !== undefined) handlers.onForget();
    epoch = next;
    last = 0;
  };

  const connect = (): void => {
    const source = new EventSource(url);
    source.onopen = () => handlers.onConnection('live');
    source.onerror = () => {
      handlers.onConnection('lost');
      // The browser comes back by itself, unless what answered was not the feed.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, retryMs);
    };
    source.addEventListener('state', ({ data }: MessageEvent<string>) => {
      const state = JSON.parse(data) as FeedState;
      enter(state.epoch);
      handlers.onState(state);
    });
    for (const list of ['good', 'bad'] as const) {
      source.addEventListener(list, ({ data, lastEventId }: MessageEvent<string>) => {
        const [from = '', n] = lastEventId.split('-');
        enter(from);
        if (Number(n) <= last) return;
        last = Number(n);
        handlers.onRecord(list, JSON.parse(data) as FeedRecord, data);
      });
    }
  };

  handlers.onConnection('connecting');
  connect();
}
