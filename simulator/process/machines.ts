import { readFileSync } from 'node:fs';
import { deepFreeze } from '../../core/config/deep-freeze.ts';
import { definitionOf, MACHINE_NAMES, type MachineName } from '../../core/contracts/names.ts';

export const MACHINE_ARN_PREFIX = 'arn:aws:states:eu-central-1:000000000000:stateMachine:liftlock-';
export const FUNCTION_ARN_PREFIX = 'arn:aws:lambda:eu-central-1:000000000000:function:liftlock-';

const DEFINITIONS = new URL('../../state-machines/', import.meta.url);

export interface MachineDefinition {
  readonly name: MachineName;
  readonly arn: string;
  readonly definition: unknown;
}

let read: readonly MachineDefinition[] | undefined;

/** The files of `state-machines/`, with the placeholders filled in as in the stack. They are read once and shared, so they must not be changed. */
export function machineDefinitions(): readonly MachineDefinition[] {
  read ??= readDefinitions();
  return read;
}

function readDefinitions(): MachineDefinition[] {
  return MACHINE_NAMES.map((name) => {
    const text = readFileSync(new URL(`${definitionOf(name)}.asl.json`, DEFINITIONS), 'utf8');
    const filled = text.replaceAll(/\$\{(\w+)\}/g, (_, placeholder: string) => fillIn(placeholder, name));
    return { name, arn: `${MACHINE_ARN_PREFIX}${name}`, definition: deepFreeze(JSON.parse(filled)) as unknown };
  });
}

/** `${ScanClusterMachineArn}` → the machine scan-cluster; `${StepFunctionArn}` → the function of the machine's own name. */
function fillIn(placeholder: string, machine: MachineName): string {
  if (placeholder === 'Partition') return 'aws';
  if (placeholder === 'Machine') return machine;
  if (placeholder === 'StepFunctionArn') return `${FUNCTION_ARN_PREFIX}${machine}`;
  const match = /^(\w+?)(Machine|Function)Arn$/.exec(placeholder);
  if (match === null) throw new Error(`state-machines: nobody fills in \${${placeholder}}`);
  const [, pascal = '', kind] = match;
  const name = pascal.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return `${kind === 'Machine' ? MACHINE_ARN_PREFIX : FUNCTION_ARN_PREFIX}${name}`;
}
