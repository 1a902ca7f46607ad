import { createEksConnections } from '../../adapters/aws/eks-connections.ts';
import { createEksMutator } from '../../adapters/aws/eks-mutator.ts';
import { createEksReader } from '../../adapters/aws/eks-reader.ts';
import type { SpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { createInMemoryEks } from '../../simulator/eks/in-memory-ports.ts';
import { testCaller, testDay, testWorld } from '../material/eks/world.ts';
import { type EksUnderTest, manyClusters } from './eks-contract.ts';
import { startEksLoopback } from './eks-loopback.ts';

function contractWorld() {
  return testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.35', nodegroups: [{ name: 'workers' }], tags: { team: 'retail' } });
    for (const name of manyClusters) addCluster(state, { name, version: '1.35', addons: {} });
  });
}

/** The fake's own port, in this process. */
export async function inMemoryEks(): Promise<EksUnderTest> {
  const world = contractWorld();
  const eks = createInMemoryEks(world.fake, { clock: { now: world.now }, principal: testCaller.principal });
  return { eks, fake: world.fake, pass: (minutes) => world.pass(minutes), close: async () => {} };
}

/** Sessions without STS: the access key id is the account, which the loopback takes for the caller's. */
export const sessionsByAccount: SpokeSessions = {
  forAccount: async (account) => credentialsOf(account),
  forget: () => {},
  narrowedTo: async (account) => credentialsOf(account),
};

const credentialsOf = (account: string) => ({
  accessKeyId: account,
  secretAccessKey: 'secret',
  sessionToken: 'session',
  expiration: new Date(testDay.getTime() + 3_600_000),
});

/** The real adapter and the real SDK, over HTTP, answered by the same fake. */
export async function eksOverHttp(): Promise<EksUnderTest> {
  const world = contractWorld();
  const loopback = await startEksLoopback(({ operation, input, account, region }) =>
    world.fake.operation(operation, input, { ...testCaller, account, region }, world.now()),
  );
  const connections = createEksConnections({
    sessions: sessionsByAccount,
    clock: { now: world.now },
    sleep: async () => {},
    client: { endpoint: loopback.endpoint },
  });
  return {
    eks: { ...createEksReader(connections), ...createEksMutator(connections, 'aws') },
    fake: world.fake,
    pass: (minutes) => world.pass(minutes),
    close: () => loopback.close(),
  };
}
