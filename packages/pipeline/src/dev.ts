export { type EmbeddedDynamo, type EmbeddedDynamoOptions, startEmbeddedDynamo } from './dev/embedded-dynamo.js';
export {
  type EmbeddedSns,
  type EmbeddedSnsOptions,
  type SnsMessage,
  type SnsSubscription,
  startEmbeddedSns,
} from './dev/embedded-sns.js';
