import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const javascript = (file: URL): string => stripTypeScriptTypes(readFileSync(file, 'utf8'));
const dataUrl = (code: string): string => `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;

/** With what it imports of this repository inside. */
const inlined = (file: URL): string =>
  javascript(file).replaceAll(
    /'(\.\.?\/[a-z./-]+\.ts)'/g,
    (_, imported: string) => `'${dataUrl(inlined(new URL(imported, file)))}'`,
  );

/**
 * worker.ts as JavaScript, its types taken out once for all workers: each that did it for itself would load Node's compiler, which is
 * ten megabytes and fifty milliseconds of a thread that has little else to do.
 */
export const WORKER_MODULE = new URL(dataUrl(inlined(new URL('./worker.ts', import.meta.url))));
