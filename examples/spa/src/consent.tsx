import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { answer, unasked } from './rastro.js';
import { useStore } from './store.js';
import { announce } from './toast.js';

/**
 * Asks whether the tracker may run; a region of the page, the first by keyboard, that blocks nothing. It takes the focus
 * only when the shopper has asked for it.
 *
 * @param asked Whether the shopper has opened it to change the answer.
 * @param onClose Told when it is done with; the focus was in it.
 */
export function ConsentBanner({ asked, onClose }: { asked: boolean; onClose: () => void }): ReactNode {
  const given = useStore(answer);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (asked) title.current?.focus();
  }, [asked]);

  if (!asked && (given !== null || unasked === 'denied')) return null;

  function decide(decision: 'granted' | 'denied'): void {
    // rastro.ts listens, and tells the tracker.
    answer.set(decision);
    announce(decision === 'granted' ? 'Thank you. We count along.' : 'All right. Nothing is counted.');
    onClose();
  }
  function closeByKey({ key }: KeyboardEvent): void {
    if (key === 'Escape' && asked) onClose();
  }
  return (
    <section className="consent" aria-labelledby="consent-title" onKeyDown={closeByKey}>
      <h2 id="consent-title" ref={title} tabIndex={-1}>
        May we count along?
      </h2>
      <p>
        What you look at, put into the cart and buy goes to our own servers, with a random number that this browser
        keeps. Nobody else gets it. Until you say yes, none of this happens.{' '}
        {given !== null && <strong>Your answer was: {given === 'granted' ? 'yes' : 'no'}.</strong>}
      </p>
      <div className="consent-answers">
        <button className="button" type="button" onClick={() => decide('denied')}>
          No, thanks
        </button>
        <button className="button" type="button" onClick={() => decide('granted')}>
          Yes, count along
        </button>
      </div>
    </section>
  );
}
