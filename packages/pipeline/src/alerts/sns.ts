import type { SNSClient } from '@aws-sdk/client-sns';
import { checkText } from '../options.js';
import { type Alert, type AlertChannel, named } from './alert.js';
import { alertLine, plain } from './line.js';

export interface SnsChannelOptions {
  client: SNSClient;
  /** ARN of a standard topic. */
  topicArn: string;
}

/** A subject has at most 100 characters of ASCII: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxSubject = 100;

/**
 * Publishes alerts as JSON. Attributes `site`, `rule` and `type` (an array: each event type of the alert) are for filter
 * policies: https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
 *
 * @throws {TypeError} If `topicArn` is no text.
 */
export function snsChannel(options: SnsChannelOptions): AlertChannel {
  const { client, topicArn } = options;
  checkText('topicArn', topicArn);
  return named(`SNS ${topicArn}`, async (alert, signal) => {
    // Loaded when used: who has alerts elsewhere does not need the package.
    const { PublishCommand } = await import('@aws-sdk/client-sns');
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subjectOf(alert),
        Message: JSON.stringify({ message: alertLine(alert), ...alert }, undefined, 2),
        MessageAttributes: {
          site: { DataType: 'String', StringValue: alert.site },
          rule: { DataType: 'String', StringValue: alert.rule },
          type: { DataType: 'String.Array', StringValue: JSON.stringify(Object.keys(alert.events)) },
        },
      }),
      signal ? { abortSignal: signal } : {},
    );
  });
}

function subjectOf({ site, user_id }: Alert): string {
  const subject = plain(`Too fast for a person: ${user_id} at ${site}`).replace(/[^ -~]/g, '?');
  return subject.length > maxSubject ? `${subject.slice(0, maxSubject - 3)}...` : subject;
}
