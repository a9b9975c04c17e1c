export type { FormulaRule } from './csv.js';
export { athenaTable } from './lake/athena-table.js';
export { type CompactDirectoryOptions, compactDirectory } from './lake/compact.js';
export type { CompactOptions, CompactProgress, CompactResult } from './lake/compaction.js';
export type { LakeFiles } from './lake/files.js';
export {
  LakeError,
  type LakeFile,
  type LakeManifest,
  manifestName,
  readManifest,
  writeManifest,
} from './lake/manifest.js';
export { type FlushInfo, type LakeOptions, lakeDefaults } from './lake/options.js';
export type { ErrorReason } from './lake/record.js';
export { type LakeStatus, type LakeWriter, openLakeWriter } from './lake/writer.js';
