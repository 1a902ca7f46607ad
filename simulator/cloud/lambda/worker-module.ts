import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const javascript = (file: string): string => stripTypeScriptTypes(readFileSync(new URL(file, import.meta.url), 'utf8'));
const dataUrl = (code: string): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** With what it imports of this folder inside. */
const inlined = (file: string): string =>
  javascript(file).replaceAll(/'(\.\/[a-z-]+\.ts)'/g, (_, imported: string) => `'${dataUrl(inlined(imported))}'`);

/**
 * worker.ts as JavaScript, its types taken out once for all workers: each that did it for itself would load Node's compiler, which is
 * ten megabytes and fifty milliseconds of a thread that has little else to do.
 */
export const WORKER_MODULE = new URL(dataUrl(inlined('./worker.ts')));
