export interface PageEvents {
  /** The page may be gone the next moment: only what is done at once counts. */
  leave(): void;
  /** A good moment to send: the network is back, or the page is, from the back/forward cache. */
  resume(): void;
}

/** Listens to the page's life. Hidden is the last that a discarded mobile tab says; `unload` would cost the back/forward cache. */
export function watchPage(on: PageEvents): () => void {
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') on.leave();
  };
  const resume = (event: Event): void => {
    // A page that is shown for the first time has nothing to resume.
    if ((event as Partial<PageTransitionEvent>).persisted !== false) on.resume();
  };
  document.addEventListener('visibilitychange', hidden);
  addEventListener('pagehide', on.leave);
  addEventListener('pageshow', resume);
  addEventListener('online', resume);
  return () => {
    document.removeEventListener('visibilitychange', hidden);
    removeEventListener('pagehide', on.leave);
    removeEventListener('pageshow', resume);
    removeEventListener('online', resume);
  };
}
