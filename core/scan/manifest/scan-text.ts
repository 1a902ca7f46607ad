import { given } from '../../model/given.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Path } from '../../model/values-at.ts';
import { WrittenDrains } from '../drain/written-drains.ts';
import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { groupVersion } from '../observe/api-version.ts';
import { inspectObject } from '../observe/inspect-object.ts';
import { type ObjectContext, subjectOf } from '../observe/object-context.ts';
import { usesOf } from '../observe/uses-of.ts';
import { ownershipOf } from '../owner/owner.ts';
import { noFacts } from '../reference/cluster-facts.ts';
import { observeOwnerReferences, observeReferences } from '../reference/observe-references.ts';
import { unreadOf } from '../report/coverage.ts';
import type { Coverage } from '../report/report-schema.ts';
import {
  isMapping,
  MAX_EMBEDDING,
  type ManifestObject,
  type Mapping,
  mappingOf,
  type Position,
  textOf,
  typeOf,
} from './manifest-object.ts';
import { observeTemplate } from './observe-template.ts';
import { Positions } from './positions.ts';
import { type ReadDocument, readDocuments } from './read-documents.ts';
import { isTemplateText, isUnrendered, templateOf } from './template-text.ts';
import { walkDocument } from './walk.ts';

export interface TextScan {
  readonly observations: readonly Observation[];
  /** One entry for the file, and one for each gap in it. */
  readonly coverage: readonly Coverage[];
}

/**
 * Scans one file. `text` may be a whole stream of documents, in YAML or JSON. It never throws on the content. `together`: budgets and workloads are
 * judged by the caller, with those of other documents.
 */
export function scanText(
  path: string,
  text: string,
  lists: readonly KindList[] = [],
  together?: WrittenDrains,
): TextScan {
  const drains = together ?? new WrittenDrains();
  const file: ScannedFile = { path, lists, drains, words: path === '-' ? '<stdin>' : path };
  const observations: Observation[] = [];
  const gaps: Coverage[] = [];
  let objects = 0;
  let others = 0;
  for (const document of readDocuments(text)) {
    if ('problem' in document) {
      gaps.push(gap(`${file.words}:${document.line}`, document.problem, document.template));
      if (document.template && document.part !== undefined)
        observations.push(...observeTemplate(path, document.part.text, { line: document.part.line, lists }));
      continue;
    }
    const found = scanDocument(file, document, 0);
    objects += found.objects;
    others += found.objects === 0 ? 1 : 0;
    observations.push(...found.observations);
    gaps.push(...found.gaps);
  }
  if (together === undefined) observations.push(...drains.judge());
  const status = objects === 0 ? 'skipped' : 'read';
  const detail = objects === 0 ? 'No document in it has an apiVersion and a kind.' : otherText(others);
  const own: Coverage = { what: file.words, source: 'manifest', status, detail, count: objects };
  return { observations, coverage: objects === 0 && gaps.length > 0 ? gaps : [own, ...gaps] };
}

const otherText = (others: number): string =>
  others === 0 ? '' : `${others} ${others === 1 ? 'document is' : 'documents are'} without apiVersion and kind.`;

const IS_TEMPLATE =
  'It is a template. Render it and scan what comes out: helm template <chart> | liftlock scan --manifests -';

const gap = (what: string, problem: string, template: boolean): Coverage =>
  template
    ? unreadOf(what, 'manifest', 'not-rendered', IS_TEMPLATE)
    : unreadOf(what, 'manifest', 'error', `This document was not read: ${problem}.`);

/** Locations name standard input `-`; texts for people name it `<stdin>`. */
interface ScannedFile {
  readonly path: string;
  readonly words: string;
  readonly lists: readonly KindList[];
  readonly drains: WrittenDrains;
}

interface DocumentScan {
  readonly observations: Observation[];
  readonly gaps: Coverage[];
  objects: number;
}

type Parsed = Exclude<ReadDocument, { readonly problem: string }>;

