import type { Insight } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { judgeInsights } from './insights.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const target = KubeVersion.parse('1.37');
const insight = (status: string, more: Partial<Insight> = {}): Insight => ({
  id: '1',
  name: 'Deprecated APIs removed in Kubernetes v1.37',
  category: 'UPGRADE_READINESS',
  kubernetesVersion: '1.37',
  lastRefreshTime: NOW,
  insightStatus: { status },
  ...more,
});
const verdict = (one: Insight) => {
  const { blockers, warnings } = judgeInsights([one], target, NOW);
  return [blockers.map((reason) => reason.code), warnings.map((reason) => reason.code)];
};

describe('an upgrade insight', () => {
  test.each<[string, Insight, string[], string[]]>([
    ['that passes and is fresh is fine', insight('PASSING'), [], []],
    ['with ERROR blocks', insight('ERROR'), ['InsightError'], []],
    ['with WARNING is told', insight('WARNING'), [], ['InsightWarning']],
    ['with UNKNOWN blocks: it is not a pass', insight('UNKNOWN'), ['InsightUnknown'], []],
    ['with a status of tomorrow blocks', insight('MAYBE'), ['InsightUnknown'], []],
    [
      'that passed more than a day ago blocks',
      insight('PASSING', { lastRefreshTime: new Date('2026-11-19T11:00:00Z') }),
      ['InsightStale'],
      [],
    ],
    ['about a later minor does not concern this hop', insight('ERROR', { kubernetesVersion: '1.38' }), [], []],
    ['about a minor on the way does', insight('ERROR', { kubernetesVersion: '1.36' }), ['InsightError'], []],
    ['about rollback does not concern an upgrade', insight('ERROR', { category: 'ROLLBACK_READINESS' }), [], []],
    [
      'about add-ons is left to the add-on step',
      insight('ERROR', { name: 'EKS add-on version compatibility' }),
      [],
      ['AddonInsight'],
    ],
  ])('%s', (_, one, blockers, warnings) => {
    expect(verdict(one)).toEqual([blockers, warnings]);
  });

  test('says who still calls the API, when last, and what to use instead', () => {
    const details = {
      usage: '/apis/storage.k8s.io/v1beta1/volumeattributesclasses',
      replacedWith: '/apis/storage.k8s.io/v1/volumeattributesclasses',
      stopServingVersion: '1.37',
      clientStats: [{ userAgent: 'tuner/v1', lastRequestTime: NOW }],
    };
    const [blocker] = judgeInsights(
      [insight('ERROR', { categorySpecificSummary: { deprecationDetails: [details] } })],
      target,
      NOW,
    ).blockers;
    expect(blocker?.message).toContain('tuner/v1, last 2026-11-20T12:00:00.000Z');
    expect(blocker?.message).toContain('use /apis/storage.k8s.io/v1/volumeattributesclasses');
  });
});
