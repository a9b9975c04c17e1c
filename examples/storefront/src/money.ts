const brl = new Intl.NumberFormat('en', { style: 'currency', currency: 'BRL' });

/** @param amount BRL, not cents. */
export function formatMoney(amount: number): string {
  return brl.format(amount);
}
