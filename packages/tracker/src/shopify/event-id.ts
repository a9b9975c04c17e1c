/**
 * The `event_id` of an event of Shopify's: its own id's digits, so that an event that is replayed counts once. That looks like
 * `sh-f6c07b5a-D20A-4E5F-812E-337299B56C34` and is no UUID of any version; this is a UUIDv8
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8). A random one where Shopify's looks otherwise.
 */
export const eventId = (id: unknown): string =>
  /(.{8}-.{4}-).(.{3}-).(.{3}-.{12})$/
    .exec(`${id}`.toLowerCase())
    // Version and variant stand where these were parted.
    ?.slice(1)
    .join('8') ?? crypto.randomUUID();
