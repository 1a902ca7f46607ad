import { createNodeOperators } from '../../adapters/kubernetes/create-node-operator.ts';
import { operateRoleName } from '../../core/contracts/names.ts';
import type { NodeOperators } from '../../core/ports/node-operator.ts';
import type { PortFactory } from './create-handler.ts';
import { tierPort } from './tier-port.ts';

export const nodes: PortFactory<NodeOperators> = tierPort(operateRoleName, createNodeOperators);
