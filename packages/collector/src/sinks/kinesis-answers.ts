/** What the errors of Kinesis mean for whoever runs the collector. https://docs.aws.amazon.com/kinesis/latest/APIReference/ */

/** The service is there, and too much is asked of it at the moment. */
const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
  'ThrottlingException',
  'TooManyRequestsException',
]);
/** Nothing gets better before somebody changes the configuration. */
const configuration = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'CredentialsProviderError',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSNotFoundException',
  'KMSInvalidStateException',
  'KMSOptInRequired',
  'ValidationException',
  'InvalidArgumentException',
]);

export const isThrottle = (name: string): boolean => throttles.has(name);
export const isConfiguration = (name: string): boolean => configuration.has(name);

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

/**
 * One line for people. The service's own text is left out where it says no more than ours: it holds account numbers, and
 * `/readyz` may be public.
 *
 * @param action What was tried, as IAM calls it, such as `kinesis:PutRecords`.
 */
export function explain(error: unknown, action: string, streamName: string): string {
  const name = nameOf(error);
  const advice = adviceOf(name, action, streamName);
  if (advice) return `${name}: ${advice}`;
  const { message = '', code } = (error ?? {}) as { message?: string; code?: string };
  return `${name}: ${(message || code || 'no reason given').split('\n', 1)[0]?.slice(0, 200)}`;
}

function adviceOf(name: string, action: string, streamName: string): string | undefined {
  switch (name) {
    case 'AccessDeniedException':
      return `allow ${action} on ${streamName} to the role of the collector`;
    case 'ResourceNotFoundException':
      return `there is no stream ${streamName} in this account and region`;
    case 'KMSAccessDeniedException':
      return `the stream ${streamName} is encrypted: allow kms:GenerateDataKey on its key to the role of the collector`;
    case 'ExpiredTokenException':
    case 'UnrecognizedClientException':
    case 'InvalidSignatureException':
    case 'MissingAuthenticationTokenException':
      return 'the credentials are not valid, or no longer';
    case 'CredentialsProviderError':
      return 'no credentials found';
    default:
      return undefined;
  }
}
