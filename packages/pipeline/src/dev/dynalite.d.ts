/** dynalite has no types of its own: what the embedded table needs of it. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Time a new table stays CREATING. Unit: ms. */
    createTableMs?: number;
    /** Time a deleted table stays DELETING. Unit: ms. */
    deleteTableMs?: number;
    /** Time a table stays UPDATING. Unit: ms. */
    updateTableMs?: number;
    /** Folder of the tables. In memory without it. */
    path?: string;
  }

  export default function dynalite(options?: DynaliteOptions): Server;
}
