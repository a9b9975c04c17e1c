/** `npm start`: the shop, the collector, an embedded Kinesis and the live page, on one origin and one port. */
import { parseArgs } from 'node:util';
import { closeOnSignal, type DevServer, type StreamNames, startDevServer } from '@rastro/collector/dev';
import { platforms } from '@rastro/example-platforms';
import { spa } from '@rastro/example-spa';
import { runShoppers, storefront } from '@rastro/example-storefront';

const help = `Usage: npm start -- [options]

Runs a small shop, the collector, a Kinesis stream and a page that shows the events as they arrive on it.

  --port N       port to listen on, 0 for a free one (default: 8080, or PORT)
  --host ADDR    address to listen on (default: 127.0.0.1)
  --shoppers N   N headless shoppers walk the shop (needs Chromium)
  --help         show this

The stream is embedded and ends with the command. To use your own on AWS, set KINESIS_STREAM and AWS_REGION
(and DEAD_LETTER_STREAM, by default the stream's name and -dead-letter).
`;

interface Options {
  readonly port: number;
  readonly host: string;
  readonly shoppers: number;
}

/** @throws {TypeError} Naming the option that is wrong. */
function readOptions(argv: string[], env: NodeJS.ProcessEnv): Options | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      shoppers: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return undefined;
  const count = (name: string, text: string, most: number): number => {
    if (!/^\d+$/.test(text) || Number(text) > most) throw new TypeError(`--${name} must be 0–${most}, got ${text}`);
    return Number(text);
  };
  return {
    port: count('port', values.port ?? (env['PORT'] || '8080'), 65_535),
    host: values.host,
    shoppers: count('shoppers', values.shoppers, 50),
  };
}

function readStreams(env: NodeJS.ProcessEnv): StreamNames | undefined {
  const streamName = env['KINESIS_STREAM'];
  if (!streamName) return undefined;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const endpoint = env['KINESIS_ENDPOINT'];
  if (!region && !endpoint) throw new TypeError('KINESIS_STREAM is set, but AWS_REGION is not: where is the stream?');
  return {
    streamName,
    deadLetterStreamName: env['DEAD_LETTER_STREAM'] ?? `${streamName}-dead-letter`,
    region,
    endpoint,
  };
}

function welcome(server: DevServer, shoppers: number): string {
  const { streamName, deadLetterStreamName, endpoint, region = '' } = server.streams;
  const where = server.embedded ? `embedded at ${endpoint}` : (endpoint ?? `AWS, ${region}`);
  return `
  Rastro is running.

    Shop        ${server.url}/
    In React    ${server.url}/spa/ (the same shop as a single-page application)
    Platforms   ${server.url}/platforms/ (GA4, VTEX, Shopify and others, their events played)
    Live page   ${server.url}/live
    Collector   POST ${server.url}/e, script ${server.url}/rastro.js
    Kinesis     ${where}
                streams ${streamName} and ${deadLetterStreamName}

  Open the shop and the live page side by side, and click: every click arrives as a record read back from the stream.
  ${shoppers > 0 ? `${shoppers} headless shoppers are on their way.` : 'No time to click? npm start -- --shoppers 5'}

  Read the records yourself:
    curl ${server.url}/dev/events
    ${server.embedded ? 'AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x ' : ''}aws kinesis list-shards --stream-name ${streamName} --region ${region}${endpoint ? ` --endpoint-url ${endpoint}` : ''}
  Send a published data set through the collector:
    npm run replay -- FILE.csv.gz --endpoint ${server.url}/e

  Ctrl-C stops everything.
`;
}

/** Sends shoppers into the shop. @returns What waits until they have left. */
async function sendShoppers(baseUrl: string, count: number, signal: AbortSignal): Promise<() => Promise<void>> {
  const finder = new URL('../../../scripts/browser.mjs', import.meta.url).href;
  const { findBrowser } = (await import(finder)) as { findBrowser(): { path: string; own: boolean } | undefined };
  const browser = findBrowser();
  if (!browser) {
    throw new Error(
      '--shoppers needs Chromium, and none was found. Install one (npm run browser tries), or name it in RASTRO_CHROMIUM.',
    );
  }
  const executablePath = browser.own ? undefined : browser.path;
  const log = (message: string): void => void process.stderr.write(`${message}\n`);
  const done = runShoppers({ baseUrl, count, executablePath, signal, log }).catch((error: unknown) =>
    log(`The shoppers did not come: ${(error as Error).message}`),
  );
  return () => done;
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (!options) process.stdout.write(help);
  else {
    const { port, host, shoppers } = options;
    const server = await startDevServer({
      port,
      host,
      streams: readStreams(process.env),
      register: async (app) => {
        await app.register(storefront, {});
        await app.register(platforms);
        await app.register(spa);
      },
    });
    const leave = new AbortController();
    let left = async (): Promise<void> => {};
    closeOnSignal({
      async close() {
        leave.abort();
        await left();
        await server.close();
      },
    });
    process.stdout.write(welcome(server, shoppers));
    if (shoppers > 0) left = await sendShoppers(server.url, shoppers, leave.signal);
  }
} catch (error) {
  const { message, code = '' } = error as Error & { code?: string };
  // npm keeps options for itself that stand before `--`; Node.js adds advice that does not fit here.
  const [sentence = ''] = message.split('. ', 1);
  const wrong = `${sentence}. Options stand behind --, as in npm start -- --port 8095. See npm start -- --help.`;
  process.stderr.write(`${code.startsWith('ERR_PARSE_ARGS') ? wrong : message}\n`);
  process.exit(1);
}
