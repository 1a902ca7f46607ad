import { LIVE_SOURCES } from '../../core/contracts/scan-words.ts';
import { EXIT } from '../exit-codes.ts';
import { Failure, invalid } from '../failure.ts';
import { checkNamed } from './manifest-paths.ts';
import type { ScanOptions } from './scan-options.ts';
import { targetsOf } from './targets.ts';

/** Collects what is wrong with a command, so that a person hears of all of it at once. */
export class Wrong {
  readonly #messages: string[] = [];

  /** What `run` gives; undefined where it fails with exit code 2, whose message is kept. */
  async of<T>(run: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== EXIT.invalid) throw error;
      this.add(error.message);
      return undefined;
    }
  }

  add(message: string): void {
    this.#messages.push(message);
  }

  /** @throws Failure (2) with everything that was wrong. */
  end(): void {
    if (this.#messages.length > 0) throw invalid(this.#messages.join('\n'));
  }
}

/** What can be told from the options alone, before anything is read. */
export async function checkOptions(options: ScanOptions, wrong: Wrong): Promise<void> {
  const { manifests, skip } = options;
  const live = options.kubeconfig !== undefined || options.context !== undefined;
  if (manifests === undefined && !live)
    wrong.add('liftlock: say what to scan: --manifests FILE, FOLDER or -, or --kubeconfig FILE for a cluster.');
  if (manifests !== undefined && live)
    wrong.add('liftlock: --manifests and --kubeconfig are two scans. Run them one after the other.');
  if (manifests !== undefined && skip.includes('manifest'))
    wrong.add('liftlock: --skip manifest leaves nothing to scan.');
  if (live && LIVE_SOURCES.every((source) => skip.includes(source)))
    wrong.add('liftlock: --skip leaves nothing of the cluster to scan.');
  const told = options.target.length > 0 && (options.hops !== true || options.from !== undefined);
  // What the cluster runs tells the rest: it is checked again when that is known.
  if (!live || told) await wrong.of(() => targetsOf(options));
  if (manifests !== undefined) await wrong.of(() => checkNamed(manifests));
}