function scanDocument(file: ScannedFile, document: Parsed, embedding: number, outer?: Outer): DocumentScan {
  const scan: DocumentScan = { observations: [], gaps: [], objects: 0 };
  const positions = new Positions(document.text);
  const locate = (path: Path) => {
    if (outer !== undefined) return outer.location();
    const { line, column } = positions.find(path);
    return { file: file.path, line: line + document.line - 1, column };
  };
  const template = outer === undefined ? templateOf(document.text) : undefined;
  const place = `${file.words}:${document.line}`;
  // Every node of a tree takes at least one character, so only aliases can make more nodes.
  const objects = walkDocument(document.value, document.text.length + 16);
  if (objects === undefined) {
    scan.gaps.push(gap(place, 'its aliases stand for more than it could hold when written out', false));
    return scan;
  }
  const half = outer === undefined ? halfObject(document.value) : undefined;
  const unrendered = outer === undefined && isUnrendered(document.text, mappingOf(document.value));
  if (half !== undefined) scan.gaps.push(gap(place, half, unrendered || isTemplateText(document.text)));
  else if (unrendered && objects.length > 0) scan.gaps.push(gap(place, '', true));
  if (document.doubled !== undefined && objects.length > 0) scan.gaps.push(doubledKey(file, document.doubled, outer));
  for (const object of objects) {
    scan.objects += 1;
    scanObject(file, object, scan, { locate, embedding, ...given({ template, outer }) });
  }
  return scan;
}

/** The last of two equal keys is judged. It is a gap, because the intended one is not known. */
function doubledKey({ words }: ScannedFile, { line, column }: Position, outer?: Outer): Coverage {
  const place = outer === undefined ? `${words}:${line}:${column}` : `${words}: ${outer.text.within}`;
  const detail = `A key stands a second time in its map${outer === undefined ? '' : `, on line ${line} of the text`}: only the last one was looked at. Remove one of them.`;
  return unreadOf(place, 'manifest', 'error', detail);
}

/** The object that a document is embedded in. */
interface Outer {
  readonly text: EmbeddedText;
  readonly location: () => ReturnType<NonNullable<ObjectContext['locate']>>;
}

interface Place {
  readonly locate: NonNullable<ObjectContext['locate']>;
  readonly embedding: number;
  /** The template of a chart that the document was rendered from. */
  readonly template?: string;
  readonly outer?: Outer;
}

function scanObject(
  file: ScannedFile,
  object: ManifestObject,
  scan: DocumentScan,
  { locate, embedding, template, outer }: Place,
): void {
  const { owner, cause = `file:${template ?? file.words}` } = ownershipOf(object.value.metadata);
  const within = outer?.text.within ?? object.within;
  const evidence = [
    ...(within === undefined ? [] : [`It is packed into ${within}.`]),
    ...(template === undefined ? [] : [`Helm rendered it from ${template}.`]),
  ];
  const context = { source: 'manifest', cause, evidence, locate, ...given({ owner }) } as const;
  for (const use of usesOf(object, file.lists)) {
    scan.observations.push({
      ...use,
      source: 'manifest',
      subject: subjectOf(object),
      ...given({ owner }),
      cause,
      evidence: outer?.text.lastApplied === true ? ['kubectl applied it like this last.', ...evidence] : evidence,
      confidence: outer?.text.lastApplied === true ? 'low' : 'high',
      // The file itself will be applied, so the annotation is only a trace.
      ...given({ stale: outer?.text.lastApplied }),
      location: locate([...object.path, 'apiVersion']),
    });
  }
  if (outer?.text.lastApplied === true) return;
  file.drains.note(object, context);
  scan.observations.push(...inspectObject(object, context), ...namedIn(object, context));
  const chart = referencedChart(object);
  if (chart !== undefined) scan.gaps.push({ ...chart, what: `${file.words}: ${chart.what}` });
  if (embedding >= MAX_EMBEDDING) return;
  for (const text of embeddedTexts(object)) {
    for (const document of readDocuments(text.text)) {
      // A ConfigMap may hold any text, so only a key whose name says YAML or JSON makes an unreadable text a gap.
      if ('problem' in document) {
        if (MANIFEST_KEY.test(text.within))
          scan.gaps.push(gap(`${file.words}: ${text.within}`, document.problem, document.template));
        continue;
      }
      const location = () => locate(text.path);
      const inner = scanDocument(file, document, embedding + 1, { text, location });
      const own = { ...groupVersion(object.apiVersion), kind: object.kind };
      scan.observations.push(...inner.observations.filter((one) => !text.lastApplied || differs(one, own)));
      scan.gaps.push(...inner.gaps);
    }
  }
}

