export {
  createHandler,
  type HandlerOptions,
  type HttpApiEvent,
  type LambdaEvent,
  type LambdaResult,
  type LoadBalancerEvent,
  type RestApiEvent,
} from './adapters/lambda.js';
export { handler } from './adapters/lambda-env.js';
