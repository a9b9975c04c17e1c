export { main } from './vtex/cli.js';
