import { eventId, type Head, type WireOrder } from './event.js';
import type { WireLine } from './lines.js';
import { type Json, listOf, objectOf, type Reader } from './read.js';

type Lines = (order: Json, path: string, reader: Reader) => ReadonlyMap<number, WireLine>;

/** Cancellations and refunds of the orders of a group, each an event of its own. */
export function changesOf(
  orders: readonly Json[],
  reader: Reader,
  headOf: (orders: readonly Json[], reader: Reader) => Head | undefined,
  linesOf: Lines,
): readonly WireOrder[] {
  return orders.flatMap((order, at) => {
    const returns = listOf(objectOf(order['packageAttachment'])['packages'])
      .map((one, index) => [objectOf(one), index] as const)
      .filter(([{ restitutions }]) => objectOf(restitutions)['Refund'] ?? objectOf(restitutions)['refund']);
    const cancelled = order['status'] === 'canceled';
    if (!cancelled && returns.length === 0) return [];
    // What is wrong with the lines is said of the purchase.
    const quiet: Reader = { ...reader, refuse: () => undefined };
    const head = headOf(orders, quiet);
    const orderId = reader.id(order['orderId'], 'orderId');
    if (!head || orderId === undefined) return [];
    const path = orders.length > 1 ? `orders[${at}].` : '';
    const lines = linesOf(order, path, quiet);
    const refunds = returns.flatMap(([one, index]) =>
      refundOf(one, `${path}packageAttachment.packages[${index}]`, { head, orderId, lines }, reader),
    );
    return [...(cancelled ? cancelOf(order, path, { head, orderId, lines }, reader) : []), ...refunds];
  });
}

interface Of {
  readonly head: Head;
  readonly orderId: string;
  readonly lines: ReadonlyMap<number, WireLine>;
}

function cancelOf(order: Json, path: string, { head, orderId, lines }: Of, reader: Reader): WireOrder[] {
  // A group lists them in the other spelling.
  const { CancellationDate, cancellationDate = CancellationDate } = objectOf(order['cancellationData']);
  const at =
    reader.instant(cancellationDate, `${path}cancellationData.CancellationDate`) ??
    reader.instant(order['lastChange'], `${path}lastChange`);
  if (at === undefined || lines.size === 0) {
    reader.refuse(`${path}status`, 'a cancellation without a time or without lines');
    return [];
  }
  return [
    {
      ...head,
      event_id: eventId('cancel', head.order_id, orderId),
      event_type: 'cancel',
      event_time: at,
      change_id: orderId,
      order_total: reader.cents(order['value'], `${path}value`),
      items: [...lines.values()],
    },
  ];
}

function refundOf(returned: Json, path: string, { head, orderId, lines }: Of, reader: Reader): WireOrder[] {
  const { Refund, refund: told = Refund } = objectOf(returned['restitutions']);
  const refund = objectOf(told);
  const number = reader.id(returned['invoiceNumber'], `${path}.invoiceNumber`);
  const at = reader.instant(returned['issuanceDate'], `${path}.issuanceDate`);
  const changeId = `${orderId}/${number}`;
  const items = refundedLines(refund, returned, lines, path, reader);
  if (number === undefined || at === undefined || items.length === 0 || changeId.length > 128) {
    reader.refuse(path, 'a refund without a number, a time or lines of the order');
    return [];
  }
  return [
    {
      ...head,
      event_id: eventId('refund', head.order_id, changeId),
      event_type: 'refund',
      event_time: at,
      change_id: changeId,
      order_total: reader.cents(refund['value'], `${path}.restitutions.Refund.value`),
      items,
    },
  ];
}

/** `Refund.items` name the SKU, the items of the package the position in the order. */
function refundedLines(
  refund: Json,
  returned: Json,
  lines: ReadonlyMap<number, WireLine>,
  path: string,
  reader: Reader,
): WireLine[] {
  const all = [...lines.values()];
  const lineOf = (line: WireLine | undefined, { quantity, price }: Json): WireLine[] => {
    if (!line) return [];
    const count = Number.isInteger(quantity) && (quantity as number) > 0 ? (quantity as number) : undefined;
    // 0 is how a return without prices is written.
    const each = Number.isInteger(price) && (price as number) > 0 ? (price as number) / 100 : undefined;
    return [{ ...line, quantity: count, price: each }];
  };
  const named = listOf(refund['items']).map(objectOf);
  const bySku = named.map((one) =>
    lineOf(
      all.find(({ sku }) => sku !== undefined && sku === String(one['id'])),
      one,
    ),
  );
  const found = bySku.flat();
  if (found.length > 0) {
    for (const [at, line] of bySku.entries())
      if (line.length === 0)
        reader.refuse(`${path}.restitutions.Refund.items[${at}]`, 'no line of the order has its SKU');
    return found;
  }
  const packed = listOf(returned['items']).map(objectOf);
  return packed.flatMap((one) => lineOf(lines.get(one['itemIndex'] as number), one));
}
