import { byId } from './dom.js';

/** New data is shown at most this often. Unit: ms. */
const leastIntervalMs = 15_000;
/** Someone who has just pressed a key or a button is left alone for so long. Unit: ms. */
const idleMs = 3_000;
const lookEveryMs = 1_000;

export interface Refresh {
  /** New data may be there. */
  due(): void;
  /** The page has just read all. */
  done(): void;
}

/** Reads anew while data arrives, but never under someone's hands. */
export function createRefresh(run: () => void): Refresh {
  const button = byId<HTMLButtonElement>('auto-refresh');
  let wanted = false;
  let on = true;
  let touchedAt = Number.NEGATIVE_INFINITY;
  let doneAt = performance.now();

  const touch = (): void => {
    touchedAt = performance.now();
  };
  for (const type of ['keydown', 'pointerdown', 'input'] as const) addEventListener(type, touch, { passive: true });
  const busy = (): boolean =>
    document.hidden ||
    performance.now() - touchedAt < idleMs ||
    document.getSelection()?.isCollapsed === false ||
    // Someone reads a tooltip, or has the list of a filter open.
    document.querySelector(
      '.chart:hover, .filters select:focus, .filters input:not([type="radio"], [type="checkbox"]):focus',
    ) !== null;

  setInterval(() => {
    if (!on || !wanted || performance.now() - doneAt < leastIntervalMs || busy()) return;
    wanted = false;
    run();
  }, lookEveryMs);

  button.addEventListener('click', () => {
    on = !on;
    button.setAttribute('aria-pressed', String(on));
  });
  byId('refresh').addEventListener('click', run);
  return {
    due: () => {
      wanted = true;
    },
    done: () => {
      doneAt = performance.now();
    },
  };
}
