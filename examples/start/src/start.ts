/** `npm start`: the shop, the collector, an embedded Kinesis, and what becomes of its records, on one origin and one port. */
import { closeOnSignal, startDevServer } from '@rastro/collector/dev';
import { platforms } from '@rastro/example-platforms';
import { spa } from '@rastro/example-spa';
import { storefront } from '@rastro/example-storefront';
import { checkFiles, sendDemoData } from './demo-data.js';
import { help, type Options, readOptions, readStreams } from './options.js';
import { openAnswers } from './pipeline.js';
import { sendShoppers } from './shoppers.js';
import { welcome } from './welcome.js';

async function start({ port, host, shoppers, demoData, data, fresh }: Options): Promise<void> {
  await checkFiles(demoData);
  const streams = readStreams(process.env);
  const answers = await openAnswers({ directory: data, fresh });
  const leave = new AbortController();
  let left = async (): Promise<void> => {};
  try {
    const server = await startDevServer({
      port,
      host,
      streams,
      register: async (app) => {
        await app.register(storefront, { dashboardPath: '/dashboard' });
        await app.register(platforms);
        await app.register(spa);
        await app.register(answers.page);
      },
    });
    closeOnSignal({
      async close() {
        leave.abort();
        await left();
        await answers.close();
        await server.close();
      },
    });
    const pipeline = await answers.start(server);
    process.stdout.write(welcome(server, pipeline, { shoppers, data: answers.directory }));
    if (shoppers > 0) left = await sendShoppers(server.url, shoppers, leave.signal);
    if (demoData.length === 0) return;
    const sent = await sendDemoData(demoData, `${server.url}/e`, leave.signal);
    if (leave.signal.aborted) return;
    await pipeline.settled();
    const rows = pipeline.status().rows.toLocaleString('en');
    const rest = sent ? '' : 'Not all of the demo data was sent, see above.\n';
    process.stdout.write(
      `\n  ${rows} events are in the lake; these days at\n  ${server.url}${await answers.freshDays()}\n  ${rest}\n`,
    );
  } catch (error) {
    await answers.close();
    throw error;
  }
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options) await start(options);
  else process.stdout.write(help);
} catch (error) {
  const { message, code = '' } = error as Error & { code?: string };
  // npm keeps options for itself that stand before `--`; Node.js adds advice that does not fit here.
  const [sentence = ''] = message.split('. ', 1);
  const wrong = `${sentence}. Options stand behind --, as in npm start -- --port 8095. See npm start -- --help.`;
  process.stderr.write(`${code.startsWith('ERR_PARSE_ARGS') ? wrong : message}\n`);
  process.exit(1);
}
