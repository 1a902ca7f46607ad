import { isMetricsText, requestedDeprecatedApis } from '../live/advance.ts';

const gauge = 'apiserver_requested_deprecated_apis';
const sample = (labels: string, value = '1') => `${gauge}{${labels}} ${value}\n`;
const budgets =
  'group="policy",removed_release="1.25",resource="poddisruptionbudgets",subresource="",version="v1beta1"';

test.each<[string, string, string[]]>([
  ['a request', sample(budgets), ['policy/v1beta1 PodDisruptionBudget']],
  ['the core group', sample('group="",resource="endpoints",subresource="",version="v1"'), ['v1 Endpoints']],
  ['two API servers', sample(budgets) + sample(budgets), ['policy/v1beta1 PodDisruptionBudget']],
  [
    'a custom resource',
    sample('group="example.com",resource="widgets",version="v1beta1"'),
    ['example.com/v1beta1 widgets'],
  ],
  ['none', sample(budgets, '0'), []],
  ['comments', `# HELP ${gauge} Gauge.\n# TYPE ${gauge} gauge\n`, []],
  ['another metric', `${gauge}_total{} 1\nmy_${gauge}{${budgets}} 1\n`, []],
  ['no value', `${gauge}{${budgets}}\n`, []],
  ['no labels', `${gauge} 1\n`, []],
])('%s', (_name, text, expected) => {
  expect(requestedDeprecatedApis(text).map(({ subject }) => `${subject.apiVersion} ${subject.kind}`)).toEqual(expected);
});

test.each([
  ['# HELP a b\n# TYPE a gauge\na 1\n', true],
  ['# HELP a b\n# TYPE a gauge\na', false],
  ['', false],
  ['<html>\n</html>\n', false],
  ['# Sign in\n', false],
  ['{"kind":"Status"}\n', false],
])('%j is metrics: %s', (text, expected) => {
  expect(isMetricsText(text)).toBe(expected);
});
