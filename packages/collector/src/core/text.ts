/** Cuts text, and leaves no half of a surrogate pair in it: strict readers of JSON refuse one. */
export const clip = (text: string, most: number): string => text.slice(0, most).replace(/\p{Cs}/gu, '\ufffd');

/** The bytes of text as UTF-8. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).byteLength;
