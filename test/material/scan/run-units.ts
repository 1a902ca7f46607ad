import type { Source } from '../../../core/contracts/scan-words.ts';
import { advance } from '../../../core/scan/live/advance.ts';
import { type LiveScanState, startLiveScan, type Unit } from '../../../core/scan/live/keep.ts';
import { type Said, scriptedReader } from './scripted-reader.ts';

/** Runs these units to their end against a scripted API server; the state goes through JSON between two steps, as one that is put away. */
export async function runUnits(
  units: readonly Unit[],
  script: Readonly<Record<string, Said | readonly Said[]>>,
  { skip = [], state: begun }: { readonly skip?: readonly Source[]; readonly state?: Partial<LiveScanState> } = {},
): Promise<{ state: LiveScanState; asked: string[] }> {
  const { reader, asked } = scriptedReader(script);
  let state: LiveScanState = { ...startLiveScan(new Date(0), skip), coverage: [], ...begun, units: [...units] };
  for (let steps = 0; await advance(state, { reader, wait: async () => undefined }); steps += 1) {
    if (steps > 1_000) throw new Error('it does not end');
    state = JSON.parse(JSON.stringify(state)) as LiveScanState;
  }
  return { state, asked };
}

/** A list of one resource, as discovery puts it in. */
export const listUnit = (path: string, kind: string, full = false): Unit => {
  const [group = '', version = '', resource = ''] = path.split('/');
  return { type: 'list', full, group, version, resource, kind, namespaced: true, verbs: ['list'] };
};

export const told = ({ coverage }: LiveScanState): string[] =>
  coverage.map(({ status, what, count, detail }) => `${status} ${what} ${count}${detail === '' ? '' : `: ${detail}`}`);
