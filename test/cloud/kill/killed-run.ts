import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildReport } from './report.ts';

type Ended = Extract<ChildReport, { readonly type: 'ended' }>;

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Runs the small fleet to its end without a kill, and again with a `kill -9` of the whole process at each of these virtual minutes. */
export async function killedRun(assembly: string, minutes: readonly number[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-killed-'));
  try {
    const whole = await life(assembly, join(folder, 'whole'));
    if (whole.ended === undefined) return ['the run without a kill did not end'];
    for (const minute of minutes) {
      const { ended } = await life(assembly, join(folder, 'killed'), minute);
      if (ended !== undefined) return [`it was at rest before minute ${minute}, so its kill proves nothing`];
    }
    const { ended, continued } = await life(assembly, join(folder, 'killed'));
    if (ended === undefined) return ['it did not end after the last kill'];
    return [
      ...(continued ? [] : ['the last life began anew instead of going on']),
      ...[...whole.ended.problems, ...ended.problems],
      ...(whole.ended.rested && ended.rested ? [] : ['a run did not come to rest']),
      ...differences(whole.ended, ended),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One process, to its end or to its kill. */
function life(
  assembly: string,
  state: string,
  killAt = Number.POSITIVE_INFINITY,
): Promise<{ readonly ended?: Ended; readonly continued: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, assembly, state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let ended: Ended | undefined;
    let continued = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as ChildReport;
      if (report.type === 'started') continued = report.continued;
      if (report.type === 'ended') ended = report;
      if (report.type === 'minute' && report.minute >= killAt) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () => resolve({ continued, ...(ended === undefined ? {} : { ended }) }));
  });
}

/** The fleet ends as without the kills. */
function differences(whole: Ended, killed: Ended): string[] {
  return whole.clusters.flatMap((expected) => {
    const found = killed.clusters.find(({ name }) => name === expected.name);
    const same = JSON.stringify(found) === JSON.stringify(expected);
    return same ? [] : [`without kills: ${JSON.stringify(expected)}; with them: ${JSON.stringify(found)}`];
  });
}
