// @ts-check
// Whether each order of the feed is on the stream, after `rastro-vtex` was killed again and again.
import { parseArgs } from 'node:util';
import { createProgress } from './lib/progress.mjs';
import { Failure, main } from './lib/run.mjs';
import { brokenOf, runVtexKills } from './lib/vtex/scenario.mjs';

const help = `Usage: node scripts/vtex-kills.mjs [--kills N] [--seed N] [--groups N]

Runs rastro-vtex, as it is built, between a VTEX and a Kinesis stream that both fail now and then, kills it at random moments,
starts it again, and compares the stream with the orders. Fails when a line is missing, is not known by its id, or says
something else.

  --kills N    SIGKILL at random moments (default: 50)
  --seed N     of all chance but the machine's own (default: 1)
  --groups N   order groups in all (default: 10 for each kill)
`;
// The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

await main(async () => {
  const text = { type: /** @type {const} */ ('string') };
  const { values } = parseArgs({
    options: { kills: text, seed: text, groups: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(help);
  const numberOf = (/** @type {string | undefined} */ given, /** @type {number} */ fallback) => {
    const value = given === undefined ? fallback : Number(given);
    if (!Number.isInteger(value) || value < 1) throw new Failure(`a whole number from 1 is needed, got ${given}`, 2);
    return value;
  };
  const kills = numberOf(values.kills, 50);
  const progress = createProgress();
  const startedAt = performance.now();
  const result = await runVtexKills({
    kills,
    seed: numberOf(values.seed, 1),
    groups: numberOf(values.groups, 10 * kills),
    onProgress: (line) => progress.show(line),
  });
  progress.end();
  console.log(JSON.stringify({ ...result, seconds: Math.round((performance.now() - startedAt) / 1_000) }, null, 2));
  const broken = brokenOf(result);
  if (broken.length > 0) throw new Failure(`\nThe promise does not hold:\n${broken.join('\n')}`);
});
