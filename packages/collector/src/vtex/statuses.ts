/**
 * Statuses of an order that is paid for, or further on its way, and not cancelled.
 * https://help.vtex.com/en/docs/tutorials/order-flow-and-status#order-status-details
 */
export const paidStatuses: readonly string[] = [
  'payment-approved',
  'authorize-fulfillment',
  'window-to-cancel',
  'window-to-change-seller',
  'waiting-seller-handling',
  'ready-for-handling',
  'start-handling',
  'handling',
  'ready-for-invoicing',
  'invoice-after-cancellation-deny',
  'invoice',
  'invoiced',
];

/** Of an order that is over without having been carried out. Paid or not, it is no purchase by itself. */
const over: readonly string[] = ['cancel', 'canceled', 'replaced'];

export interface StatusOptions {
  /**
   * Statuses in which an order counts as a purchase. @default those from `payment-approved` on; and any other but `cancel`,
   * `canceled` and `replaced`, even none, of an order whose payment was authorised
   */
  statuses?: readonly string[] | undefined;
  /** The status that the feed or the hook told of. The order may have moved on since; it counts all the same. @default none */
  state?: string | undefined;
}

/** Whether an order counts as a purchase. */
export function isPurchase(order: Readonly<Record<string, unknown>>, { statuses, state }: StatusOptions): boolean {
  const counts = statuses ?? paidStatuses;
  const { status, authorizedDate, isCompleted } = order;
  if (counts.includes(String(status)) || (state !== undefined && counts.includes(state))) return true;
  if (statuses || over.includes(String(status))) return false;
  // An order group lists its orders without a status: that the payment was authorised, or settled, says as much.
  return Boolean(authorizedDate) || (!status && isCompleted === true);
}
