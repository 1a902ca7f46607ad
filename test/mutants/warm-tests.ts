import { readFileSync } from 'node:fs';
import { createRequire, registerHooks, stripTypeScriptTypes } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readConfig } from 'jest-config';
import { 'module.exports' as NativeEnvironment } from '../runner/native-environment.ts';
import { 'module.exports' as NativeRuntime } from '../runner/native-runtime.ts';

/** What Stryker's switches read and write, on the global object. */
export interface Switches {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { readonly static: Counts; readonly perTest: Readonly<Record<string, Counts>> };
}
type Counts = Readonly<Record<string, number>>;

/** The tests of one file that are run: by their place in it, or all. */
export type Selection = ReadonlySet<number> | 'all';

/** Milliseconds of a test or hook whose own time is not known. */
const LONGEST = 30_000;

interface CircusEvent {
  readonly name: string;
  readonly test?: { errors: unknown[]; mode: unknown; timeout: number | undefined; readonly name: string };
}

const ROOT = new URL('../../', import.meta.url);
const { default: circus } = createRequire(import.meta.url)('jest-circus/runner') as {
  default: (...parts: unknown[]) => Promise<{ testExecError?: unknown }>;
};
const { globalConfig, projectConfig } = await readConfig(
  { config: fileURLToPath(new URL('jest.config.json', ROOT)), runInBand: true, ci: true, $0: '', _: [] } as never,
  fileURLToPath(ROOT),
);
const shared = globalThis as unknown as { __stryker__?: Switches };
shared.__stryker__ ??= {};
export const switches: Switches = shared.__stryker__;

/** The modules of the generation under way that are loaded anew: those that reach the mutated file. */
let generation = 0;
let anew: ReadonlySet<string> = new Set();
const mark = /\?generation=\d+$/;

/** From now on the files of the repository load with these texts in place of some. */
export function serve(code: ReadonlyMap<string, string>): void {
  const stripped = new Map([...code].map(([file, text]) => [new URL(file, ROOT).href, text]));
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      if (generation === 0 || !anew.has(found.url) || !mark.test(context.parentURL ?? '')) return found;
      return { ...found, url: `${found.url}?generation=${generation}` };
    },
    load(url, context, next) {
      const plain = url.replace(mark, '');
      if (!plain.startsWith(ROOT.href) || !plain.endsWith('.ts') || plain.includes('/node_modules/'))
        return next(url, context);
      let source = stripped.get(plain);
      if (source === undefined) {
        source = stripTypeScriptTypes(readFileSync(fileURLToPath(plain), 'utf8'));
        stripped.set(plain, source);
      }
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** What is loaded from here on is new, where it reaches the mutated file: nothing that another mutant left in a module is seen. */
export function beginGeneration(files: ReadonlySet<string>): void {
  generation += 1;
  anew = new Set([...files].map((file) => new URL(file, ROOT).href));
}

class Runtime extends NativeRuntime {
  override async unstable_importModule(path: string): Promise<void> {
    delete switches.currentTestId;
    // The file of tests itself is loaded for every run, since loading registers its tests.
    await import(`${pathToFileURL(path).href}?generation=${generation}`);
    switches.currentTestId = nameOf(path);
  }
}

const nameOf = (path: string): string => path.slice(fileURLToPath(ROOT).length);

class Environment extends NativeEnvironment {
  killer: string | undefined;
  readonly milliseconds: number[] = [];
  readonly #file: string;
  readonly #selection: Selection;
  readonly #limits: readonly number[];
  #at = -1;
  #began = 0;

  constructor(file: string, selection: Selection, limits: readonly number[]) {
    super();
    this.#file = file;
    this.#selection = selection;
    this.#limits = limits;
  }

  override async handleTestEvent(event: CircusEvent): Promise<void> {
    const { name, test } = event;
    if (name === 'test_start' && test !== undefined) {
      this.#at += 1;
      const isWanted = this.#selection === 'all' || this.#selection.has(this.#at);
      if (!isWanted || this.killer !== undefined) test.mode = 'skip';
      test.timeout = this.#limits[this.#at] ?? LONGEST;
      this.#began = performance.now();
      switches.currentTestId = `${this.#file}#${this.#at}`;
    }
    if (name === 'test_done' && test !== undefined) {
      this.milliseconds.push(performance.now() - this.#began);
      switches.currentTestId = this.#file;
      if (test.errors.length > 0) this.killer ??= test.name;
    }
    if (name === 'error') this.killer ??= 'outside of a test';
    await super.handleTestEvent(event);
  }
}

export interface FileRun {
  /** The first test that failed; undefined when none did. */
  readonly killer: string | undefined;
  readonly why?: unknown;
  /** How long each test took, by its place. */
  readonly milliseconds: readonly number[];
}

/** Runs tests of one file up to the first that fails; `limits` are the milliseconds that each may take, by its place. */
export async function runFile(file: string, selection: Selection, limits: readonly number[] = []): Promise<FileRun> {
  const environment = new Environment(file, selection, limits);
  let killer: string | undefined;
  let why: unknown;
  try {
    await environment.setup();
    const path = fileURLToPath(new URL(file, ROOT));
    const config = { ...projectConfig, testTimeout: LONGEST };
    const result = (await circus(globalConfig, config, environment, new Runtime(), path)) as unknown as {
      testExecError?: unknown;
      numFailingTests: number;
      testResults: { failureMessages: string[] }[];
    };
    if (result.testExecError) killer = 'outside of a test';
    else if (result.numFailingTests > 0) killer = environment.killer ?? 'a hook';
    why = result.testExecError ?? result.testResults.flatMap((one) => one.failureMessages)[0];
    await environment.teardown();
    await nextTurn();
    // Says what was left unhandled since.
    await environment.setup();
    await environment.teardown();
  } catch (error) {
    killer = 'loading, or a rejection that nobody handles';
    why = error;
    await environment.teardown();
  }
  return { killer, why, milliseconds: environment.milliseconds };
}
