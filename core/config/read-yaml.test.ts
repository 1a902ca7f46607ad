import { policy } from '../../test/material/config/documents.ts';
import { formatIssue, maxDocuments } from './issue.ts';
import { parseConfig } from './parse-config.ts';
import { maxFileSize, maxFiles } from './read-yaml.ts';

const parse = (text: string) => parseConfig([{ path: 'c.yaml', text }]);
const errorsOf = (text: string) => parse(text).errors.map(formatIssue);

test('anchors may be used, and a mistake behind an alias is shown where it was written', () => {
  const waves = '[{ name: a, selector: &s { matchLabels: { e: 1 } } }, { name: b, selector: *s }]';
  const errors = errorsOf(policy.replace('[{ name: all }]', waves));
  expect(errors).toHaveLength(2);
  for (const error of errors) expect(error).toContain('c.yaml:7:55: error: ');
});

test.each([
  [
    'aliases that stand for billions',
    [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefgh'].map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[i]}`)}]`),
    ].join('\n'),
  ],
  ['more aliases than anyone needs', `a: &a 1\nb: [${Array(101).fill('*a')}]`],
  ['an alias of nothing', 'a: *b'],
  ['ten thousand brackets', '['.repeat(10_000)],
  ['a file over the limit', `# ${'x'.repeat(maxFileSize)}`],
])('%s: an error, quickly, and no crash', (_, text) => {
  expect(parse(text).errors.length).toBeGreaterThan(0);
});

test.each([
  ['closed lists', '['.repeat(20_000) + ']'.repeat(20_000)],
  ['lists without an end', '['.repeat(20_000)],
  ['maps without an end', '{ a: '.repeat(20_000)],
])('%s, twenty thousand deep, are told as that alone, at their place', (_, value) => {
  expect(errorsOf(`kind: Fleet\nspec: ${value}\n`)).toEqual([
    expect.stringMatching(/^c\.yaml:2:\d+: error: this is nested too deeply to be read\. Flatten it\.$/),
  ]);
});

test('a file that is not UTF-8 is refused at the first place of it, because a selector there would take other clusters', () => {
  const text = policy.replace('name: all', 'name: all, selector: { matchLabels: { team: größe } }');
  expect(errorsOf(text)).toEqual([]);
  const refused = [expect.stringMatching(/^c\.yaml:7:\d+: error: this is not UTF-8, .* Save the file as UTF-8/)];
  expect(errorsOf(Buffer.from(text, 'latin1').toString('utf8'))).toEqual(refused);
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le').toString('utf8');
  expect(errorsOf(utf16)).toEqual([expect.stringMatching(/^c\.yaml:1:1: error: this is not UTF-8/)]);
});

test('too many files are refused before any is read', () => {
  const files = Array.from({ length: maxFiles + 1 }, (_, index) => ({ path: `${index}.yaml`, text: policy }));
  expect(parseConfig(files).errors).toMatchObject([{ file: '0.yaml', line: 1 }]);
});

test('too many documents are refused before they are compared', () => {
  expect(errorsOf('---\na: b\n'.repeat(maxDocuments + 1))).toEqual([
    'c.yaml:1:1: error: 1001 documents are too many for one config; at most 1000 are read.',
  ]);
});
