import { isMapping, type Mapping, mappingOf } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import { valuesAt } from './values-at.ts';

/** The pods that an object makes, or is. */
export interface PodSpec {
  readonly spec: Mapping;
  /** Labels and annotations of the pods. */
  readonly metadata: Mapping;
  /** Where the spec stands in the object. */
  readonly path: Path;
}

/** Where pod specs stand: in Pods, in everything with a template as built-in workloads have it, in CronJobs, in PodTemplates. */
const PLACES = [
  'spec',
  'spec.template.spec',
  'spec.jobTemplate.spec.template.spec',
  'template.spec',
  'spec.podTemplate.spec',
];

/** Custom resources that hold pods as the built-in workloads do (Rollouts, Knative Services) count too. */
export function podSpecsOf(object: Mapping): PodSpec[] {
  return PLACES.flatMap((place) =>
    valuesAt(object, place).flatMap(({ path, value }) => {
      if (!isMapping(value) || !(isList(value.containers) || isList(value.initContainers))) return [];
      const [outer] = valuesAt(object, place.split('.').slice(0, -1).join('.') || 'metadata');
      const metadata = place === 'spec' ? object.metadata : mappingOf(outer?.value).metadata;
      return [{ spec: value, metadata: mappingOf(metadata), path }];
    }),
  );
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.some(isMapping);

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'];

/** All containers of a pod, with where they stand in its spec. */
export function containersOf({ spec }: PodSpec): { path: Path; container: Mapping }[] {
  return CONTAINERS.flatMap((list) =>
    valuesAt(spec, `${list}[]`).flatMap(({ path, value }) => (isMapping(value) ? [{ path, container: value }] : [])),
  );
}
