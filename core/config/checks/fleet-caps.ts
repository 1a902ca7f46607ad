import type { FleetSpec } from '../types.ts';
import type { Report } from './check.ts';

/** A cap per label that no cluster gets would cap the whole fleet: clusters without the label count as one value. */
export function checkFleetCaps(
  { caps, labels: { fromTags } }: Pick<FleetSpec, 'caps' | 'labels'>,
  report: Report,
): void {
  const labels = Object.keys(fromTags);
  for (const label of Object.keys(caps.perLabel ?? {})) {
    if (labels.includes(label)) continue;
    const message = `no tag gives clusters the label "${label}" (spec.labels.fromTags), so all of them count as one value and this caps the whole fleet. Add it there, or use total.`;
    report('warning', ['spec', 'caps', 'perLabel', label], message, 'key');
  }
}
