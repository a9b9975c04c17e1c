import { byId, setText } from './dom.js';
import { count, counted, decimal, duration } from './format.js';
import type { Connection, LiveStatus } from './live.js';

/** From here on the dashboard says that it is behind. Unit: ms. */
const behindMs = 60_000;
const words: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'Not live: the feed does not answer, trying again',
};

export interface StatusLine {
  connection(connection: Connection): void;
  status(status: LiveStatus): void;
}

export function createStatusLine(): StatusLine {
  const state = byId('connection');
  const rate = byId('rate');
  return {
    connection(connection) {
      state.dataset['state'] = connection;
      setText(state, words[connection]);
      if (connection !== 'live') setText(rate, '');
    },
    status({ recordsPerSecond, total, lagMs, alerts }) {
      const parts: string[] = [];
      if (typeof recordsPerSecond === 'number') parts.push(`${decimal(recordsPerSecond)} records/s`);
      if (typeof total === 'number') parts.push(`${count(total)} in all`);
      if (typeof lagMs === 'number') {
        parts.push(lagMs >= behindMs ? `⚠ ${duration(lagMs)} behind` : `${duration(Math.max(0, lagMs))} behind`);
      }
      if (typeof alerts === 'number' && alerts > 0) parts.push(`⚠ ${counted(alerts, 'alert')}`);
      setText(rate, parts.join(' · '));
    },
  };
}
