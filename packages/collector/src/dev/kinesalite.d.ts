/** kinesalite 3 has no types of its own: what the embedded stream needs of it. */
declare module 'kinesalite' {
  import type { Server } from 'node:http';

  interface KinesaliteOptions {
    /** Time a new stream stays CREATING. Unit: ms. */
    createStreamMs?: number;
    /** Time a deleted stream stays DELETING. Unit: ms. */
    deleteStreamMs?: number;
    /** Time a stream stays UPDATING after a split or a merge. Unit: ms. */
    updateStreamMs?: number;
    /** Most shards of all streams together. */
    shardLimit?: number;
  }

  export default function kinesalite(options?: KinesaliteOptions): Server;
}
