export interface PageEvents {
  /** The page may be gone the next moment: only what is done at once counts. */
  leave(): void;
  /** A good moment to send: the network is back, or the page is. */
  resume(): void;
}

/** Listens to the page's life. Hidden is the last that a discarded mobile tab says; `unload` would cost the back/forward cache. */
export function watchPage(on: PageEvents): () => void {
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') on.leave();
  };
  const leave = (): void => on.leave();
  const resume = (): void => on.resume();
  document.addEventListener('visibilitychange', hidden);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', resume);
  addEventListener('online', resume);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    removeEventListener('pagehide', leave);
    removeEventListener('pageshow', resume);
    removeEventListener('online', resume);
  };
}
