import type { PodState, WorkloadState } from './kubernetes-state.ts';
import { list, record } from './resources/stored-object.ts';

/** What a pod has of the template of its workload, where somebody wrote one. */
export function templateOf({ written }: WorkloadState): Pick<PodState, 'written'> {
  if (written === undefined) return {};
  const { metadata, spec } = record(record(written.spec).template);
  return { written: { metadata: { annotations: record(metadata).annotations }, spec: record(spec) } };
}

export function templateImages({ written, image }: WorkloadState): string[] {
  return written === undefined ? [image] : podImages(record(record(written.spec).template).spec);
}

/** Of all containers of a pod's spec. */
export const podImages = (spec: unknown): string[] =>
  list(record(spec).containers).map((container) => String(record(container).image));
