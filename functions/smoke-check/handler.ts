import { account } from '../runtime/account-ports.ts';
import { alarmGates as gates } from '../runtime/alarm-gates.ts';
import { clusterReaders, clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { jobs } from '../runtime/hook-jobs-port.ts';
import { hooks } from '../runtime/hooks-port.ts';
import { prometheus } from '../runtime/prometheus-port.ts';
import { probe } from '../runtime/url-probe-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(
  definition,
  awsPorts({
    account,
    clock,
    clusters,
    eks,
    events,
    gates,
    hooks,
    jobs,
    probe,
    prometheus,
    readers: clusterReaders(10_000),
    table,
  }),
);
