import { KubeVersion } from '../../../core/version/kube-version.ts';
import { rollbackWindowEnd } from '../rollback-eligibility.ts';
import { addonFinding } from './addon-compatibility.ts';
import type { Finding, Subject } from './check.ts';
import { healthFinding } from './cluster-health.ts';
import { skewFindings } from './version-skew.ts';

/** Findings about going back one minor; none outside the seven days after an upgrade (facts: eks.md §3.3). */
export function rollbackFindings(subject: Subject): Finding[] {
  const end = rollbackWindowEnd(subject.cluster);
  if (end === undefined || subject.now >= end) return [];
  const current = KubeVersion.parse(subject.cluster.version);
  const previous = KubeVersion.parse(`${current.major}.${current.minor - 1}`);
  return [
    apiFinding(subject, previous),
    healthFinding(subject, previous, 'ROLLBACK_READINESS'),
    ...skewFindings(subject, previous, 'ROLLBACK_READINESS'),
    addonFinding(subject, previous, 'ROLLBACK_READINESS'),
    ...(subject.cluster.description.computeConfig?.enabled === true ? [autoModeFinding(subject, previous)] : []),
  ];
}

function apiFinding({ cluster }: Subject, previous: KubeVersion): Finding {
  const unknown = cluster.insights.newerObjects.filter((each) => previous.isOlderThan(KubeVersion.parse(each.since)));
  return {
    name: 'API usage rollback compatibility',
    category: 'ROLLBACK_READINESS',
    kubernetesVersion: previous.toString(),
    description: `Checks for API usage that Kubernetes v${previous} does not support.`,
    status: unknown.length === 0 ? 'PASSING' : 'ERROR',
    reason: unknown.length === 0 ? 'No incompatible API usage detected.' : 'Incompatible API usage detected.',
    recommendation: `Delete or change the objects that Kubernetes v${previous} does not know.`,
    resources: unknown.map((each) => ({ insightStatus: { status: 'ERROR' }, kubernetesResourceUri: each.uri })),
  };
}

function autoModeFinding({ cluster }: Subject, previous: KubeVersion): Finding {
  const held = cluster.kubernetes.nodes.filter((node) => node.doNotDisrupt === true);
  const strict = cluster.kubernetes.podDisruptionBudgets.filter((budget) => budget.maxUnavailable === 0);
  const status = held.length > 0 ? 'ERROR' : strict.length > 0 ? 'WARNING' : 'PASSING';
  return {
    name: 'Auto Mode node disruption rollback compatibility',
    category: 'ROLLBACK_READINESS',
    kubernetesVersion: previous.toString(),
    description: 'Checks for disruption controls that keep Auto Mode nodes from being replaced.',
    status,
    reason: status === 'PASSING' ? 'Auto Mode nodes can be replaced.' : 'Disruption controls block Auto Mode nodes.',
    recommendation: 'Remove do-not-disrupt annotations and budgets that allow no disruption.',
    resources: held.map((node) => ({
      insightStatus: { status: 'ERROR' },
      kubernetesResourceUri: `nodes/${node.name}`,
    })),
  };
}
