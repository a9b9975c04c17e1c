import { createKinesisClient } from '../sinks/kinesis/client.js';
import { assemble } from './assemble.js';
import { createHandler, type LambdaEvent, type LambdaResult } from './lambda.js';
import { createLog } from './log.js';
import { quiet } from './quiet-log.js';
import { parseSettings } from './settings.js';

let started: Promise<(event: LambdaEvent) => Promise<LambdaResult>> | undefined;

/**
 * Ready-made Lambda handler, set up by the environment of the function: KINESIS_STREAM and RASTRO_KEYS; optional
 * DEAD_LETTER_STREAM and RASTRO_ORIGINS. Clients are made once per instance of the function.
 */
export async function handler(event: LambdaEvent): Promise<LambdaResult> {
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return (await started)(event);
}

async function start(): Promise<(event: LambdaEvent) => Promise<LambdaResult>> {
  const log = quiet(createLog((line) => console.log(line)));
  const parsed = parseSettings([], process.env, { style: 'environment' });
  if (!('settings' in parsed)) throw new TypeError('not a setting of a function');
  for (const warning of parsed.warnings) log.warn({}, warning);
  const { settings } = parsed;
  const { stream = '', deadLetterStream = '', region, kinesisEndpoint: endpoint, deviceCookie } = settings;
  const { sites, maxBodyBytes, salt, rateLimitPerClient, rateLimitPerKey } = settings;
  const { maxInFlight, maxQueueBytes, putDeadlineMs: deadlineMs, aggregate, strictOrder } = settings;
  const collector = await assemble({
    client: createKinesisClient({ region, endpoint }),
    streamName: stream,
    deadLetterStreamName: deadLetterStream,
    log,
    sites,
    maxBodyBytes,
    salt,
    rateLimitPerClient,
    rateLimitPerKey,
    ...(deviceCookie ? { deviceCookie: { domain: settings.deviceCookieDomain } } : {}),
    // An instance has one request at a time: nobody shares its calls, and it asks for nothing that it does not need.
    producer: { lingerMs: 0, trackShards: false, maxInFlight, maxQueueBytes, deadlineMs, aggregate, strictOrder },
  });
  const hops = settings.trustedProxies;
  return createHandler(collector, typeof hops === 'number' ? { trustedHops: hops } : {});
}
