/** A package that is left to who uses it is not there. Its message is all there is to say. */
export class MissingPackageError extends Error {
  override readonly name = 'MissingPackageError';
}

/**
 * Loads a package that not everybody needs, or a module that imports such packages.
 *
 * @param who What needs it, as its sentence begins: 'The embedded SNS', 'Counting'.
 * @param name The package, where the error does not tell which of several is missing.
 * @param install The command that installs it, without its name.
 * @throws {MissingPackageError} With the command that installs it, if it is not there.
 */
export async function load<Module>(
  who: string,
  name: string,
  importIt: () => Promise<Module>,
  install = 'npm install --save-dev',
): Promise<Module> {
  try {
    return await importIt();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const missing = /Cannot find package '([^']+)'/.exec(message)?.[1] ?? name;
    throw new MissingPackageError(
      `${who} needs the package ${missing}, which is not installed. Run: ${install} ${missing}`,
      { cause },
    );
  }
}
