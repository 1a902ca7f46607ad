import { createTokenBucket } from '../../adapters/aws/token-bucket.ts';
import { MemoryTable } from '../../adapters/memory/table.ts';
import { KEY } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { CALL_SECONDS } from '../contracts/mutating-calls.ts';
import type { EksReader } from '../ports/eks.ts';
import { SettledUpdates } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { rollNodeGroup } from './roll-node-group.ts';

/** Lambda ends the function after this time (infra/constructs/functions.ts, MUTATION_TIMEOUT_SECONDS). */
const TIMEOUT_MILLISECONDS = (CALL_SECONDS + 5) * 1000;
const INPUT = stepInput({}, { nodegroup: 'a' });

/** EKS answers in virtual time, at the rate of Liftlock's own bucket (adapters/aws/eks-connections.ts), until Lambda ends the invocation. */
function inOneInvocation(eks: EksReader, latency: number): EksReader {
  let now = 0;
  const clock = { now: () => new Date(now) };
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  const bucket = createTokenBucket({ clock, sleep });
  const paced = (name: keyof EksReader) => async (scope: never, input: never) => {
    await bucket.take();
    await sleep(latency);
    if (now > TIMEOUT_MILLISECONDS) throw new Error('Task timed out after 30.00 seconds');
    return (eks[name] as (scope: never, input: never) => unknown)(scope, input);
  };
  return new Proxy(eks, { get: (_, name) => paced(name as keyof EksReader) });
}

/** A group with this number of updates in its history and, where EKS updates it for another caller, a last one. */
async function withHistory(count: number, runs = false) {
  const old = Array.from({ length: count }, (_, index) => ({ id: `old-${index}`, status: 'Successful' as const }));
  const updates = { 'nodegroup/a': [...old, ...(runs ? [{ id: 'theirs' }] : [])] };
  const eks = { cluster: { version: '1.37' }, nodegroups: { a: { version: '1.36' } }, updates };
  const ports = await oneStep(new MemoryTable(), { eks });
  const look = (latency = 0) => rollNodeGroup({ ...ports, eks: inOneInvocation(ports.eks, latency) }, INPUT);
  return { ports, look };
}

/** EKS does not document how long ListUpdates keeps updates, or their order (https://github.com/aws/containers-roadmap/issues/1439). */
test.each([
  [30, 1],
  [50, 2],
  [700, 18],
])('a group that has had %i updates is rolled at look %i, and no look takes too long', async (count, looks) => {
  const { ports, look } = await withHistory(count);
  for (let tried = 1; tried < looks; tried += 1) {
    expect(await look()).toMatchObject({ status: 'wait', reasons: [{ code: 'ReadingUpdates' }] });
    expect(ports.sent).toEqual([]);
  }
  await look();
  expect(ports.sent).toMatchObject([{ call: 'UpdateNodegroupVersion' }]);
});

test('an update of somebody else is found wherever EKS lists it, and nothing is sent beside it', async () => {
  const { ports, look } = await withHistory(50, true);
  expect(await look()).toMatchObject({ reasons: [{ code: 'ReadingUpdates' }] });
  expect(await look()).toMatchObject({ status: 'parked', reasons: [{ code: 'ForeignUpdate' }] });
  expect(ports.sent).toEqual([]);
});

test('a look that is ended where EKS is slow has learned something all the same', async () => {
  const { ports, look } = await withHistory(40);
  await expect(look(1_000)).rejects.toThrow('Task timed out');
  expect((await load(ports.table, SettledUpdates, KEY, 'nodegroup/a'))?.data.ids).toHaveLength(20);
});
