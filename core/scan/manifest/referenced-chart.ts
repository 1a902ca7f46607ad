import type { Coverage } from '../report/report-schema.ts';
import { isMapping, type ManifestObject, mappingOf, textOf } from './manifest-object.ts';

/**
 * An object that stands for manifests elsewhere: a Flux HelmRelease, an Argo CD Application, a HelmChart of k3s. What is elsewhere is not
 * fetched, so it is a gap that says how to close it. Flux Kustomizations point into repositories that are scanned as files.
 */
export function referencedChart(object: ManifestObject): Coverage | undefined {
  const group = object.apiVersion.split('/')[0];
  const what = `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name ?? '?'}`;
  const gap = (from: string, render: string): Coverage => ({
    what,
    source: 'manifest',
    status: 'not-rendered',
    detail: `It installs ${from}, which was not fetched. Render it and scan what comes out: ${render}`,
    count: 0,
  });
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
    return gap(from.join(' and '), `argocd app manifests ${object.name ?? '<name>'} | liftlock scan --manifests -`);
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

/** What a kustomization fetches: charts, and resources with a host in their name. Files of its own are scanned as files. */
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

const helmTemplate = (chart: string): string => `helm template ${chart} | liftlock scan --manifests -`;
