import type { ScanRun } from '../../contracts/items/scan.ts';
import { sha256Hex } from '../../hash/canonical-json.ts';
import type { Table } from '../../ports/table.ts';
import { writeUnrecorded } from '../../store/change.ts';
import { load, put, type Read } from '../../store/entity.ts';
import { loadParts, type PartsOwner, ScanRuns, saveParts } from '../../store/scan-entities.ts';
import type { LiveScanState } from '../live/keep.ts';

/** A run is kept for a day, because no scan is continued after that. */
export const RUN_MILLISECONDS = 24 * 60 * 60_000;

/** @param execution ARN */
export const loadRun = (table: Pick<Table, 'get'>, execution: string): Promise<Read<ScanRun> | undefined> =>
  load(table, ScanRuns, execution);

/** Overwrites a previous run. */
export async function saveRun(table: Pick<Table, 'transact'>, run: ScanRun, now: Date): Promise<void> {
  await writeUnrecorded(table, [put(ScanRuns, run, 'any', new Date(now.getTime() + RUN_MILLISECONDS))]);
}

/**
 * The saved state of the scan; undefined when there is none, when it has expired, or when it is not whole because two invocations have written at
 * once.
 */
export async function loadState(table: Table, run: ScanRun): Promise<LiveScanState | undefined> {
  if (run.state === undefined) return undefined;
  const text = await loadParts(table, slotOf(run, run.state.generation), run.state.parts);
  if (text === undefined || sha256Hex(text) !== run.state.digest) return undefined;
  return JSON.parse(text) as LiveScanState;
}

/** Saves the state of the scan. It uses the other one of two slots, so the previous state stays until the new one is whole. */
export async function saveState(table: Table, run: ScanRun, state: LiveScanState, now: Date): Promise<ScanRun> {
  const generation = (run.state?.generation ?? 0) + 1;
  const text = JSON.stringify(state);
  const parts = await saveParts(table, slotOf(run, generation), text, new Date(now.getTime() + RUN_MILLISECONDS));
  const saved = { ...run, state: { generation, parts, digest: sha256Hex(text) } };
  await saveRun(table, saved, now);
  return saved;
}

const slotOf = ({ clusterKey, execution }: ScanRun, generation: number): PartsOwner => ({
  clusterKey,
  owner: `STATE#${execution}#${generation % 2}`,
});
