import { errorName } from '../../core/contracts/errors.ts';
import type { Grant } from '../../core/contracts/items/protocol.ts';
import { reason } from '../../core/contracts/step-result.ts';
import { commit } from '../../core/protocol/commit.ts';
import { closeGrant, freeGrant, resolveIntents } from '../../core/protocol/free-grant.ts';
import { grantUpgrade } from '../../core/protocol/grant.ts';
import { intentsOf, recordObserved } from '../../core/protocol/intent-store.ts';
import { type Mutation, mutate } from '../../core/protocol/mutate.ts';
import { settleUpgrade } from '../../core/protocol/settle.ts';
import { firstBreak } from '../../core/store/audit.ts';
import { Grants, Ledgers, Upgrades } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { grantRequest, type ProtocolPorts, type ProtocolWorld, protocolWorld, scope } from './protocol-world.ts';
import type { TableUnderTest } from './table-contract.ts';

const target = KubeVersion.parse('1.36');

async function granted(ports: ProtocolPorts, key: string): Promise<Grant> {
  const result = await grantUpgrade(ports, grantRequest(key));
  if ('refused' in result) throw new Error(`not granted: ${result.refused.map((reason) => reason.code).join(', ')}`);
  return result.granted;
}

function upgradeOf(ports: ProtocolPorts, grant: Grant): Mutation {
  const name = grant.clusterKey.split('@')[0]?.split('/')[1] ?? '';
  return {
    asker: { arn: grant.holder, name: grant.executionName },
    clusterKey: grant.clusterKey,
    scope,
    step: 'upgrade-control-plane',
    subject: 'cluster',
    target,
    prepare: async () => ({
      call: (clientRequestToken) => ({
        name: 'UpdateClusterVersion',
        input: { name, version: '1.36', clientRequestToken },
      }),
      knownUpdateIds: await ports.eks.listUpdates(scope, { name }),
    }),
  };
}

