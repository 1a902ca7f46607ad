import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { calendarConfig, type Kept, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import { contextOf, oneStep } from '../../test/material/steps/one-step.ts';
import { Configs } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { ranPast } from './act.ts';

const window = (hour: number) => ({ windows: [{ name: 'w', schedule: `0 ${hour} * * *`, duration: '1h' }] });
/** Compiled calendars are remembered by their name. */
let calendars = 0;
const freeze = { freezes: [{ name: 'fair', from: '2026-11-20', to: '2026-11-21' }] };

/** The message about an end at noon under this calendar. */
async function told(calendar: object | undefined, kept: Kept = {}) {
  const table = new MemoryTable();
  calendars += 1;
  const name = `c${calendars}`;
  const waves = `[{ name: all${calendar === undefined ? '' : `, calendar: ${name}`} }]`;
  const ports = await oneStep(table, { kept: { policy: policyConfig(policyWith({ name: 'p', waves })), ...kept } });
  if (calendar !== undefined) await table.transact([put(Configs, calendarConfig(name, calendar), 'absent')]);
  return ranPast(ports, await contextOf(ports));
}
const past = (what: string) => ({
  code: 'RanPastWindow',
  message: `It ended at 2026-11-20T12:00:00.000Z, when ${what}: what EKS works on is not broken off.`,
});

test('what ends when its window has closed, or in a freeze, is told', async () => {
  expect(await told(window(10))).toEqual(past('its window had closed'));
  expect(await told(freeze)).toEqual(past('the freeze fair had begun'));
});

test('nothing is told of what ends in its window, or under no calendar', async () => {
  expect(await told(window(12))).toBeUndefined();
  expect(await told(undefined)).toBeUndefined();
  expect(await told(window(10), { policy: undefined })).toBeUndefined();
  expect(await told(window(10), { fleet: undefined })).toBeUndefined();
});
