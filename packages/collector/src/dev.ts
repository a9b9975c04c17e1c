export { closeOnSignal } from './adapters/close.js';
export { type DevServer, type DevServerOptions, type StreamNames, startDevServer } from './dev/dev-server.js';
export { type EmbeddedKinesis, type EmbeddedKinesisOptions, startEmbeddedKinesis } from './dev/embedded-kinesis.js';
export type { FaultCounts } from './dev/fault-counts.js';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './dev/fault-proxy.js';
export type { CallFault, Faults } from './dev/faults.js';
export { type LiveOptions, live } from './dev/live.js';
export { createRandom, type Random } from './dev/random.js';
export { type Tail, type TailOptions, type TailRecord, tailStream } from './dev/tail.js';
