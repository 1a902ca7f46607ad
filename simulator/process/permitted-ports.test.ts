import { FUNCTION_NEEDS } from '../../core/contracts/function-needs.ts';
import type { HookRequest } from '../../core/contracts/hook.ts';
import type { FunctionName } from '../../core/contracts/names.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { WriteOperation } from '../../core/ports/table.ts';
import { DAY } from '../../test/behaviour/small-fleet.ts';
import { emptyState } from '../eks/empty-state.ts';
import { permittedPorts } from './permitted-ports.ts';
import { World } from './world.ts';

const ITEM = { pk: 'A', sk: 'B', kind: 'X', active: false, data: {} };
const put = (expect: 'absent' | 'any'): WriteOperation => ({ type: 'put', item: ITEM, expect });
const check: WriteOperation = { type: 'check', key: { pk: 'A', sk: 'C' }, expect: 'absent' };
const scope = { account: '111111111111', region: 'eu-central-1' };
const arnOf = (machine: string) => `arn:aws:states:eu-central-1:000000000000:execution:liftlock-${machine}:x`;

type Call = (ports: Ports) => Promise<unknown>;

/** Each call, a function whose role allows it, and one whose role does not. */
const CALLS: readonly [string, Call, FunctionName, FunctionName][] = [
  ['an index', ({ table }) => table.queryActive(), 'reconcile-rollouts', 'discover-clusters'],
  ['another index', ({ table }) => table.queryKind('Cluster'), 'discover-clusters', 'scan-cluster'],
  ['a write', ({ table }) => table.transact([put('absent')]), 'conclude-upgrade', 'list-node-groups'],
  ['a write over anything', ({ table }) => table.transact([put('any')]), 'scan-cluster', 'conclude-upgrade'],
  ['a check', ({ table }) => table.transact([check]), 'request-grant', 'refresh-readiness'],
  ['the audit', ({ table }) => table.auditHead('fleet'), 'request-grant', 'watch-versions'],
  ['what a subject was told', ({ table }) => table.auditOf('fleet'), 'api', 'refresh-readiness'],
  ['EKS', ({ eks }) => eks.listClusters(scope), 'discover-clusters', 'api'],
  ['accounts', ({ organization }) => organization.listAccounts('o'), 'discover-clusters', 'record-clusters'],
  ['an event', ({ events }) => events.publish([]), 'request-grant', 'list-node-groups'],
  ['a message', ({ queue }) => queue.send([]), 'discover-clusters', 'record-clusters'],
  ['a start', ({ executions }) => executions.start('scan-cluster', 'x', {}), 'api', 'reconcile-rollouts'],
  ['a look', ({ executions }) => executions.describe(arnOf('scan-cluster')), 'reconcile-rollouts', 'api'],
  [
    'a hook',
    ({ hooks }) => hooks.ask({ lambda: 'arn:x' }, [], { hook: 'x' } as HookRequest),
    'roll-node-group',
    'request-grant',
  ],
  ['an alarm', ({ gates }) => gates.read({ alarm: 'a' }, []), 'reconcile-rollouts', 'refresh-readiness'],
];

test.each(CALLS)(
  'a role that does not allow %s refuses it, and the one that does lets it through',
  async (...given) => {
    const [, call, allowed, refused] = given;
    const world = new World({ state: emptyState(DAY), start: DAY, seed: 1 });
    const told: string[] = [];
    const portsOf = (name: FunctionName) =>
      permittedPorts(world.ports, FUNCTION_NEEDS[name], (what) => told.push(what));
    await call(portsOf(allowed));
    expect(told).toEqual([]);
    await expect(call(portsOf(refused))).rejects.toThrow(/^No policy of this function's role allows /);
    expect(told).toHaveLength(1);
  },
);

test('a connection to an API server is opened and closed without a right, and what is asked through it is refused', async () => {
  const world = new World({ state: emptyState(DAY), start: DAY, seed: 1 });
  const nodes = world.portsOf('roll-node-group').nodes.open({} as Parameters<Ports['nodes']['open']>[0]);
  await expect(nodes.listNodes()).rejects.toThrow('allows nodes.listNodes');
  nodes.close();
  expect(world.forbidden).toEqual(['roll-node-group: nodes.listNodes']);
});

test('a world keeps what its functions were refused', async () => {
  const world = new World({ state: emptyState(DAY), start: DAY, seed: 1 });
  await expect(world.portsOf('list-node-groups').events.publish([])).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(world.forbidden).toEqual(['list-node-groups: events.publish']);
});
