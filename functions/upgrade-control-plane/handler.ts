import { silences } from '../runtime/account-ports.ts';
import { awsPorts, clock, createHandler, table } from '../runtime/create-handler.ts';
import { eks, mutator } from '../runtime/eks-ports.ts';
import { events } from '../runtime/event-bus-port.ts';
import { jobs } from '../runtime/hook-jobs-port.ts';
import { hooks } from '../runtime/hooks-port.ts';
import { definition } from './function.ts';

export const handler = createHandler(
  definition,
  awsPorts({ clock, eks, events, hooks, jobs, mutator, silences, table }),
);
