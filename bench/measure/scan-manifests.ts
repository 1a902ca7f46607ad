import { Readable } from 'node:stream';
import type { ScanReport } from '../../core/scan/report/report-schema.ts';
import { type Figure, type Measure, rounded } from '../figure.ts';
import { type CommandRun, runLiftlock } from '../process/run-command.ts';
import { manifestFolder, manifestText, PLANTED_EACH } from '../scan/manifest-folder.ts';

const FILES = 10_000;
const ARGUMENTS = ['--target', '1.36', '-o', 'json'];

/** `liftlock scan` of a large repository: as files, and as one stream. What was planted has to be found. */
export const measure: Measure = async () => {
  const folder = await manifestFolder(FILES);
  try {
    const note = `${rounded(folder.bytes / 1e6)} MB in ${FILES} files, ${4 * FILES} documents`;
    const files = await runLiftlock(['scan', '--manifests', folder.path, ...ARGUMENTS]);
    const stream = await runLiftlock(['scan', '--manifests', '-', ...ARGUMENTS], { input: Readable.from(texts()) });
    return [...figures('10,000 files', files, note), ...figures('the same as one stream', stream, note)];
  } finally {
    await folder.remove();
  }
};

function* texts(): Generator<string> {
  for (let index = 0; index < FILES; index += 1) yield `---\n${manifestText(index)}`;
}

function figures(what: string, run: CommandRun, note: string): Figure[] {
  const { findings, verdict } = JSON.parse(run.out) as ScanReport;
  if (verdict !== 'fail' || findings.length !== FILES / PLANTED_EACH)
    throw new Error(`${findings.length} findings and ${verdict} instead of ${FILES / PLANTED_EACH}: ${run.errors}`);
  return [
    { name: `scan of manifests, ${what}`, value: rounded(run.seconds), unit: 's', limit: 5, note },
    { name: `scan of manifests, ${what}: memory`, value: rounded(run.peakBytes / 1e6), unit: 'MB', limit: 300, note },
  ];
}
