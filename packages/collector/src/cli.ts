export { main } from './adapters/cli.js';
