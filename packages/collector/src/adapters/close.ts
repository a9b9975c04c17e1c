/** Closes a server once, at the first SIGINT or SIGTERM, and ends the process; a second signal ends it at once. */
export function closeOnSignal(server: { close(): Promise<void> }): void {
  const close = (): void => {
    process.off('SIGINT', close).off('SIGTERM', close);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close).on('SIGTERM', close);
}
