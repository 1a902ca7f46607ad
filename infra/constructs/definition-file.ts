import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  FUNCTION_NAMES,
  type FunctionName,
  MACHINE_DEFINITIONS,
  MACHINE_NAMES,
  type MachineName,
} from '../../core/contracts/names.ts';

/** What a `${…}` of a definition stands for. */
export type Placeholder =
  | { readonly type: 'partition' }
  | { readonly type: 'machine-name' }
  | { readonly type: 'function'; readonly name: FunctionName }
  | { readonly type: 'machine'; readonly name: MachineName };

export const definitionPath = (machine: MachineName): string =>
  fileURLToPath(new URL(`../../state-machines/${MACHINE_DEFINITIONS[machine]}.asl.json`, import.meta.url));

/** Every placeholder that a machine's file has, by its name. Fails on one that nothing fills in. */
export function placeholdersOf(machine: MachineName): ReadonlyMap<string, Placeholder> {
  const text = readFileSync(definitionPath(machine), 'utf8');
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  return new Map(names.map((name) => [name, meaningOf(name, machine)]));
}

/** `${ScanClusterMachineArn}` is the machine scan-cluster; `${StepFunctionArn}` is the function of the machine's own name. */
function meaningOf(placeholder: string, machine: MachineName): Placeholder {
  if (placeholder === 'Partition') return { type: 'partition' };
  if (placeholder === 'Machine') return { type: 'machine-name' };
  const [, pascal = '', kind] = /^(\w+?)(Machine|Function)Arn$/.exec(placeholder) ?? [];
  const kebab = pascal.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const name = kebab === 'step' ? machine : kebab;
  const machineNamed = MACHINE_NAMES.find((one) => one === name);
  if (kind === 'Machine' && machineNamed !== undefined) return { type: 'machine', name: machineNamed };
  const functionNamed = FUNCTION_NAMES.find((one) => one === name);
  if (kind === 'Function' && functionNamed !== undefined) return { type: 'function', name: functionNamed };
  throw new Error(`${definitionPath(machine)}: nothing fills in \${${placeholder}}.`);
}
