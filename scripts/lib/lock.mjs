// @ts-check

/**
 * @typedef {object} LockedPackage
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {boolean} [link]
 * @property {boolean} [inBundle]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {{ lockfileVersion: number, packages: Record<string, LockedPackage> }} Lock
 */

/**
 * What would tie an installation to one registry or one platform, or let it take a file that nobody has seen.
 *
 * @param {Lock} lock package-lock.json
 * @returns {string[]} One line per problem.
 */
export function lockProblems(lock) {
  const locked = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.entries(lock.packages).flatMap(
    ([path, { resolved, integrity, link, inBundle, optionalDependencies }]) => {
      // npm leaves out a platform's package that it could not find, and then npm ci fails on every platform.
      const absent = Object.keys(optionalDependencies ?? {}).filter((name) => !locked.has(name));
      if (absent.length > 0) return [`${path}: not in the lock file: ${absent.join(', ')}`];
      if (resolved && /^[\w+.-]+:\/\//.test(resolved))
        return [`${path}: resolved is a URL, ${new URL(resolved).origin}`];
      // Workspaces and links to them are folders of this repository; bundled packages come inside of another one.
      const fromRegistry = path.includes('node_modules/') && !link && !inBundle && !resolved?.startsWith('file:');
      return fromRegistry && !integrity ? [`${path}: no integrity`] : [];
    },
  );
}
