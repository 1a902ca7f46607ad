import type { Assembly, Template } from '../../../simulator/cloud/template/assembly.ts';
import { indexFaults } from './indexes.ts';
import { memberFaults } from './members.ts';
import { type Fault, type Mutation, mutationOf } from './mutation.ts';
import { patternFaults } from './patterns.ts';
import { permissionFaults } from './permissions.ts';
import { resourcePolicyFaults } from './resource-policies.ts';
import { trustFaults } from './trust.ts';
import { wholeResourceFaults } from './whole-resources.ts';

const SOURCES: readonly ((stack: string, template: Template) => Fault[])[] = [
  permissionFaults,
  trustFaults,
  resourcePolicyFaults,
  patternFaults,
  memberFaults,
  indexFaults,
  wholeResourceFaults,
];

/** Every single fault of what infra/ makes. */
export const mutationsOf = ({ templates }: Assembly): Mutation[] =>
  SOURCES.flatMap((source) => [...templates].flatMap(([stack, template]) => source(stack, template))).map(mutationOf);
