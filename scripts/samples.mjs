// @ts-check
// Writes what adapters make of the samples into docs/platforms: the test that expects it is what writes it.
import { main, run, tool } from './lib/run.mjs';

await main(async () => {
  const args = [
    'run',
    '--project=unit',
    'examples/platforms/test/samples.test.ts',
    '-t',
    'what its page in the docs says',
  ];
  const { code } = await run(process.execPath, [tool('vitest'), ...args], { env: { RASTRO_WRITE_DOCS: '1' } });
  process.exitCode = code;
});
