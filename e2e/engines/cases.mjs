// @ts-check
// What is done to a page, its browser and its collector. Each case is the same in every engine.

/**
 * @typedef {object} Tab
 * @property {(path: string) => Promise<void>} go To a page of the shop, and on when its tracker is there.
 * @property {(code: string) => Promise<any>} run An expression, in the page.
 * @property {(from: number, to: number, then?: 'leave' | 'close') => Promise<void>} view Tracks these products; and in the
 *   same task goes to a page without a tracker, or closes the tab.
 * @property {() => Promise<void>} leave
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Stage
 * @property {import('./shop.mjs').Shop} shop
 * @property {(path?: string) => Promise<Tab>} open Opens a tab; starts the browser when it does not run.
 * @property {() => Promise<void>} kill Ends the browser with SIGKILL.
 * @property {(count: number) => Promise<number>} taken Waits a while for the collector to answer for so many events; for how
 *   many it did.
 * @property {(note: string) => void} note For the table.
 * @property {(what: string, condition: () => unknown) => Promise<void>} until Polls.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {number} count Events tracked: products 1 to `count`.
 * @property {import('./engines.mjs').LaunchOptions['storage']} [storage]
 * @property {boolean} [insecure] On a page that is no secure context.
 * @property {true} [measured] Not promised (docs/delivery.md): what is missing is told, and is no failure.
 * @property {(stage: Stage) => Promise<void>} act
 */

/** Tells when not all arrive without another page of the shop. @param {Stage} stage @param {number} count */
const goodbye = async ({ taken, note }, count) => {
  const arrived = await taken(count);
  if (arrived < count) note(`${count - arrived} by the next page`);
};

/** @param {Stage} stage @param {Tab} tab */
const stored = ({ until }, tab) =>
  until('the events are stored', () =>
    tab.run(`new Promise((resolve) => {
      const request = indexedDB.open('rastro/demo/');
      request.onsuccess = () => {
        const count = request.result.transaction('e').objectStore('e').count();
        count.onsuccess = () => { request.result.close(); resolve(count.result === 50); };
      };
    })`),
  );

/** @param {503 | 500} status @returns {Case['act']} */
const failing = (status) => async (stage) => {
  const tab = await stage.open();
  stage.shop.fail(status);
  await tab.view(1, 50);
  await stage.until('a request is refused', () => stage.shop.refused() > 0);
  stage.shop.fail('up');
};

/** @param {Stage} stage @param {number} [before] How many are confirmed before: the store of the page is open then. */
const leftOn503 = async (stage, before = 0) => {
  const tab = await stage.open();
  if (before > 0) {
    await tab.view(1, before);
    await stage.until('the first are confirmed', () => tab.run('rastro.flush()'));
  }
  stage.shop.fail(503);
  await tab.view(before + 1, 50, 'leave');
  await stage.until('a request is refused', () => stage.shop.refused() > 0);
  stage.shop.fail('up');
  await tab.go('/blank');
};

/** @type {Case['act']} */
const twoTabs = async (stage) => {
  const [one, two] = [await stage.open(), await stage.open()];
  stage.shop.fail(503);
  await one.view(1, 25);
  await two.view(26, 50);
  await stage.until('both tabs are refused', () => stage.shop.refused() > 1);
  // Both see all 50 events in the store, and an answer that takes its time: each would send them all.
  stage.shop.fail('slow');
  await one.run('void rastro.flush()');
  await two.run('void rastro.flush()');
};

/** @type {Case['act']} */
const calm = async (stage) => {
  await (await stage.open()).view(1, 50);
};

/** @param {string} [path] @returns {Case['act']} */
const calmAndLeave = (path) => async (stage) => {
  const tab = await stage.open(path);
  await tab.view(1, 25);
  // Not by flush(): its answer where storage is blocked is a case of its own.
  await stage.until('the first are answered for', () =>
    tab.run(
      `performance.getEntriesByType('resource').some((entry) => /[/]e$/.test(entry.name) && entry.responseEnd > 0)`,
    ),
  );
  await tab.view(26, 50, 'leave');
};

