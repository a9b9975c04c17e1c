// Runs in the measured page, before the tracker. The page's side of lib/visit.mjs and lib/burst.mjs.

/** What a shop knows of a product; each adapter writes it as its tracker wants it. */
const product = (id) => ({ id, category: '2053013552326770905', brand: 'Flor de Sal', price: 35.79, currency: 'BRL' });

const longTasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) longTasks.push({ startTime, duration });
}).observe({ type: 'longtask' });

/** Runs `act(0)`, `act(1)`, … each in a task of its own, without the pause that nested timers have. */
const tasks = (count, act) =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    let n = 0;
    port1.onmessage = () => {
      act(n++);
      if (n < count) port2.postMessage(0);
      else done();
    };
    port2.postMessage(0);
  });

const timedView = (id) => {
  const seen = product(id);
  const start = performance.now();
  globalThis.shop.view(seen);
  return (performance.now() - start) * 1000;
};

globalThis.bench = {
  /** Adds a script as a page would; resolves when it has run. */
  load: (src, data) =>
    new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement('script'), { src, onload: resolve, onerror: reject });
      Object.assign(script.dataset, data);
      document.head.append(script);
    }),

  /** Init and user id, what comes before a first event. In ms. */
  start() {
    const start = performance.now();
    globalThis.shop.start(location.origin);
    globalThis.shop.identify('c-1042');
    return performance.now() - start;
  },

  /** One product view. In us. */
  view: timedView,

  /** Product views with a pause between them, as a shopper makes them. In us each. */
  async spaced(prefix, count, pauseMs) {
    const us = [];
    for (let n = 0; n < count; n++) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      us.push(timedView(`${prefix}-${n}`));
    }
    return us;
  },

  /** Product views, so many in a task. In us each. */
  async views(prefix, count, perTask = 1) {
    const us = new Float64Array(count);
    performance.mark('bench:begin');
    await tasks(Math.ceil(count / perTask), (task) => {
      const end = Math.min(count, (task + 1) * perTask);
      for (let n = task * perTask; n < end; n++) us[n] = timedView(`${prefix}-${n}`);
    });
    performance.mark('bench:end');
    return [...us];
  },

  /** Cart and purchase, so that what is measured is what sends them too. */
  buy(id) {
    globalThis.shop.cart(product(id));
    globalThis.shop.purchase(`o-${id}`, product(id));
  },

  /** Tasks over 50 ms since the last time it was asked, in ms. */
  longTasks: () => longTasks.splice(0).map(({ duration }) => duration),
};
