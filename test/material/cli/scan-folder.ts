import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ScanReport, ScanReportList } from '../../../core/scan/report/report-schema.ts';
import { type Ran, type RunOptions, runInProcess } from './run-in-process.ts';

/** A folder with files, and scans of it. */
export interface ScanFolder {
  readonly path: string;
  of(name: string): string;
  write(files: Readonly<Record<string, string | Buffer>>): void;
  remove(): void;
}

export function scanFolder(files: Readonly<Record<string, string | Buffer>> = {}): ScanFolder {
  const path = mkdtempSync(join(tmpdir(), 'liftlock-scan-'));
  const folder: ScanFolder = {
    path,
    of: (name) => join(path, name),
    write(more) {
      for (const [name, text] of Object.entries(more)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  folder.write(files);
  return folder;
}

export const scan = (...argv: readonly string[]): Promise<Ran> => runInProcess(['scan', ...argv]);

export async function reportOf(argv: readonly string[], options: RunOptions = {}): Promise<ScanReport> {
  const { out, err, code } = await runInProcess(['scan', ...argv, '-o', 'json'], options);
  if (out === '') throw new Error(`No report, exit code ${code}: ${err}`);
  return JSON.parse(out) as ScanReport;
}

export async function reportsOf(argv: readonly string[]): Promise<readonly ScanReport[]> {
  const { out } = await runInProcess(['scan', ...argv, '-o', 'json']);
  const list = JSON.parse(out) as ScanReportList;
  if (list.kind !== 'ScanReportList') throw new Error(`A ${list.kind} instead of a list.`);
  return list.items;
}

export const budget = (name = 'api', apiVersion = 'policy/v1beta1'): string =>
  `apiVersion: ${apiVersion}\nkind: PodDisruptionBudget\nmetadata:\n  name: ${name}\n  namespace: payments\n`;
