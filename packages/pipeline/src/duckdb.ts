export { createDuckDb, type DuckDbOptions, duckDbDefaults } from './query/duckdb.js';
