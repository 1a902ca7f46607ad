import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { intent, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { readCode } from '../contracts/reasons.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { rollNodeGroup } from './roll-node-group.ts';

const where = (when: string) => ({ matchLabels: {}, matchExpressions: [], when });
/** Under an earlier grant, so that this one tries again. */
const before = { grantNumber: 0 };
const WEB = where('cluster.name == "web"');
const STAYED = [{ code: readCode('PodEvictionFailure'), message: 'pods stay' }];
/** A roll of the group `a` whose pods stayed. */
function stuck(more: Partial<Intent> = {}, force?: true): Intent {
  const at = '2026-11-20T12:00:00.000Z';
  const input = { clusterName: 'web', nodegroupName: 'a', version: '1.37', ...(force && { force }) };
  return intent({
    ...{ step: 'roll-node-group', subject: 'a', call: { name: 'UpdateNodegroupVersion', input } as Intent['call'] },
    outcome: { type: 'accepted', updateId: 'u-1', at, observed: { status: 'Failed', errors: STAYED, at } },
    ...more,
  });
}

/** A roll of the group `a` that has succeeded. */
function rolledWell(attempt: number, force?: true): Intent {
  const { outcome, ...rest } = stuck({ ...before, attempt, committedAt: '2026-11-20T12:05:00.000Z' }, force);
  const at = '2026-11-20T12:06:00.000Z';
  return { ...rest, outcome: { ...outcome, observed: { status: 'Successful', errors: [], at } } as Intent['outcome'] };
}

/** What becomes of the group `a` an hour after these rolls of it. */
async function rolled(
  intents: readonly Intent[],
  after: string,
  selector: ReturnType<typeof where>,
  group: Partial<Nodegroup> = {},
) {
  const podEvictionFailure = { retries: 1, pause: '30m', force: { after, selector } };
  const plain = policyWith({ name: 'p' });
  const policy = policyConfig({ ...plain, spec: { ...plain.spec, nodes: { podEvictionFailure } } });
  const ports = await oneStep(new MemoryTable(), {
    ...{ eks: { cluster: { version: '1.37' }, nodegroups: { a: group } }, minutes: 60, kept: { policy, intents } },
  });
  const { status, resumeAt, reasons } = await rollNodeGroup(ports, stepInput({}, { nodegroup: 'a' }));
  const until = resumeAt === undefined ? {} : { until: resumeAt.slice(11, 16) };
  return {
    status,
    ...until,
    said: reasons[0]?.message,
    forced: ports.sent.map((sent) => (sent as { readonly force?: true }).force === true),
  };
}

test.each<[string, boolean, Parameters<typeof rolled>]>([
  ['is sent by force once its time has come', true, [[stuck(before)], '50m', WEB]],
  ['is not before', false, [[stuck(before)], '20h', WEB]],
  ['is not a second time', false, [[stuck(before, true)], '50m', WEB]],
  ['is not in clusters that the policy does not name', false, [[stuck(before)], '50m', where('cluster.name == "x"')]],
  [
    'is not where nobody knows whether it names them',
    false,
    [[stuck(before)], '50m', where('cluster.labels["x"] == "y"')],
  ],
  ['is not for what stayed in another upgrade', false, [[stuck({ ...before, upgradeId: 'other' })], '50m', WEB]],
  [
    'is not once one by force has succeeded, whatever it is for',
    false,
    [[stuck(before), rolledWell(2, true)], '50m', WEB],
  ],
  ['is not where no pod has stayed since one that succeeded', false, [[stuck(before), rolledWell(2)], '50m', WEB]],
  [
    'is where one that succeeded came before that',
    true,
    [
      [stuck(before), rolledWell(2), stuck({ ...before, attempt: 3, committedAt: '2026-11-20T12:07:00.000Z' })],
      '40m',
      WEB,
    ],
  ],
  ['is not for what stayed in another group', false, [[stuck({ ...before, subject: 'b' })], '50m', WEB]],
])('a roll after one whose pods stayed %s', async (_, force, given) => {
  expect((await rolled(...given)).forced).toEqual([force]);
});

test('pods that stay all the same end the upgrade', async () => {
  const intents = [stuck(before), stuck({ attempt: 2 }, true)];
  expect(await rolled(intents, '50m', WEB)).toMatchObject({ status: 'failed', forced: [] });
});

test('used-up tries wait for it, and it is looked after each pause whether the policy still says so', async () => {
  const ended = [stuck(before), stuck({ attempt: 2 })];
  const waits = { status: 'parked', until: '13:30', forced: [] };
  expect(await rolled(ended, '20h', WEB)).toMatchObject(waits);
  // A later grant, after such a pause.
  const later = [stuck(before), stuck({ ...before, attempt: 2 })];
  expect(await rolled(later, '20h', WEB)).toMatchObject({
    ...waits,
    said: expect.stringMatching(
      /^Pods stayed on nodes of a, and its tries are used up\. From 2026-11-21T08:00:00\.000Z on it is rolled by force, /,
    ),
  });
  expect(await rolled(later, '70m', WEB)).toMatchObject({ ...waits, until: '13:10' });
  expect(await rolled(later, '50m', WEB)).toMatchObject({ status: 'wait', forced: [true] });
  // The pause is kept before it, too.
  const { outcome, ...rest } = stuck({ attempt: 2 });
  const at = '2026-11-20T12:50:00.000Z';
  const late = {
    ...rest,
    outcome: { ...outcome, observed: { status: 'Failed', errors: STAYED, at } } as Intent['outcome'],
  };
  expect(await rolled([stuck(before), late], '65m', WEB)).toMatchObject({ status: 'parked', until: '13:20' });
  const gone = { status: 'failed', said: 'The update u-1 of a ended Failed: pods stay.', forced: [] };
  expect(await rolled(later, '50m', where('cluster.name == "x"'))).toMatchObject(gone);
});

test('a node group that was made anew under the name of one whose pods stayed begins with all its tries', async () => {
  const later = [stuck(before), stuck({ ...before, attempt: 2 })];
  const made = (minute: number) => ({ createdAt: new Date(Date.parse('2026-11-20T12:00:00.000Z') + minute * 60_000) });
  expect(await rolled(later, '50m', WEB, made(-60))).toMatchObject({ status: 'wait', forced: [true] });
  expect(await rolled(later, '50m', WEB, made(30))).toMatchObject({ status: 'wait', forced: [false] });
});

test('one by force that was never sent is sent again only while the policy names the cluster', async () => {
  const open = stuck({ ...before, attempt: 2, outcome: undefined }, true);
  const of = (selector: typeof WEB) => rolled([stuck(before), open], '50m', selector);
  expect(await of(WEB)).toMatchObject({ status: 'wait', forced: [true] });
  expect(await of(where('cluster.name == "x"'))).toMatchObject({ status: 'parked', forced: [] });
});
