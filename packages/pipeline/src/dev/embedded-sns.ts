import { load } from './load.js';

export interface EmbeddedSnsOptions {
  /** Port on 127.0.0.1; 0 takes a free one. @default 0 */
  port?: number;
}

/** What a subscriber gets of a publication. */
export interface SnsMessage {
  readonly subject: string | undefined;
  readonly message: string;
  /** Values of the message attributes, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SnsSubscription {
  /** All that came since the last call, oldest first. Waits up to `waitMs` for the first. @default 0 */
  read(waitMs?: number): Promise<SnsMessage[]>;
}

/** A running SNS in this process. Its topics live in memory and end with it. */
export interface EmbeddedSns {
  /** `http://127.0.0.1:<port>`. */
  endpoint: string;
  region: string;
  /** Any will do: a signature must be there, nobody verifies it. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** @returns Its ARN. The one that is there, when repeated. */
  createTopic(name: string): Promise<string>;
  /**
   * Subscribes a queue of its own.
   *
   * @param filterPolicy Of message attributes, such as `{ site: ['shop'] }`. @default all messages
   */
  subscribe(topicArn: string, filterPolicy?: Readonly<Record<string, readonly unknown[]>>): Promise<SnsSubscription>;
  /** Ends it and every connection to it. Harmless when repeated. */
  stop(): Promise<void>;
}

const region = 'us-east-1';

/**
 * Starts a topic service that speaks SNS's own protocol, inside this process and on 127.0.0.1 only. It delivers to queues;
 * mail and web subscriptions are accepted and get nothing.
 *
 * @throws If `fauxqs` is not installed or the port is taken. Nothing is left running.
 */
export async function startEmbeddedSns(options: EmbeddedSnsOptions = {}): Promise<EmbeddedSns> {
  const { port = 0 } = options;
  const { buildApp } = await load('The embedded SNS', 'fauxqs', () => import('fauxqs'));
  // Its own start function listens on every address of the machine.
  const app = buildApp({ logger: false, defaultRegion: region });
  let endpoint: string;
  try {
    endpoint = await app.listen({ port, host: '127.0.0.1' });
  } catch (cause) {
    await app.close();
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'the port is in use' : message;
    throw new Error(`The embedded SNS cannot listen on 127.0.0.1:${port}: ${why}`, { cause });
  }

  const post = async (headers: Record<string, string>, body: string | URLSearchParams): Promise<string> => {
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`The embedded SNS answers ${response.status}: ${text}`);
    return text;
  };
  const sns = (params: Record<string, string>): Promise<string> =>
    post({ 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams(params));
  const sqs = async <Answer>(action: string, params: object): Promise<Answer> =>
    JSON.parse(
      await post(
        { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
        JSON.stringify(params),
      ),
    ) as Answer;

  let queues = 0;
  return {
    endpoint,
    region,
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    async createTopic(name) {
      const answer = await sns({ Action: 'CreateTopic', Name: name });
      const arn = /<TopicArn>([^<]+)</.exec(answer)?.[1];
      if (arn === undefined) throw new Error(`The embedded SNS made no topic '${name}': ${answer}`);
      return arn;
    },
    async subscribe(topicArn, filterPolicy) {
      const name = `subscription-${++queues}`;
      const { QueueUrl } = await sqs<{ QueueUrl: string }>('CreateQueue', { QueueName: name });
      const { Attributes } = await sqs<{ Attributes: { QueueArn: string } }>('GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['QueueArn'],
      });
      await sns({
        Action: 'Subscribe',
        TopicArn: topicArn,
        Protocol: 'sqs',
        Endpoint: Attributes.QueueArn,
        ...(filterPolicy && {
          'Attributes.entry.1.key': 'FilterPolicy',
          'Attributes.entry.1.value': JSON.stringify(filterPolicy),
        }),
      });
      return { read: (waitMs = 0) => readQueue(sqs, QueueUrl, waitMs) };
    },
    stop: async () => void (await app.close()),
  };
}

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}
interface Envelope {
  readonly Subject: string | null;
  readonly Message: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value: string }>>;
}

async function readQueue(
  sqs: <Answer>(action: string, params: object) => Promise<Answer>,
  QueueUrl: string,
  waitMs: number,
): Promise<SnsMessage[]> {
  const messages: SnsMessage[] = [];
  for (let WaitTimeSeconds = Math.min(20, Math.ceil(waitMs / 1000)); ; WaitTimeSeconds = 0) {
    const { Messages = [] } = await sqs<Received>('ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds,
    });
    if (Messages.length === 0) return messages;
    for (const { Body, ReceiptHandle } of Messages) {
      const { Subject, Message, MessageAttributes = {} } = JSON.parse(Body) as Envelope;
      const attributes = Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value] as const);
      messages.push({ subject: Subject ?? undefined, message: Message, attributes: Object.fromEntries(attributes) });
      await sqs('DeleteMessage', { QueueUrl, ReceiptHandle });
    }
  }
}
