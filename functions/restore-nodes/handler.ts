import { silences } from '../runtime/account-ports.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks, mutator } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { jobs } from '../runtime/hook-jobs-port.ts';
import { nodes } from '../runtime/node-operator-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(
  definition,
  awsPorts({ clock, eks, events, jobs, mutator, nodes, silences, table }),
);
