import { type EksErrorName, FakeEksError } from '../errors.ts';
import type { Caller } from '../operation-context.ts';

/** A call to EKS. */
export interface Call {
  readonly operation: string;
  readonly input: object;
  readonly caller: Caller;
}

/** A fault of calls. Members that are left out match everything. */
export interface Fault {
  readonly operation?: string;
  readonly account?: string;
  readonly region?: string;
  readonly cluster?: string;
  /** How many matching calls pass first; 0 when absent. */
  readonly skip?: number;
  /** How many calls it hits; 1 when absent. */
  readonly times?: number;
  readonly effect: /** EKS answers with an error and nothing happened. */
    | { readonly kind: 'error'; readonly name: EksErrorName; readonly message?: string }
    | { readonly kind: 'throttle' }
    /** It happened, but its answer was lost: the caller gets a `TimeoutError`, or EKS's answer to a repetition of the same call. */
    | { readonly kind: 'answer-lost'; readonly seenAs?: EksErrorName }
    /** The call or its answer is late by this number of milliseconds: the callers of `takeDelay` wait. */
    | { readonly kind: 'delay'; readonly beforeMilliseconds?: number; readonly afterMilliseconds?: number };
}

/** Applies the faults to calls, each as often as it says; the first one that matches wins. */
export class FaultInjector {
  readonly #armed: { fault: Fault; skip: number; left: number }[] = [];
  /** Run around every operation, also for crash tests that stop the world: the caller gets whatever they throw. */
  readonly beforeOperation: ((call: Call) => void)[] = [];
  readonly afterOperation: ((call: Call) => void)[] = [];

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    this.#armed.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  /** Removes all faults. */
  clear(): void {
    this.#armed.length = 0;
  }

  /** The faults before the effect: errors and throttling. */
  before(call: Call): void {
    for (const interceptor of this.beforeOperation) interceptor(call);
    const effect = this.#take(call, ['error', 'throttle']);
    if (effect?.kind === 'error') throw new FakeEksError(effect.name, effect.message ?? 'Injected fault');
    if (effect?.kind === 'throttle') throw new FakeEksError('ThrottlingException', 'Rate exceeded');
  }

  /** The faults after the effect: lost answers. */
  after(call: Call): void {
    for (const interceptor of this.afterOperation) interceptor(call);
    const effect = this.#take(call, ['answer-lost']);
    if (effect?.kind !== 'answer-lost') return;
    if (effect.seenAs !== undefined) throw new FakeEksError(effect.seenAs, 'An update is in progress.');
    const error = new Error('The answer was lost on its way.');
    error.name = 'TimeoutError';
    throw error;
  }

  /** The delay of this call; it is read once per call, before the call. */
  takeDelay(call: Call): { beforeMilliseconds: number; afterMilliseconds: number } {
    const effect = this.#take(call, ['delay']);
    if (effect?.kind !== 'delay') return { beforeMilliseconds: 0, afterMilliseconds: 0 };
    return {
      beforeMilliseconds: effect.beforeMilliseconds ?? 0,
      afterMilliseconds: effect.afterMilliseconds ?? 0,
    };
  }

  #take(call: Call, kinds: readonly Fault['effect']['kind'][]): Fault['effect'] | undefined {
    for (const armed of this.#armed) {
      if (armed.left === 0 || !kinds.includes(armed.fault.effect.kind) || !matches(armed.fault, call)) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.left -= 1;
      return armed.fault.effect;
    }
    return undefined;
  }
}

function matches(fault: Fault, call: Call): boolean {
  const { name, clusterName } = call.input as Record<string, unknown>;
  return (
    (fault.operation === undefined || fault.operation === call.operation) &&
    (fault.account === undefined || fault.account === call.caller.account) &&
    (fault.region === undefined || fault.region === call.caller.region) &&
    (fault.cluster === undefined || fault.cluster === (clusterName ?? name))
  );
}
