import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { readGates } from './reconcile-rollouts.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();
const waves = [
  { name: 'plain', clusters: ['a'] },
  { name: 'gated', gates: [{ alarm: 'errors' }, { webhook: 'https://gates.example.com/' }] },
];

/** The gates and waves that are read, with the allowed hosts. */
async function read(given: Partial<Wave>, { rolloutIds = ['r'], policy = 'p' } = {}) {
  const asked: unknown[] = [];
  const gates = {
    read: async (gate: object, hosts: readonly string[]): Promise<GateReading> => {
      asked.push([Object.values(gate)[0], hosts]);
      return { gate: String(Object.values(gate)[0]), status: 'green', message: '' };
    },
  };
  const base = fleetSnapshot({ clusters: [], policies: { p: { selector: {}, target: '1.37', waves } } });
  const fleet = base.fleet && { ...base.fleet, allowedHosts: ['gates.example.com'] };
  const rollouts = rolloutIds.map((id) => rolloutItem({ id, policy }));
  const wave = waveItem({ index: 1, name: 'gated', status: 'Soaking', ...given });
  const found = await readGates({ gates, clock: { now: () => NOW } }, { ...base, fleet, rollouts, waves: [wave] });
  return { asked, found: [...found] };
}
const checked = (seconds: number): Partial<Wave> => ({ gates: { checkedAt: at(seconds), readings: [] } });
const hosts = ['gates.example.com'];

test.each<[string, Partial<Wave>]>([
  ['that was not read yet', {}],
  ['that was read half a minute ago', checked(-30)],
])('every gate of a wave that soaks is read, of one %s', async (_, wave) => {
  const { asked, found } = await read(wave);
  expect(asked).toEqual([
    ['errors', hosts],
    ['https://gates.example.com/', hosts],
  ]);
  expect(found).toMatchObject([['r/1', [{ gate: 'errors' }, { gate: 'https://gates.example.com/' }]]]);
});

test.each<[string, Partial<Wave>, Parameters<typeof read>[1]]>([
  ['does not soak', { status: 'Open' }, {}],
  ['has no gates', { name: 'plain' }, {}],
  ['was read a moment ago', checked(-29), {}],
  ['is not in the policy any more', { name: 'gone' }, {}],
  ['is of a rollout that is not under way', {}, { rolloutIds: ['other'] }],
  ['is of a policy that is gone', {}, { policy: 'gone' }],
])('no gate is read of a wave that %s', async (_, wave, options) => {
  expect(await read(wave, options)).toStrictEqual({ asked: [], found: [] });
});
