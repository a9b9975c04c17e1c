import type { Product } from './catalogue.js';

/** A product under the field names of the tracker: what the page hands to the script, which hands it on unchanged. */
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

/** An unknown code or brand is left out: absent says so, an empty text would not. */
export function toItem(product: Product): Item {
  return {
    product_id: product.id,
    sku: product.sku,
    product_name: product.name,
    category_id: product.category.id,
    ...(product.category.code !== undefined && { category_code: product.category.code }),
    ...(product.brand !== undefined && { brand: product.brand }),
    price: product.price,
  };
}
