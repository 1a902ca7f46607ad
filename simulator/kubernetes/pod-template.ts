import type { PodState, WorkloadState } from './kubernetes-state.ts';
import { list, record } from './resources/stored-object.ts';

/** The part of a pod from its workload's template, where that was written through the API. */
export function templateOf({ written }: WorkloadState): Pick<PodState, 'written'> {
  if (written === undefined) return {};
  const { metadata, spec } = record(record(written.spec).template);
  return { written: { metadata: { annotations: record(metadata).annotations }, spec: record(spec) } };
}

export function templateImages({ written, image }: WorkloadState): string[] {
  return written === undefined ? [image] : podImages(record(record(written.spec).template).spec);
}

/** The images of all containers in a pod's spec. */
export const podImages = (spec: unknown): string[] =>
  list(record(spec).containers).map((container) => String(record(container).image));
