import { checkTree } from './check.ts';
import { formatFinding } from './finding.ts';

const lint = (files: Record<string, string>) =>
  checkTree(Object.entries(files).map(([path, text]) => ({ path, text }))).map(formatFinding);

test.each([
  ['core/plan/a.ts', "import { readFileSync } from 'node:fs';", 'core may not import the package "node:fs"'],
  ['core/plan/a.ts', "import { hash } from 'node:crypto';", 'core may not import the package "node:crypto"'],
  ['core/hash/a.ts', "import { readFileSync } from 'node:fs';", 'core/hash may not import the package "node:fs"'],
  [
    'core/plan/a.ts',
    "import type { Cluster } from '@aws-sdk/client-eks';",
    'core may not import the package "@aws-sdk/client-eks"',
  ],
  ['core/plan/a.ts', "export * from '../../adapters/memory/b.ts';", 'core may not import adapters/memory/b.ts'],
  ['core/plan/a.ts', "const b = await import('../../cli/b.ts');", 'core may not import cli/b.ts'],
  ['core/plan/a.ts', "export type B = import('../../functions/b.ts').B;", 'core may not import functions/b.ts'],
  ['core/plan/a.ts', "import a from '../../../elsewhere/a.ts';", 'leaves the repository'],
  ['adapters/dynamodb/a.ts', "import '../aws/b.ts';", 'adapters/dynamodb may not import adapters/aws/b.ts'],
  ['adapters/aws/a.ts', "import '@kubernetes/client-node';", 'adapters/aws may not import the package'],
  ['adapters/memory/a.ts', "import 'node:fs';", 'adapters/memory may not import the package'],
  ['functions/x/handler.ts', "import '../../simulator/a.ts';", 'functions may not import simulator/a.ts'],
  ['functions/x/handler.ts', "import '@aws-sdk/client-eks';", 'functions may not import the package'],
  ['infra/a.ts', "import '../core/plan/b.ts';", 'infra may not import core/plan/b.ts'],
  ['simulator/a.ts', "import '../infra/b.ts';", 'simulator may not import infra/b.ts'],
  [
    'simulator/kubernetes/disruption/a.ts',
    "import type { Drain } from '../../../core/scan/drain/simulate-drain.ts';",
    'simulator/kubernetes may not import core/scan/drain/simulate-drain.ts',
  ],
  [
    'core/scan/drain/a.ts',
    "import '../../../simulator/kubernetes/drain.ts';",
    'core may not import simulator/kubernetes',
  ],
  ['cli/a.ts', "import '../functions/b.ts';", 'cli may not import functions/b.ts'],
  ['cli/a.ts', "import { createApp } from '../functions/api/app.ts';", 'cli may not import functions/api/app.ts'],
  // This one is loaded all the same.
  ['cli/a.ts', "import { type Api } from '../functions/api/app.ts';", 'It may import core, adapters, simulator'],
  ['cli/a.ts', "const api = import('../functions/api/app.ts');", 'types of functions/api/app.ts'],
  ['cli/a.ts', "import type { ApiPorts } from '../functions/api/api-context.ts';", 'cli may not import functions'],
  ['simulator/eks/a.ts', "import type { App } from '../../infra/app.ts';", 'simulator may not import infra/app.ts'],
  [
    'core/plan/a.test.ts',
    "import '../../adapters/aws/b.ts';\nimport '../../infra/b.ts';",
    'core may not import infra/b.ts',
  ],
  ['core/plan/a.test.ts', "import 'node:fs';", 'core may not import the package "node:fs"'],
  ['tools/a.ts', "import 'zod';", 'has no row'],
])('%s with %s is reported', (path, text, message) => {
  const findings = lint({ [path]: text });
  expect(findings).toEqual([expect.stringContaining(message)]);
  expect(findings[0]).toMatch(new RegExp(`^${path}:\\d+: `));
});

test('what the table allows is not reported', () => {
  const files = {
    'core/plan/a.ts': "import { z } from 'zod';\nimport '../model/b.ts';",
    'core/hash/a.ts': "import { hash } from 'node:crypto';",
    'core/plan/a.test.ts': "import fc from 'fast-check';\nimport './a.ts';",
    'adapters/aws/a.ts': "import '@aws-sdk/client-eks';\nimport '../../core/ports/eks.ts';",
    'functions/x/handler.ts': "import { Logger } from '@aws-lambda-powertools/logger';\nimport '../runtime/env.ts';",
    'infra/a.ts': "import 'node:path';\nimport { App } from 'aws-cdk-lib';\nimport '../core/contracts/names.ts';",
    'cli/main.ts': "import 'commander';\nimport '../simulator/run.ts';",
    'cli/client/a.ts': "import type { Api } from '../../functions/api/app.ts';",
    'test/e2e/run.ts': "import '../../infra/bin/app.ts';\nimport 'node:fs';",
  };
  expect(lint(files)).toEqual([]);
});

test('the line is that of the import, also behind letters of several bytes', () => {
  expect(lint({ 'core/a/b.ts': "// é 🚀\n\nimport 'node:os';\n" })[0]).toMatch(/^core\/a\/b\.ts:3: /);
});

