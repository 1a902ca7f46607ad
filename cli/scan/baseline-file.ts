import { readFile } from 'node:fs/promises';
import { chooseBaseline } from '../../core/scan/report/baseline.ts';
import type { ReportParts } from '../../core/scan/report/build-report.ts';
import { type Baseline, readBaseline } from '../../core/scan/report/read-baseline.ts';
import { invalid } from '../failure.ts';

export interface Baselines {
  /** The older report that one of now is compared with. @throws Failure (2) when there is none. */
  choose(parts: Pick<ReportParts, 'subject' | 'from' | 'target'>): Baseline;
}

export async function readBaselineFile(path: string): Promise<Baselines> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : (error.code ?? error.message);
    throw invalid(`liftlock: the baseline ${path} cannot be read: ${why}.`);
  });
  const { baselines, error } = readBaseline({ path, text });
  if (error !== undefined) throw invalid(`liftlock: ${error}`);
  return {
    choose(parts) {
      const chosen = chooseBaseline(baselines, parts);
      if (chosen.error !== undefined) throw invalid(`liftlock: ${chosen.error}`);
      return chosen.baseline;
    },
  };
}
