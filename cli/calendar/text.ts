import type { Reason } from '../../core/contracts/step-result.ts';
import { visible } from '../../core/model/visible.ts';
import { facts, section, shown } from '../output/facts.ts';
import type { Paint } from '../output/paint.ts';
import { reasonLines } from '../output/print.ts';
import { table } from '../output/table.ts';

/** What JSON has of a state; instants are RFC 3339 UTC. */
export interface ShownState {
  readonly at: string | null;
  readonly open: boolean;
  readonly window: string | null;
  readonly freeze: string | null;
  readonly opensAt: string | null;
  readonly closesAt: string | null;
  readonly reasons: readonly Reason[];
}

export interface ShownOpening {
  readonly opensAt: string | null;
  readonly closesAt: string | null;
  readonly window: string | null;
}

/** One state in full, several as a table. */
export function stateLines(states: readonly ShownState[], paint: Paint): string[] {
  const [state] = states;
  if (states.length === 1 && state !== undefined) {
    return [
      ...facts([
        ['At', state.at],
        ['Open', verdict(state, paint)],
        ['Window', shown(state.window)],
        ['Freeze', shown(state.freeze)],
        ['Opens', opens(state)],
        ['Closes', closes(state)],
      ]),
      ...section('Reasons', reasonLines(state.reasons)),
    ];
  }
  const rows = states.map((one) => [
    one.at ?? '-',
    verdict(one, paint),
    visible(one.window ?? '-'),
    visible(one.freeze ?? '-'),
    opens(one),
    closes(one),
  ]);
  return lines(table(['AT', 'OPEN', 'WINDOW', 'FREEZE', 'OPENS', 'CLOSES'], rows));
}

export function openingLines(openings: readonly ShownOpening[]): string[] {
  const rows = openings.map(({ opensAt, closesAt, window }) => [
    opensAt ?? '-',
    closesAt ?? 'never',
    visible(window ?? '-'),
  ]);
  return lines(table(['OPENS', 'CLOSES', 'WINDOW'], rows));
}

const lines = (text: string): string[] => text.trimEnd().split('\n');
const verdict = ({ open }: ShownState, paint: Paint): string => paint(open ? 'green' : 'yellow', open ? 'yes' : 'no');
const opens = ({ open, opensAt }: ShownState): string => (open ? '-' : (opensAt ?? 'never'));
const closes = ({ open, closesAt }: ShownState): string => (open ? (closesAt ?? 'never') : '-');
