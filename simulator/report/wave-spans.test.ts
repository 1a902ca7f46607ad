import type { AuditItem } from '../../core/ports/table.ts';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { waveSpans } from './run-report.ts';

const at = (hour: number): string => new Date(Date.UTC(2026, 10, 20, hour)).toISOString();
const item = (event: string, hour: number, wave = 'all') => ({ event, at: at(hour), detail: { wave } }) as never;

function spansOf(audit: readonly AuditItem[]) {
  const within = { from: Date.parse(at(0)), to: Date.parse(at(12)) };
  const { open, soaks } = waveSpans(waveItem({ name: 'all' }), audit, new Map(), within);
  return { open, soaks };
}

test('a wave is open until it gets another status: approvals and limits are none, and other waves have their own', () => {
  const audit = [
    item('WaveApproved', 1),
    item('WaveOpen', 2),
    item('WaveLimitsChanged', 3),
    item('WaveOpen', 4, 'other'),
    item('WaveSoaking', 5),
    item('WaveGatesChanged', 6),
    item('WaveCompleted', 7),
  ];
  expect(spansOf(audit)).toEqual({ open: [{ from: at(2), to: at(5) }], soaks: [{ from: at(5), to: at(7) }] });
});

test('what has not ended lasts to the end of the run', () => {
  expect(spansOf([item('WaveOpen', 2)])).toEqual({ open: [{ from: at(2), to: at(12) }], soaks: [] });
});
