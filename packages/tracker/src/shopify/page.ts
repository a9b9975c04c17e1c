import { cleanUrl } from '../context.js';
import { type Json, objectOf } from '../plugins/adapter.js';
import type { Context } from '../types.js';

/** A page's address without what opens a checkout or an order to whoever has it: the token in its path. */
const addressOf = (url: unknown, queryParams: string): string | undefined => {
  try {
    return cleanUrl(url as string, queryParams)?.replace(/\/(checkouts|orders)\/[^?]*/, '/$1');
  } catch {
    return;
  }
};

/** Fields of the page, from the snapshot that comes with each event: the sandbox has no page of its own. */
export function pageOf(context: Json, queryParams: string): Context {
  const { location, referrer, title } = objectOf(context['document']);
  const { innerWidth, innerHeight } = objectOf(context['window']);
  return {
    page_url: addressOf(objectOf(location)['href'], queryParams),
    page_referrer: addressOf(referrer, queryParams),
    page_title: title as string,
    language: objectOf(context['navigator'])['language'] as string,
    viewport: innerWidth ? `${innerWidth}x${innerHeight}` : undefined,
  };
}