/** @type {Case[]} */
export const cases = [
  { name: 'calm', count: 50, act: calm },
  {
    name: 'left at once',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      await tab.view(1, 50, 'leave');
      await goodbye(stage, 50);
      await tab.go('/blank');
    },
  },
  {
    name: 'closed at once, opened again',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      await tab.view(1, 50, 'close');
      await goodbye(stage, 50);
      await stage.open();
    },
  },
  {
    name: 'browser killed, events stored',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      stage.shop.fail(503);
      await tab.view(1, 50);
      await stored(stage, tab);
      await stage.kill();
      stage.shop.fail('up');
      await stage.open();
    },
  },
  {
    name: 'browser killed at once',
    count: 50,
    measured: true,
    async act(stage) {
      const tab = await stage.open();
      stage.shop.fail(503);
      await tab.view(1, 50);
      await stage.kill();
      stage.shop.fail('up');
      await stage.open();
    },
  },
  {
    name: 'browser killed at once, store open',
    count: 50,
    measured: true,
    async act(stage) {
      const tab = await stage.open();
      await tab.view(1, 1);
      await tab.run('rastro.flush()');
      stage.shop.fail(503);
      await tab.view(2, 50);
      await stage.kill();
      stage.shop.fail('up');
      await stage.open();
    },
  },
  { name: '503, left at once', count: 50, act: leftOn503 },
  {
    name: '503, left at once, store open',
    count: 50,
    async act(stage) {
      await leftOn503(stage, 1);
    },
  },
  { name: '503 with Retry-After', count: 50, act: failing(503) },
  { name: '500', count: 50, act: failing(500) },
  {
    name: 'connection refused, and back',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      await stage.shop.shut();
      await tab.view(1, 50);
      const sent = await tab.run('rastro.flush()');
      await stage.shop.open();
      if (sent !== false) throw new Error('flush() said that all is sent');
    },
  },
  {
    name: 'refused, closed, opened again',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      await stage.shop.shut();
      await tab.view(1, 50);
      await tab.run('rastro.flush()');
      await tab.close();
      await stage.shop.open();
      await stage.open();
    },
  },
  {
    name: 'answer lost',
    count: 50,
    async act(stage) {
      const tab = await stage.open();
      stage.shop.fail('lost');
      await tab.view(1, 50);
      await stage.until('an answer is lost', () => stage.shop.refused() > 0);
      stage.shop.fail('up');
      await stage.until('the tracker has its answer', () => tab.run('rastro.flush()'));
    },
  },
  { name: 'two tabs, 503', count: 50, act: twoTabs },
  {
    name: '2,000 at once, left after 1 s',
    count: 2000,
    async act(stage) {
      const tab = await stage.open();
      await tab.view(1, 2000);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await tab.leave();
      await goodbye(stage, 2000);
      await tab.go('/blank');
    },
  },
  {
    name: '2,000 at once, slow answers, left after 1 s',
    count: 2000,
    async act(stage) {
      const tab = await stage.open();
      stage.shop.fail('slow');
      await tab.view(1, 2000);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await tab.leave();
      await goodbye(stage, 2000);
      stage.shop.fail('up');
      await tab.go('/blank');
    },
  },
  {
    name: 'slow answers, five pages',
    count: 50,
    async act(stage) {
      stage.shop.fail('slow');
      const tab = await stage.open();
      for (let n = 0; n < 5; n++) {
        await tab.view(n * 10 + 1, n * 10 + 10);
        await tab.go(`/blank?page=${n}`);
      }
    },
  },
  { name: 'storage throws', count: 50, act: calmAndLeave('/throwing') },
  {
    name: 'storage throws, flush() comes true',
    count: 50,
    async act(stage) {
      const tab = await stage.open('/throwing');
      await tab.view(1, 50);
      await stage.until('flush() says that nothing is left', () => tab.run('rastro.flush()'));
    },
  },
  {
    name: 'site data blocked',
    count: 50,
    storage: 'blocked',
    async act(stage) {
      const tab = await stage.open();
      const blocked = await tab.run('(() => { try { return !localStorage; } catch { return true; } })()');
      if (!blocked) throw new Error('the browser does not block site data');
      await calmAndLeave()(stage);
    },
  },
  {
    name: 'private window, closed on 503',
    count: 50,
    storage: 'private',
    async act(stage) {
      const tab = await stage.open();
      stage.shop.fail(503);
      await tab.view(1, 50);
      await stage.until('a request is refused', () => stage.shop.refused() > 0);
      await tab.close();
      stage.shop.fail('up');
      await stage.open();
    },
  },
  { name: 'insecure page, calm', count: 50, insecure: true, act: calm },
  { name: 'insecure page, left at once', count: 50, insecure: true, act: calmAndLeave() },
  { name: 'insecure page, two tabs, 503', count: 50, insecure: true, act: twoTabs },
];
