import type { BreakRule } from '../../core/scan/data/break-rule.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkRules } from './check-rules.ts';

const sound: BreakRule = {
  id: 'a-rule',
  title: 'A rule',
  detector: 'container-image',
  parameters: { images: ['example/app'], below: '1.12.0' },
  deprecatedIn: null,
  breaksIn: '1.26',
  severity: 'error',
  reason: 'unsupported',
  message: 'It breaks.',
  fix: 'Mend it.',
  source: 'go-types',
};

test.each<[string, Partial<BreakRule>, string[]]>([
  ['sound', {}, []],
  [
    'with a detector that nobody wrote',
    { detector: 'crystal-ball' as BreakRule['detector'] },
    ['there is no detector crystal-ball'],
  ],
  [
    'without what its detector looks for',
    { detector: 'pod-field', parameters: {} },
    ['pod-field needs the parameter path'],
  ],
  [
    'with a parameter that nobody reads',
    { detector: 'ip-address-format', parameters: { path: 'spec' } },
    ['ip-address-format reads no parameter path'],
  ],
  [
    'with neither of two parameters',
    { parameters: { below: '1.12.0' } },
    ['container-image needs one of the parameters images, registries'],
  ],
  ['with an empty parameter', { parameters: { images: ['example/app'], below: '' } }, ['the parameter below is empty']],
  [
    'of the core group',
    { detector: 'component-config', parameters: { group: '', version: 'v1', kinds: ['Policy'] } },
    [],
  ],
  ['without a minor', { breaksIn: null }, ['names no minor at all: only a rule of severity info may']],
  ['without a minor, for information', { breaksIn: null, severity: 'info' }, []],
])('a rule %s', (_what, change, messages) => {
  expect(checkRules({ ...tables, rules: [{ ...sound, ...change }] }).map(({ message }) => message)).toEqual(messages);
});
