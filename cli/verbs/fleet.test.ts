import { parseConfig } from '../../core/config/parse-config.ts';
import type { FleetStatus } from '../../core/queries/fleet-status.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { inFlightText, placesText } from './fleet.ts';

test('what acts is told apart from what is parked, which a rollout counts as in flight as well', () => {
  const parked = { upgradesParked: 3, upgradesWatched: 2 };
  expect(inFlightText({ upgradesInFlight: 0, ...parked, capCounts: {}, spec: null })).toBe(
    '0 act now, 3 parked, 2 of those watched',
  );
});

test('of what acts the counts are told that have a cap, and no other account, label or Region', () => {
  const text = `apiVersion: liftlock/v1alpha1
kind: Fleet
metadata: { name: f }
spec:
  accounts: ["111111111111"]
  regions: [eu-central-1]
  spokeRole: { name: LiftlockSpoke, externalId: example }
  caps: { perAccount: 2, perLabel: { env: 1 } }
  labels: { fromTags: { env: env, team: team } }`;
  const { fleet } = parseConfig([{ path: 'fleet.yaml', text }]);
  const capCounts = {
    total: 2,
    'account/111111111111': 2,
    'region/eu-central-1': 2,
    'label/env/': 1,
    'label/team/': 2,
  };
  const counts = { upgradesInFlight: 2, upgradesParked: 0, upgradesWatched: 0, capCounts };
  expect(inFlightText({ ...counts, spec: fleet?.spec ?? null })).toBe(
    '2 act now (account/111111111111: 2, label/env/: 1), 0 parked, 0 of those watched',
  );
});

test('one place is told as one', () => {
  const of = (count: number) => placesText({ accounts: Array.from({ length: count }) } as unknown as FleetStatus);
  expect([of(1), of(2)]).toEqual(['1 account and Region', '2 accounts and Regions']);
});

test('who stops a stopped fleet, and who resumes one, is told whose stops stand; who resumes one that goes on, that it does', async () => {
  const { url, close } = await servedWorld();
  const told = async (line: string) => (await runInProcess(line.split(' '), { url })).out;
  try {
    expect(await told('fleet resume')).toBe('The fleet was not stopped, and goes on.\n');
    expect(await told('fleet stop --reason incident')).toMatch(/^The fleet is stopped\. Upgrades: /);
    const first = /^The fleet was stopped already: the stop of \S+Z by \S+: incident\./;
    expect(await told('fleet stop --reason second')).toMatch(
      new RegExp(`${first.source} Your stop stands beside that\\. Upgrades: `),
    );
    expect(await told('fleet stop --reason incident')).toMatch(/ by \S+: incident; .* by \S+: second\. Upgrades: /);
    const status = await told('fleet status');
    expect(status).toMatch(/Switch: +stopped by \S+ at \S+: incident\n/);
    expect(status).toMatch(/Stopped too: +at \S+Z by \S+: second\n/);
    expect(await told('explain cluster web')).toMatch(/FleetStopped: .*: incident\. And at \S+ by \S+: second\./);
    expect(await told('fleet resume')).toMatch(
      /^The fleet goes on\. No more in force: the stop of \S+ by \S+: incident; the stop of \S+ by \S+: second\.\n$/,
    );
    expect(await told('fleet status')).not.toContain('Stopped too');
    // A reason with its full stop gets no other one.
    await told('fleet stop --reason Fire.');
    await told('fleet stop --reason Smoke.');
    const all = `${await told('fleet stop --reason Smoke.')}${await told('explain cluster web')}${await told('fleet resume')}`;
    expect(all).toContain(': Fire. And at ');
    expect(all).not.toContain('..');
  } finally {
    await close();
  }
});
