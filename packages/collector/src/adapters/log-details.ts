/**
 * What may stand in a line of the log: what an operator needs, and nothing of a visitor. Messages of errors can hold both
 * (Kinesis quotes the partition key that it refuses, `JSON.parse` the body), so text that is not ours is cut down.
 */

/** Written by whoever runs the collector: stays as it is. */
const configured = new Set([
  ...['site', 'url', 'host', 'region', 'endpoint', 'stream', 'streamName', 'deadLetterStreamName'],
  ...['directory', 'file', 'version', 'requestId', 'problems', 'settings', 'spoolDirectory', 'folder'],
]);
/** Names under which something of a visitor would stand. */
const personal =
  /^(ip|ips|raw|data|key)$|addr|agent|cookie|header|body|payload|customer|device|session|event_?id|email|phone|user|visitor|auth|token|secret|password|credential|query|referr|partition_?key|envelope|context|request$/i;
const numbersThatName = /(^|[^p])id$|(^|_)ip$|phone|address$/i;
/** The logs' own. */
const reserved = new Set(['time', 'level', 'message', 'err', 'error', 'stack', 'suppressed']);

const leftOut = '[left out]';
const most = { text: 300, depth: 3, entries: 20, frames: 6 };

/** The details of a line as plain data, without what is of a visitor. Never throws. */
export function toDetails(details: object): Record<string, unknown> {
  try {
    const { err, suppressed } = details as { err?: unknown; suppressed?: unknown };
    return {
      ...(entries(details, 0, reserved) as Record<string, unknown>),
      ...(err === undefined ? {} : describeError(err)),
      ...(typeof suppressed === 'number' ? { suppressed } : {}),
    };
  } catch {
    return { details: leftOut };
  }
}

function entries(object: object, depth: number, without?: ReadonlySet<string>): Record<string, unknown> {
  const all = Object.entries(object).filter(([name, value]) => value !== undefined && !without?.has(name));
  return Object.fromEntries(all.slice(0, most.entries).map(([name, value]) => [name, clean(name, value, depth)]));
}

function clean(name: string, value: unknown, depth: number): unknown {
  // Sizes, counts and limits name nobody: `maxBodyBytes` may be said.
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return numbersThatName.test(name) ? leftOut : value;
  if (personal.test(name)) return leftOut;
  if (typeof value === 'string') return configured.has(name) ? value.slice(0, most.text) : scrub(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return describeError(value).error;
  if (typeof value !== 'object' || depth >= most.depth || ArrayBuffer.isView(value)) return leftOut;
  if (Array.isArray(value)) return value.slice(0, most.entries).map((one) => clean(name, one, depth + 1));
  return entries(value, depth + 1);
}

interface Described {
  error: string;
  code?: string;
  requestId?: string;
  stack?: string[];
}

/** Name, message and what support asks for; where in our code it came from when it is a mistake of ours. */
function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { error: scrub(typeof error === 'string' ? error : typeof error) };
  const { code, $metadata, $fault } = error as Error & {
    code?: unknown;
    $metadata?: { requestId?: unknown };
    $fault?: unknown;
  };
  const requestId = $metadata?.requestId;
  const ours = code === undefined && $fault === undefined && $metadata === undefined;
  const frames = ours ? (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line)) : [];
  const cause = error.cause instanceof Error ? ` (${title(error.cause)})` : '';
  return {
    error: `${title(error)}${cause}`,
    ...(typeof code === 'string' && /^\w{1,64}$/.test(code) ? { code } : {}),
    ...(typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId) ? { requestId } : {}),
    ...(frames.length > 0 ? { stack: frames.slice(0, most.frames).map((frame) => frame.trim()) } : {}),
  };
}

const title = ({ name, message }: Error): string =>
  `${/^[\w$.-]{1,64}$/.test(name) ? name : 'Error'}: ${scrub(message)}`;

/**
 * Text without what it quotes, and without addresses and ids.
 *
 * @returns At most 300 characters, on one line.
 */
export function scrub(text: string): string {
  return (
    text
      .slice(0, 4 * most.text)
      // All from the first quotation mark on: a value may hold some itself, or be cut before its end. An apostrophe is none.
      .replace(/(?<!\w)["'`“‘].*$/s, '…')
      .replace(/\S+@\S+/g, '[address]')
      .replace(/\b(?!127\.)\d{1,3}(?:\.\d{1,3}){3}\b/g, '[address]')
      // Two groups of an IPv6 address at least: `12:30:05` of a time and `::1` stay.
      .replace(
        /(?<![\w:])(?=[\da-f:]*[a-f\d]{3,4}:|[\da-f:]*::[\da-f])(?!::1\b)(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi,
        '[address]',
      )
      .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '[id]')
      // Partition keys and ids that are named by their kind; long numbers.
      .replace(/\b[cdsp]:\S+/g, '[key]')
      .replace(/(?<!shardId-)\b\d{9,}\b/g, '[number]')
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .slice(0, most.text)
  );
}
