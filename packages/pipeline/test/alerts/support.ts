import type { Alert } from '../../src/alerts/alert.js';

export const alert = (fields: Partial<Alert> = {}): Alert => ({
  alert_id: 'shop:ana:2026-11-20T09:30:00.000Z',
  site: 'shop',
  user_id: 'ana',
  window_start: '2026-11-20T09:30:00.000Z',
  window_end: '2026-11-20T09:31:00.000Z',
  rule: 'interactions',
  interactions: 183,
  threshold: 90,
  events: { view: 180, cart: 3 },
  ...fields,
});