test.each([
  'const now = Date.now();',
  'const now = new Date();',
  'const now = new Date;',
  'const now = Date();',
  'const now = globalThis.Date.now();',
  'const chance = Math.random();',
  'const id = crypto.randomUUID();',
  'const id = randomUUID();',
  'const bytes = randomBytes(16);',
  "const region = process.env['AWS_REGION'];",
  "const answer = fetch('https://example.com');",
  'setTimeout(() => {}, 1);',
])('core with `%s` is reported', (text) => {
  expect(lint({ 'core/a/b.ts': text })).toEqual([expect.stringContaining('core is pure')]);
});

test.each([
  ['core/a/b.ts', 'const at = new Date(0); const text = "Date.now()"; // Math.random()'],
  ['core/a/b.ts', 'const { process } = { process: (x: number) => x }; export { process };'],
  ['core/a/b.test.ts', 'const now = Date.now();'],
  ['adapters/aws/b.ts', 'const now = Date.now();'],
])('%s with `%s` is fine', (path, text) => {
  expect(lint({ [path]: text })).toEqual([]);
});

test.each(['it.only', 'test.skip', 'describe.only', 'test.only.each([])', 'xit', 'fdescribe', 'test.todo'])(
  'a test called with %s is reported',
  (call) => {
    expect(lint({ 'core/a/b.test.ts': `${call}('x', () => {});` })).toHaveLength(1);
  },
);

test('left-over markers, registry hosts and machine paths are reported wherever they are', () => {
  const marker = ['TO', 'DO'].join('');
  const host = ['registry.npm', 'js.org'].join('');
  const path = ['', 'home', 'me', 'x'].join('/');
  expect(
    lint({ 'docs/a.md': `${marker}: write\n`, '.npmrc': `x=https://${host}/`, 'cli/run.sh': `cd ${path}` }),
  ).toEqual([
    expect.stringMatching(/^\.npmrc:1: .*ties the repository/),
    expect.stringMatching(/^cli\/run\.sh:1: .*path of one machine/),
    expect.stringMatching(/^docs\/a\.md:1: .*left-over/),
  ]);
});

test('a URL or a relative path with such a folder is no machine path', () => {
  expect(lint({ 'docs/a.md': 'https://example.com/home/page and ./home/x and $HOME/home/' })).toEqual([]);
});

test('a file of 401 lines is reported, one of 400 is not', () => {
  expect(lint({ 'core/a/b.ts': '//\n'.repeat(401), 'core/a/c.ts': '//\n'.repeat(400) })).toEqual([
    expect.stringContaining('core/a/b.ts:401: 401 lines'),
  ]);
});

test.each(['core/utils/a.ts', 'core/a/util.ts', 'cli/helpers/a.ts', 'cli/Helper.test.ts'])(
  'the name %s is reported',
  (path) => {
    expect(lint({ [path]: '' })).toEqual([expect.stringContaining('says nothing')]);
  },
);

test('folders of core that load each other in a circle are reported once', () => {
  const files = {
    'core/a/x.ts': "import '../b/y.ts';",
    'core/b/y.ts': "import '../c/z.ts';",
    'core/c/z.ts': "import '../a/x.ts';\nimport './w.ts';",
  };
  expect(lint(files)).toEqual([
    'core/a/x.ts:1: Folders import in a circle: core/a → core/b → core/c → core/a.',
    'core/a/x.ts:1: Files import in a circle: core/a/x.ts → core/b/y.ts → core/c/z.ts → core/a/x.ts.',
  ]);
});

test('folders of cli that load each other in a circle are reported, also when one does so only while it runs', () => {
  const files = {
    'cli/a/x.ts': "import '../b/y.ts';",
    'cli/b/y.ts': "import './z.ts';",
    'cli/b/z.ts': "const load = () => import('../a/w.ts');",
  };
  expect(lint(files)).toEqual(['cli/a/x.ts:1: Folders import in a circle: cli/a → cli/b → cli/a.']);
  const above = { 'cli/top.ts': "import './a/x.ts';", 'cli/a/x.ts': "import { y } from '../other.ts';" };
  expect(lint(above)).toEqual(['cli/top.ts:1: Folders import in a circle: cli → cli/a → cli.']);
});

test('files of one folder of cli that load each other in a circle are reported', () => {
  const files = { 'cli/a/x.ts': "const y = () => import('./y.ts');", 'cli/a/y.ts': "import { x } from './x.ts';" };
  expect(lint(files)).toEqual(['cli/a/x.ts:1: Files import in a circle: cli/a/x.ts → cli/a/y.ts → cli/a/x.ts.']);
});

test('types alone make no circle of folders', () => {
  const files = { 'core/a/x.ts': "import '../b/y.ts';", 'core/b/y.ts': "import type { X } from '../a/z.ts';" };
  expect(lint(files)).toEqual([]);
});

test('files that name types of each other are a circle, of any room', () => {
  const files = { 'simulator/a/x.ts': "import './y.ts';", 'simulator/a/y.ts': "import type { X } from './x.ts';" };
  expect(lint(files)).toEqual([
    'simulator/a/x.ts:1: Files import in a circle: simulator/a/x.ts → simulator/a/y.ts → simulator/a/x.ts.',
  ]);
});

test('a file that does not parse is reported', () => {
  expect(lint({ 'core/a/b.ts': 'const = ;' })).toEqual([expect.stringContaining('Cannot be parsed')]);
});
