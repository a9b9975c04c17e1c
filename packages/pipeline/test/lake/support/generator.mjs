// @ts-check
// A stream that can be read again from any position: the same position always has the same record.

export const shards = ['shardId-000000000000', 'shardId-000000000001'];

/** @param {number} position */
export const sequenceOf = (position) => `49${String(position).padStart(54, '0')}`;
/** @param {string} sequence */
export const positionOf = (sequence) => Number(sequence.slice(2));

/** @param {number} shard @param {number} position */
const idOf = (shard, position) => `01936d2e-7c1a-7e3b-9f6${shard}-${position.toString(16).padStart(12, '0')}`;

/**
 * Every seventh repeats an earlier one, every fiftieth is no JSON, every ninth a web vital.
 *
 * @param {number} shard @param {number} position From 1.
 * @returns {{ id: string, text: string } | { id: undefined, text: string }}
 */
export function recordAt(shard, position) {
  if (position % 50 === 0) return { id: undefined, text: `{"shard":${shard},"position":${position}` };
  const of = position % 7 === 0 && (position - 3) % 50 !== 0 ? position - 3 : position;
  const id = idOf(shard, of);
  const time = new Date(Date.UTC(2019, 9, 1 + (of % 3), 0, 0, 0, of)).toISOString();
  const event = {
    event_id: id,
    event_type: of % 9 === 0 ? 'web_vitals' : 'view',
    event_time: time,
    received_at: new Date(Date.UTC(2019, 9, 5, 0, 0, 0, position)).toISOString(),
    site: 'demo',
    device_id: `d-${shard}-${of}`,
    product_id: String(of),
  };
  return { id, text: JSON.stringify(event) };
}
