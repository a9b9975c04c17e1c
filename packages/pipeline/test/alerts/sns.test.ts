import type { PublishCommand, PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from 'vitest';
import { snsChannel } from '../../src/alerts/sns.js';
import { alert } from './support.js';

async function published(fields: Parameters<typeof alert>[0] = {}): Promise<PublishCommandInput> {
  const inputs: PublishCommandInput[] = [];
  const client = { send: async ({ input }: PublishCommand) => inputs.push(input) } as unknown as SNSClient;
  await snsChannel({ client, topicArn: 'arn:aws:sns:us-east-1:000000000000:alerts' })(alert(fields));
  return inputs[0] as PublishCommandInput;
}

test('publishes JSON that begins with a sentence, and attributes to filter by', async () => {
  const { Message = '', ...rest } = await published();
  expect(Message).toMatch(/^\{\n {2}"message": "ana at shop is too fast for a person: 183 interactions, more than 90/);
  expect(JSON.parse(Message)).toMatchObject(alert());
  expect(rest).toEqual({
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
    Subject: 'Too fast for a person: ana at shop',
    MessageAttributes: {
      site: { DataType: 'String', StringValue: 'shop' },
      rule: { DataType: 'String', StringValue: 'interactions' },
      type: { DataType: 'String.Array', StringValue: '["view","cart"]' },
    },
  });
});

test.each([['x'.repeat(200)], ['a\nBcc: b@example.com'], ['José 😀\u001b']])(
  'has a subject that mail takes: %j',
  async (user_id) => {
    expect((await published({ user_id })).Subject).toMatch(/^Too fast for a person: [ -~]{1,77}$/);
  },
);

test('needs a topic', () => {
  expect(() => snsChannel({ client: {} as SNSClient, topicArn: '' })).toThrow(
    new TypeError('topicArn must be a text that is not empty, got ""'),
  );
});
