import { relative } from 'node:path';

interface FileResult {
  readonly testFilePath: string;
  readonly perfStats: { readonly runtime: number };
}

const SHOWN = 10;

/** Ends a run with the files that took longest, since they are where the next second is to be had. */
class SlowestFiles {
  readonly #folder: string;

  constructor({ rootDir }: { readonly rootDir: string }) {
    this.#folder = rootDir;
  }

  onRunComplete(_contexts: unknown, { testResults }: { readonly testResults: readonly FileResult[] }): void {
    if (testResults.length <= SHOWN) return;
    const slowest = testResults.toSorted((a, b) => b.perfStats.runtime - a.perfStats.runtime).slice(0, SHOWN);
    const lines = slowest.map(({ testFilePath, perfStats }) => {
      const seconds = (perfStats.runtime / 1000).toFixed(1);
      return `${seconds.padStart(6)} s  ${relative(this.#folder, testFilePath)}`;
    });
    process.stderr.write(`\nThe ${SHOWN} slowest of ${testResults.length} files\n${lines.join('\n')}\n`);
  }
}

export { SlowestFiles as 'module.exports' };
