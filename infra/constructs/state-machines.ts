import { Construct } from 'constructs';
import { type FunctionName, MACHINE_NAMES, type MachineName } from '../../core/contracts/names.ts';
import { HubStateMachine } from './state-machine.ts';

export interface StateMachinesProps {
  readonly functionArn: (name: FunctionName) => string;
}

/** All state machines. Those that others start come first in `MACHINE_NAMES`; `upgrade-cluster` refers to them. */
export class StateMachines extends Construct {
  readonly #all = new Map<MachineName, HubStateMachine>();

  constructor(scope: Construct, id: string, { functionArn }: StateMachinesProps) {
    super(scope, id);
    for (const name of MACHINE_NAMES) {
      const machine = new HubStateMachine(this, name, { name, functionArn, machineArn: (child) => this.arnOf(child) });
      this.#all.set(name, machine);
    }
  }

  arnOf(name: MachineName): string {
    const found = this.#all.get(name);
    if (found === undefined) throw new Error(`${name} must come before the machine that starts it in MACHINE_NAMES.`);
    return found.machine.stateMachineArn;
  }

  /** Roles of the machines that start others. */
  get starterRoleArns(): readonly string[] {
    const starters = [...this.#all.values()].filter(({ hasChildren }) => hasChildren);
    return starters.map(({ machine }) => machine.role.roleArn);
  }

  get arns(): readonly string[] {
    return MACHINE_NAMES.map((name) => this.arnOf(name));
  }
}
