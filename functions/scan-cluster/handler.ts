import { createEc2Reader } from '../../adapters/aws/ec2-reader.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { Ec2Reader } from '../../core/ports/ec2.ts';
import { alarmGates as gates } from '../runtime/alarm-gates.ts';
import { clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { credentialsOf, eks, sessionsOf, spokeEnvironment } from '../runtime/eks-ports.ts';
import { events } from '../runtime/outside-ports.ts';
import { definition } from './function.ts';

const readers: PortFactory<ClusterReaders> = {
  environment: spokeEnvironment,
  create: (context) =>
    createClusterReaders({ credentials: credentialsOf(context), clock: systemClock, sleep: systemSleep }),
};

const ec2: PortFactory<Ec2Reader> = {
  environment: spokeEnvironment,
  create: (context) =>
    createEc2Reader({
      sessions: sessionsOf(context),
      clock: systemClock,
      sleep: systemSleep,
      endpoint: process.env.AWS_ENDPOINT_URL_EC2 ?? process.env.AWS_ENDPOINT_URL,
    }),
};

export const handler = createHandler(
  definition,
  awsPorts({ clock, clusters, ec2, eks, events, gates, readers, table }),
);
