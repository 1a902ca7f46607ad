import type { Grant, Intent, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { ScanRun } from '../../core/contracts/items/scan.ts';
import type { ClusterReader, OpenCluster } from '../../core/ports/cluster-reader.ts';
import type { OpenHookJobs } from '../../core/ports/hook-jobs.ts';
import type { NodeOperator } from '../../core/ports/node-operator.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { WriteOperation } from '../../core/ports/table.ts';
import type { Invocation, World } from '../process/world.ts';
import type { Fault, Operation } from './fault.ts';

type Alive = <Port extends object>(
  port: Port,
  operations: (
    name: string,
    parameters: unknown[],
  ) => { operation: Operation; clusterKey?: string | undefined } | undefined,
) => Port;

/** Ends an invocation from inside, like a killed process. */
class Crash extends Error {
  override readonly name = 'Lambda.Crash';
}

/** Puts faults between invocations and their ports. `hits` tells whether a fault was ever reached, because one that was not proves nothing. */
const armed = (fault: Fault) => ({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });

export class Faults {
  readonly hits: { readonly at: Date; readonly fault: Fault }[] = [];
  readonly #armed: { readonly fault: Fault; skip: number; left: number }[];
  #world: World | undefined;

  constructor(faults: readonly Fault[]) {
    this.#armed = faults.map(armed);
  }

  /** Adds a fault that is active from now on. */
  arm(fault: Fault): void {
    this.#armed.push(armed(fault));
  }

  /** The world does not exist yet when its options are made. */
  attach(world: World): void {
    this.#world = world;
  }

  readonly around = (ports: Ports, invocation: Invocation): Ports => {
    // Most invocations meet no fault, so they use the ports directly.
    if (!this.#armed.some(({ fault, left }) => left > 0 && concerns(fault, invocation))) return ports;
    let dead = false;
    const strike = async (
      when: Fault['when'],
      operation: Operation,
      clusterKey: string | undefined,
    ): Promise<{ answer: unknown } | undefined> => {
      const armed = this.#armed.find(
        ({ fault, left }) =>
          left > 0 && fault.when === when && fault.operation === operation && concerns(fault, invocation),
      );
      if (armed === undefined || this.#world === undefined) return undefined;
      if (armed.skip > 0) {
        armed.skip -= 1;
        return undefined;
      }
      armed.left -= 1;
      this.hits.push({ at: this.#world.clock.now(), fault: armed.fault });
      const { effect } = armed.fault;
      if (effect.kind === 'crash') {
        dead = true;
        throw new Crash(`killed ${when} ${operation}`);
      }
      if (effect.kind === 'error')
        throw Object.assign(new Error(`injected ${when} ${operation}`), { name: effect.name });
      if (effect.kind === 'hang') await this.#world.clock.sleep(effect.seconds * 1000);
      const { function: name } = invocation;
      const world = this.#world;
      if (effect.kind === 'duplicate' && name !== 'api' && name !== 'anchor-audit') {
        void world.clock.track(() => world.invoke(name, invocation.payload).catch(() => {}));
      }
      if (effect.kind === 'act') await effect.act(this.#world, { clusterKey });
      return effect.kind === 'answer' ? { answer: effect.value } : undefined;
    };
    /** A dead invocation reaches nothing, not even to report its own end. */
    const alive: Alive = <Port extends object>(
      port: Port,
      operations: (
        name: string,
        parameters: unknown[],
      ) => { operation: Operation; clusterKey?: string | undefined } | undefined,
    ): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function') return member;
          return async (...parameters: unknown[]) => {
            if (dead) throw new Crash('the process is dead');
            const found = operations(String(name), parameters);
            const instead = found === undefined ? undefined : await strike('before', found.operation, found.clusterKey);
            if (instead !== undefined) return instead.answer;
            const result: unknown = await Reflect.apply(member, target, parameters);
            if (found !== undefined) await strike('after', found.operation, found.clusterKey);
            return result;
          };
        },
      });
    const none = () => undefined;
    return {
      ...ports,
      table: alive(ports.table, (name, [operations]) =>
        name === 'transact' ? operationOf(operations as Parameters<Ports['table']['transact']>[0]) : undefined,
      ),
      mutator: alive(ports.mutator, () => ({ operation: 'call' })),
      templates: alive(ports.templates, () => ({ operation: 'call' })),
      silences: alive(ports.silences, (name) => (MUTES.includes(name) ? { operation: 'call' } : undefined)),
      executions: syncArn(
        ports,
        alive(ports.executions, (name) => EXECUTIONS[name]),
      ),
      hooks: alive(ports.hooks, () => ({ operation: 'ask-hook' })),
      eks: alive(ports.eks, none),
      clusters: alive(ports.clusters, none),
      nodes: { open: (server) => nodesAlive(ports.nodes.open(server), alive) },
      jobs: { open: (server) => jobsAlive(ports.jobs.open(server), alive) },
      readers: { open: (target) => openAlive(ports.readers.open(target), (reader) => alive(reader, none)) },
      events: alive(ports.events, none),
    };
  };
}

const concerns = (fault: Fault, invocation: Invocation): boolean =>
  fault.function === undefined || fault.function === invocation.function;

const EXECUTIONS: Readonly<Record<string, { operation: Operation } | undefined>> = {
  start: { operation: 'start-execution' },
  describe: { operation: 'describe-execution' },
};

/** Opening sends nothing, so only reading can fail. */
function openAlive(opened: OpenCluster, alive: (reader: ClusterReader) => ClusterReader): OpenCluster {
  return { reader: alive(opened.reader), wait: (seconds) => opened.wait(seconds), close: () => opened.close() };
}

const MUTES: readonly string[] = ['putMuteRule', 'deleteMuteRule'];
const NODE_CALLS: readonly string[] = ['cordon', 'uncordon', 'evict'];

function nodesAlive(operator: NodeOperator, alive: Alive): NodeOperator {
  const calls = alive(operator, (name) => (NODE_CALLS.includes(name) ? { operation: 'call' } : undefined));
  const { listNodes, listPodsOf, cordon, uncordon, evict } = calls;
  return { listNodes, listPodsOf, cordon, uncordon, evict, close: () => operator.close() };
}

function jobsAlive(opened: OpenHookJobs, alive: Alive): OpenHookJobs {
  const {
    read,
    create,
    delete: remove,
  } = alive(opened, (name) => (name === 'read' ? undefined : { operation: 'call' }));
  return { read, create, delete: remove, close: () => opened.close() };
}

/** `arnFor` is synchronous and has no effect. */
function syncArn(ports: Ports, executions: Ports['executions']): Ports['executions'] {
  return {
    arnFor: (machine, name) => ports.executions.arnFor(machine, name),
    start: executions.start,
    describe: executions.describe,
  };
}

/** The operation of a transaction in the names of faults; undefined for all others. */
function operationOf(operations: readonly WriteOperation[]): { operation: Operation; clusterKey: string } | undefined {
  for (const write of operations) {
    if (write.type !== 'put') continue;
    const { kind, data } = write.item;
    if (kind === 'ScanRun') return { operation: 'scan', clusterKey: (data as ScanRun).clusterKey };
    if (kind === 'Intent') {
      const intent = data as Intent;
      return { operation: intent.outcome === undefined ? 'commit' : 'outcome', clusterKey: intent.clusterKey };
    }
    if (kind === 'Grant') {
      const grant = data as Grant;
      if (grant.status === 'open' && grant.children.length > 0) return undefined;
      return { operation: GRANT[grant.status], clusterKey: grant.clusterKey };
    }
    if (operations.some((other) => other.type === 'append' && /^Hook/.test(other.item.event)))
      return { operation: 'keep-hook', clusterKey: (data as Upgrade).clusterKey };
    if (
      kind === 'Upgrade' &&
      (data as Upgrade).status !== 'Running' &&
      operations.some((other) => other.type === 'check' && other.key.sk === 'GRANT')
    ) {
      return { operation: 'settle', clusterKey: (data as Upgrade).clusterKey };
    }
  }
  return undefined;
}

const GRANT = { open: 'grant', closing: 'close', free: 'free' } as const;
