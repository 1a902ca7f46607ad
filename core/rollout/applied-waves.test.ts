import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { type Kept, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import {
  appliedTo,
  at,
  before,
  change,
  type Decision,
  marker,
  NOTHING,
  reasons,
  rollout,
  wave,
} from '../../test/material/rollout/applied-decision.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';

const applied = appliedTo(() => new MemoryTable());

describe('a wave that moves on', () => {
  const limits = { maxFailures: 2 };
  const moves = (status: Wave['status'], more: object = {}): Decision => ({
    type: 'change-wave',
    wave,
    status,
    reasons,
    ...more,
  });
  const { openedAt } = wave;

  test('has opened at the instant at which it does so first', async () => {
    const unopened: Wave = { ...wave, openedAt: undefined };
    const { wave: left } = await applied(moves('Open', { wave: unopened }), { waves: [before, unopened] });
    expect(left).toMatchObject({ status: 'Open', openedAt: at });
  });

  test.each<[Wave['status'], Partial<Wave>]>([
    ['Open', { openedAt }],
    ['Soaking', { openedAt }],
    ['Completed', { openedAt, endedAt: at }],
    ['Halted', { openedAt, endedAt: at }],
  ])('is %s from then on, with why and when', async (status, times) => {
    const { wave: left, record, told, checks } = await applied(moves(status));
    expect(left).toMatchObject({ ...wave, status, reasons, ...times });
    expect([left?.openedAt, left?.endedAt]).toEqual([times.openedAt, times.endedAt]);
    expect(checks).toEqual(['ROLLOUT#r ROLLOUT 1']);
    expect(record).toEqual([{ event: `Wave${status}`, principal: 'liftlock', detail: { wave: 'all', reasons } }]);
    expect(told).toEqual([
      { type: 'WaveChanged', detail: { version: 1, change, rolloutId: 'r', wave: 'all', status, reasons } },
    ]);
  });

  test('has the limits that were counted anew as it opens', async () => {
    const { wave: left, record } = await applied(moves('Open', { limits }));
    expect(left).toMatchObject(limits);
    expect(record).toMatchObject([{ detail: { wave: 'all', reasons, ...limits } }]);
  });

  test.each<[string, readonly Wave[]]>([
    ['is gone', [before]],
    ['has counted something meanwhile', [before, { ...wave, succeeded: 1 }]],
  ])('is decided anew where it %s', async (_, waves) => {
    expect(await applied(moves('Open'), { waves })).toMatchObject(NOTHING);
  });

  test.each<Rollout['status']>(['Paused', 'Halted'])('does not begin in a rollout that is %s', async (status) => {
    const pending: Wave = { ...wave, status: 'Pending' };
    const kept = { rollout: { ...rollout, status }, waves: [before, pending] };
    for (const next of ['Open', 'Skipped'] as const)
      expect(await applied(moves(next, { wave: pending }), kept)).toMatchObject(NOTHING);
  });

  test.each<[string, string | undefined, string[]]>([
    ['is the one that the rollout has', rollout.policyRevision, ['Open', 'Skipped']],
    ['has changed since', 'new', []],
    ['is gone', undefined, ['Skipped']],
  ])(
    'begins by the policy that decided it, where nothing is news to that look: it %s',
    async (_, revision, expected) => {
      const pending: Wave = { ...wave, status: 'Pending' };
      const policy = revision === undefined ? undefined : { ...policyConfig(policyWith({ name: 'p' })), revision };
      const kept = { waves: [before, pending], policy };
      const begun = [];
      for (const next of ['Open', 'Skipped'] as const) {
        const { wave: left, checks } = await applied(moves(next, { wave: pending }), kept, undefined, marker);
        if (left?.status !== next) continue;
        begun.push(next);
        const config = `CONFIG UpgradePolicy#p ${revision === undefined ? 'absent' : 1}`;
        // An opening wave depends on the earlier waves, too.
        const earlier = next === 'Open' ? ['ROLLOUT#r WAVE#000 1'] : [];
        expect(checks).toEqual([config, 'RECONCILE MARKER 1', 'ROLLOUT#r ROLLOUT 1', ...earlier]);
      }
      expect(begun).toEqual(expected);
    },
  );

  test.each<[Wave['status'], boolean]>([
    ['Soaking', true],
    ['Completed', true],
    ['Halted', false],
  ])('is %s by the policy that decided it: %s', async (status, rests) => {
    const moved = moves(status, { policyRevision: 'x' });
    const policy = { ...policyConfig(policyWith({ name: 'p' })), revision: 'x' };
    const { checks } = await applied(moved, { policy }, undefined, marker);
    expect(checks.filter((check) => !check.startsWith('ROLLOUT'))).toEqual(rests ? ['CONFIG UpgradePolicy#p 1'] : []);
    for (const other of [undefined, { ...policy, revision: 'new' }])
      expect((await applied(moved, { policy: other })).record.length).toBe(rests ? 0 : 1);
  });
});

describe('a wave whose numbers follow its policy', () => {
  const adjusts = (event: string | undefined, changes: Partial<Wave> = { maxFailures: 2 }): Decision => ({
    type: 'adjust-wave',
    wave,
    changes,
    event,
    reasons,
  });

  test.each([
    ['WaveAdjusted', 'limits'],
    ['WaveGatesChanged', 'gates'],
    ['WaveApproved', 'approval'],
  ])('has %s on record and tells of its %s', async (event, about) => {
    const { wave: left, record, told } = await applied(adjusts(event));
    expect(left).toMatchObject({ ...wave, maxFailures: 2 });
    const detail = { wave: 'all', index: 1, changes: { maxFailures: 2 }, reasons };
    expect(record).toEqual([{ event, principal: 'liftlock', detail }]);
    const said = { version: 1, change, rolloutId: 'r', wave: 'all', status: 'Open', reasons, about };
    expect(told).toEqual([{ type: 'WaveChanged', detail: said }]);
  });

  test.each<[string, Kept, boolean]>([
    ['the policy that says so is in force', {}, true],
    ['another policy is in force', { policy: { ...policyConfig(policyWith({ name: 'p' })), revision: 'new' } }, false],
    ['its policy is gone', { policy: undefined }, false],
    ['its rollout was aborted', { rollout: { ...rollout, status: 'Aborted' } }, false],
  ])('is approved by a rule only while %s', async (_, kept, isApproved) => {
    const { revision: policyRevision } = policyConfig(policyWith({ name: 'p' }));
    const { record, checks } = await applied({ ...adjusts('WaveApproved'), policyRevision } as Decision, kept);
    expect(record.length).toBe(isApproved ? 1 : 0);
    expect(checks).toEqual(isApproved ? ['CONFIG UpgradePolicy#p 1', 'ROLLOUT#r ROLLOUT 1'] : []);
  });

  test('is changed without a word where nobody need know of it', async () => {
    const { wave: left, record, told } = await applied(adjusts(undefined));
    expect(left).toMatchObject({ ...wave, maxFailures: 2 });
    expect([record, told]).toStrictEqual([[], []]);
  });

  test('is changed also where something else of it has moved', async () => {
    const { wave: left } = await applied(adjusts(undefined), { waves: [before, { ...wave, succeeded: 1 }] });
    expect(left).toMatchObject({ maxFailures: 2, succeeded: 1 });
  });

  test.each<[string, readonly Wave[]]>([
    ['is gone', [before]],
    ['has ended', [before, { ...wave, status: 'Halted' }]],
    ['was changed by somebody else', [before, { ...wave, maxFailures: 1 }]],
  ])('is decided anew where it %s', async (_, waves) => {
    const changes = { maxFailures: 2, maxConcurrency: 5 };
    expect(await applied(adjusts('WaveAdjusted', changes), { waves })).toMatchObject(NOTHING);
  });
});
