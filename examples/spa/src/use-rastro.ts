import { type Context, createContext, useContext, useEffect, useRef } from 'react';
import type { Rastro } from './rastro.js';

/** Gives the components below their tracker: `<RastroContext value={rastro}>`. A test gives them another one. */
export const RastroContext: Context<Rastro | null> = createContext<Rastro | null>(null);

/**
 * The tracker, for what the shopper does: call it in event handlers.
 *
 * It is never stopped here: what unmounts may come back, and under `StrictMode` does so at once.
 *
 * @throws {Error} Outside of `RastroContext`.
 */
export function useRastro(): Rastro {
  const rastro = useContext(RastroContext);
  if (!rastro) throw new Error('useRastro: there is no RastroContext around this component.');
  return rastro;
}

/**
 * For what is told because it is shown: calls `tell` once for each `key`, after the component was drawn. `StrictMode` runs
 * effects twice, and a component is drawn often.
 *
 * @param key What it is told of; nothing is told of `undefined`.
 */
export function useRastroOnce(key: string | undefined, tell: (rastro: Rastro) => void): void {
  const rastro = useRastro();
  const told = useRef<string>(undefined);
  useEffect(() => {
    if (key === undefined || told.current === key) return;
    told.current = key;
    tell(rastro);
  });
}
