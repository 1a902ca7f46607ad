import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import { account, ec2 } from '../runtime/account-ports.ts';
import { alarmGates as gates } from '../runtime/alarm-gates.ts';
import { clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { credentialsOf, eks, spokeEnvironment } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { probe } from '../runtime/url-probe-port.ts';
import { definition } from './function.ts';

const readers: PortFactory<ClusterReaders> = {
  environment: spokeEnvironment,
  create: (context) =>
    createClusterReaders({ credentials: credentialsOf(context), clock: systemClock, sleep: systemSleep }),
};

export const handler = createHandler(
  definition,
  awsPorts({ account, clock, clusters, ec2, eks, events, gates, probe, readers, table }),
);
