import { createEc2Reader } from '../../adapters/aws/ec2-reader.ts';
import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterReaders } from '../../adapters/kubernetes/reader/create-cluster-readers.ts';
import type { ClusterReaders } from '../../core/ports/cluster-reader.ts';
import type { Ec2Reader } from '../../core/ports/ec2.ts';
import type { GateReader } from '../../core/ports/outside.ts';
import { alarmEnvironment, alarmsOf } from '../runtime/alarm-gates.ts';
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

/** A policy names alarms for a scan, and no webhooks. */
const gates: PortFactory<GateReader> = {
  environment: alarmEnvironment,
  create: (context) => createGateReader({ alarms: alarmsOf(context) }),
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
