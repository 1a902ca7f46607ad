import type { KubernetesState } from '../kubernetes-state.ts';
import type { RequestInfo } from '../server/request-info.ts';
import { countDown, isAimedAt, isUsedUp } from './aim.ts';
import type { AimedFault, ApiFault } from './api-fault.ts';
import { isPageReached } from './expired-page.ts';

/** The faults that a request meets, in the order of the state. What is used up by it leaves the state. */
export function struckBy(kubernetes: KubernetesState, info: RequestInfo, query: URLSearchParams): AimedFault[] {
  const { faults } = kubernetes;
  if (faults === undefined) return [];
  const struck = faults.filter(isAimed).filter((fault) => {
    if (!isAimedAt(fault, info)) return false;
    return fault.kind === 'expired-page' ? isPageReached(fault, info, query) : countDown(fault);
  });
  kubernetes.faults = faults.filter((fault) => !isAimed(fault) || !isUsedUp(fault));
  return struck;
}

const isAimed = (fault: ApiFault): fault is AimedFault => fault.kind !== 'expiring-token';
