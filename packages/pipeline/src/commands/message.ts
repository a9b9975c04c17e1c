import { MissingPackageError } from '../dev/load.js';
import { LakeError } from '../lake/manifest.js';
import { CommandError, UsageError } from './options.js';

/** Errors of the network and of the SDK may have a name and no message. */
export const messageOf = (error: unknown): string => {
  const { message, name, code, cause } = error as NodeJS.ErrnoException;
  if (name === 'CredentialsProviderError') return noCredentials;
  const own = message || code || name;
  const said = whole.some((kind) => error instanceof kind);
  const why = cause instanceof Error && !said ? messageOf(cause) : '';
  if (why === noCredentials)
    return own.replace(/: (?:Could not load credentials|CredentialsProviderError).*$/s, `: ${why}`);
  return own.includes(why) ? own : `${own}: ${why}`;
};

/** Errors whose message needs no cause. */
const whole = [UsageError, CommandError, MissingPackageError, LakeError];

/** https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html */
const noCredentials =
  'there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run it where a role gives them';

const networkCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether what was called could not be reached, or hung up: such an error does not say whom it was about. */
export function isOfNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', name, message, cause } = error as NodeJS.ErrnoException;
  return networkCodes.has(code) || name === 'TimeoutError' || message === 'socket hang up' || isOfNetwork(cause);
}