const MANIFEST_KEY = /\.(?:ya?ml|json)$/i;

/** The last applied configuration adds nothing at the version that the file has now. */
function differs({ subject }: Observation, own: { group: string; version: string; kind: string }): boolean {
  const { group, version } = groupVersion(subject.apiVersion ?? '');
  return group !== own.group || version !== own.version || subject.kind !== own.kind;
}

/**
 * The APIs that an object of a file names: rules of roles, webhooks and policies, scale targets, owners. A status in a file is a copy from some
 * cluster and says nothing about the target cluster, so it is left out. A file cannot tell whether a Service has endpoints, so those facts are
 * dropped.
 */
function namedIn(object: ManifestObject, context: ObjectContext): Observation[] {
  const { status: _, ...value } = object.value;
  const written = { ...object, value };
  const facts = noFacts();
  return [...observeReferences(written, context, facts), ...observeOwnerReferences(written, context)];
}

/** Text inside an object that contains further documents. */
interface EmbeddedText {
  readonly text: string;
  /** `ConfigMap/web, key app.yaml` */
  readonly within: string;
  /** Its path in the outer document. */
  readonly path: Path;
  /** The last input of `kubectl apply`: evidence of a writer, which will not be applied. */
  readonly lastApplied: boolean;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Documents in the keys of a ConfigMap, and the last applied configuration. Values of Secrets are never read. */
function embeddedTexts(object: ManifestObject): EmbeddedText[] {
  const { value, path, kind, apiVersion, name = '?' } = object;
  const found: EmbeddedText[] = [];
  if (kind === 'ConfigMap' && apiVersion === 'v1' && isMapping(value.data)) {
    for (const [key, text] of Object.entries(value.data)) {
      if (typeof text !== 'string' || !mayHoldManifests(text)) continue;
      found.push({ text, within: `ConfigMap/${name}, key ${key}`, path: [...path, 'data', key], lastApplied: false });
    }
  }
  const applied = mappingOf(mappingOf(value.metadata).annotations)[LAST_APPLIED];
  if (typeof applied === 'string' && kind !== 'Secret') {
    const within = `${kind}/${name}, ${LAST_APPLIED}`;
    found.push({ text: applied, within, path: [...path, 'metadata', 'annotations', LAST_APPLIED], lastApplied: true });
  }
  return found;
}

const mayHoldManifests = (text: string): boolean =>
  /\bapiVersion["']?[ \t]*:/.test(text) && /\bkind["']?[ \t]*:/.test(text);

/** A group and version in the form that Kubernetes allows (DNS names); a placeholder does not match. */
const API_VERSION = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Why a document that looks like an object is none: a truncated stream, a key in the wrong case, a placeholder of a template. Undefined for an
 * object, and for a document that does not look like one. `Chart.yaml` has an apiVersion of Helm and no kind.
 */
export function halfObject(value: unknown): string | undefined {
  if (!isMapping(value)) return undefined;
  const type = typeOf(value);
  if (type !== undefined)
    return API_VERSION.test(type.apiVersion) ? undefined : `"${type.apiVersion.slice(0, 60)}" is no apiVersion`;
  if ('apiVersion' in value) return isChart(value) ? undefined : 'it has an apiVersion and no kind that is a word';
  // Other formats have a `kind` too; with metadata it is meant for Kubernetes.
  if ('kind' in value && 'metadata' in value) return 'it has a kind and no apiVersion that is a word';
  return undefined;
}

const isChart = (value: Mapping): boolean =>
  /^v[12]$/.test(textOf(value.apiVersion) ?? '') && 'name' in value && 'version' in value && !('metadata' in value);

/**
 * An object that refers to manifests elsewhere: a Flux HelmRelease, an Argo CD Application, a HelmChart of k3s. Those are not fetched, so it is a
 * gap, which says how to close it. Flux Kustomizations refer to repositories that are scanned as files.
 */
function referencedChart(object: ManifestObject): Coverage | undefined {
  const group = object.apiVersion.split('/')[0];
  const what = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name ?? '?'}`;
  const gap = (from: string, render: string): Coverage => {
    const detail = `It installs ${from}, which was not fetched. Render it and scan what comes out: ${render}`;
    return unreadOf(what, 'manifest', 'not-rendered', detail);
  };
  const spec = mappingOf(object.value.spec);
  if (group === 'helm.toolkit.fluxcd.io' && object.kind === 'HelmRelease') {
    const chart = mappingOf(mappingOf(spec.chart).spec);
    const name = textOf(chart.chart) ?? textOf(mappingOf(spec.chartRef).name) ?? 'a chart';
    return gap(`the chart ${name}${version(chart.version)}`, helmTemplate(name));
  }
  if (group === 'argoproj.io' && object.kind === 'Application') {
    const sources = Array.isArray(spec.sources) ? spec.sources.filter(isMapping) : [mappingOf(spec.source)];
    const from = sources.map((source) => {
      const revision = textOf(source.targetRevision);
      return `${textOf(source.chart) ?? textOf(source.path) ?? 'manifests'} of ${textOf(source.repoURL) ?? 'a repository'}${revision === undefined ? '' : ` at ${revision}`}`;
    });
    const name = object.name === undefined ? '<name>' : shellWord(object.name);
    return gap(from.join(' and '), `argocd app manifests ${name} | liftlock scan --manifests -`);
  }
  if (group === 'argoproj.io' && object.kind === 'ApplicationSet') {
    const template = mappingOf(mappingOf(spec.template).spec);
    const source = Array.isArray(template.sources) ? mappingOf(template.sources[0]) : mappingOf(template.source);
    const from = `${textOf(source.chart) ?? textOf(source.path) ?? 'manifests'} of ${textOf(source.repoURL) ?? 'a repository'}, once for each of its generators`;
    return gap(from, 'argocd app manifests <application> | liftlock scan --manifests -');
  }
  if (group === 'kustomize.config.k8s.io' && object.kind === 'Kustomization') {
    const elsewhere = elsewhereOf(object.value);
    return elsewhere === undefined
      ? undefined
      : gap(elsewhere, 'kustomize build --enable-helm <folder> | liftlock scan --manifests -');
  }
  if (group === 'helm.cattle.io' && object.kind === 'HelmChart') {
    const name = textOf(spec.chart) ?? 'a chart';
    return gap(`the chart ${name}${version(spec.version)}`, helmTemplate(name));
  }
  return undefined;
}

/** What a kustomization fetches: charts, and resources with a host in their name. Its own files are scanned as files. */
function elsewhereOf(kustomization: ManifestObject['value']): string | undefined {
  const { helmCharts } = kustomization;
  if (Array.isArray(helmCharts) && helmCharts.length > 0)
    return `the chart ${textOf(mappingOf(helmCharts[0]).name) ?? '?'}`;
  const lists = [kustomization.resources, kustomization.bases, kustomization.components];
  const remote = lists
    .flatMap((list) => (Array.isArray(list) ? list.map((item) => textOf(item) ?? '') : []))
    .find((path) => REMOTE.test(path));
  return remote === undefined ? undefined : remote.slice(0, 200);
}

const REMOTE = /^(?:https?|ssh|git|oci):|^git@|^(?:[a-z0-9-]+\.)+[a-z]{2,}\//i;

const version = (value: unknown): string => {
  const text = textOf(value);
  return text === undefined ? '' : ` ${text}`;
};

const helmTemplate = (chart: string): string => `helm template ${shellWord(chart)} | liftlock scan --manifests -`;
