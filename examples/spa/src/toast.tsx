import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { createStore, useStore } from './store.js';

/** How long a message stays. Unit: ms. */
const shownMs = 6000;
const message = createStore<{ text: string; cart: boolean } | null>(null);

/** Shows a message for a few seconds, and has a screen reader say it. */
export function announce(text: string, { cart = false }: { cart?: boolean } = {}): void {
  message.set({ text, cart });
}

export function Toast(): ReactNode {
  const said = useStore(message);
  const [over, setOver] = useState<typeof said>(null);
  useEffect(() => {
    const timer = setTimeout(() => setOver(said), shownMs);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className={said && said !== over ? 'toast shown' : 'toast'} role="status" aria-live="polite">
      {said && (
        <>
          {said.text} {said.cart && <Link to="/cart">View cart</Link>}
        </>
      )}
    </div>
  );
}
