import { CALL_SECONDS } from '../../core/contracts/mutating-calls.ts';
import { type FunctionName, KUBERNETES_FUNCTIONS, MUTATING_FUNCTIONS } from '../../core/contracts/names.ts';

export interface FunctionSize {
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number;
}

/** Two, so that an event need not wait for the tick that runs; two at once are harmless (every write is conditional). */
const RECONCILERS = 2;
/** Over when its grace period counts it as over: the call, and what is written before and after it. */
const MUTATION_TIMEOUT_SECONDS = CALL_SECONDS + 5;

/** `TimeoutSeconds` of the task in state-machines/step.asl.json. */
const STEP_SECONDS = 120;

const isOneOf = (name: FunctionName, names: readonly FunctionName[]): boolean => names.includes(name);

export function functionSize(name: FunctionName, mutatorConcurrency: number): FunctionSize {
  const { reservedConcurrency, ...size } = wantedSize(name, mutatorConcurrency);
  return mutatorConcurrency === 0 || reservedConcurrency === undefined ? size : { ...size, reservedConcurrency };
}

function wantedSize(name: FunctionName, mutatorConcurrency: number): FunctionSize {
  if (isOneOf(name, MUTATING_FUNCTIONS)) {
    return {
      memoryMegabytes: 512,
      timeoutSeconds: MUTATION_TIMEOUT_SECONDS,
      reservedConcurrency: mutatorConcurrency,
    };
  }
  // It reads for a minute, ends its last request and puts away what it has, and is over before its machine asks again.
  if (name === 'scan-cluster') return { memoryMegabytes: 1024, timeoutSeconds: STEP_SECONDS - 10 };
  // Pods of a large cluster are read in pages, but compared together.
  if (isOneOf(name, KUBERNETES_FUNCTIONS)) return { memoryMegabytes: 1024, timeoutSeconds: 60 };
  switch (name) {
    case 'reconcile-rollouts':
      return { memoryMegabytes: 1024, timeoutSeconds: 60, reservedConcurrency: RECONCILERS };
    // One account and Region after the other: a thousand accounts in four Regions take about ten minutes.
    case 'discover-clusters':
      return { memoryMegabytes: 512, timeoutSeconds: 900 };
    // A sweep reads the whole audit; a batch of the stream takes a second.
    case 'anchor-audit':
      return { memoryMegabytes: 1024, timeoutSeconds: 300 };
    // It starts some hundreds of executions, one after the other.
    case 'refresh-readiness':
    case 'watch-versions':
      return { memoryMegabytes: 512, timeoutSeconds: 300 };
    default:
      return { memoryMegabytes: 512, timeoutSeconds: 30 };
  }
}
