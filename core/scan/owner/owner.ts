import { given } from '../../model/given.ts';
import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';

/** The owner to ask about an object, and the cause that is repaired once for all objects that share it. */
export interface Ownership {
  readonly owner?: string;
  /** `argocd:shop`, `flux:apps/shop`, `helm:payments/api`; undefined when it is not known. */
  readonly cause?: string;
}

/** Labels and annotations that name the owning team, the most explicit first. */
const TEAM_KEYS = ['owner', 'team', 'app.kubernetes.io/owner', 'backstage.io/owner', 'contact', 'squad', 'maintainer'];

/**
 * Finds the owner of an object in its labels and annotations: a team where one is named, else the tool that applies it. The keys are those that Argo
 * CD, Flux, Helm and kustomize set themselves.
 */
export function ownershipOf(metadata: unknown): Ownership {
  const { labels, annotations } = mappingOf(metadata);
  const [label, annotation] = [mappingOf(labels), mappingOf(annotations)];
  const tool = toolOf(label, annotation);
  const team = teamOf(label) ?? teamOf(annotation);
  return given({ owner: shortened(team ?? tool?.owner), cause: shortened(tool?.cause) });
}

/** An annotation may hold 256 KiB. The owner becomes part of keys, addresses and table rows, so it is shortened. */
const LONGEST = 200;

function shortened(text: string | undefined): string | undefined {
  const characters = [...(text ?? '')];
  return characters.length <= LONGEST ? text : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

function toolOf(label: Mapping, annotation: Mapping): { owner: string; cause: string } | undefined {
  const tracked =
    textOf(annotation['argocd.argoproj.io/tracking-id'])?.split(':')[0] ?? textOf(label['argocd.argoproj.io/instance']);
  if (tracked !== undefined) return { owner: `Argo CD application ${tracked}`, cause: `argocd:${tracked}` };
  for (const [kind, group] of [
    ['HelmRelease', 'helm'],
    ['Kustomization', 'kustomize'],
  ]) {
    const name = textOf(label[`${group}.toolkit.fluxcd.io/name`]);
    if (name === undefined) continue;
    const full = `${textOf(label[`${group}.toolkit.fluxcd.io/namespace`]) ?? 'default'}/${name}`;
    return { owner: `Flux ${kind} ${full}`, cause: `flux:${full}` };
  }
  const release = textOf(annotation['meta.helm.sh/release-name']);
  if (release !== undefined) {
    const full = `${textOf(annotation['meta.helm.sh/release-namespace']) ?? 'default'}/${release}`;
    return { owner: `Helm release ${full}`, cause: `helm:${full}` };
  }
  return undefined;
}

function teamOf(texts: Mapping): string | undefined {
  const known = TEAM_KEYS.find((key) => textOf(texts[key]) !== undefined);
  // Every organisation has its own prefix: `acme.example/team`, `company.com/owner`.
  const prefixed = () =>
    Object.keys(texts)
      .sort()
      .find((key) => /\/(?:owner|team)$/.test(key));
  const key = known ?? prefixed();
  return key === undefined ? undefined : textOf(texts[key]);
}
