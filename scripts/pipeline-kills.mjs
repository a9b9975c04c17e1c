// @ts-check
// Whether the lake is complete and the counts are exact, after `rastro-pipeline run` was killed again and again.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { brokenOf, runPipelineKills } from './lib/pipeline/scenario.mjs';
import { createProgress } from './lib/progress.mjs';
import { Failure, main } from './lib/run.mjs';

const help = `Usage: node scripts/pipeline-kills.mjs FILE.csv.gz [--kills N] [--seed N] [--rate N]

Replays a REES46 CSV file through a collector, kills what reads the stream (rastro-pipeline run, as it is built) at random
moments meanwhile, starts it again, and compares lake and counts with the file. Fails when a row is missing or in the lake
twice, or when a count of a user, type and minute is wrong.

  --kills N    SIGKILL at random moments (default: 50)
  --seed N     of when they come (default: 1)
  --rate N     rows a second (default: so that the replay lasts as long as the kills)
`;
// The SDK announces on every start which Node.js its future versions need; the one used here is pinned.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

await main(async () => {
  const text = { type: /** @type {const} */ ('string') };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { kills: text, seed: text, rate: text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(help);
  const [file] = positionals;
  if (!file || !existsSync(file))
    throw new Failure(`A REES46 file is needed, got ${file ?? 'none'}. --help says more.`, 2);
  const numberOf = (/** @type {'kills' | 'seed' | 'rate'} */ name) => {
    const given = values[name];
    if (given === undefined) return undefined;
    if (!/^\d+$/.test(given) || Number(given) < 1)
      throw new Failure(`--${name} must be a whole number from 1, got ${given}`, 2);
    return Number(given);
  };
  const progress = createProgress();
  const startedAt = performance.now();
  const result = await runPipelineKills({
    file,
    kills: numberOf('kills') ?? 50,
    seed: numberOf('seed') ?? 1,
    rate: numberOf('rate'),
    onProgress: (line) => progress.show(line),
  });
  progress.end();
  console.log(JSON.stringify({ ...result, seconds: Math.round((performance.now() - startedAt) / 1_000) }, null, 2));
  const broken = brokenOf(result);
  if (broken.length > 0) throw new Failure(`\nThe promise does not hold:\n${broken.join('\n')}`);
});
