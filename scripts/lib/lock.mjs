// @ts-check

/**
 * @typedef {object} LockedPackage
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {boolean} [link]
 * @property {boolean} [inBundle]
 *
 * @typedef {{ lockfileVersion: number, packages: Record<string, LockedPackage> }} Lock
 */

/**
 * What would tie an installation to one registry, or let it take a file that nobody has seen.
 *
 * @param {Lock} lock package-lock.json
 * @returns {string[]} One line per problem.
 */
export function lockProblems(lock) {
  return Object.entries(lock.packages).flatMap(([path, { resolved, integrity, link, inBundle }]) => {
    if (resolved && /^[\w+.-]+:\/\//.test(resolved)) return [`${path}: resolved is a URL, ${new URL(resolved).origin}`];
    // Workspaces and links to them are folders of this repository; bundled packages come inside of another one.
    const fromRegistry = path.includes('node_modules/') && !link && !inBundle && !resolved?.startsWith('file:');
    return fromRegistry && !integrity ? [`${path}: no integrity`] : [];
  });
}
