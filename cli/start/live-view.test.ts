import { MemoryTable } from '../../adapters/memory/table.ts';
import type { LiftlockEvent } from '../../core/contracts/events.ts';
import type { Member } from '../../core/contracts/items/rollout.ts';
import { reason } from '../../core/contracts/step-result.ts';
import { Members, Waves } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { VirtualClock } from '../../simulator/clock/virtual-clock.ts';
import type { PublishedEvent } from '../../simulator/process/in-memory-bus.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { LiveView } from './live-view.ts';

const DAY = new Date('2026-11-20T08:00:00Z');
const behind = [reason('NodesBehind', 'workers is at 1.36')];

/** The text of the terminal after one drawing, without colours. */
async function picture(members: readonly Partial<Member>[], events: readonly LiftlockEvent[] = [], rows = 40) {
  const table = new MemoryTable();
  const items = members.map((one, index) =>
    put(Members, memberItem({ clusterKey: `k${index}`, name: `c${index}`, ...one }), 'absent'),
  );
  await table.transact([put(Waves, waveItem({ status: 'Open', members: members.length }), 'absent'), ...items]);
  const watched = { table, clock: new VirtualClock({ start: DAY }), onEvent: (_: PublishedEvent) => {} };
  let shown = '';
  const write = (text: string) => {
    shown = text;
    return true;
  };
  const view = new LiveView(watched, { write, columns: 60, rows }, (_, text) => text);
  view.begin();
  for (const event of events) watched.onEvent({ at: DAY, event });
  await view.draw();
  const lines = shown.split('\n');
  view.end();
  return lines;
}

test('a bar tells apart what was upgraded, is behind, failed, is blocked and left out: what has settled is not done', async () => {
  const lines = await picture([
    { status: 'Succeeded' },
    { status: 'Succeeded', reasons: behind },
    { status: 'Failed' },
    { status: 'Blocked' },
    { status: 'Excluded' },
    { status: 'Pending' },
  ]);
  const text = lines.join('\n');
  expect(text).toContain('████▓▓▓▓××××!!!!----····');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    '1 of 6 upgraded, 1 not whole, 1 failed, 1 blocked, 1 excluded, 1 to come',
  );
  expect(text).toContain('×\u00a0failed');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});

const failed = (message: string): LiftlockEvent => ({
  type: 'WaveChanged',
  detail: {
    ...{ version: 1, change: undefined, rolloutId: 'r', wave: 'all', status: 'Halted', about: undefined },
    reasons: [reason('NoneSucceeded', message)],
  },
});

test('causes go on in the next line instead of being cut, and the newest stay where the screen is small', async () => {
  const cause = `${'word '.repeat(60)}end`;
  const text = (await picture([{}], [failed(cause)])).map((line) => line.trim()).join(' ');
  expect(text).toContain(cause);
  expect(text).not.toContain('…');
  const small = await picture([{}], [failed('first'), failed('second'), failed('third')], 9);
  expect(small.join('\n')).toContain('third');
  expect(small.join('\n')).not.toContain('first');
});

test('clusters of one name are told apart', async () => {
  const keyIn = (region: string) => `arn:aws:eks:${region}:111111111111:cluster/web@2026-01-01T00:00:00.000Z`;
  const regions = ['us-east-1', 'us-west-2'];
  const lines = await picture(
    regions.map((region) => ({ clusterKey: keyIn(region), name: 'web', status: 'Running' as const })),
  );
  for (const region of regions) expect(lines.join('\n')).toContain(`  111111111111.${region}.web`);
});
