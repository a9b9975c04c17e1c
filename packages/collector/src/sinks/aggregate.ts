import { createHash } from 'node:crypto';

/** What is put together: one record as its readers get it. */
export interface Part {
  /** 1–256 characters. */
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Of which an aggregate's bytes begin: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
const magic: Uint8Array = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
const md5Bytes = 16;

/** Field number and wire type in one byte, as protobuf writes them; 2 is what has a length, 0 a number. */
const tag = {
  partitionKey: (1 << 3) | 2,
  explicitHashKey: (2 << 3) | 2,
  record: (3 << 3) | 2,
  partitionKeyIndex: (1 << 3) | 0,
  explicitHashKeyIndex: (2 << 3) | 0,
  data: (3 << 3) | 2,
} as const;

/** Two bytes in each record: it has the first, and only, explicit hash key. */
const hashKeyIndexBytes = 2;
/** Longest hash key: 2^128 − 1 has 39 digits. Bounds count with it, so that no hash is needed to count. */
const hashKeyBytes = 2 + 39;

/**
 * Puts records together to one, in the format of the Kinesis Producer Library. Its readers (the Kinesis Client Library,
 * Firehose, Flink; in Lambda with `aws-kinesis-agg`) take it apart again.
 *
 * The client library throws a whole aggregate away, without a word, when the hash of one of its records lies outside of
 * the shard it came from, which happens when the stream was resharded meanwhile
 * (https://github.com/awslabs/kinesis-aggregation/blob/master/potential_data_loss.md, and `AggregatorUtil` of
 * awslabs/amazon-kinesis-client). So each record says that it lies where the first one's key has put the aggregate.
 *
 * @param parts Oldest first; at least one. The aggregate must be put with the partition key of the first. They should
 *   belong to one shard: only there are readers sure to find all records of a key in order.
 */
export function aggregate(parts: readonly Part[]): Uint8Array {
  const [first] = parts;
  if (!first) throw new TypeError('aggregate: there is nothing to put together');
  const hashKey = hashKeyOf(first.partitionKey);
  const indexes = new Map<string, number>();
  let bytes = magic.length + 2 + hashKey.length + md5Bytes;
  for (const { partitionKey, data } of parts) {
    const before = indexes.get(partitionKey);
    if (before === undefined) {
      bytes += keyBytes(partitionKey);
      indexes.set(partitionKey, indexes.size);
    }
    bytes += recordBytes(before ?? indexes.size - 1, data.length);
  }

  const out = Buffer.allocUnsafe(bytes);
  out.set(magic);
  let at = magic.length;
  const writeNumber = (value: number): void => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 128;
    out[at++] = rest;
  };
  const writeText = (kind: number, text: string): void => {
    out[at++] = kind;
    writeNumber(Buffer.byteLength(text));
    at += out.write(text, at);
  };
  for (const key of indexes.keys()) writeText(tag.partitionKey, key);
  writeText(tag.explicitHashKey, hashKey);
  for (const { partitionKey, data } of parts) {
    const index = indexes.get(partitionKey) ?? 0;
    out[at++] = tag.record;
    writeNumber(contentBytes(index, data.length));
    out[at++] = tag.partitionKeyIndex;
    writeNumber(index);
    out[at++] = tag.explicitHashKeyIndex;
    out[at++] = 0;
    out[at++] = tag.data;
    writeNumber(data.length);
    out.set(data, at);
    at += data.length;
  }
  out.set(md5(out.subarray(magic.length, at)), at);
  return out;
}

/** Counts an aggregate as it grows, without building it. */
export interface AggregateSize {
  /** Of the records added, as one aggregate: exact, or up to 38 too high. Unit: bytes. */
  readonly bytes: number;
  /** What `bytes` would be with this one, too. */
  with(part: Part): number;
  add(part: Part): void;
}

export function createAggregateSize(): AggregateSize {
  const indexes = new Map<string, number>();
  let bytes = magic.length + hashKeyBytes + md5Bytes;
  const cost = ({ partitionKey, data }: Part): number => {
    const index = indexes.get(partitionKey);
    return index === undefined
      ? keyBytes(partitionKey) + recordBytes(indexes.size, data.length)
      : recordBytes(index, data.length);
  };
  return {
    get bytes() {
      return bytes;
    },
    with: (part) => bytes + cost(part),
    add(part) {
      bytes += cost(part);
      if (!indexes.has(part.partitionKey)) indexes.set(part.partitionKey, indexes.size);
    },
  };
}

/** A record to put: an aggregate, or one record as it was. */
export interface Pack<T extends Part> extends Part {
  /** What is in it, in order. */
  readonly parts: readonly T[];
}

export interface PackOptions {
  /**
   * Most bytes of an aggregate with its own partition key. A record that is larger stays alone. Unit: bytes.
   * @default 25_000, the unit by which provisioned streams are billed (https://aws.amazon.com/kinesis/data-streams/pricing/)
   */
  maxBytes?: number | undefined;
}

/**
 * Packs the records of one shard into as few as the bound allows, in order. One that would be alone in its aggregate stays
 * as it is.
 *
 * @param parts Oldest first, all of one shard.
 */
export function pack<T extends Part>(parts: readonly T[], options: PackOptions = {}): Pack<T>[] {
  const { maxBytes = 25_000 } = options;
  const packs: Pack<T>[] = [];
  let open: T[] = [];
  let size = createAggregateSize();
  let room = 0;
  const close = (): void => {
    const [first] = open;
    if (first) {
      const { partitionKey, data } = first;
      packs.push({ partitionKey, data: open.length === 1 ? data : aggregate(open), parts: open });
    }
    open = [];
    size = createAggregateSize();
  };
  for (const part of parts) {
    if (open.length > 0 && size.with(part) > room) close();
    if (open.length === 0) room = maxBytes - Buffer.byteLength(part.partitionKey);
    open.push(part);
    size.add(part);
  }
  close();
  return packs;
}

const keyBytes = (key: string): number => {
  const bytes = Buffer.byteLength(key);
  return 1 + numberBytes(bytes) + bytes;
};
const contentBytes = (index: number, dataBytes: number): number =>
  1 + numberBytes(index) + hashKeyIndexBytes + 1 + numberBytes(dataBytes) + dataBytes;
const recordBytes = (index: number, dataBytes: number): number => {
  const content = contentBytes(index, dataBytes);
  return 1 + numberBytes(content) + content;
};
/** Seven bits to a byte. */
const numberBytes = (value: number): number => {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
};

const md5 = (bytes: Uint8Array | string): Buffer => createHash('md5').update(bytes).digest();
/** Where on the stream a partition key lies, as Kinesis computes it. @returns Decimal, 0 to 2^128 − 1. */
const hashKeyOf = (partitionKey: string): string => BigInt(`0x${md5(partitionKey).toString('hex')}`).toString();
