export { type AthenaOptions, athenaDefaults, createAthena } from './query/athena.js';