/** How the protocol of one upgrade (protocol.md) holds on a table: the use cases of core, run on it as they are. */
export function protocolContract(name: string, create: () => Promise<TableUnderTest>): void {
  describe(`the protocol on ${name}`, () => {
    let under: TableUnderTest;
    let world: ProtocolWorld;
    let ports: ProtocolPorts;
    const start = async (clusters: number, caps: { total?: number } = {}) => {
      world = await protocolWorld(under.table, clusters, caps);
      ports = world.ports;
      return world.clusterKeys;
    };
    beforeEach(async () => {
      under = await create();
    });
    afterEach(async () => {
      // Whatever a case did: what it left behind is an unbroken record.
      for (const key of world.clusterKeys) expect(firstBreak(await ports.table.auditOf(key))).toBeUndefined();
      await under.close();
    });
    const counts = async () => (await load(ports.table, Ledgers))?.data.counts ?? {};
    const events = async (key: string) => (await ports.table.auditOf(key)).map((item) => item.event);

    test('from grant to free: one call, every count back at zero, all of it on record', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      expect(await counts()).toEqual({ total: 1, 'account/111111111111': 1, 'region/eu-central-1': 1 });

      const sent = await mutate(ports, upgradeOf(ports, grant));
      expect(sent).toMatchObject({
        type: 'running',
        intent: { attempt: 1, grantNumber: 1, outcome: { type: 'accepted' } },
      });
      expect(await mutate(ports, upgradeOf(ports, grant))).toMatchObject({ type: 'running' });
      expect(world.mutations.map((mutation) => mutation.operation)).toEqual(['UpdateClusterVersion']);

      world.pass(60);
      if (sent.type !== 'running') throw new Error('EKS did not take the call');
      const update = await ports.eks.describeUpdate(scope, { name: 'web-0', updateId: sent.updateId });
      expect((await recordObserved(ports, sent.intent, update)).outcome).toMatchObject({
        observed: { status: 'Successful' },
      });

      const settled = await settleUpgrade(ports, key, grant.number, { status: 'done', reasons: [] });
      expect(settled).toMatchObject({ status: 'Succeeded', mutated: true });
      await closeGrant(ports, key, grant.number);
      expect(await resolveIntents(ports, key)).toBeUndefined();
      await freeGrant(ports, key, grant.number);
      await freeGrant(ports, key, grant.number);
      expect(await counts()).toEqual({});
      expect((await load(ports.table, Grants, key))?.data).toMatchObject({ status: 'free', number: 1 });
      // Nobody's rollout knows of it, so a full look is asked for; nothing else is left.
      expect((await ports.table.queryActive()).map(({ kind }) => kind)).toEqual(['ReconcileMarker']);
      expect(await events(key)).toEqual([
        'Granted',
        'MutationCommitted',
        'MutationAccepted',
        'UpdateEnded',
        'UpgradeSucceeded',
        'GrantClosing',
        'GrantFreed',
      ]);
    });

    test('an upgrade that fails after a change holds its cluster, with both on record in one transaction', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      await mutate(ports, upgradeOf(ports, grant));
      const reasons = [reason('UpdateFailed', 'It failed.')];
      expect(await settleUpgrade(ports, key, grant.number, { status: 'failed', reasons })).toMatchObject({
        status: 'Failed',
      });
      expect((await events(key)).slice(-2)).toEqual(['UpgradeFailed', 'ClusterHeld']);
      await closeGrant(ports, key, grant.number);
      await freeGrant(ports, key, grant.number);
      expect(await grantUpgrade(ports, grantRequest(key))).toMatchObject({ refused: [{ code: 'Held' }] });
      expect(await counts()).toEqual({});
    });

    test('an answer that was lost is looked up after its grace, and the call is not sent again', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      world.loseNextAnswer();
      await expect(mutate(ports, upgradeOf(ports, grant))).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(await mutate(ports, upgradeOf(ports, grant))).toMatchObject({
        type: 'wait',
        reason: { code: 'OutcomeUnknown' },
      });
      world.pass(1);
      expect(await mutate(ports, upgradeOf(ports, grant))).toMatchObject({ type: 'running', intent: { attempt: 1 } });
      expect(world.mutations).toHaveLength(1);
    });

    test('closing waits for the grace of an open intent, then finds what became of it', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      world.loseNextAnswer();
      await expect(mutate(ports, upgradeOf(ports, grant))).rejects.toMatchObject({ name: 'TimeoutError' });
      await closeGrant(ports, key, grant.number);
      const until = await resolveIntents(ports, key);
      expect(until?.getTime()).toBe(ports.clock.now().getTime() + 40_000);
      world.pass(1);
      expect(await resolveIntents(ports, key)).toBeUndefined();
      expect((await intentsOf(ports.table, key)).map((intent) => intent.data.outcome?.type)).toEqual(['accepted']);
    });

    test('the fence: an old grant commits nothing, whether closing, free or granted anew', async () => {
      const [key = ''] = await start(1);
      const old = await granted(ports, key);
      const tried = () => mutate(ports, upgradeOf(ports, old));
      await closeGrant(ports, key, old.number);
      expect(await tried()).toMatchObject({ type: 'forbidden', reasons: [{ code: 'Superseded' }] });
      await settleUpgrade(ports, key, old.number, { status: 'parked', reasons: [] });
      await freeGrant(ports, key, old.number);
      expect(await tried()).toMatchObject({ type: 'forbidden' });
      const next = await granted(ports, key);
      expect(next.number).toBe(2);
      expect(await tried()).toMatchObject({ type: 'forbidden' });
      expect(world.mutations).toEqual([]);
      expect(await mutate(ports, upgradeOf(ports, next))).toMatchObject({
        type: 'running',
        intent: { grantNumber: 2 },
      });
    });

    test('of two reconcilers that grant the same cluster at once, one wins and the other sees it', async () => {
      const [key = ''] = await start(1);
      const results = await Promise.all([1, 2].map(() => grantUpgrade(ports, grantRequest(key))));
      expect(results.filter((result) => 'granted' in result)).toHaveLength(1);
      expect(results.find((result) => 'refused' in result)).toMatchObject({ refused: [{ code: 'GrantBusy' }] });
      expect(await counts()).toMatchObject({ total: 1 });
    });

    test('of ten commits of one attempt at once, one is made', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      const mutation = upgradeOf(ports, grant);
      const prepared = await mutation.prepare();
      if ('stop' in prepared) throw new Error('nothing stops it');
      const request = { ...mutation, ...prepared, attempt: 1, repeats: undefined };
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => commit(ports, request)));
      expect(tries.filter((one) => one.status === 'fulfilled' && 'committed' in one.value)).toHaveLength(1);
      expect((await events(key)).filter((event) => event === 'MutationCommitted')).toHaveLength(1);
    });

    test('no cap is exceeded when twenty ask at once, and each count is somebody’s grant', async () => {
      const keys = await start(20, { total: 3 });
      const contention: string[] = [];
      for (let round = 0; round < 4; round++) {
        const results = await Promise.allSettled(keys.map((key) => grantUpgrade(ports, grantRequest(key))));
        for (const result of results) if (result.status === 'rejected') contention.push(errorName(result.reason));
        const open = (await ports.table.queryKind('Grant')).length;
        expect(open).toBeLessThanOrEqual(3);
        expect(await counts()).toEqual({ total: open, 'account/111111111111': open, 'region/eu-central-1': open });
      }
      expect(await counts()).toMatchObject({ total: 3 });
      expect(contention.filter((error) => error !== 'ConditionFailed' && error !== 'TransactionConflict')).toEqual([]);
      const running = (await ports.table.queryKind('Upgrade')).length;
      expect(running).toBe(3);
    });

    test('a conflict in the table delays a commit and does not lose it', async () => {
      const [key = ''] = await start(1);
      const grant = await granted(ports, key);
      under.conflictOnce();
      expect(await mutate(ports, upgradeOf(ports, grant))).toMatchObject({ type: 'running' });
      expect((await load(ports.table, Upgrades, key, grant.upgradeId))?.data.mutated).toBe(true);
      expect(world.mutations).toHaveLength(1);
    });
  });
}
