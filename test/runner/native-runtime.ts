import { createRequire, enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const TEST_TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');
const shared = globalThis as unknown as Record<symbol | string, unknown>;

// Stripped and compiled modules are kept from one run to the next, beside those of the command line: each worker, and each process that a test
// begins, loads more than a thousand.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../node_modules/.cache/liftlock', import.meta.url));
enableCompileCache();

/**
 * What Jest loads tests with, in place of `jest-runtime`: Node itself. Jest's own runtime links every module anew for every test file, which
 * was most of the time of a run. Here the files of a worker share their modules, as one process of the product does.
 */
class NativeRuntime {
  /** The framework keeps its tests in its modules and its handlers on the global object: each test file gets new ones. */
  requireInternalModule(path: string): unknown {
    delete require.cache[require.resolve(path)];
    delete shared[EVENT_HANDLERS];
    delete shared[TEST_TIMEOUT];
    return require(path);
  }

  /** `jest` has what works without a module registry of its own; mocks are injected. */
  setGlobalsForRuntime(): void {
    shared.jest = {
      setTimeout: (milliseconds: number) => {
        shared[TEST_TIMEOUT] = milliseconds;
      },
    };
  }

  async unstable_importModule(path: string): Promise<void> {
    await import(pathToFileURL(path).href);
  }

  unstable_shouldLoadAsEsm(): boolean {
    return true;
  }

  requireModule(path: string): unknown {
    return require(path);
  }

  /** Types are stripped in place, so every line is where it was. */
  getSourceMaps(): Map<string, string> {
    return new Map();
  }

  getAllCoverageInfoCopy(): undefined {
    return undefined;
  }

  enterTestCode(): void {}
  leaveTestCode(): void {}

  /** What was compiled is kept after each file: a worker that did it when it leaves would take longer than Jest gives it. */
  teardown(): void {
    flushCompileCache();
  }
}

// Jest requires this file and expects the class itself.
export { NativeRuntime as 'module.exports' };
