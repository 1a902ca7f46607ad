import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { createPrometheus } from '../../adapters/aws/prometheus.ts';
import { account, signed } from '../runtime/account-ports.ts';
import { alarmGates as gates } from '../runtime/alarm-gates.ts';
import { clusterReaders, clusters } from '../runtime/cluster-access-port.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { jobs } from '../runtime/hook-jobs-port.ts';
import { hooks } from '../runtime/hooks-port.ts';
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
    prometheus: signed((options) => createPrometheus({ ...options, secrets: createWebhookSecrets(options) })),
    readers: clusterReaders(10_000),
    table,
  }),
);
