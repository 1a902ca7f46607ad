import type { Fleet } from '../types.ts';
import type { Report } from './check.ts';

/** A cap per label that no cluster gets would cap the whole fleet: clusters without the label count as one value. */
export function checkFleetCaps(fleet: Fleet, report: Report): void {
  const labels = Object.keys(fleet.spec.labels.fromTags);
  for (const label of Object.keys(fleet.spec.caps.perLabel ?? {})) {
    if (labels.includes(label)) continue;
    const message = `no tag gives clusters the label "${label}" (spec.labels.fromTags), so all of them count as one value and this caps the whole fleet. Add it there, or use total.`;
    report('warning', ['spec', 'caps', 'perLabel', label], message, 'key');
  }
}
