import { createExecutions } from '../../adapters/aws/executions.ts';
import type { Executions } from '../../core/ports/executions.ts';
import type { PortFactory } from './create-handler.ts';

export const executions: PortFactory<Executions> = {
  environment: ['machineArnPrefix'],
  create: ({ environment }) => createExecutions({ machineArnPrefix: environment.machineArnPrefix }),
};
