import { createKinesisClient } from '../sinks/kinesis-client.js';
import { assemble } from './assemble.js';
import { createHandler, type HttpApiEvent, type HttpApiResult } from './lambda.js';
import { createLog } from './log.js';
import { parseSettings } from './settings.js';

let started: Promise<(event: HttpApiEvent) => Promise<HttpApiResult>> | undefined;

/**
 * Ready-made Lambda handler, set up by the environment of the function: KINESIS_STREAM and RASTRO_KEYS; optional
 * DEAD_LETTER_STREAM and RASTRO_ORIGINS. Clients are made once per instance of the function.
 */
export async function handler(event: HttpApiEvent): Promise<HttpApiResult> {
  started ??= start().catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return (await started)(event);
}

async function start(): Promise<(event: HttpApiEvent) => Promise<HttpApiResult>> {
  const parsed = parseSettings([], process.env);
  if (parsed.action !== 'serve') throw new TypeError('not a setting of a function');
  const { stream = '', deadLetterStream = '', region, kinesisEndpoint: endpoint, sites } = parsed.settings;
  const client = createKinesisClient({ region, endpoint });
  const log = createLog((line) => console.log(line));
  const names = { streamName: stream, deadLetterStreamName: deadLetterStream };
  return createHandler(await assemble({ client, ...names, sites, log }));
}
