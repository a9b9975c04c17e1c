import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface KinesisClientOptions {
  /** AWS region. @default what the SDK finds, such as AWS_REGION */
  region?: string | undefined;
  /** URL of an emulator; AWS without it. */
  endpoint?: string | undefined;
  /** @default what the SDK finds; an emulator takes any. */
  credentials?: KinesisClientConfig['credentials'] | undefined;
  /** Longest wait for an answer. Whoever reads many records at a time may give it more. At least 1. Unit: ms. @default 3_000 */
  timeoutMs?: number | undefined;
}

/**
 * A Kinesis client that keeps its connections.
 *
 * The SDK's default handler speaks HTTP/2, opens a session per call (https://github.com/aws/aws-sdk-js-v3/issues/8279),
 * and emulators refuse it: this one keeps HTTP/1.1 connections alive. The SDK's own retries are off, since it repeats a
 * whole call where only some records failed.
 */
export function createKinesisClient(options: KinesisClientOptions = {}): KinesisClient {
  const { region, endpoint, credentials, timeoutMs = 3_000 } = options;
  if (!(timeoutMs >= 1)) throw new TypeError(`timeoutMs must be at least 1, got ${timeoutMs}`);
  const emulator = endpoint === undefined ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return new KinesisClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? emulator : { credentials }),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      httpAgent: { keepAlive: true, maxSockets: 64 },
      httpsAgent: { keepAlive: true, maxSockets: 64 },
      connectionTimeout: 1_000,
      requestTimeout: timeoutMs,
      // An answer that begins and does not end is none either.
      socketTimeout: timeoutMs,
      // Without it the SDK only warns, and a service that says nothing is waited for without end.
      throwOnRequestTimeout: true,
    }),
  });
}
