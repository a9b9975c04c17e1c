/** What a record's data is. */
export type ParsedRecord =
  | { readonly value: Readonly<Record<string, unknown>>; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: string };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Every record on the stream is one JSON object in UTF-8. Never throws: what is none says why. */
export function parseRecord(data: Uint8Array): ParsedRecord {
  let text: string;
  try {
    text = decoder.decode(data);
  } catch {
    return { error: 'not UTF-8' };
  }
  try {
    const value: unknown = JSON.parse(text);
    return isPlainObject(value) ? { value } : { error: 'JSON, but not an object' };
  } catch (error) {
    return { error: `not JSON: ${(error as Error).message}` };
  }
}

export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
