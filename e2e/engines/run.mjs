// @ts-check
// `npm run e2e:engines`: the ways to lose an event, in every browser engine of this machine.
import { join } from 'node:path';
import { Failure, main, npm, run, withTemporaryFolder } from '../../scripts/lib/run.mjs';
import { table } from '../../scripts/lib/table.mjs';
import { cases } from './cases.mjs';
import { closeDisplay, engines, insecureHost, launch } from './engines.mjs';
import { startRemote } from './remote.mjs';

const help = `Usage: npm run e2e:engines -- [--no-build] [ENGINE ...] [--case TEXT]

Loses connections, answers, pages and browsers, in each browser engine that is installed, and counts what is on the stream.
Engines: ${engines.map(({ name, needs }) => `${name} (Debian: ${needs})`).join(', ')}.

  --case TEXT   only the cases whose name contains it
  --no-build    test what is built already

A cell says how many of the events are on the stream, "+n" how many copies of events the collector was sent beyond the
first, and "FAIL" where events are missing, or are on the stream under two ids or twice. What an engine cannot do, and
engines that are not installed, are "not run", and never count as passed. Exit code 1: a case failed; 2: none ran.
`;

/** Arrivals that nothing but time can bring, and those that the next page must bring. Unit: ms. */
const goodbyeMs = 3000;
const limitMs = 15_000;
const pollMs = 50;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {() => unknown} condition
 * @param {number} ms
 */
async function poll(condition, ms) {
  for (const end = performance.now() + ms; ; await pause(pollMs)) {
    if (await condition()) return true;
    if (performance.now() > end) return false;
  }
}

/** @typedef {{ text: string, state: 'passed' | 'failed' | 'measured' | 'not run' }} Outcome */

/** @param {import('./engines.mjs').Engine} engine */
async function versionOf({ path, version }) {
  if (!path) return undefined;
  const [program = path, ...args] = version ?? [path, '--version'];
  const { stdout } = await run(program, args, { capture: true });
  return stdout.trim().split('\n').at(-1)?.replace('\t', ' ') || path;
}

let launches = 0;

/**
 * Why an engine does not start, if so: it may lack its libraries, or what a container denies it.
 *
 * @param {import('./engines.mjs').Engine} engine
 * @param {import('./shop.mjs').Shop} shop
 * @param {import('./remote.mjs').Remote} remote
 */
async function startProblem(engine, shop, remote) {
  const name = String(++launches);
  const url = `http://127.0.0.1:${shop.port}/remote?launch=${name}`;
  return withTemporaryFolder(async (profile) => {
    const browser = await launch(engine, { url, profile, storage: 'normal', proxy: '' });
    try {
      await remote.order(name, 'return 1');
      return undefined;
    } catch {
      return 'it does not start, or shows no page';
    } finally {
      await browser.kill().catch(() => {});
    }
  });
}

/**
 * @param {import('./engines.mjs').Engine} engine
 * @param {import('./cases.mjs').Case} of
 * @param {import('./shop.mjs').Shop} shop
 * @param {import('./remote.mjs').Remote} remote
 * @param {string} profile
 * @returns {Promise<Outcome>}
 */
