import fc from 'fast-check';
import { MAX_DEPTH } from './manifest-object.ts';
import { Positions } from './positions.ts';
import { readDocuments, splitJson } from './read-documents.ts';
import { scanText } from './scan-text.ts';
import { splitYaml } from './split-yaml.ts';

const statuses = (text: string) => scanText('f', text).coverage.map(({ status, detail }) => `${status}: ${detail}`);

test('a bomb of aliases is refused with what it is', () => {
  const levels = Array.from(
    { length: 30 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
  );
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nl0: &l0 [x]\n${levels.join('\n')}\n`;
  expect(statuses(text).join()).toContain('error: This document was not read: its aliases stand for more');
});

test.each([
  ['brackets of YAML', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['brackets of JSON', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['indented maps', Array.from({ length: 10_000 }, (_, level) => `${' '.repeat(level % 400)}a:`).join('\n')],
])('10,000 levels of %s are refused with a message', (_, text) => {
  expect(statuses(text).join()).toMatch(
    new RegExp(`error: .*(${MAX_DEPTH} levels|nested|at most|This document was not read)`),
  );
});

test('a cycle of aliases is refused', () => {
  expect(statuses('apiVersion: v1\nkind: X\nmetadata: &a\n  b: *a\n')).toHaveLength(1);
});

/** Pieces of YAML and JSON that cause errors together. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '---',
      '\n',
      '\r\n',
      '...',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      ': ',
      '- ',
      '&a',
      '*a',
      '<<: *a',
      '|',
      '>',
      '#',
      '{{',
      '}}',
      '\t',
      '!x',
      '? ',
      ',',
      '%YAML 1.2',
    ],
    ...[
      'apiVersion: policy/v1beta1\n',
      'kind: PodDisruptionBudget\n',
      'kind: List\n',
      'items:\n',
      'metadata:\n  name: a\n',
      '\ufeff',
      '"apiVersion":"v1",',
      'data:\n  a: |\n    ',
    ],
  ),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));

test('nothing that is written crashes the parsers, and every place is inside the text', () => {
  fc.assert(
    fc.property(text, (input) => {
      // In YAML a lone carriage return ends a line too.
      const lines = input.split(/\r\n|\r|\n/).length;
      for (const { line } of [...readDocuments(input)]) expect(line >= 1 && line <= lines + 1).toBe(true);
      for (const { location } of scanText('f', input).observations) expect((location?.line ?? 1) <= lines).toBe(true);
      expect(new Positions(input).find(['a', 0, 'b']).line).toBeGreaterThan(0);
    }),
    { numRuns: 3_000 },
  );
});

test('splitting loses no text that is not blank, and no work is done twice', () => {
  fc.assert(
    fc.property(text, (input) => {
      const length = (parts: readonly { text: string }[]) => parts.reduce((sum, part) => sum + part.text.length, 0);
      expect(length(splitYaml(input))).toBeLessThanOrEqual(input.length);
      expect(length(splitJson(input))).toBeLessThanOrEqual(input.length);
    }),
    { numRuns: 2_000 },
  );
});

test('long hostile lines take time in proportion to their length', () => {
  const inputs = [
    '{{'.repeat(200_000),
    '"'.repeat(400_000),
    '\\"'.repeat(200_000),
    '{"a'.repeat(130_000),
    '- '.repeat(50_000),
    '---\n'.repeat(100_000),
    ' '.repeat(400_000),
    'apiVersion'.repeat(40_000),
  ];
  for (const input of inputs) expect(statuses(input).length).toBeGreaterThan(0);
}, 20_000);

test('one YAML document larger than 24 MiB is refused, and its neighbour is read', () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ${'x'.repeat(25 * 1024 * 1024)}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n`;
  expect(statuses(text)).toEqual([
    'read: ',
    expect.stringContaining('larger than the 24 MiB that one YAML document may have'),
  ]);
});
