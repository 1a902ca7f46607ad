import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { grant, intent, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { ago, oneTick } from '../../test/material/rollout/one-tick.ts';
import type { EksReader } from '../ports/eks.ts';
import { Clusters, Grants, Intents, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';

const ended = { status: 'FAILED', input: '{}' } as const;
const NAMES = ['one', 'two', 'three'];
const clusters = NAMES.map((name) => clusterRecord({ name, region: 'us-east-1', version: '1.36' }));

/** Clusters whose executions died while EKS did not answer. Their last updates are looked up before another upgrade may have the grants. */
const lost = clusters.flatMap((cluster) => {
  const { clusterKey, name, account, region } = cluster;
  const call = { name: 'UpdateClusterVersion', input: { name, version: '1.37', clientRequestToken: 'token' } } as const;
  const closing = { status: 'closing', closingSince: ago(30), holder: `arn:${name}`, executionName: name } as const;
  return [
    put(Clusters, cluster, 'absent'),
    put(Grants, grant({ clusterKey, ...closing }), 'absent'),
    put(Upgrades, upgrade({ clusterKey, mutated: true, rolloutId: undefined, waveIndex: undefined }), 'absent'),
    put(Intents, intent({ clusterKey, call, scope: { account, region }, committedAt: ago(60) }), 'absent'),
  ];
});

/** A tick over them beside a rollout with one cluster to begin; EKS answers its requests when the test says so. */
async function tickAsking() {
  const answer = Promise.withResolvers<string[]>();
  const asked: string[] = [];
  const gone = Object.assign(new Error('No cluster found'), { name: 'ResourceNotFoundException' });
  const eks = {
    describeCluster: () => Promise.reject(gone),
    async listUpdates(_, { name }) {
      asked.push(name);
      // One was deleted meanwhile, which EKS reports at once.
      return name === 'two' ? Promise.reject(gone) : answer.promise;
    },
  } as Partial<EksReader> as EksReader;
  const executions = { arnFor: () => '', start: async () => {}, describe: async () => ended };
  const { table, ports, tick } = await oneTick(new MemoryTable(), { kept: {}, put: lost, ports: { eks, executions } });
  const started: string[] = [];
  ports.executions.start = async (machine) => void started.push(machine);
  const over = tick();
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  const grants = async () =>
    Promise.all(clusters.map(async ({ clusterKey }) => (await load(table, Grants, clusterKey))?.data.status));
  return { answer, asked, started, over, grants };
}

/**
 * An unanswered call takes most of a minute (core/contracts/look-limits.ts). In sequence they would use up a tick before any decision, and the next
 * tick would begin with the same.
 */
test('while EKS answers nothing in one Region, a tick begins clusters of another one, and asks about all that are lost at once', async () => {
  const { answer, asked, started, over } = await tickAsking();
  expect([asked.sort(), started]).toEqual([['one', 'three', 'two'], ['upgrade-cluster']]);
  answer.reject(Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' }));
  const problem = { decision: 'look-after-grant', error: 'TimeoutError', message: 'Connection timed out' };
  expect(await over).toMatchObject({ problems: [problem, problem] });
});

test('a grant is freed in the tick in which EKS has answered, whatever it does not answer about others', async () => {
  const { answer, over, grants } = await tickAsking();
  expect(await grants()).toEqual(['closing', 'closing', 'closing']);
  answer.reject(Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' }));
  await over;
  expect(await grants()).toEqual(['closing', 'free', 'closing']);
});
