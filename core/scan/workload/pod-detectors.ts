import { type Path, valuesAt } from '../../model/values-at.ts';
import { compareAddonVersions } from '../../version/addon-version.ts';
import type { GroupVersionKind } from '../data/api-row.ts';
import type { BreakRule } from '../data/break-rule.ts';
import { parameterOf } from '../data/break-rules.ts';
import { comesFromRegistry, endsInRepository, parseImage, versionOfTag } from '../data/image-reference.ts';
import { isMapping, type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';

/** A pod template of an object, or the object itself when it is a Pod. */
interface PodSpec {
  readonly spec: Mapping;
  /** Labels and annotations of the pods. */
  readonly metadata: Mapping;
  /** The path of the spec in the object. */
  readonly path: Path;
}

/** Paths of pod specs: in Pods, in objects with a template as built-in workloads have it, in CronJobs, in PodTemplates. */
const PLACES = [
  'spec',
  'spec.template.spec',
  'spec.jobTemplate.spec.template.spec',
  'template.spec',
  'spec.podTemplate.spec',
];

/** Custom resources with pod templates like the built-in workloads (Rollouts, Knative Services) count too. */
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

/** All containers of a pod, with their paths in its spec. */
export function containersOf({ spec }: PodSpec): { path: Path; container: Mapping }[] {
  return CONTAINERS.flatMap((list) =>
    valuesAt(spec, `${list}[]`).flatMap(({ path, value }) => (isMapping(value) ? [{ path, container: value }] : [])),
  );
}

/** A whole object for the detectors. */
export interface InspectedObject extends GroupVersionKind {
  readonly value: Mapping;
  readonly pods: readonly PodSpec[];
}

/** A detector found what a rule is about. */
export interface Hit {
  readonly rule: string;
  /** The path in the object. */
  readonly path: Path;
  /** The evidence, in one sentence without values that could be secret. */
  readonly evidence: string;
}

/** One hit at the same path for each rule. */
export const hitsOf = (rules: readonly BreakRule[], path: Path, evidence: string): Hit[] =>
  rules.map(({ id }) => ({ rule: id, path, evidence }));

/** Looks for what its rules name. Never throws on the content of an object. */
export type Detector = (object: InspectedObject, rules: readonly BreakRule[]) => Hit[];

/** A field of the pod's spec: `volumes[].gitRepo`. */
export const podField: Detector = ({ pods }, rules) =>
  pods.flatMap((pod) =>
    rules.flatMap((rule) =>
      parameterOf(rule, 'path').flatMap((field) =>
        valuesAt(pod.spec, field).flatMap(({ path }) => {
          const place = [...pod.path, ...path];
          return hitsOf([rule], place, `${readable(place)} is set.`);
        }),
      ),
    ),
  );

/** An annotation of the pods: an exact key, or all that begin with one that ends in `/` or `*`. */
export const podAnnotation: Detector = ({ pods }, rules) =>
  pods.flatMap((pod) =>
    annotationKeys(mappingOf(pod.metadata).annotations, rules).map(({ rule, key }) => ({
      rule,
      path: [...pod.path.slice(0, -1), 'metadata', 'annotations', key],
      evidence: `Its pods carry the annotation ${key}.`,
    })),
  );

/** An annotation of the object itself; `kind` narrows it down. */
export const objectAnnotation: Detector = ({ kind, value }, rules) =>
  annotationKeys(
    mappingOf(value.metadata).annotations,
    rules.filter((rule) => parameterOf(rule, 'kind').length === 0 || parameterOf(rule, 'kind').includes(kind)),
  ).map(({ rule, key }) => ({
    rule,
    path: ['metadata', 'annotations', key],
    evidence: `It carries the annotation ${key}.`,
  }));

function annotationKeys(annotations: unknown, rules: Parameters<Detector>[1]): { rule: string; key: string }[] {
  if (!isMapping(annotations)) return [];
  const present = Object.keys(annotations);
  return rules.flatMap((rule) =>
    parameterOf(rule, 'key').flatMap((wanted) => {
      const prefix = wanted.endsWith('*') ? wanted.slice(0, -1) : wanted.endsWith('/') ? wanted : undefined;
      const matches = (key: string) => (prefix === undefined ? key === wanted : key.startsWith(prefix));
      return present.filter(matches).map((key) => ({ rule: rule.id, key }));
    }),
  );
}

/** A folder or socket of the node that a pod mounts. */
export const hostPath: Detector = ({ pods }, rules) =>
  pods.flatMap((pod) =>
    valuesAt(pod.spec, 'volumes[].hostPath.path').flatMap(({ path, value }) => {
      const mounted = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
      const meant = rules.filter((rule) => parameterOf(rule, 'paths').includes(mounted));
      return hitsOf(meant, [...pod.path, ...path], `It mounts ${mounted} of the node.`);
    }),
  );

/** An image of any container, by the end of its repository or by its registry; `below` limits it to older versions. */
export const containerImage: Detector = ({ pods }, rules) =>
  pods.flatMap((pod) =>
    imagesOf(pod).flatMap(({ path, image }) => {
      const meant = rules.filter((rule) => isMeant(rule, image));
      return hitsOf(meant, [...pod.path, ...path, 'image'], `It runs the image ${image}.`);
    }),
  );

function isMeant(rule: BreakRule, image: string): boolean {
  const { repository, tag } = parseImage(image);
  const named =
    parameterOf(rule, 'images').some((suffix) => endsInRepository(repository, suffix)) ||
    parameterOf(rule, 'registries').some((registry) => comesFromRegistry(repository, registry));
  const version = tag === undefined ? undefined : versionOfTag(tag);
  return (
    named &&
    parameterOf(rule, 'below').every((limit) => version !== undefined && compareAddonVersions(version, limit) < 0)
  );
}

/** The images of a pod, as they are written. */
export function imagesOf(pod: PodSpec): { path: Hit['path']; image: string }[] {
  return containersOf(pod).flatMap(({ path, container }) => {
    const image = textOf(container.image);
    return image === undefined ? [] : [{ path, image }];
  });
}

export const readable = (path: Hit['path']): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

const RBAC = 'rbac.authorization.k8s.io';
const PUBLIC_INFO = 'system:public-info-viewer';

/** A binding to a user or group that a rule names. */
export const bindingSubject: Detector = ({ group, kind, value }, rules) => {
  if (group !== RBAC || !kind.endsWith('RoleBinding') || isBuiltIn(value) || isPublicInfo(value)) return [];
  return valuesAt(value, 'subjects[].name').flatMap(({ path, value: name }) => {
    const meant = rules.filter((rule) => parameterOf(rule, 'subjects').includes(textOf(name) ?? ''));
    return hitsOf(meant, path, `It gives rights to ${textOf(name)}.`);
  });
};

/** Roles that the API server creates itself: they keep old groups for old clients, and each release rewrites them. */
export const isBuiltIn = ({ metadata }: Mapping): boolean =>
  textOf(mappingOf(mappingOf(metadata).labels)['kubernetes.io/bootstrapping']) === 'rbac-defaults';

/** The binding of Kubernetes that shows the version to all users; some installers leave out its label. */
function isPublicInfo({ metadata, roleRef }: Mapping): boolean {
  const { kind, name } = mappingOf(roleRef);
  return mappingOf(metadata).name === PUBLIC_INFO && kind === 'ClusterRole' && name === PUBLIC_INFO;
}
