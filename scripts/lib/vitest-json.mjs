// @ts-check
import { writeFile } from 'node:fs/promises';
import { JsonReporter } from 'vitest/node';

/** Vitest's JSON report, in the file that RASTRO_TEST_REPORT names, without a line about it between the tests. */
export default class QuietJsonReporter extends JsonReporter {
  /**
   * @override
   * @param {string} report
   */
  async writeReport(report) {
    await writeFile(process.env['RASTRO_TEST_REPORT'] ?? '', report);
  }
}
