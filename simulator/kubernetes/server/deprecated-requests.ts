import type { ResourceType } from '../resource-types.ts';
import type { Answer, Call } from './call.ts';

/** Epoch milliseconds of the last change of the control plane's version. */
export const startedAt = ({ cluster }: Pick<Call, 'cluster'>): number =>
  cluster.versions.at(-1)?.since ?? cluster.createdAt;

/** Counts a request for a deprecated version; others are not counted (facts: deprecated-apis.md §1.5). */
export function noteDeprecated(call: Call, { group, version, resource, deprecation }: ResourceType): void {
  if (deprecation === undefined) return;
  const { removedRelease } = deprecation;
  const request = { group, version, resource, subresource: '', removed_release: removedRelease };
  call.memory.deprecatedRequests.note(startedAt(call), request);
}

/** `Warning: 299 - "policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, …"` (RFC 7234 §5.5.) */
export function withWarning<T extends Pick<Answer, 'headers'>>(answer: T, { deprecation }: ResourceType): T {
  if (deprecation === undefined) return answer;
  const text = deprecation.warning.replace(/["\\]/g, '\\$&').replace(/\s/g, ' ');
  return { ...answer, headers: { ...answer.headers, warning: `299 - "${text}"` } };
}
