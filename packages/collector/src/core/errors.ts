// docs/errors.md is generated from these tables.

/** Reasons to refuse a whole request; `retry`: sending the same again can help, so the tracker keeps its events. */
export const requestErrors = {
  malformed_json: { status: 400, message: 'The body is not JSON.', retry: false },
  malformed_envelope: { status: 400, message: 'The body is not an envelope.', retry: false },
  malformed_encoding: {
    status: 400,
    message: 'The body does not decompress as its Content-Encoding says.',
    retry: false,
  },
  unknown_key: {
    status: 401,
    message: 'No site has this key. Check `key` in the tracker and the keys of the collector.',
    retry: false,
  },
  origin_not_allowed: {
    status: 403,
    message: 'The site does not allow this origin. Add it to the site in the collector.',
    retry: false,
  },
  not_found: { status: 404, message: 'Nothing is served here.', retry: false },
  method_not_allowed: { status: 405, message: 'Events are sent with POST.', retry: false },
  body_too_large: {
    status: 413,
    message: 'The body is larger than the collector takes. Send fewer events at once.',
    retry: false,
  },
  unsupported_media_type: {
    status: 415,
    message: 'The body must be text/plain or application/json, plain or gzip.',
    retry: false,
  },
  // No `accepted: 0` in these: no event was looked at, so a tracker keeps all of them.
  bad_request: {
    status: 400,
    message: 'The request is not HTTP, or ended before its body did. Send it again.',
    retry: true,
  },
  request_timeout: { status: 408, message: 'The request took too long to arrive. Send it again.', retry: true },
  rate_limited: {
    status: 429,
    message: 'Too many requests from this address or for this site key. Keep the events and try again.',
    retry: true,
  },
  headers_too_large: {
    status: 431,
    message: 'The headers of the request are larger than the server takes: the cookies of the page, most likely.',
    retry: true,
  },
  unavailable: { status: 503, message: 'The events could not be made durable. Keep them and try again.', retry: true },
} as const;
export type RequestErrorCode = keyof typeof requestErrors;

/** Reasons to refuse one event. It goes to the dead-letter stream; its neighbours are not concerned. */
export const eventErrors = {
  not_an_object: 'An event is a JSON object.',
  missing_field: 'A required field is absent, null or empty.',
  unknown_field: 'The event type has no such field. The shop’s own fields go into `properties`.',
  unknown_event_type: 'The event type is none of those that exist.',
  wrong_type: 'The value has another JSON type than the field.',
  not_allowed: 'The value is none of those that the field allows.',
  too_long: 'The text is longer than the field allows.',
  out_of_range: 'The number is below or above what the field allows.',
  bad_format: 'The text does not have the form of the field, or holds control characters or lone surrogates.',
  too_many: 'The list has more entries, or fewer, than allowed.',
  id_precision_lost:
    'The identifier has been through a floating-point number or a spreadsheet: its digits are lost. Send identifiers as strings.',
  not_a_dotted_path: 'A category code is a path of names separated by single dots.',
  not_a_currency: 'A currency is an ISO 4217 code: three capital letters.',
  not_a_decimal: 'An amount is a number, or decimal text such as "72.93".',
  decimal_comma: 'An amount has a comma. Write a decimal point and no thousands separator: "72.93".',
  decimal_precision: 'An amount has more than 6 decimals or more than 15 digits. Round it before sending.',
  negative_amount: 'An amount is below zero.',
  properties_too_large: '`properties` has more than 32 keys or 1,024 bytes of JSON.',
  properties_not_flat: '`properties` is one flat object of texts, numbers, booleans and nulls.',
  currency_mismatch: 'A line has another currency than its order.',
  duplicate_event_id: 'Another event of the request has the same `event_id`.',
  too_many_records:
    'The request makes more than 5,000 records, counting each line of an order, or 16 million characters of them. Send fewer orders at once.',
  identity_missing: 'Neither the event nor its envelope names a customer or a device.',
  record_refused: 'The stream refused the record for good.',
} as const;
export type EventErrorCode = keyof typeof eventErrors;

/** What is accepted all the same, but said in `warnings`. */
export const warningCodes = {
  session_missing: 'The event has no session. The record is flagged.',
  clock_corrected:
    'The sender’s clock was off by more than 10 s and `event_time` was corrected. The record is flagged.',
  context_dropped: 'A field of the page was not valid and was left out. The record is flagged.',
  unknown_envelope_field: 'The envelope has a field that this collector does not know. It was ignored.',
} as const;
export type WarningCode = keyof typeof warningCodes;
