import { InvalidDefinition } from '../definition/diagnostics.ts';
import { type LoadedMachine, load } from '../definition/load.ts';
import type { StateMachineType } from '../definition/task-rules.ts';
import { checkName } from './names.ts';
import { ServiceError } from './service-error.ts';

/** The input for a state machine. `definition` is JSON, or its text. */
export interface CreateMachine {
  readonly arn: string;
  readonly name: string;
  readonly definition: unknown;
  readonly roleArn?: string;
  readonly type?: StateMachineType;
}

/** A stored state machine: all its definitions, the current one last. */
export interface MachineRecord {
  readonly arn: string;
  readonly name: string;
  readonly type: StateMachineType;
  roleArn?: string;
  readonly definitions: unknown[];
}

/** A state machine with its definitions loaded. */
export interface HostedMachine {
  readonly record: MachineRecord;
  readonly loaded: LoadedMachine[];
}

function loadOrRefuse(definition: unknown, type: StateMachineType): LoadedMachine {
  try {
    return load(definition, { type });
  } catch (error) {
    if (error instanceof InvalidDefinition) throw new ServiceError('InvalidDefinition', error.message);
    throw error;
  }
}

/** The state machines of a runner. Executions keep their definition, so none is ever removed. */
export class MachineRegistry {
  readonly #machines = new Map<string, HostedMachine>();

  /**
   * Adds a state machine. Throws InvalidName, StateMachineAlreadyExists, InvalidDefinition, and `UnsupportedDefinition` for
   * what this interpreter cannot run.
   */
  create(machine: CreateMachine): void {
    checkName(machine.name);
    const { arn, name, definition, roleArn, type = 'STANDARD' } = machine;
    if (this.#machines.has(arn)) {
      throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    const loaded = loadOrRefuse(definition, type);
    const record = { arn, name, type, definitions: [loaded.definition], ...(roleArn === undefined ? {} : { roleArn }) };
    this.#machines.set(arn, { record, loaded: [loaded] });
  }

  /** Changes the definition or role of a state machine; running executions keep theirs. Throws as {@link create}. */
  update(arn: string, change: { readonly definition?: unknown; readonly roleArn?: string }): void {
    const { record, loaded } = this.get(arn);
    if (change.definition !== undefined) {
      const revision = loadOrRefuse(change.definition, record.type);
      loaded.push(revision);
      record.definitions.push(revision.definition);
    }
    if (change.roleArn !== undefined) record.roleArn = change.roleArn;
  }

  /** The machine of an ARN. Throws StateMachineDoesNotExist. */
  get(arn: string): HostedMachine {
    const machine = this.#machines.get(arn);
    if (machine) return machine;
    throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  /** One definition of a machine, by position. */
  revision(arn: string, position: number): LoadedMachine {
    const loaded = this.get(arn).loaded[position];
    if (loaded) return loaded;
    throw new Error(`No definition ${position} of ${arn}`);
  }

  /** All stored machines, in the order of creation. */
  records(): MachineRecord[] {
    return [...this.#machines.values()].map(({ record }) => record);
  }

  /** Restores stored machines. */
  restore(records: readonly MachineRecord[]): void {
    for (const record of records) {
      const loaded = record.definitions.map((definition) => load(definition, { type: record.type }));
      this.#machines.set(record.arn, { record, loaded });
    }
  }
}
