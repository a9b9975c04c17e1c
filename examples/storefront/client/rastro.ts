import type { Tracker } from '@rastro/tracker';

/** A product as the server wrote it into the page. Ids are text and stay text. */
export interface Item {
  product_id: string;
  sku: string;
  product_name: string;
  category_id: string;
  category_code?: string;
  brand?: string;
  /** BRL for one unit. */
  price: number;
}

/** A product and how many units of it. */
export interface CartItem extends Item {
  quantity: number;
}

export interface Purchase {
  order_id: string;
  currency: string;
  /** What the customer pays, shipping included. */
  order_total: number;
  shipping: number;
  items: CartItem[];
}

/** The part of the tracker that this shop uses. Before the script has arrived, the stub in the head keeps the calls. */
export type Rastro = Pick<Tracker, 'view' | 'cart' | 'removeFromCart' | 'purchase' | 'identify'>;

declare global {
  interface Window {
    rastro: Rastro;
  }
}
