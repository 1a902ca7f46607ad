import { blockingFindings } from '../../core/model/blocking-findings.ts';
import { writeMark } from '../../core/store/change.ts';
import { Waves } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { LatestScanItems } from '../../core/store/scan-entities.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { ANA, applySpec, at, CARL, judge, keyOf, onceBefore, spec, statusOf, waveNamed } from './changed-policy.ts';
import {
  beginByHand,
  clusterArn,
  hours,
  onRecord,
  rolloutIdOf,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const own = { approvals: 1, autoApproveWhen: 'failed == 0' };

describe('an approval that Liftlock gives by itself', () => {
  const people = { approvals: 1 };
  test.each([false, true])('is not given by a policy that is not in force any more (control: %s)', async (control) => {
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q', 'r']),
      policy: spec(at('prod', { maxConcurrency: 1 })),
    });
    for (let step = 0; step < 60 && !touched(world, 'p'); step += 1) await hours(world, 1 / 60);
    expect([touched(world, 'p'), touched(world, 'q')]).toEqual([true, false]);
    const withPeople = () => applySpec(world, spec(at('prod', { maxConcurrency: 1, approval: people })));
    const happened = onceBefore(world, ['"WaveApproved"'], withPeople);
    if (control) await withPeople();
    else await applySpec(world, spec(at('prod', { maxConcurrency: 1, approval: own })));
    await hours(world, 12);
    expect(happened()).toBe(!control);
    expect([versionOf(world, 'p'), touched(world, 'q'), touched(world, 'r')]).toEqual(['1.37', false, false]);
  });

  // A policy that is applied while a wave is under way says whose approvals count in it: a person who is no approver any more (control) does not.
  test.each([
    ['Liftlock', own, people],
    ['Liftlock by another rule', own, { approvals: 1, autoApproveWhen: 'succeeded > 100' }],
    ['Liftlock by a rule that has no answer', own, { approvals: 1, autoApproveWhen: 'earlier[5].failed == 0' }],
    ['a person', { approvals: 1, from: [CARL] }, { approvals: 1, from: [ANA] }],
    ['one person of two', { approvals: 1 }, { approvals: 2 }],
  ])('counts no more where the policy in force does not say so: %s', async (who, first, then) => {
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q', 'r']),
      policy: spec(at('prod', { maxConcurrency: 1, approval: first })),
    });
    await hours(world, 0.3);
    if (!who.startsWith('Liftlock')) await judge(world, 'Approved', CARL);
    for (let step = 0; step < 90 && !touched(world, 'p'); step += 1) await hours(world, 1 / 60);
    expect([touched(world, 'p'), touched(world, 'q')]).toEqual([true, false]);
    await applySpec(world, spec(at('prod', { maxConcurrency: 1, approval: then })));
    await hours(world, 12);
    expect([versionOf(world, 'p'), touched(world, 'q'), touched(world, 'r')]).toEqual(['1.37', false, false]);
  });
});

describe('the findings that autoApproveWhen asks for', () => {
  const waves = (approval?: object) => ({
    ...spec(at('prod', { maxConcurrency: 1, ...(approval === undefined ? {} : { approval }) })),
    scan: { failOn: 'none' },
  });
  test.each([false, true])('are those of the newest scans (of a wave that has begun: %s)', async (begun) => {
    const world = await smallFleet({
      clusters: [
        ...staged('prod', ['p']),
        ...staged('prod', ['q']).map((one) => ({ ...one, objects: [attributesClass(OLD)] })),
      ],
      ...(begun ? { policy: waves() } : { policies: [] }),
    });
    if (begun) for (let step = 0; step < 60 && !touched(world, 'p'); step += 1) await hours(world, 1 / 60);
    else await hours(world, 0.3);
    expect([touched(world, 'p'), touched(world, 'q')]).toEqual([begun, false]);
    await beginByHand(world, 'scan-cluster', { cluster: clusterArn('q'), targetVersion: '1.37' });
    await hours(world, 0.1);
    const latest = await load(world.table, LatestScanItems, await keyOf(world, 'q'));
    expect(latest && blockingFindings(latest.data, '1.36', '1.37')).toHaveLength(1);
    await applySpec(world, waves({ approvals: 1, autoApproveWhen: 'findings == 0' }));
    await hours(world, 12);
    expect(touched(world, 'q')).toBe(false);
  });
});

describe('an approval of a rule that expires before the window of its wave opens', () => {
  test.each([undefined, '24h'])('is given again while the rule is true: expiresAfter %s', async (expiresAfter) => {
    const world = await smallFleet({
      clusters: staged('prod', ['p']),
      calendars: { late: { windows: [{ name: 'l', schedule: '0 2 23 * *', duration: '5h' }] } },
      policy: spec(at('prod', { calendar: 'late', approval: { ...own, ...(expiresAfter && { expiresAfter }) } })),
    });
    await hours(world, 4 * 24);
    expect(versionOf(world, 'p')).toBe('1.37');
  });
});

describe('an approval by a rule whose evidence moves between its reading and its writing', () => {
  test.each(['before the reading (control)', 'before the writing'])(
    'is not given: a cluster failed %s',
    async (when) => {
      const rule = 'failed == 0 && earlier.all(w, w.soakedHours >= 6.0)';
      const it = await smallFleet({
        clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p'])],
        policy: spec(
          at('dev', { failureBudget: { maxFailures: 1 } }),
          at('prod', { approval: { approvals: 1, autoApproveWhen: rule } }),
        ),
      });
      await hours(it, 5);
      expect([await statusOf(it, 'dev'), await statusOf(it, 'prod')]).toEqual(['Completed', 'Pending']);
      // A straggler of dev fails, within the budget: what its settlement writes of the wave.
      const fails = async () => {
        const id = await rolloutIdOf(it);
        const wave = await load(it.table, Waves, id, 0);
        if (wave === undefined) throw new Error('none');
        const failed = { ...wave.data, status: 'CompletedWithFailures' as const, failed: 1, succeeded: 1 };
        await onRecord(it, 'Failed', replace(Waves, wave, failed), await writeMark(it.table, it.clock.now()));
      };
      const happened = onceBefore(it, ['"WaveApproved"'], fails);
      if (when !== 'before the writing') await fails();
      await hours(it, 8);
      expect(happened()).toBe(when === 'before the writing');
      expect([(await waveNamed(it, 'prod'))?.approvals ?? [], touched(it, 'p')]).toEqual([[], false]);
    },
  );
});
