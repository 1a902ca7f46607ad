import { parentPort } from 'node:worker_threads';
import { startWireServer } from '../../simulator/wire/wire-server.ts';

/** The server has its own thread, so that the measured client does not share its event loop. */
const cluster = {
  name: 'shop',
  arn: 'arn:aws:eks:eu-central-1:111122223333:cluster/shop',
  version: '1.34',
  status: 'ACTIVE' as const,
  createdAt: new Date(1_790_000_000_000),
  resourcesVpcConfig: { subnetIds: ['subnet-1', 'subnet-2', 'subnet-3'] },
  tags: { team: 'shop', stage: 'production' },
};

const server = await startWireServer({
  services: { eks: ['DescribeCluster'] },
  serve: async () => ({ cluster }),
  secretOf: () => 'secret',
  onUnmodelled: (service, operation) => console.error(`${service} ${operation} is not modelled`),
  onFailure: (error) => console.error(error),
});
parentPort?.postMessage(server.origin);