async function play(engine, of, shop, remote, profile) {
  const { storage = 'normal', insecure = false } = of;
  const why = engine.cannot[storage];
  if (why) return { text: `not run: ${why}`, state: 'not run' };
  const prefix = `${engine.name}-${cases.indexOf(of)}-`;
  const origin = `http://${insecure ? insecureHost : '127.0.0.1'}:${shop.port}`;
  /** @type {string[]} */
  const notes = [];
  /** @type {Awaited<ReturnType<typeof launch>> | undefined} */
  let browser;
  let name = '';
  let tabs = 0;
  /** Pages with a tracker. @type {Set<(code: string) => Promise<any>>} */
  const shown = new Set();
  const order = (/** @type {string} */ code) => remote.order(name, code);
  /** @type {import('./cases.mjs').Stage['until']} */
  const until = async (what, condition) => {
    if (!(await poll(condition, limitMs))) throw new Error(`waited in vain until ${what}`);
  };
  const arrived = async (/** @type {number} */ count, /** @type {number} */ ms) => {
    await poll(() => shop.taken(prefix) >= count, ms);
    return shop.taken(prefix);
  };

  /** @type {import('./cases.mjs').Stage} */
  const stage = {
    shop,
    until,
    note: (text) => notes.push(text),
    taken: (count) => arrived(count, goodbyeMs),
    async kill() {
      await browser?.kill();
      browser = undefined;
      shown.clear();
    },
    async open(path = '/blank') {
      if (!browser) {
        name = String(++launches);
        const url = `${origin}/remote?launch=${name}`;
        browser = await launch(engine, { url, profile, storage, proxy: `http://127.0.0.1:${shop.port}` });
      }
      const tab = `tabs.t${++tabs}`;
      const inPage = (/** @type {string} */ code) => order(`return ${tab}.eval(${JSON.stringify(code)})`);
      const ready = async (/** @type {string} */ to) => {
        const there = `location.pathname + location.search === ${JSON.stringify(to)} && !!window.rastro?.flush`;
        // While it moves to another page it may not be asked.
        await until('the tracker is there', () => inPage(there).catch(() => false));
      };
      await order(`${tab} = open(${JSON.stringify(path)}); if (!${tab}) throw new Error('popups are blocked')`);
      await ready(path);
      shown.add(inPage);
      if (insecure && (await inPage(`isSecureContext || 'locks' in navigator`))) {
        throw new Error('the page is a secure context');
      }
      const ends = { leave: 'location.href = "/away"', close: 'window.close()' };
      return {
        run: inPage,
        async view(from, to, then) {
          if (then) shown.delete(inPage);
          const each = `rastro.view({ product_id: ${JSON.stringify(prefix)} + n })`;
          await inPage(`for (let n = ${from}; n <= ${to}; n++) ${each}; ${then ? ends[then] : ''}; 0`);
        },
        async go(to) {
          await order(`${tab}.location.href = ${JSON.stringify(to)}`);
          await ready(to);
          shown.add(inPage);
        },
        async leave() {
          shown.delete(inPage);
          await order(`${tab}.location.href = '/away'`);
          // Where it is sent next must not overtake this.
          await until('the page is left', () => inPage(`location.pathname === '/away'`).catch(() => false));
        },
        async close() {
          shown.delete(inPage);
          await order(`${tab}.close()`);
          await until('the tab is closed', () => order(`return ${tab}.closed`));
        },
      };
    },
  };

  try {
    shop.fail('up');
    await of.act(stage);
    await arrived(of.count, of.measured ? goodbyeMs : limitMs);
    // What pages gone have left is found, and sent again: else the copies were not counted.
    for (const inPage of shown) await until('nothing is left to send', () => inPage('window.rastro?.flush?.()'));
    const { products, events, records } = await shop.delivered(prefix);
    const good = products === of.count && events === products && records === events;
    const repeats = shop.repeats(prefix);
    const twice = records > events ? [`${records - events} twice on the stream`] : [];
    const ids = events > products ? [`${events} ids`] : [];
    const text = [`${products}${repeats ? ` +${repeats}` : ''}`, ...ids, ...twice, ...notes].join(', ');
    if (good) return { text, state: 'passed' };
    return of.measured
      ? { text: `${text} (not promised)`, state: 'measured' }
      : { text: `FAIL ${text}`, state: 'failed' };
  } catch (error) {
    return { text: `FAIL: ${error instanceof Error ? error.message : error}`, state: 'failed' };
  } finally {
    await browser?.kill();
    // A case that broke off may have left the shop shut.
    await shop.shut().catch(() => {});
    await shop.open();
  }
}

await main(async () => {
  const words = process.argv.slice(2);
  if (words.includes('--help') || words.includes('-h')) {
    process.stdout.write(help);
    return;
  }
  const at = words.indexOf('--case');
  const [, part = ''] = at < 0 ? [] : words.splice(at, 2);
  const build = !words.includes('--no-build');
  const names = words.filter((word) => word !== '--no-build');
  const unknown = names.filter((name) => !engines.some((engine) => engine.name === name));
  if (unknown.length > 0) throw new Failure(`Unknown: ${unknown.join(' ')}\n${help.split('\n', 1)[0]}`, 2);
  if (build) {
    const [command, args] = npm(['run', '--silent', 'build']);
    if ((await run(command, args)).code !== 0) throw new Failure('The build failed.');
  }
  const chosen = engines.filter(({ name }) => names.length === 0 || names.includes(name));
  const selected = cases.filter(({ name }) => name.includes(part));
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    process.on(signal, () => process.exit(code));
  }
  // It takes the collector from the build.
  const { startShop } = await import('./shop.mjs');
  const remote = await startRemote();
  const shop = await startShop({ '/remote': remote.page });
  /** @type {string[][]} */
  const rows = selected.map(({ name, count }) => [`${name} (${count})`]);
  /** @type {string[]} */
  const remarks = [];
  /** @type {Record<Outcome['state'], number>} */
  const counts = { passed: 0, failed: 0, measured: 0, 'not run': 0 };
  try {
    for (const engine of chosen) {
      const missing = engine.path ? await startProblem(engine, shop, remote) : `install ${engine.needs}`;
      console.log(
        `${engine.name}: ${[await versionOf(engine), missing && `not run: ${missing}`].filter(Boolean).join(', ')}`,
      );
      for (const [index, of] of selected.entries()) {
        /** @type {Outcome} */
        const { text, state } = missing
          ? { text: 'not run', state: 'not run' }
          : await withTemporaryFolder((folder) => play(engine, of, shop, remote, join(folder, 'profile')));
        counts[state]++;
        const [cell = '', ...rest] = text.split(/[,:] /);
        if (rest.length > 0) remarks.push(`${engine.name}, ${of.name}: ${text}`);
        rows[index]?.push(rest.length > 0 ? `${cell} [${remarks.length}]` : cell);
        if (!missing) console.log(`  ${of.name}: ${text}`);
      }
    }
  } finally {
    closeDisplay();
    await shop.close();
    await remote.close();
  }
  console.log(`\n${table(['', ...chosen.map(({ name }) => name)], rows)}\n`);
  if (remarks.length > 0) console.log(`${remarks.map((text, at) => `[${at + 1}] ${text}`).join('\n')}\n`);
  const { passed, failed, measured } = counts;
  console.log(`${passed} passed, ${failed} failed, ${measured} only measured, ${counts['not run']} not run.`);
  if (failed > 0) throw new Failure('', 1);
  if (passed === 0) throw new Failure('No case ran.', 2);
});
