export { createHandler, type HttpApiEvent, type HttpApiResult } from './adapters/lambda.js';
export { handler } from './adapters/lambda-env.js';
